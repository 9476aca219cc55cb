/** Small networks of every kind of cell, for tests of gradients through time. */
import { findModel } from "../../models/index.ts";
import { findTask } from "../../tasks/index.ts";
import { freshNetwork, type GradientProbe, gradientProbe } from "./probe.ts";

/** Every model that answers at each step, with a few units. */
export const smallModels: readonly (readonly [name: string, options: Readonly<Record<string, unknown>>])[] = [
  ["rnn", { hidden: 3 }],
  ["rnn-preactivation", { hidden: 3 }],
  ["ilrnn", { layers: [2], activation: "tanh", learnedState: true }],
  ["lstm", { hidden: 3, learnedState: true }],
  ["lstm-peephole", { hidden: 2 }],
  ["lstm-sigmoid", { hidden: 2 }],
  ["dcm", { hidden: 2 }],
  ["gru", { hidden: 3 }],
  ["gru-reset-before", { hidden: [2, 2] }],
  [
    "stack",
    {
      layers: [
        { cell: "lstm", hidden: 2 },
        { cell: "gru", hidden: 2 },
      ],
      feedback: true,
    },
  ],
];

/** A network of this kind with random problems. @param task of one symbol a step. Default "parity". */
export function smallProbe(
  name: string,
  options: Readonly<Record<string, unknown>>,
  { length = 6, samples = 3, task = "parity", seed = 3 } = {},
): GradientProbe {
  const chosen = findTask(task);
  const signature = { channels: chosen.channels.map(({ length: symbols }) => symbols), answers: chosen.output.length };
  const model = findModel(name).build(options, signature);
  const { parameters } = freshNetwork({ task: chosen, model }, seed);
  // Biases and learned states begin at 0: move them, so that nothing is left out.
  const moved = Object.entries(parameters).map(([name, array], n) => {
    const data = Float64Array.from(array.data, (value, k) => value + 0.1 * Math.sin(n + 2 * k));
    return [name, { ...array, data }] as const;
  });
  return gradientProbe({ task: chosen, model, parameters: Object.fromEntries(moved) }, { length, samples, seed });
}

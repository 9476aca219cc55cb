/** A network with problems on which its gradients are looked at, all in float64. */
import { LonghandError } from "../../errors.ts";
import { type NDArray, ndarray } from "../../graph/index.ts";
import { makeNetwork, type Network, stepperOf } from "../../networks/index.ts";
import { randomSource } from "../../random/index.ts";
import { drawBatch } from "../../tasks/index.ts";
import { drawParameters, layoutOf, namedParameters, type TrainingConfig } from "../../training/index.ts";

export interface GradientProbe {
  readonly network: Network;
  /** Default: cross-entropy. */
  readonly loss: TrainingConfig["loss"];
  /** Number of steps T, and of problems. */
  readonly steps: number;
  readonly samples: number;
  /** int [samples, T, channels]. */
  readonly symbols: NDArray;
  /** int [samples, T]; −1 where no answer is asked. */
  readonly targets: NDArray;
}

export interface ProbeOptions {
  /** Length of the problems. */
  readonly length: number;
  /** Number of problems. */
  readonly samples: number;
  /** Of the problems. */
  readonly seed: number;
  /** Which of the batches of this seed. Default: 0. */
  readonly batch?: number;
  readonly loss?: TrainingConfig["loss"];
}

/**
 * Draws problems for a network.
 * @throws LonghandError `argument` for a length that the task doesn't have, and for networks that read the whole problem before
 *   they answer: their states don't follow each other in time.
 */
export function gradientProbe(network: Network, options: ProbeOptions): GradientProbe {
  const { length, samples, seed, batch = 0, loss = "cross-entropy" } = options;
  const { task, model, parameters } = makeNetwork(network);
  if (model.width !== undefined || model.bidirectional) {
    throw new LonghandError(
      "argument",
      `gradients: model ${model.name} reads the whole problem before it answers; expected one that answers at each step, such as lstm or rnn`,
    );
  }
  const { input, target } = drawBatch(task, randomSource(seed).stream("gradients", batch), length, samples);
  const steps = task.steps(length);
  const exact = Object.entries(parameters).map(
    ([name, { shape, data }]) => [name, ndarray(Float64Array.from(data), shape)] as const,
  );
  return {
    network: { task, model, parameters: Object.fromEntries(exact) },
    loss,
    steps,
    samples,
    symbols: ndarray(input, [samples, steps, task.channels.length]),
    targets: ndarray(target, [samples, steps]),
  };
}

/** A model with parameters as they are drawn before a training with this seed. */
export function freshNetwork({ task, model }: Pick<Network, "task" | "model">, seed: number): Network {
  const layout = layoutOf(model.parameters);
  const drawn = drawParameters(model.parameters, 1, randomSource(seed));
  return { task, model, parameters: namedParameters(drawn, layout, 1) };
}

/** The last step at which an answer is asked, from 1. */
export function lastAsked({ targets, steps, samples, network }: GradientProbe): number {
  for (let step = steps; step > 0; step--) {
    for (let k = 0; k < samples; k++) if (targets.data[k * steps + step - 1]! >= 0) return step;
  }
  throw new LonghandError("argument", `gradients: ${network.task.name} asks no answer in problems of ${steps} steps`);
}

/** Targets of one step only, from 1: elsewhere nothing is asked. */
export function targetsAt({ targets, steps }: GradientProbe, step: number): NDArray {
  const only = Int32Array.from(targets.data, (symbol, k) => (k % steps === step - 1 ? symbol : -1));
  return ndarray(only, targets.shape);
}

/** The states that a network runs through: [T + 1][samples][width], the tensors one after the other, the initial one first. */
export type Trajectory = readonly (readonly (readonly number[])[])[];

/** Runs the network through its problems. */
export function trajectoryOf({ network, symbols, steps, samples }: GradientProbe): Trajectory {
  const { model, parameters } = network;
  const channels = model.signature.channels.length;
  const step = stepperOf(model);
  const initial = Object.entries(model.state).flatMap(([name, width]) =>
    Array.from(parameters[`initial ${name}`]?.data ?? new Float64Array(width)),
  );
  const states: (readonly number[])[][] = [Array.from({ length: samples }, () => initial)];
  for (let t = 0; t < steps; t++) {
    const moves = Array.from({ length: samples }, (_, k) => {
      const at = (k * steps + t) * channels;
      return { values: t === 0 ? null : states[t]![k]!, letter: Array.from(symbols.data.subarray(at, at + channels)) };
    });
    states.push(step(parameters, moves).map(({ values }) => values));
  }
  return states;
}

/** Every activation of a network at every step of a problem. */
import type { Network } from "./network.ts";
import { type Stepper, stepperOf } from "./stepper.ts";

export interface NetworkSteps {
  /** What is read at each step as the network reads it, [steps][features]: bits, or a 1 in the place of the symbol. */
  readonly inputs: readonly (readonly number[])[];
  /** State tensors before the first step, [tensors][width]. */
  readonly initial: readonly (readonly number[])[];
  /** State tensors after each step, [steps][tensors][width]: of an `ilrnn` the activations of its layers. */
  readonly states: readonly (readonly (readonly number[])[])[];
  /** The answer's symbols [steps]. */
  readonly answer: Int32Array;
}

/**
 * Steps a network through a problem in float64.
 * @param problem [steps][channels]: see the task's `parse`.
 * @param step a stepper of the model, where there is one. Default: one is made, which takes longer than the steps.
 * @throws LonghandError `argument` for networks that read the whole problem first.
 */
export function stepThrough(
  { task, model, parameters }: Network,
  problem: Int32Array,
  step: Stepper = stepperOf(model),
): NetworkSteps {
  const channels = task.channels.length;
  const widths = Object.values(model.state);
  const initial = Object.entries(model.state).map(([name, width]) =>
    Array.from(parameters[`initial ${name}`]?.data ?? new Float64Array(width)),
  );
  const inputs: number[][] = [];
  const states: number[][][] = [];
  const answer = new Int32Array(problem.length / channels);
  let values: readonly number[] | null = null;
  for (let t = 0; t < answer.length; t++) {
    const letter = Array.from(problem.subarray(t * channels, (t + 1) * channels));
    const [moved] = step(parameters, [{ values, letter }]);
    values = moved!.values;
    inputs.push(featuresOf(letter, { task, model }));
    answer[t] = moved!.answer;
    const all = [...values];
    states.push(widths.map((width) => all.splice(0, width)));
  }
  return { inputs, initial, states, answer };
}

/** A step's symbols as the network reads them. */
function featuresOf(symbols: readonly number[], { task, model }: Pick<Network, "task" | "model">): number[] {
  const isCentred = model.options.centred === true;
  return symbols
    .flatMap((symbol, channel) => {
      const { length } = task.channels[channel]!;
      return length === 2 ? [symbol] : Array.from({ length }, (_, k) => (k === symbol ? 1 : 0));
    })
    .map((value) => (isCentred ? 2 * value - 1 : value));
}

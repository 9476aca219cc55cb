/** Every activation of a network at every step of a problem. */
import type { Network } from "./network.ts";
import { stepperOf } from "./stepper.ts";

export interface NetworkSteps {
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
 * @throws LonghandError `argument` for networks that read the whole problem first.
 */
export function stepThrough({ task, model, parameters }: Network, problem: Int32Array): NetworkSteps {
  const step = stepperOf(model);
  const channels = task.channels.length;
  const widths = Object.values(model.state);
  const initial = Object.entries(model.state).map(([name, width]) =>
    Array.from(parameters[`initial ${name}`]?.data ?? new Float64Array(width)),
  );
  const states: number[][][] = [];
  const answer = new Int32Array(problem.length / channels);
  let values: readonly number[] | null = null;
  for (let t = 0; t < answer.length; t++) {
    const letter = Array.from(problem.subarray(t * channels, (t + 1) * channels));
    const [moved] = step(parameters, [{ values, letter }]);
    values = moved!.values;
    answer[t] = moved!.answer;
    const all = [...values];
    states.push(widths.map((width) => all.splice(0, width)));
  }
  return { initial, states, answer };
}

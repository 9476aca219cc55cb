/** What the tasks of marked numbers share: at each step a number, and a mark that is 1 where it counts. */

/** Names of what is read at a step. */
export const features: readonly string[] = Object.freeze(["number", "mark"]);

/** Puts Σ number · mark of a problem [steps][2] at its last step. */
export function answerMarked(input: Float32Array, target: Float32Array): void {
  const length = input.length / 2;
  let sum = 0;
  for (let t = 0; t < length; t++) sum += input[2 * t]! * input[2 * t + 1]!;
  target[length - 1] = sum;
}

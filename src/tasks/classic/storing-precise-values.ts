/** Storing precise values over time (Otte, Liwicki and Zell 2014; Hochreiter and Schmidhuber 1997). */
import type { DrawnTask } from "../contract.ts";
import { answerMarked, features } from "./marked.ts";
import { numberTask } from "./number-task.ts";

/**
 * At each of T steps a number x_t, uniform on 0 … 1, and a mark m_t: 1 at one step τ of the first half, uniform among them,
 * else 0. Asked after the last step: x_τ. All other numbers distract, and the value has to be kept over at least T/2 steps.
 * Whoever always answers ½ has the squared error 1/12.
 *
 * papers/004 (section 3.2) names the task without its numbers, and the original is not freely to be read: length, range and
 * marks are chosen as in the adding problem.
 */
export const storingPreciseValues: DrawnTask = numberTask({
  name: "storing-precise-values",
  summary: "the number marked in the first half of a sequence, after its end",
  source: "papers/004, section 3.2; Otte, Liwicki and Zell 2014",
  example: "0.5 0, 0.25 1, 0.75 0, 0.125 0",
  features,
  values: ["value"],
  tolerance: 0.04,
  defaultTrainLengths: [10, 60],
  shortest: 2,
  fill(stream, length, input, target) {
    const numbers = stream.uniform(new Float64Array(length), 0, 1);
    const marked = stream.integers(new Int32Array(1), 0, Math.floor(length / 2))[0]!;
    for (let t = 0; t < length; t++) input[2 * t] = numbers[t]!;
    input[2 * marked + 1] = 1;
    target[length - 1] = input[2 * marked]!;
  },
  answer: answerMarked,
});

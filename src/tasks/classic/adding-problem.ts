/** The adding problem (Hochreiter and Schmidhuber 1997, experiment 4). */
import type { DrawnTask } from "../contract.ts";
import { answerMarked, features } from "./marked.ts";
import { numberTask } from "./number-task.ts";

/**
 * At each of T steps a number x_t, uniform on 0 … 1, and a mark m_t: 1 at one step of the first half and at one of the
 * second, else 0. Asked after the last step: the sum of the two marked numbers. Whoever always answers 1 has the squared
 * error 1/6.
 */
export const addingProblem: DrawnTask = numberTask({
  name: "adding-problem",
  summary: "the sum of the two marked numbers of a sequence, after its end",
  source:
    "Hochreiter and Schmidhuber 1997, experiment 4; numbers from 0 to 1 and a mark in each half as in Arjovsky, Shah and Bengio 2016",
  example: "0.5 0, 0.25 1, 0.75 0, 0.125 1",
  features,
  values: ["sum"],
  tolerance: 0.04,
  defaultTrainLengths: [100, 100],
  shortest: 2,
  fill(stream, length, input, target) {
    const numbers = stream.uniform(new Float64Array(length), 0, 1);
    const half = Math.floor(length / 2);
    const [first, second] = [
      stream.integers(new Int32Array(1), 0, half)[0]!,
      stream.integers(new Int32Array(1), half, length)[0]!,
    ];
    for (let t = 0; t < length; t++) {
      input[2 * t] = numbers[t]!;
      input[2 * t + 1] = t === first || t === second ? 1 : 0;
    }
    target[length - 1] = input[2 * first]! + input[2 * second]!;
  },
  answer: answerMarked,
});

/** Adding one. */
import { binaryIncrement } from "../../tasks/index.ts";
import { builtNetwork } from "./built.ts";

/**
 * A unit says when the carry has ended; d' is its value of the step before, and the state before the first step is 0:
 *
 *     d = ¬x ∨ d',     h = ¬x ∧ d',     y = d ∧ ¬h = [x = d']
 */
export const incrementNetwork = builtNetwork({
  name: "increment",
  summary: "a unit that stays on once the carry has ended; digits after that are copied",
  source: "an equality of threshold units, the complement of an exclusive or",
  task: binaryIncrement,
  inputs: ["x"],
  units: [["done", "¬x ∧ done"], ["y"]],
  weights: {
    W1: [[-1, -1]],
    R11: [
      [1, 1],
      [0, 0],
    ],
    b1: [0.5, -0.5],
    W2: [[1], [-1]],
    b2: [-0.5],
  },
});

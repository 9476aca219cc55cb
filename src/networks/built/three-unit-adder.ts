/** Binary addition by counting. */
import { binaryAddition } from "../../tasks/index.ts";
import { builtNetwork } from "./built.ts";

/**
 * Hidden unit k says whether at least k of the three digits are on; the second is the carry c of the next step:
 *
 *     h_k = [x₁ + x₂ + c ≥ k],  k = 1, 2, 3,     y = [h₁ − h₂ + h₃ ≥ 1]
 */
export const threeUnitAdder = builtNetwork({
  name: "three-unit-adder",
  summary: "three hidden units count how many of both digits and the carry are on",
  source: "counting, as in threshold circuits of symmetric functions",
  task: binaryAddition,
  inputs: ["x₁", "x₂"],
  units: [["≥ 1", "≥ 2, carry", "≥ 3"], ["sum"]],
  weights: {
    W1: [
      [1, 1, 1],
      [1, 1, 1],
    ],
    R11: [
      [0, 0, 0],
      [1, 1, 1],
      [0, 0, 0],
    ],
    b1: [-0.5, -1.5, -2.5],
    W2: [[1], [-1], [1]],
    b2: [-0.5],
  },
});

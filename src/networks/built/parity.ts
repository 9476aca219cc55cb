/** Parity by exclusive or. */
import { parity } from "../../tasks/index.ts";
import { builtNetwork } from "./built.ts";

/**
 * The answer is fed back, y' is that of the step before:
 *
 *     h₁ = x ∨ y',     h₂ = x ∧ y',     y = h₁ ∧ ¬h₂ = x ⊕ y'
 */
export const parityNetwork = builtNetwork({
  name: "parity",
  summary: "exclusive or of the input and the answer before",
  source: "an exclusive or of threshold units",
  task: parity,
  inputs: ["x"],
  units: [["x ∨ y", "x ∧ y"], ["y"]],
  weights: {
    W1: [[1, 1]],
    R21: [[1, 1]],
    b1: [-0.5, -1.5],
    W2: [[1], [-1]],
    b2: [-0.5],
  },
});

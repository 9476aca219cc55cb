/** Elman's recurrent layer (Elman 1990; papers/004, section 2.2; papers/002, eq. 1 with its output as a second layer). */
import { add, matmul } from "../graph/index.ts";
import { type ActivationChoice, activation } from "./activations.ts";
import { defineCell } from "./cell.ts";

/**
 * The recurrent layer.
 *
 *     h_t = φ(x_t W + h_{t−1} U + b)            output h_t
 *
 * Shapes: x [batch, input], h [batch, hidden], W [input, hidden], U [hidden, hidden], b [hidden]. φ is tanh unless
 * `activation` names another.
 */
export const rnn = defineCell({
  name: "rnn",
  sizes: ["input", "hidden"],
  output: "hidden",
  parameters: { W: ["input", "hidden"], U: ["hidden", "hidden"], b: ["hidden"] },
  state: { h: "hidden" },
  options: { activation: "tanh" as ActivationChoice },
  native: ({ activation }) => ({ operator: "RNN", gates: [""], activations: [activation] }),
  step({ W, U, b }, { h }, x, options) {
    const next = activation(options.activation)(add(matmul(x, W), matmul(h, U), b));
    return { state: { h: next }, output: next };
  },
});

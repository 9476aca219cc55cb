/** The recurrent layer whose state is what its units sum up, before their function (papers/004, eq. 4; Pascanu et al. 2013). */
import { add, matmul } from "../graph/index.ts";
import { type ActivationChoice, activation } from "./activations.ts";
import { defineCell } from "./cell.ts";

/**
 * The recurrent layer in its state form.
 *
 *     h_t = φ(h_{t−1}) U + x_t W + b            output h_t,      ∂h_t/∂h_{t−1} = Uᵀ diag(φ′(h_{t−1}))
 *
 * Shapes: x [batch, input], h [batch, hidden], W [input, hidden], U [hidden, hidden], b [hidden]. φ is tanh unless
 * `activation` names another. From φ(h_0) on, φ(h_t) is the state of `rnn` with the same parameters.
 * Source: papers/004, eq. 4 and 5, where U is W_hᵀ and W is W_xᵀ.
 */
export const rnnPreactivation = defineCell({
  name: "rnn-preactivation",
  sizes: ["input", "hidden"],
  output: "hidden",
  parameters: { W: ["input", "hidden"], U: ["hidden", "hidden"], b: ["hidden"] },
  state: { h: "hidden" },
  options: { activation: "tanh" as ActivationChoice },
  step({ W, U, b }, { h }, x, options) {
    const next = add(matmul(activation(options.activation)(h), U), matmul(x, W), b);
    return { state: { h: next }, output: next };
  },
});

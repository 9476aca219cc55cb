/** A feedforward layer: a cell without state (papers/004, section 2.2). */
import { add, matmul } from "../graph/index.ts";
import { type ActivationName, activation } from "./activations.ts";
import { defineCell } from "./cell.ts";

/**
 * The feedforward layer.
 *
 *     z_t = x_t W + b,   y_t = φ(z_t)           output y_t, logits z_t
 *
 * Shapes: x [batch, input], W [input, output], b [output]. φ is the identity unless `activation` names another.
 */
export const feedforward = defineCell({
  name: "feedforward",
  sizes: ["input", "units"],
  output: "units",
  parameters: { W: ["input", "units"], b: ["units"] },
  state: {},
  options: { activation: "identity" as ActivationName },
  step({ W, b }, _, x, options) {
    const logits = add(matmul(x, W), b);
    return { state: {}, output: activation(options.activation)(logits), logits };
  },
});

import { add, div, mul, sqrt, sub } from "../../graph/index.ts";
import type { Optimizer } from "./optimizer.ts";

/**
 * Adam (Kingma and Ba 2015, algorithm 1):
 *
 *     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
 *     θ ← θ − α (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
 *
 * @param beta1 β₁ in [0, 1). Default 0.9. @param beta2 β₂ in [0, 1). Default 0.999. @param epsilon ε > 0. Default 1e-8.
 */
export function adam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = {}): Optimizer {
  return {
    name: "adam",
    slots: ["m", "v"],
    scalars: (t) => ({ first: 1 / (1 - beta1 ** t), second: 1 / Math.sqrt(1 - beta2 ** t) }),
    update(parameters, gradient, { m, v }, { learningRate, first, second }) {
      const mean = add(mul(m!, beta1), mul(gradient, 1 - beta1));
      const square = add(mul(v!, beta2), mul(mul(gradient, gradient), 1 - beta2));
      const step = div(mul(mean, mul(learningRate, first!)), add(mul(sqrt(square), second!), epsilon));
      return { parameters: sub(parameters, step), slots: { m: mean, v: square } };
    },
  };
}

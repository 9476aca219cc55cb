import { abs, add, div, max, min, mul, neg, sub } from "../../graph/index.ts";
import type { Optimizer } from "./optimizer.ts";

/**
 * AdaMax (Kingma and Ba 2015, algorithm 2):
 *
 *     m ← β₁ m + (1 − β₁) g,   v ← max(β₂ v, |g| + ε),   θ ← θ − α m / ((1 − β₁ᵗ) v)
 *
 * @param beta1 β₁ in [0, 1). Default 0.9. @param beta2 β₂ in [0, 1). Default 0.999. @param epsilon ε > 0. Default 1e-8,
 * inside the maximum as in PyTorch.
 */
export function adamax({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = {}): Optimizer {
  return {
    name: "adamax",
    slots: ["m", "v"],
    scalars: (t) => ({ first: 1 / (1 - beta1 ** t) }),
    update(parameters, gradient, { m, v }, { learningRate, first }) {
      const mean = add(mul(m!, beta1), mul(gradient, 1 - beta1));
      const largest = max(mul(v!, beta2), add(abs(gradient), epsilon));
      const step = div(mul(mean, mul(learningRate, first!)), largest);
      return { parameters: sub(parameters, step), slots: { m: mean, v: largest } };
    },
  };
}

/**
 * AdaMax with clipping built in, element by element, without bias correction (papers/003, section 4, with the constants
 * of the authors' program):
 *
 *     g ← clip(g, ±(1.2 v + 10⁻⁴)),   m ← 0.9 m + 0.1 g,   v ← max(β₂ v, |g|),   θ ← θ − α m / (v + 10⁻⁸)
 *     β₂ = 1 − max(5·10⁻⁴, 0.01·0.5^(t/2000))
 */
export function adamaxClipped(): Optimizer {
  return {
    name: "adamax-clipped",
    slots: ["m", "v"],
    scalars: (t) => ({ decay: 1 - Math.max(5e-4, 0.01 * 0.5 ** (t / 2000)) }),
    update(parameters, gradient, { m, v }, { learningRate, decay }) {
      const limit = add(mul(v!, 1.2), 1e-4);
      const clipped = max(min(gradient, limit), neg(limit));
      const mean = add(mul(m!, 0.9), mul(clipped, 0.1));
      const largest = max(mul(v!, decay!), abs(clipped));
      const step = div(mul(learningRate, mean), add(largest, 1e-8));
      return { parameters: sub(parameters, step), slots: { m: mean, v: largest } };
    },
  };
}

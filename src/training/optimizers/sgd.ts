import { add, mul, sub } from "../../graph/index.ts";
import type { Optimizer } from "./optimizer.ts";

/** Gradient descent: θ ← θ − α g. papers/004, section 2.3. */
export function sgd(): Optimizer {
  return {
    name: "sgd",
    slots: [],
    scalars: () => ({}),
    update: (parameters, gradient, _, { learningRate }) => ({
      parameters: sub(parameters, mul(learningRate, gradient)),
      slots: {},
    }),
  };
}

/**
 * Gradient descent with momentum: v ← μ v + g, θ ← θ − α v. (Polyak 1964, in PyTorch's form)
 * @param momentum μ in [0, 1). Default 0.9.
 */
export function momentum({ momentum: factor = 0.9 }: { momentum?: number } = {}): Optimizer {
  return {
    name: "momentum",
    slots: ["v"],
    scalars: () => ({}),
    update(parameters, gradient, { v }, { learningRate }) {
      const velocity = add(mul(v!, factor), gradient);
      return { parameters: sub(parameters, mul(learningRate, velocity)), slots: { v: velocity } };
    },
  };
}

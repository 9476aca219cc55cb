import { add, div, mul, sqrt, sub } from "../../graph/index.ts";
import type { Optimizer } from "./optimizer.ts";

/**
 * RMSprop: v ← ρ v + (1 − ρ) g², θ ← θ − α g / (√v + ε). (Hinton 2012, in PyTorch's form)
 * @param decay ρ in [0, 1). Default 0.99. @param epsilon ε > 0. Default 1e-8.
 */
export function rmsprop({ decay = 0.99, epsilon = 1e-8 }: { decay?: number; epsilon?: number } = {}): Optimizer {
  return {
    name: "rmsprop",
    slots: ["v"],
    scalars: () => ({}),
    update(parameters, gradient, { v }, { learningRate }) {
      const square = add(mul(v!, decay), mul(mul(gradient, gradient), 1 - decay));
      const direction = div(gradient, add(sqrt(square), epsilon));
      return { parameters: sub(parameters, mul(learningRate, direction)), slots: { v: square } };
    },
  };
}

/** Initial weights that suit an activation (Kumar 2017, arXiv:1704.08863: reference 7 of papers/004). */
import type { ActivationName } from "./activations.ts";
import { type Initializer, normalByFanIn } from "./initializers.ts";

/** g(0) and g′(0) of the activations that are differentiable at 0. */
const atZero: Partial<Readonly<Record<ActivationName, readonly [value: number, slope: number]>>> = {
  "hard-sigmoid": [0.5, 0.5],
  "hard-tanh": [0, 1],
  sigmoid: [0.5, 0.25],
  tanh: [0, 1],
  identity: [0, 1],
};

/**
 * Normal with the variance that keeps the variance of activations from layer to layer:
 *
 *     v² = 1 / (N g′(0)² (1 + g(0)²)),        for relu v² = 2/N
 *
 * N inputs of a unit: 1/√N for tanh, 3.6/√N for σ. For step units, whose slope at 0 is that of their straight-through
 * derivative, as for the hard sigmoid.
 * @param activation g of the units that the weights lead to. @param fanIn N. Default: from the shape.
 * Source: Kumar 2017; for relu it is He et al. 2015.
 */
export function kumar(activation: ActivationName, fanIn?: number): Initializer {
  const [value, slope] = atZero[activation] ?? [0.5, 0.5];
  const scale = activation === "relu" ? Math.SQRT2 : 1 / (slope * Math.sqrt(1 + value ** 2));
  return { ...normalByFanIn(fanIn, scale), name: "kumar" };
}

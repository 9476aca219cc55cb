/** What happens to the gradient of one replica before the optimizer sees it. */
import { add, div, less, mul, reduceSum, sqrt, type Tensor, where } from "../graph/index.ts";

/** ‖g‖ = √Σ gᵢ². */
export function globalNorm(gradient: Tensor): Tensor {
  return sqrt(reduceSum(mul(gradient, gradient)));
}

/**
 * Clipping by global norm: g where ‖g‖ < ε, otherwise ε g/‖g‖. papers/004, eq. 8 (Pascanu, Mikolov and Bengio 2013).
 * @param gradient all of a replica's gradient in one vector. @param limit ε > 0.
 */
export function clipByGlobalNorm(gradient: Tensor, norm: Tensor, limit: number): Tensor {
  // Inside the limit nothing is divided, so a zero gradient stays zero.
  const isSmall = less(norm, limit);
  return mul(gradient, where(isSmall, 1, div(limit, where(isSmall, 1, norm))));
}

/** Gradient noise: g + s·n, n from a standard normal distribution. (Neelakantan et al. 2015) */
export function addGradientNoise(gradient: Tensor, noise: Tensor, scale: Tensor): Tensor {
  return add(gradient, mul(noise, scale));
}

/** Weight decay as a gradient: g + λ θ, the derivative of ½ λ ‖θ‖². */
export function decayWeights(gradient: Tensor, parameters: Tensor, factor: number): Tensor {
  return add(gradient, mul(parameters, factor));
}

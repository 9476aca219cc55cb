/** The saturation cost of hard functions (papers/003, section 3.3). */
import { abs, clip, mul, reduceSum, stopGradient, sub, surrogate, type Tensor } from "../graph/index.ts";

/** A power of two so large that it makes ±1 or more of any distance from the limit that float32 can tell from 0. */
const STEEP = 2 ** 60;

/**
 * Σ max(0, |z| − limit): what the pre-activations of hard functions cost where they leave the linear range. Its derivative
 * is sign z outside the limit, 0 inside. (The paper prints min for max, which would cost nothing where it should.)
 * @param z pre-activations [..]. @param limit at most 1, where the hard functions end. Default 0.9.
 */
export function saturation(z: Tensor, limit = 0.9): Tensor {
  // z − clip(z) is the distance to the linear range, sign included: one formula for the cost and for its derivative.
  const beyond = sub(z, clip(z, -limit, limit));
  const direction = clip(mul(beyond, STEEP), -1, 1);
  return surrogate(reduceSum(abs(beyond)), reduceSum(mul(stopGradient(direction), z)));
}

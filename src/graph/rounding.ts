/**
 * Directed rounding to float32, and how far a float32 evaluation may lie from the exact value.
 *
 * Bounds are computed in float64 and rounded outward to a neighbouring float32. Such a bound holds for the exact value,
 * for its float32 rounding (rounding is monotone), and for a fused evaluation that rounds only once.
 *
 * What is assumed of an engine: + − × ÷ √ round correctly (IEEE 754, with gradual underflow), sums and products of matrices
 * are sums of float32 products in some order in float32 or wider, functions are as exact as APPROXIMATION says. A value
 * that may be no number at all (0/0, ∞ − ∞, the logarithm of a negative) has the bounds −∞ and ∞.
 */

/** Unit roundoff of float32, 2^−24. */
const UNIT_ROUNDOFF = 2 ** -24;
/** Smallest positive float32, 2^−149: what underflow may lose in one operation. */
const SMALLEST = 2 ** -149;
/** Half the largest float32: sums whose terms stay below it in magnitude don't overflow in any order. */
const LARGEST = 2 ** 127;
/**
 * How far `exp`, `log`, `tanh`, `sigmoid`, `sin`, `cos` of a float32 engine may lie from the exact value: relative, plus
 * absolute. Engines use rational approximations: ONNX Runtime's stay below 2^−21 (measured over all magnitudes in
 * `tests/interval-engines.test.ts`); the bound is twice that.
 */
export const APPROXIMATION = 2 ** -20;

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The largest float32 that is < x, so that float64 arithmetic may have erred upwards by one rounding. NaN: −∞. */
export function down(x: number): number {
  if (Number.isNaN(x)) return Number.NEGATIVE_INFINITY;
  float[0] = x;
  const rounded = float[0];
  return rounded < x ? rounded : below(rounded);
}

/** The smallest float32 that is > x, so that float64 arithmetic may have erred downwards by one rounding. NaN: ∞. */
export function up(x: number): number {
  return -down(-x);
}

/** The largest float32 that is ≤ x: where an engine may round x itself down to. */
export function floor32(x: number): number {
  const rounded = Math.fround(x);
  return rounded <= x ? rounded : below(rounded);
}

/** The smallest float32 that is ≥ x. */
export function ceil32(x: number): number {
  return -floor32(-x);
}

/** The float32 just below a float32. */
function below(x: number): number {
  if (x === Number.NEGATIVE_INFINITY) return x;
  if (x === 0) return -SMALLEST;
  float[0] = x;
  bits[0]! += x > 0 ? -1 : 1;
  return float[0];
}

/** Bounds for a function whose float32 evaluation has the approximation error, given bounds on its exact value. */
export function approximateDown(x: number): number {
  return down(x - APPROXIMATION * Math.abs(x) - APPROXIMATION);
}
export function approximateUp(x: number): number {
  return up(x + APPROXIMATION * Math.abs(x) + APPROXIMATION);
}

/**
 * Bound on the error of a float32 sum of `terms` rounded products, in any order, with or without fused multiply-add:
 * γ_n Σ|aᵢ||bᵢ| + n·2^−149, γ_n = n·u/(1 − n·u), n = terms + 1 (Higham 2002, section 3.1). For plain sums aᵢ = 1.
 */
export function summationError(terms: number, magnitude: number): number {
  const n = terms + 1;
  // A sum that may overflow on the way, or of more terms than the bound is good for, may end anywhere.
  if (!(magnitude < LARGEST) || n * UNIT_ROUNDOFF >= 0.5) return Number.POSITIVE_INFINITY;
  const gamma = (n * UNIT_ROUNDOFF) / (1 - n * UNIT_ROUNDOFF);
  // float64 itself errs by about n·2^−53 in computing the magnitude: a relative 2^−20 more is far above that.
  return (gamma * magnitude + n * SMALLEST) * (1 + 2 ** -20);
}

/**
 * Bounds on sums whose terms an engine may add in any order: x W + h U + b is one sum of products, however it is written.
 *
 * Beside its bounds, the result of a sum or a product of matrices keeps what a further sum needs to bound the float32 error
 * of all its terms together: how many there are, and their magnitudes. Where all terms are known exactly and small whole
 * multiples of one power of two, float32 adds them without error in any order.
 */
import type { NDArray } from "./array.ts";
import type { Interval } from "./operator.ts";
import { down, summationError, up } from "./rounding.ts";

/** What is known of the terms of a sum, for each of its elements. */
export interface Terms {
  /** Bounds on the exact sum. */
  readonly lower: NDArray;
  readonly upper: NDArray;
  /** Bound on Σ|term|. */
  readonly magnitude: NDArray;
  /** A power of two that divides every term, where all are known exactly (∞: all are 0); otherwise 0. */
  readonly quantum: NDArray;
  /** How many there are. */
  count: number;
}

/** Kept with the bounds of a sum; what is found here belongs to the latest run. */
const known = new WeakMap<NDArray, Terms>();

/** Memory for the terms of a result. */
export function termsOf({ lower }: Interval): Terms {
  let terms = known.get(lower);
  if (!terms) {
    const array = () => alike(lower);
    terms = { lower: array(), upper: array(), magnitude: array(), quantum: array(), count: 0 };
    known.set(lower, terms);
  }
  return terms;
}

/** An operand of a sum as terms: those of the sum it is, or itself as one. */
export function asTerms(x: Interval): Terms {
  const sum = known.get(x.lower);
  if (sum) return sum;
  const { lower, upper } = x;
  let terms = single.get(lower);
  if (!terms) {
    terms = { lower, upper, magnitude: alike(lower), quantum: alike(lower), count: 1 };
    single.set(lower, terms);
  }
  const { magnitude, quantum } = terms;
  for (let i = 0; i < lower.data.length; i++) {
    const [low, high] = [lower.data[i]!, upper.data[i]!];
    magnitude.data[i] = Math.max(Math.abs(low), Math.abs(high));
    quantum.data[i] = low === high ? quantumOf(low) : 0;
  }
  return terms;
}
const single = new WeakMap<NDArray, Terms>();

function alike({ shape, data }: NDArray): NDArray {
  return { dtype: "float", shape, data: new Float64Array(data.length) };
}

/** float32 has 24 bits: whole multiples of q up to 2^24 q, and their sums that stay as small, are exact. */
const EXACT = 2 ** 24;
/** The smallest positive float32. */
const SMALLEST = 2 ** -149;

/** Writes the bounds of a sum from what is known of its terms. */
export function boundSum(terms: Terms, out: Interval): void {
  const { count } = terms;
  const [lower, upper] = [terms.lower.data, terms.upper.data];
  const [magnitude, quantum] = [terms.magnitude.data, terms.quantum.data];
  for (let i = 0; i < lower.length; i++) {
    const q = quantum[i]!;
    if (magnitude[i] === 0 || (q >= SMALLEST && magnitude[i]! <= EXACT * q)) {
      out.lower.data[i] = lower[i]!;
      out.upper.data[i] = upper[i]!;
      continue;
    }
    const error = summationError(count, magnitude[i]!);
    // An infinite end times zero is no number: nothing is known then, as `down` and `up` say of NaN.
    out.lower.data[i] = down(lower[i]! - error);
    out.upper.data[i] = up(upper[i]! + error);
  }
}

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

/** The largest power of two that divides a number; ∞ for 0, 0 for what is no finite number. */
export function quantumOf(x: number): number {
  if (x === 0) return Number.POSITIVE_INFINITY;
  if (!Number.isFinite(x) || Math.abs(x) < 2 ** -1000) return 0;
  number[0] = x;
  const [low, high] = [words[0]!, words[1]!];
  const exponent = (high >>> 20) & 2047;
  const trailing =
    low !== 0 ? 31 - Math.clz32(low & -low) : 32 + 31 - Math.clz32((high | 0x100000) & -(high | 0x100000));
  return 2 ** (exponent - 1075 + trailing);
}

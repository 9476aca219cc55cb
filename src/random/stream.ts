/**
 * Named streams of random numbers that can be made again at any time, in any order, with the same bits on every engine.
 *
 * A stream is the word sequence of Threefry-2x32-20 under a key derived from a seed and a path (`seeds.ts`), with the
 * counter from 0. Streams share no state: what one has drawn never changes another.
 */
import { LonghandError } from "../errors.ts";
import * as distributions from "./distributions.ts";
import { type Key, type PathPart, type Seed, seedState, streamKey } from "./seeds.ts";

/**
 * A sequence of random numbers; every call continues where the last one stopped.
 *
 * Filling an array in one call or in several consecutive ones makes the same numbers. Float32Array and Float64Array are
 * separate definitions: the first takes one 32-bit word a number, the second two, so the same stream fills them with
 * different numbers. All methods return `out` (or what they made) and throw LonghandError "argument".
 */
export interface Stream {
  /**
   * Fills `out` with the 32-bit words all else is made of: word i is word i mod 2 of the block of counter ⌊i/2⌋.
   */
  words(out: Uint32Array): Uint32Array;

  /**
   * Fills `out` with numbers uniform on [low, high).
   *
   * float32: low + (high − low)·k·2⁻²⁴ with k the top 24 bits of one word; the bounds are rounded to float32 first.
   * float64: low + (high − low)·k·2⁻⁵³ with k the top 27 bits of one word and the top 26 of the next.
   * A result that rounds up to `high` becomes the largest number below it.
   *
   * @param low finite; default 0
   * @param high finite, above `low` (for float32 also after rounding), high − low finite; default 1
   */
  uniform<A extends Float32Array | Float64Array>(out: A, low?: number, high?: number): A;

  /**
   * Fills `out` with noise uniform on the 2¹⁶ numbers a·((h + ½)·2⁻¹⁵ − 1), symmetric about 0: two numbers a word, the low
   * half h first. For noise in quantity, at half the cost of `uniform`. An odd number leaves half a word out.
   *
   * @param amplitude a, finite, ≥ 0; default 1
   */
  noise(out: Float32Array, amplitude?: number): Float32Array;

  /**
   * Fills `out` with normal numbers mean + deviation·Φ⁻¹(u), Φ⁻¹ by Wichura's AS 241 (`normal.ts`).
   *
   * float32: u = (w + ½)·2⁻³² with one word w, hence |Φ⁻¹(u)| < 6.34, computed in float64 and rounded once.
   * float64: u = (k + ½)·2⁻⁵³ with the 53 bits k of `uniform`, hence |Φ⁻¹(u)| < 8.30.
   *
   * @param mean finite; default 0
   * @param deviation standard deviation, finite, ≥ 0, and small enough that 8.3 deviations from the mean stay finite in
   *   the array's precision; default 1
   */
  normal<A extends Float32Array | Float64Array>(out: A, mean?: number, deviation?: number): A;

  /**
   * Fills `out` with numbers distributed like normal ones redrawn while further than two deviations from the mean.
   *
   * Made without redrawing: mean + deviation·Φ⁻¹(½ + (u − ½)(1 − 2Φ(−2))), u as for `normal`. Their standard deviation is
   * 0.8796256610342398 of `deviation`.
   *
   * @param mean as for `normal`
   * @param deviation standard deviation before cutting, as for `normal`
   */
  truncatedNormal<A extends Float32Array | Float64Array>(out: A, mean?: number, deviation?: number): A;

  /**
   * Fills `out` with integers uniform on low … high − 1, without modulo bias.
   *
   * With n = high − low, a word w gives low + ⌊w/⌊2³²/n⌋⌋; a word for which that isn't below `high` is skipped.
   *
   * @param low integer from −2³¹
   * @param high integer to 2³¹, above `low`
   */
  integers(out: Int32Array, low: number, high: number): Int32Array;

  /**
   * Fills `out` with fair bits, 0 or 1: those of one word after another, the lowest first. Bits left of a word are kept for
   * the next call of `bits`, whatever else is drawn in between.
   */
  bits<A extends Uint8Array | Int32Array | Float32Array>(out: A): A;

  /**
   * A uniform permutation of 0 … n − 1 (Fisher–Yates, from the end, each step an integer as of `integers`).
   *
   * @param n integer from 0 to 2³¹ − 1
   */
  permutation(n: number): Int32Array;

  /**
   * Fills `out` with 1/keep, with probability `keep`, or 0: a mask of inverted dropout, whose mean is 1.
   *
   * One word w a number, for either precision: kept where w·2⁻³² < keep, so the probability is exact to 2⁻³².
   *
   * @param keep 0 < keep ≤ 1, and large enough that 1/keep is finite in the array's precision
   */
  mask<A extends Float32Array | Float64Array>(out: A, keep: number): A;
}

/** Streams of one seed. */
export interface RandomSource {
  /** The seed it was made from. */
  readonly seed: Seed;

  /**
   * A new stream at its beginning: the same seed and path always make the same numbers.
   *
   * @param path names and finite numbers; ("a", "b") differs from ("ab") and ("1") from (1)
   * @throws LonghandError "argument" for a number that isn't finite and for a name with a lone surrogate
   */
  stream(...path: PathPart[]): Stream;
}

/**
 * Makes the streams of a seed.
 *
 * @param seed a safe integer, a bigint or a string; 1 and 1n are the same seed, "1" is another
 * @throws LonghandError "argument" for a number that is no safe integer and for a string with a lone surrogate
 *
 * @example
 * const noise = randomSource(7).stream("dropout", 120).mask(new Float32Array(64), 0.9);
 */
export function randomSource(seed: Seed): RandomSource {
  const state = seedState(seed);
  return Object.freeze({
    seed,
    stream: (...path: PathPart[]) => openStream(streamKey(state, path)),
  });
}

/** |Φ⁻¹| stays below this in both precisions. */
const FURTHEST_DEVIATION = 8.3;

function openStream([key0, key1]: Key): Stream {
  const cursor: distributions.Cursor = { key0, key1, position: 0, spareBits: 0, spareCount: 0 };
  return Object.freeze<Stream>({
    words(out) {
      distributions.nextWords(cursor, out, out.length);
      return out;
    },
    uniform(out, low = 0, high = 1) {
      if (out instanceof Float32Array) {
        const [from, to] = checkBounds(Math.fround(low), Math.fround(high), low, high);
        distributions.uniform32(cursor, out, from, to, float32Below(to));
      } else {
        const [from, to] = checkBounds(low, high, low, high);
        distributions.uniform64(cursor, out, from, to, float64Below(to));
      }
      return out;
    },
    noise(out, amplitude = 1) {
      if (!(amplitude >= 0 && Number.isFinite(amplitude))) {
        throw new LonghandError("argument", `noise: amplitude is ${amplitude}, expected a finite number ≥ 0`);
      }
      distributions.noise(cursor, out, amplitude);
      return out;
    },
    normal(out, mean = 0, deviation = 1) {
      checkNormal("normal", out, mean, deviation);
      distributions.normal(cursor, out, mean, deviation);
      return out;
    },
    truncatedNormal(out, mean = 0, deviation = 1) {
      checkNormal("truncatedNormal", out, mean, deviation);
      distributions.truncatedNormal(cursor, out, mean, deviation);
      return out;
    },
    integers(out, low, high) {
      const inside = Number.isInteger(low) && Number.isInteger(high) && low >= -(2 ** 31) && high <= 2 ** 31;
      if (!inside || low >= high) {
        throw invalid("integers", `low is ${low}, high is ${high}`, "integers with −2^31 ≤ low < high ≤ 2^31");
      }
      distributions.integers(cursor, out, low, high - low);
      return out;
    },
    bits(out) {
      distributions.bits(cursor, out);
      return out;
    },
    permutation(n) {
      if (!Number.isInteger(n) || n < 0 || n >= 2 ** 31) {
        throw invalid("permutation", `n is ${n}`, "an integer from 0 to 2^31 − 1");
      }
      const out = new Int32Array(n);
      distributions.permutation(cursor, out);
      return out;
    },
    mask(out, keep) {
      const finite = Number.isFinite(out instanceof Float32Array ? Math.fround(1 / keep) : 1 / keep);
      if (!(keep > 0 && keep <= 1 && finite)) {
        throw invalid("mask", `keep is ${keep}`, "0 < keep ≤ 1 with a finite 1/keep");
      }
      distributions.mask(cursor, out, keep);
      return out;
    },
  });
}

function invalid(method: string, received: string, expected: string): LonghandError {
  return new LonghandError("argument", `Stream.${method}: ${received}; expected ${expected}.`);
}

/** The bounds as the array holds them, checked; `low` and `high` are as received. */
function checkBounds(from: number, to: number, low: number, high: number): [number, number] {
  if (!(from < to) || !Number.isFinite(to - from)) {
    throw invalid(
      "uniform",
      `low is ${low}, high is ${high}`,
      "finite numbers with low < high that stay so, and high − low finite, in the array's precision",
    );
  }
  return [from, to];
}

function checkNormal(method: string, out: Float32Array | Float64Array, mean: number, deviation: number): void {
  if (!Number.isFinite(mean)) throw invalid(method, `mean is ${mean}`, "a finite number");
  const furthest = Math.abs(mean) + FURTHEST_DEVIATION * deviation;
  if (!(deviation >= 0) || !Number.isFinite(out instanceof Float32Array ? Math.fround(furthest) : furthest)) {
    throw invalid(
      method,
      `deviation is ${deviation}, mean is ${mean}`,
      "deviation ≥ 0 and |mean| + 8.3·deviation finite in the array's precision",
    );
  }
}

/** The largest float32 below the float32 `value`. */
function float32Below(value: number): number {
  if (value === 0) return -(2 ** -149);
  const view = new Float32Array([value]);
  // The bit patterns of floats of one sign are ordered like their magnitudes.
  new Int32Array(view.buffer)[0]! += value > 0 ? -1 : 1;
  return view[0]!;
}

/** The largest float64 below `value`. */
function float64Below(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  const view = new Float64Array([value]);
  new BigInt64Array(view.buffer)[0]! += value > 0 ? -1n : 1n;
  return view[0]!;
}

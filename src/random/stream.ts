/** placeholder; see brief */
export interface Stream {
  /** Fills `out` with numbers uniform on [low, high); default [0, 1). */
  uniform<A extends Float32Array | Float64Array>(out: A, low?: number, high?: number): A;
  /** Fills `out` with normal numbers; default mean 0, standard deviation 1. */
  normal<A extends Float32Array | Float64Array>(out: A, mean?: number, deviation?: number): A;
  /** Normal, redrawn while further than two deviations from the mean. */
  truncatedNormal<A extends Float32Array | Float64Array>(out: A, mean?: number, deviation?: number): A;
  /** Fills `out` with integers uniform on [low, high), without modulo bias. */
  integers(out: Int32Array, low: number, high: number): Int32Array;
  /** Fills `out` with fair bits, 0 or 1. */
  bits<A extends Uint8Array | Int32Array | Float32Array>(out: A): A;
  /** A uniform permutation of 0 … n−1. */
  permutation(n: number): Int32Array;
}

/** Whole numbers of any size. */

export function absolute(a: bigint): bigint {
  return a < 0n ? -a : a;
}

/** Greatest common divisor, never negative; gcd(0, 0) = 0. */
export function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [absolute(a), absolute(b)];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** Binary digits of |a|, to the next multiple of four. */
export function bits(a: bigint): number {
  return 4 * absolute(a).toString(16).length;
}

/** Fractions of whole numbers, lowest terms, denominator > 0. */
import { LonghandError } from "../errors.ts";

export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b);
}

/** n/d in lowest terms. @param denominator not 0. */
export function fraction(numerator: bigint, denominator = 1n): Fraction {
  const shared = gcd(numerator, denominator) * (denominator < 0n ? -1n : 1n);
  return { numerator: numerator / shared, denominator: denominator / shared };
}

/** The fraction that a floating-point number is: a whole number over a power of two. @throws LonghandError `argument` unless finite. */
export function fractionOf(value: number): Fraction {
  if (!Number.isFinite(value))
    throw new LonghandError("argument", `fraction: received ${value}, expected a finite number`);
  let denominator = 1n;
  let scaled = value;
  for (; !Number.isInteger(scaled); denominator *= 2n) scaled *= 2;
  return fraction(BigInt(scaled), denominator);
}

/** The nearest number, for fractions whose parts are exact as numbers. */
export function numberOf({ numerator, denominator }: Fraction): number {
  return Number(numerator) / Number(denominator);
}

/** The least common denominator. */
export function common(values: readonly Fraction[]): bigint {
  return values.reduce((least, { denominator }) => (least / gcd(least, denominator)) * denominator, 1n);
}

/** "-3/2" */
export function fractionText({ numerator, denominator }: Fraction): string {
  return denominator === 1n ? `${numerator}` : `${numerator}/${denominator}`;
}

/** Exact rational numbers. */
import { LonghandError } from "../errors.ts";
import { gcd } from "./integer.ts";

/** numerator / denominator in lowest terms, denominator > 0. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * numerator / denominator in lowest terms.
 * @throws LonghandError `argument` for a denominator of 0.
 */
export function rational(numerator: bigint | number, denominator: bigint | number = 1n): Rational {
  const [n, d] = [BigInt(numerator), BigInt(denominator)];
  if (d === 0n) throw new LonghandError("argument", `rational ${n}/0: expected a denominator other than 0`);
  const common = d < 0n ? -gcd(n, d) : gcd(n, d);
  return { numerator: n / common, denominator: d / common };
}

export const zero: Rational = Object.freeze(rational(0n));
export const one: Rational = Object.freeze(rational(1n));

/** a + b. */
export function add(a: Rational, b: Rational): Rational {
  if (a.denominator === 1n && b.denominator === 1n) return { numerator: a.numerator + b.numerator, denominator: 1n };
  return rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

/** −a. */
export function negate(a: Rational): Rational {
  return { numerator: -a.numerator, denominator: a.denominator };
}

/** a − b. */
export function subtract(a: Rational, b: Rational): Rational {
  return add(a, negate(b));
}

/** a·b. */
export function multiply(a: Rational, b: Rational): Rational {
  if (a.denominator === 1n && b.denominator === 1n) return { numerator: a.numerator * b.numerator, denominator: 1n };
  return rational(a.numerator * b.numerator, a.denominator * b.denominator);
}

/**
 * a/b.
 * @throws LonghandError `argument` where b is 0.
 */
export function divide(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.denominator, a.denominator * b.numerator);
}

export function equals(a: Rational, b: Rational): boolean {
  return a.numerator === b.numerator && a.denominator === b.denominator;
}

export function isZero(a: Rational): boolean {
  return a.numerator === 0n;
}

/** −1, 0 or 1: whether a is less than, equal to or greater than b. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/**
 * The value of a finite float64 number, exactly: fromNumber(0.1) is 3602879701896397/2⁵⁵.
 * @throws LonghandError `argument` for infinities and NaN.
 */
export function fromNumber(value: number): Rational {
  if (!Number.isFinite(value))
    throw new LonghandError("argument", `rational: received ${value}, expected a finite number`);
  let numerator = value;
  let power = 0n;
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    power++;
  }
  return rational(BigInt(numerator), 1n << power);
}

/** The float64 number nearest to a, but for the rounding of very long numerators and denominators. */
export function toNumber({ numerator, denominator }: Rational): number {
  const direct = Number(numerator) / Number(denominator);
  if (Number.isFinite(direct)) return direct;
  const shift = BigInt(Math.max(0, Math.min(numerator.toString(2).length, denominator.toString(2).length) - 64));
  return Number(numerator >> shift) / Number(denominator >> shift);
}

/**
 * Reads "3", "-3/4" or "0.25", exactly.
 * @throws LonghandError `input` for other text and for a denominator of 0.
 */
export function parse(text: string): Rational {
  const [, sign, whole, fraction = "", denominator = "1"] =
    /^([-+−]?)(\d+)(?:\.(\d+)|\/(\d+))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || /^0+$/.test(denominator)) {
    throw new LonghandError("input", `rational: received "${text}", expected a number such as 2, -3/4 or 0.25`);
  }
  const size = rational(BigInt(whole + fraction), BigInt(denominator) * 10n ** BigInt(fraction.length));
  return sign === "" || sign === "+" ? size : negate(size);
}

/** "3", "-3/4". */
export function format({ numerator, denominator }: Rational): string {
  return denominator === 1n ? `${numerator}` : `${numerator}/${denominator}`;
}

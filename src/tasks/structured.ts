/**
 * Special problems to test on: few of them come up at random, and networks whose errors on random problems are nil fail on
 * them. Source of the idea: Price, Zaremba and Sutskever, "Extensions and Limitations of the Neural GPU",
 * arXiv:1611.00736: long carries, operands of few non-zero digits, 00…02 × 00…02.
 */
import type { Stream } from "../random/stream.ts";
import type { Sampler } from "./contract.ts";
import { drawDigits } from "./numbers.ts";

/** Fills the operands of one problem, all zero before and of the same width, lowest digit first. */
export type DigitFamily = (stream: Stream, operands: readonly Int32Array[], base: number) => void;

/** Fills a sequence with symbols 1 … size. */
export type SymbolFamily = (stream: Stream, symbols: Int32Array, size: number) => void;

/** The samplers of families, frozen, under the same names. */
export function mapFamilies<F>(
  families: Readonly<Record<string, F>>,
  sampler: (family: F) => Sampler,
): Readonly<Record<string, Sampler>> {
  return Object.freeze(Object.fromEntries(Object.entries(families).map(([name, family]) => [name, sampler(family)])));
}

/**
 * Every pair of digits adds up to base − 1; in half of the problems the lowest pair adds up to base instead, so that a
 * carry runs through all digits. Whether it does shows in the lowest digits alone: sums are base^k − 1 or base^k.
 */
const longCarry: DigitFamily = (stream, [a, b], base) => {
  drawDigits(stream, a!, base);
  for (let i = 0; i < a!.length; i++) b![i] = base - 1 - a![i]!;
  if (whole(stream, 0, 1) === 0) return;
  a![0] = whole(stream, 1, base - 1);
  b![0] = base - a![0]!;
};

/** A number + 1: the lowest j digits are base − 1, j uniform on 1 … k, the others uniform. */
const longCarryOfOne: DigitFamily = (stream, [a], base) => {
  drawDigits(stream, a!, base).fill(base - 1, 0, whole(stream, 1, a!.length));
};

/** Operands base^j − 1: all digits the largest in half of the operands, else j uniform on 1 … k. */
const largestDigits: DigitFamily = (stream, operands, base) => {
  for (const digits of operands)
    digits.fill(base - 1, 0, whole(stream, 0, 1) === 0 ? digits.length : whole(stream, 1, digits.length));
};

/** Operands base^j − 1, base^j or base^j + 1, as far as k digits hold them; j uniform on 0 … k. */
const powers: DigitFamily = (stream, operands, base) => {
  for (const digits of operands) {
    const j = whole(stream, 0, digits.length);
    const change = whole(stream, -1, 1);
    if (change === -1 || j === digits.length) digits.fill(base - 1, 0, j);
    else {
      digits[j] = 1;
      if (change === 1 && j > 0) digits[0] = 1;
    }
  }
};

/** Operands uniform on 0 … max(3, base − 1), as far as k digits hold them: all leading zeros. */
const tiny: DigitFamily = (stream, operands, base) => {
  for (const digits of operands) {
    const value = whole(stream, 0, Math.min(Math.max(3, base - 1), base ** digits.length - 1));
    digits[0] = value % base;
    if (value >= base) digits[1] = Math.floor(value / base);
  }
};

/** Operands of one to three ones (fewer where places coincide), each at a uniform place. */
const sparse: DigitFamily = (stream, operands) => {
  for (const digits of operands)
    for (let left = whole(stream, 1, 3); left > 0; left--) digits[whole(stream, 0, digits.length - 1)] = 1;
};

/** One operand, the first or the second, is 0 or 1, the other uniform. */
const zeros: DigitFamily = (stream, [a, b], base) => {
  const [trivial, other] = whole(stream, 0, 1) === 0 ? [a!, b!] : [b!, a!];
  trivial[0] = whole(stream, 0, 1);
  drawDigits(stream, other, base);
};

/** Sums to test on. */
export const additionFamilies = Object.freeze({
  "long-carry": longCarry,
  "largest-digits": largestDigits,
  powers,
  tiny,
});

/** Products to test on. */
export const multiplicationFamilies = Object.freeze({ tiny, powers, "largest-digits": largestDigits, sparse, zeros });

/** Numbers to add one to. */
export const incrementFamilies = Object.freeze({
  "long-carry": longCarryOfOne,
  "largest-digits": largestDigits,
  powers,
});

/** Uniform symbols in ascending order. */
const sorted: SymbolFamily = (stream, symbols, size) => {
  stream.integers(symbols, 1, size + 1).sort();
};

/** Sequences to sort or to move. */
export const symbolFamilies = Object.freeze({
  /** All symbols are the same one. */
  equal: (stream, symbols, size) => {
    symbols.fill(whole(stream, 1, size));
  },
  /** All but one at a uniform place. */
  "one-different": (stream, symbols, size) => {
    const [usual, other] = twoSymbols(stream, size);
    symbols.fill(usual)[whole(stream, 0, symbols.length - 1)] = other;
  },
  /** Two symbols, each with probability ½. */
  "two-values": (stream, symbols, size) => {
    const pair = twoSymbols(stream, size);
    stream.bits(symbols).forEach((bit, i) => {
      symbols[i] = pair[bit]!;
    });
  },
  sorted,
  /** Uniform symbols in descending order. */
  reversed: (stream, symbols, size) => {
    sorted(stream, symbols, size);
    symbols.reverse();
  },
} satisfies Record<string, SymbolFamily>);

/** Two different symbols of 1 … size, all pairs equally likely. */
function twoSymbols(stream: Stream, size: number): [number, number] {
  const first = whole(stream, 1, size);
  const second = whole(stream, 1, size - 1);
  return [first, second < first ? second : second + 1];
}

/** One whole number uniform on low … high, both included. */
function whole(stream: Stream, low: number, high: number): number {
  return stream.integers(new Int32Array(1), low, high + 1)[0]!;
}

/** Monomials x₁^e₁ ⋯ xₙ^eₙ as vectors of exponents, and their orders. */

/** [e₁, …, eₙ], whole numbers from 0. */
export type Exponents = readonly number[];

/**
 * Which of two monomials is the larger one, with x₁ > x₂ > … > xₙ:
 * - lex: the one with the larger exponent at the first place where they differ;
 * - grlex: the one of larger degree; of equal degree the larger by lex;
 * - grevlex: the one of larger degree; of equal degree the one with the smaller exponent at the last place where they differ.
 *
 * Source: Cox, Little, O'Shea, Ideals, Varieties, and Algorithms, chapter 2, section 2.
 */
export type MonomialOrder = "lex" | "grlex" | "grevlex";

export const monomialOrders: readonly MonomialOrder[] = Object.freeze(["grevlex", "grlex", "lex"]);

/** e₁ + … + eₙ. */
export function degree(a: Exponents): number {
  let sum = 0;
  for (const exponent of a) sum += exponent;
  return sum;
}

/** Negative, 0 or positive: whether a is smaller than, equal to or larger than b. */
export function compare(order: MonomialOrder, a: Exponents, b: Exponents): number {
  const graded = order === "lex" ? 0 : degree(a) - degree(b);
  if (graded !== 0) return graded;
  if (order === "grevlex") {
    for (let k = a.length - 1; k >= 0; k--) if (a[k] !== b[k]) return b[k]! - a[k]!;
  } else for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return a[k]! - b[k]!;
  return 0;
}

/** Whether b is a multiple of a. */
export function divides(a: Exponents, b: Exponents): boolean {
  for (let k = 0; k < a.length; k++) if (a[k]! > b[k]!) return false;
  return true;
}

/** Whether no variable is in both. */
export function areCoprime(a: Exponents, b: Exponents): boolean {
  for (let k = 0; k < a.length; k++) if (a[k]! > 0 && b[k]! > 0) return false;
  return true;
}

/** Least common multiple. */
export function lcm(a: Exponents, b: Exponents): Exponents {
  return a.map((exponent, k) => Math.max(exponent, b[k]!));
}

/** a·b. */
export function product(a: Exponents, b: Exponents): Exponents {
  return a.map((exponent, k) => exponent + b[k]!);
}

/** b/a, where a divides b. */
export function quotient(b: Exponents, a: Exponents): Exponents {
  return b.map((exponent, k) => exponent - a[k]!);
}

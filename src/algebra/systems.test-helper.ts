/** Polynomial systems for tests: known ones, and drawn ones. */
import fc from "fast-check";
import { parsePolynomial, parseSystem } from "./parse.ts";
import { type Polynomial, polynomial } from "./polynomial.ts";
import { rational } from "./rational.ts";

const names = (count: number) => Array.from({ length: count }, (_, k) => `x${k}`);

/** The cyclic n-roots: the elementary cyclic sums of each degree below n are 0, the product is 1. */
export function cyclic(n: number): Polynomial[] {
  const x = names(n);
  const sums = Array.from({ length: n - 1 }, (_, d) =>
    x.map((_, i) => Array.from({ length: d + 1 }, (_, j) => x[(i + j) % n]).join("*")).join(" + "),
  );
  return parseSystem([...sums, `${x.join("*")} - 1`].join("\n"), x);
}

/** Katsura's equations of magnetism in x₀ … xₙ: 2ⁿ solutions. */
export function katsura(n: number): Polynomial[] {
  const x = names(n + 1);
  const lines = [`${x.map((name, k) => (k === 0 ? name : `2*${name}`)).join(" + ")} - 1`];
  for (let m = 0; m < n; m++) {
    const products: string[] = [];
    for (let i = -n; i <= n; i++) if (Math.abs(m - i) <= n) products.push(`x${Math.abs(i)}*x${Math.abs(m - i)}`);
    lines.push(`${products.join(" + ")} - x${m}`);
  }
  return parseSystem(lines.join("\n"), x);
}

/** Polynomials of few terms. */
export function drawnPolynomial(variables: readonly string[], degree = 2, terms = 4): fc.Arbitrary<Polynomial> {
  const term = fc.record({
    coefficient: fc
      .tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: 1, max: 3 }))
      .map(([numerator, denominator]) => rational(numerator, denominator)),
    exponents: fc
      .array(fc.nat(degree), { minLength: variables.length, maxLength: variables.length })
      .filter((exponents) => exponents.reduce((a, b) => a + b, 0) <= degree),
  });
  return fc.array(term, { minLength: 1, maxLength: terms }).map((all) => polynomial(variables, all));
}

/** Reads polynomials in given variables. */
export function read(variables: string, ...texts: readonly string[]): Polynomial[] {
  return texts.map((text) => parsePolynomial(text, [...variables]));
}

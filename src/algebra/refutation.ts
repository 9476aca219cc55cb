/** The simplest reason why a system has no solution: a sum of multiples of its equations that says 1 = 0. */
import { absolute, gcd } from "./integer.ts";
import { degree } from "./monomial.ts";
import type { Polynomial } from "./polynomial.ts";
import { type Rational, rational } from "./rational.ts";

/** Sparse: monomials (as text; "" is the constant) and equations (by number) with whole coefficients. */
interface Row {
  readonly monomials: Map<string, bigint>;
  readonly equations: Map<number, bigint>;
}

/**
 * Numbers c with c₁p₁ + … + cₙpₙ = 1, by linear elimination of monomials: whoever adds up sees that no values make all pₖ
 * zero. Undefined where numbers don't do; then multiples by polynomials may, if the reduced basis is {1}.
 * @returns a coefficient for each polynomial.
 */
export function linearRefutation(polynomials: readonly Polynomial[]): Rational[] | undefined {
  const pivots = new Map<string, Row>();
  const byTerms = polynomials.map((p, index) => ({ p, index })).sort((a, b) => a.p.terms.length - b.p.terms.length);
  for (const { p, index } of byTerms) {
    const row = rowOf(p, index);
    for (;;) {
      // The largest text, so that what a pivot brings in is smaller than what it takes away.
      let key = "";
      for (const monomial of row.monomials.keys()) if (monomial > key) key = monomial;
      if (key === "") break;
      const pivot = pivots.get(key);
      if (!pivot) {
        pivots.set(key, row);
        break;
      }
      eliminate(row, pivot, key);
    }
    const constant = row.monomials.get("");
    if (constant === undefined || row.monomials.size > 1) continue;
    return polynomials.map((q, k) => {
      // Row `k` counts the equation without its denominators.
      return rational((row.equations.get(k) ?? 0n) * denominatorOf(q), constant);
    });
  }
  return undefined;
}

function denominatorOf({ terms }: Polynomial): bigint {
  return terms.reduce((lcm, { coefficient: { denominator } }) => (lcm / gcd(lcm, denominator)) * denominator, 1n);
}

function rowOf(p: Polynomial, index: number): Row {
  const common = denominatorOf(p);
  return {
    monomials: new Map(
      p.terms.map(({ coefficient: { numerator, denominator }, exponents }) => [
        degree(exponents) === 0 ? "" : exponents.join(),
        numerator * (common / denominator),
      ]),
    ),
    equations: new Map([[index, 1n]]),
  };
}

/** Takes a multiple of the pivot's row away so that a monomial cancels, in place. */
function eliminate(row: Row, pivot: Row, key: string): void {
  const [x, y] = [row.monomials.get(key)!, pivot.monomials.get(key)!];
  const common = gcd(x, y);
  const [a, b] = [y / common, x / common];
  for (const part of ["monomials", "equations"] as const) {
    const mine = row[part] as Map<string | number, bigint>;
    for (const [name, value] of mine) mine.set(name, a * value);
    for (const [name, value] of pivot[part]) {
      const sum = (mine.get(name) ?? 0n) - b * value;
      if (sum === 0n) mine.delete(name);
      else mine.set(name, sum);
    }
  }
  let content = 0n;
  for (const value of [...row.monomials.values(), ...row.equations.values()]) {
    content = gcd(content, value);
    if (content === 1n) return;
  }
  for (const part of [row.monomials, row.equations] as Map<string | number, bigint>[]) {
    for (const [name, value] of part) part.set(name, value / absolute(content));
  }
}

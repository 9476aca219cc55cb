/** What a reduced Gröbner basis tells of its ideal. */
import { type GroebnerBasis, isEverything } from "./groebner.ts";
import { defaultLimits, makeMeter } from "./limits.ts";
import type { Exponents } from "./monomial.ts";
import { inVariables, isZero, leadingTerm, type Polynomial, scale } from "./polynomial.ts";
import { makeReducer, makeRing, reduce, toMonic, toPrimitive } from "./primitive.ts";
import { standardMonomials } from "./quotient.ts";
import { multiply, rational } from "./rational.ts";

/** The remainder of p by a basis: the only p′ with p − p′ in the ideal of which no term is a multiple of a leading monomial. */
export function normalForm(p: Polynomial, { variables, order, polynomials }: GroebnerBasis): Polynomial {
  const ring = makeRing(variables, order);
  const among = inVariables(p, variables);
  if (isZero(among)) return among;
  const start = toPrimitive(ring, among);
  const unlimited = makeMeter({ ...defaultLimits, bits: Infinity, terms: Infinity, work: Infinity });
  const reducers = polynomials.map((q) => makeReducer(ring, toPrimitive(ring, q)));
  const left = reduce(ring, start, reducers, unlimited);
  if (left.monomials.length === 0) return { variables, terms: [] };
  // p = c · start, and left = multiplied / divided · start modulo the ideal.
  const c = leadingTerm(among, order)!.coefficient;
  const monic = toMonic(ring, left);
  const factor = rational(left.coefficients[0]! * left.divided, left.multiplied * start.coefficients[0]!);
  return scale(monic, multiply(c, factor));
}

/** Whether p is in the ideal: 0 at all common zeros in a way that the equations tell. */
export function contains(basis: GroebnerBasis, p: Polynomial): boolean {
  return isZero(normalForm(p, basis));
}

/** The leading monomials of a basis. */
function leadingMonomials({ order, polynomials }: GroebnerBasis): Exponents[] {
  return polynomials.map((p) => leadingTerm(p, order)!.exponents);
}

/** The number of common zeros over the complex numbers, counted with multiplicity; Infinity where there is no end of them. */
export function solutionCount(basis: GroebnerBasis): number {
  return standardMonomials(leadingMonomials(basis), basis.variables.length)?.length ?? Number.POSITIVE_INFINITY;
}

/**
 * A largest set of variables that the ideal leaves independent of each other: as many as the dimension of the set of
 * common zeros; empty for finitely many, and for none.
 *
 * They are those outside a smallest set of variables that meets all leading monomials. Source: Kredel, Weispfenning,
 * Computing dimension and independent sets for polynomial ideals (1988); Cox, Little, O'Shea, chapter 9, section 1.
 */
export function independentVariables(basis: GroebnerBasis): string[] {
  if (isEverything(basis)) return [];
  const supports = leadingMonomials(basis)
    .map((exponents) => exponents.flatMap((exponent, k) => (exponent > 0 ? [k] : [])))
    .sort((a, b) => a.length - b.length);
  let best = basis.variables.map((_, k) => k);
  const search = (chosen: readonly number[]) => {
    if (chosen.length >= best.length) return;
    const open = supports.find((support) => !support.some((k) => chosen.includes(k)));
    if (!open) best = [...chosen];
    else for (const k of open) search([...chosen, k]);
  };
  search([]);
  return basis.variables.filter((_, k) => !best.includes(k));
}

/** The dimension of the set of common zeros: 0 for finitely many, −1 for none. */
export function dimension(basis: GroebnerBasis): number {
  return isEverything(basis) ? -1 : independentVariables(basis).length;
}

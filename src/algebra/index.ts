/** The algebra layer: polynomials over the rational numbers and their ideals. Nothing here knows of networks. */
export { type Decision as SystemDecision, decideSystem } from "./decide.ts";
export {
  type GroebnerBasis,
  type GroebnerOptions,
  type GroebnerResult,
  groebnerBasis,
  isEverything,
} from "./groebner.ts";
export {
  contains as idealContains,
  dimension as idealDimension,
  independentVariables,
  normalForm,
  solutionCount,
} from "./ideal.ts";
export {
  defaultLimits as defaultGroebnerLimits,
  type Limits as GroebnerLimits,
  type Reached as GroebnerLimitReached,
  type Spent as GroebnerSpent,
} from "./limits.ts";
export { type Exponents, type MonomialOrder, monomialOrders } from "./monomial.ts";
export { parsePolynomial, parseSystem } from "./parse.ts";
export type { Polynomial, Term as PolynomialTerm } from "./polynomial.ts";
/** Arithmetic of polynomials: `polynomials.add(p, q)`. */
export * as polynomials from "./polynomial.ts";
export { formatPolynomial, type PrintOptions as PolynomialFormat } from "./print.ts";
export type { Rational } from "./rational.ts";
/** Arithmetic of rational numbers: `rationals.add(a, b)`. */
export * as rationals from "./rational.ts";
export { linearRefutation } from "./refutation.ts";
export {
  rationalSolutions,
  type Solution as RationalSolution,
  type Solved as RationalSolutions,
  type SolveOptions,
} from "./solve.ts";

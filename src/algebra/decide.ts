/** Whether a polynomial system has a solution, and which. */
import { type GroebnerBasis, type GroebnerOptions, groebnerBasis, isEverything } from "./groebner.ts";
import { dimension, solutionCount } from "./ideal.ts";
import type { Reached, Spent } from "./limits.ts";
import type { Polynomial } from "./polynomial.ts";
import type { Rational } from "./rational.ts";
import { linearRefutation } from "./refutation.ts";
import { rationalSolutions, type Solved } from "./solve.ts";

export type Decision = {
  /** What the last computation took. */
  readonly spent: Readonly<Spent>;
} & (
  | {
      readonly verdict: "solvable";
      /** Undefined where a limit was reached by this order; by grevlex it wasn't. */
      readonly basis: GroebnerBasis | undefined;
      readonly reached: Reached | undefined;
      /** Of the set of complex solutions; 0: finitely many. */
      readonly dimension: number;
      /** Complex solutions, counted with multiplicity; Infinity where there is no end of them. */
      readonly count: number;
      /** Where there are finitely many, up to 100 rational ones; otherwise one, if it was found. */
      readonly rational: Solved;
    }
  | {
      readonly verdict: "no solution";
      /** {1}. */
      readonly basis: GroebnerBasis;
      /** A number for each polynomial: their sum with these factors is 1. Undefined where numbers don't do. */
      readonly refutation: readonly Rational[] | undefined;
    }
  | { readonly verdict: "undecided"; readonly reached: Reached }
);

/**
 * Decides over the complex numbers whether polynomials have a common zero, by their reduced Gröbner basis; looks for
 * rational ones.
 * @param options the order of the basis that is returned, and the limits of each computation.
 * @throws LonghandError as `groebnerBasis` does.
 */
export function decideSystem(system: readonly Polynomial[], options: GroebnerOptions = {}): Decision {
  const { order = "grevlex", limits = {} } = options;
  const first = groebnerBasis(system, { ...options, order: "grevlex" });
  const { spent } = first;
  if (!first.isDecided) return { verdict: "undecided", reached: first.reached, spent };
  const { basis } = first;
  const { variables } = basis;
  if (isEverything(basis)) {
    return { verdict: "no solution", basis: { ...basis, order }, refutation: linearRefutation(system), spent };
  }
  const asked = order === "grevlex" ? first : groebnerBasis(basis.polynomials, { order, variables, limits });
  const count = solutionCount(basis);
  return {
    verdict: "solvable",
    basis: asked.isDecided ? asked.basis : undefined,
    reached: asked.isDecided ? undefined : asked.reached,
    dimension: dimension(basis),
    count,
    rational: rationalSolutions(basis.polynomials, {
      most: Number.isFinite(count) ? 100 : 1,
      variables,
      limits,
      tries: 50,
    }),
    spent: asked.spent,
  };
}

/** Reduced Gröbner bases over the rational numbers, exactly. */
import { LonghandError } from "../errors.ts";
import { reducedBasis } from "./buchberger.ts";
import { completeLimits, LimitReached, type Limits, makeMeter, type Reached, type Spent } from "./limits.ts";
import type { MonomialOrder } from "./monomial.ts";
import { isNonzeroConstant, isZero, type Polynomial } from "./polynomial.ts";
import { makeRing, toMonic, toPrimitive } from "./primitive.ts";
import { converted } from "./quotient.ts";

/** A reduced Gröbner basis: monic polynomials, the largest leading monomial first. {1}: everything, no common zero. */
export interface GroebnerBasis {
  readonly variables: readonly string[];
  readonly order: MonomialOrder;
  readonly polynomials: readonly Polynomial[];
}

export interface GroebnerOptions {
  /** Default "grevlex", usually the quickest one. */
  readonly order?: MonomialOrder;
  /** Default: those of the first polynomial. */
  readonly variables?: readonly string[];
  readonly limits?: Partial<Limits>;
}

export type GroebnerResult =
  | { readonly isDecided: true; readonly basis: GroebnerBasis; readonly spent: Readonly<Spent> }
  | { readonly isDecided: false; readonly reached: Reached; readonly spent: Readonly<Spent> };

/**
 * The reduced Gröbner basis of the ideal of some polynomials: the only one for an order, whatever generates the ideal.
 *
 * Its common zeros over the complex numbers are those of the polynomials; it is {1} exactly when there are none (Hilbert's
 * Nullstellensatz).
 * @param polynomials all in the same variables.
 * @returns the basis, or which limit was reached before it was found.
 * @throws LonghandError `argument` for neither polynomials nor variables, different variables, or bad limits.
 */
export function groebnerBasis(polynomials: readonly Polynomial[], options: GroebnerOptions = {}): GroebnerResult {
  const { order = "grevlex" } = options;
  const variables = options.variables ?? polynomials[0]?.variables;
  if (!variables) {
    throw new LonghandError("argument", "groebnerBasis: received no polynomial, expected one at least, or variables");
  }
  const other = polynomials.find((p) => p.variables.join() !== variables.join());
  if (other) {
    throw new LonghandError(
      "argument",
      `groebnerBasis: received polynomials in ${variables.join(", ")} and in ${other.variables.join(", ")}, expected the same variables`,
    );
  }
  const meter = makeMeter(completeLimits(options.limits));
  const { spent } = meter;
  const ring = makeRing(variables, order);
  try {
    for (const { terms } of polynomials) meter.check("terms", terms.length);
    const given = polynomials.filter((p) => !isZero(p));
    const graded = makeRing(variables, "grevlex");
    // By way of grevlex: the other orders take far longer from the equations than from that basis.
    const first = reducedBasis(
      graded,
      given.map((p) => toPrimitive(graded, p)),
      meter,
    );
    const again = () =>
      reducedBasis(
        ring,
        first.map((p) => toPrimitive(ring, toMonic(graded, p))),
        meter,
      );
    const made = order === "grevlex" ? first : (converted(graded, first, ring, meter) ?? again());
    const basis = { variables, order, polynomials: made.map((p) => toMonic(ring, p)).reverse() };
    return { isDecided: true, basis, spent };
  } catch (error) {
    if (error instanceof LimitReached) return { isDecided: false, reached: error.reached, spent };
    throw error;
  }
}

/** Whether the basis is {1}: the polynomials have no common zero. */
export function isEverything({ polynomials }: GroebnerBasis): boolean {
  return polynomials.length === 1 && isNonzeroConstant(polynomials[0]!);
}

/** Rational solutions of polynomial systems. */
import { type GroebnerBasis, type GroebnerOptions, groebnerBasis, isEverything } from "./groebner.ts";
import { independentVariables } from "./ideal.ts";
import { gcd } from "./integer.ts";
import { completeLimits } from "./limits.ts";
import type { MonomialOrder } from "./monomial.ts";
import { inVariables, isZero, type Polynomial, substitute } from "./polynomial.ts";
import { one, type Rational, rational } from "./rational.ts";
import { rationalRoots } from "./univariate.ts";

/** A value for each variable. */
export type Solution = Readonly<Record<string, Rational>>;

export interface SolveOptions extends Pick<GroebnerOptions, "limits" | "variables"> {
  /** Stop after so many solutions. Default: 1. */
  readonly most?: number;
  /** How many bases may be computed. Default 200. The limit on work holds for all of them together. */
  readonly tries?: number;
}

export interface Solved {
  readonly solutions: readonly Solution[];
  /** Nothing was left out: these are all rational solutions. */
  readonly isComplete: boolean;
}

/** What a variable that may have almost any value is tried with. */
const tried: readonly Rational[] = [rational(0), rational(1), rational(-1), rational(2), rational(1, 2)];

/**
 * Rational solutions of p = 0 for all of some polynomials.
 *
 * Where there are finitely many complex ones, the last variable's values are the roots of a basis element in it alone (by
 * lex); each is put in and the rest solved in the same way. Where there are infinitely many, all independent variables are
 * tried with 1, then one of them with 0, 1, −1, 2 and ½.
 * @param polynomials all in the same variables.
 */
export function rationalSolutions(polynomials: readonly Polynomial[], options: SolveOptions = {}): Solved {
  const { most = 1, tries = 200 } = options;
  const limits = completeLimits(options.limits);
  const solutions: Solution[] = [];
  let isComplete = true;
  let left = tries;
  let { work } = limits;

  const basisOf = (
    system: readonly Polynomial[],
    variables: readonly string[],
    order: MonomialOrder,
  ): GroebnerBasis | undefined => {
    left--;
    const result = groebnerBasis(system, { order, variables, limits: { ...limits, work } });
    work = Math.max(1, work - result.spent.work);
    if (!result.isDecided) isComplete = false;
    return result.isDecided ? result.basis : undefined;
  };
  const search = (system: readonly Polynomial[], variables: readonly string[], known: Solution): void => {
    if (solutions.length >= most || left <= 0) {
      isComplete = false;
      return;
    }
    if (variables.length === 0) {
      if (system.every(isZero)) solutions.push(known);
      return;
    }
    const basis = basisOf(system, variables, "grevlex");
    if (!basis || isEverything(basis)) return;
    const independent = independentVariables(basis);
    const [free] = independent;
    if (free !== undefined) {
      isComplete = false;
      const ones = Object.fromEntries(independent.map((name) => [name, one]));
      if (independent.length > 1) fix(basis.polynomials, variables, known, ones);
      for (const value of tried) {
        if (solutions.length >= most || left <= 0) return;
        fix(basis.polynomials, variables, known, { [free]: value });
      }
      return;
    }
    const lex = basisOf(basis.polynomials, variables, "lex");
    if (!lex) return;
    const last = variables.at(-1)!;
    for (const root of rationalRoots(coefficients(lex.polynomials.at(-1)!))) {
      fix(lex.polynomials, variables, known, { [last]: root });
    }
  };
  const fix = (
    system: readonly Polynomial[],
    variables: readonly string[],
    known: Solution,
    values: Readonly<Record<string, Rational>>,
  ) => {
    const others = variables.filter((name) => !Object.hasOwn(values, name));
    const rest = system.map((p) => inVariables(substitute(p, values), others));
    search(rest, others, { ...known, ...values });
  };

  const variables = options.variables ?? polynomials[0]?.variables ?? [];
  search(polynomials, variables, {});
  const inOrder = (solution: Solution) => Object.fromEntries(variables.map((name) => [name, solution[name]!]));
  return { solutions: solutions.map(inOrder), isComplete };
}

/** The whole coefficients c₀, c₁, … of a multiple of a polynomial in the last variable alone. */
function coefficients({ terms }: Polynomial): bigint[] {
  const common = terms.reduce(
    (lcm, { coefficient: { denominator } }) => (lcm / gcd(lcm, denominator)) * denominator,
    1n,
  );
  const made: bigint[] = [];
  for (const { coefficient, exponents } of terms) {
    const k = exponents.at(-1)!;
    while (made.length <= k) made.push(0n);
    made[k] = coefficient.numerator * (common / coefficient.denominator);
  }
  return made;
}

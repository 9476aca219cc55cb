/** Polynomials in named variables with rational coefficients, exactly. */
import { LonghandError } from "../errors.ts";
import { compare, degree as degreeOf, type Exponents, type MonomialOrder, product } from "./monomial.ts";
import type { Rational } from "./rational.ts";
import * as rationals from "./rational.ts";

/** coefficient · x₁^e₁ ⋯ xₙ^eₙ; the coefficient isn't 0. */
export interface Term {
  readonly coefficient: Rational;
  readonly exponents: Exponents;
}

/** A sum of terms with different monomials, the largest by lex first; no terms: 0. */
export interface Polynomial {
  readonly variables: readonly string[];
  readonly terms: readonly Term[];
}

/** The polynomial that is the sum of any terms. */
export function polynomial(variables: readonly string[], terms: Iterable<Term>): Polynomial {
  const sums = new Map<string, Term>();
  for (const { coefficient, exponents } of terms) {
    const key = exponents.join();
    const known = sums.get(key);
    sums.set(key, { exponents, coefficient: known ? rationals.add(known.coefficient, coefficient) : coefficient });
  }
  const kept = [...sums.values()].filter(({ coefficient }) => !rationals.isZero(coefficient));
  return { variables, terms: kept.sort((a, b) => compare("lex", b.exponents, a.exponents)) };
}

/** A number as a polynomial. */
export function constant(variables: readonly string[], value: Rational): Polynomial {
  return polynomial(variables, [{ coefficient: value, exponents: variables.map(() => 0) }]);
}

/**
 * One of the variables as a polynomial.
 * @throws LonghandError `argument` for a name that isn't among the variables.
 */
export function variable(variables: readonly string[], name: string): Polynomial {
  if (!variables.includes(name)) {
    throw new LonghandError(
      "argument",
      `polynomial: received variable "${name}", expected one of ${variables.join(", ")}`,
    );
  }
  return {
    variables,
    terms: [{ coefficient: rationals.one, exponents: variables.map((known) => (known === name ? 1 : 0)) }],
  };
}

/** p + q + …, all in the same variables. */
export function add(p: Polynomial, ...others: readonly Polynomial[]): Polynomial {
  return polynomial(
    p.variables,
    [p, ...others].flatMap(({ variables, terms }) => {
      checkVariables(p, variables);
      return terms;
    }),
  );
}

/** p·factor. */
export function scale(p: Polynomial, factor: Rational): Polynomial {
  if (rationals.isZero(factor)) return { variables: p.variables, terms: [] };
  const terms = p.terms.map(({ coefficient, exponents }) => ({
    coefficient: rationals.multiply(coefficient, factor),
    exponents,
  }));
  return { variables: p.variables, terms };
}

/** −p. */
export function negate(p: Polynomial): Polynomial {
  return scale(p, rationals.negate(rationals.one));
}

/** p − q. */
export function subtract(p: Polynomial, q: Polynomial): Polynomial {
  return add(p, negate(q));
}

/** p·q. */
export function multiply(p: Polynomial, q: Polynomial): Polynomial {
  checkVariables(p, q.variables);
  return polynomial(
    p.variables,
    p.terms.flatMap((a) =>
      q.terms.map((b) => ({
        coefficient: rationals.multiply(a.coefficient, b.coefficient),
        exponents: product(a.exponents, b.exponents),
      })),
    ),
  );
}

/** p/q for a number q other than 0; undefined for other q. */
export function divideByConstant(p: Polynomial, q: Polynomial): Polynomial | undefined {
  if (!isNonzeroConstant(q)) return undefined;
  return scale(p, rationals.divide(rationals.one, q.terms[0]!.coefficient));
}

/** p^exponent, for whole exponents from 0. */
export function power(p: Polynomial, exponent: number): Polynomial {
  let result = constant(p.variables, rationals.one);
  for (let k = 0; k < exponent; k++) result = multiply(result, p);
  return result;
}

export function isZero({ terms }: Polynomial): boolean {
  return terms.length === 0;
}

/** Whether p is a number other than 0: as an equation p = 0 it has no solution. */
export function isNonzeroConstant({ terms }: Polynomial): boolean {
  return terms.length === 1 && degreeOf(terms[0]!.exponents) === 0;
}

export function equals(p: Polynomial, q: Polynomial): boolean {
  return isZero(subtract(p, q));
}

/** The largest degree of a term; 0 for constants. */
export function degree({ terms }: Polynomial): number {
  return terms.reduce((most, { exponents }) => Math.max(most, degreeOf(exponents)), 0);
}

/** The names of the variables that occur in p. */
export function usedVariables({ variables, terms }: Polynomial): string[] {
  return variables.filter((_, k) => terms.some(({ exponents }) => exponents[k]! > 0));
}

/** The term whose monomial is the largest in an order; undefined for 0. */
export function leadingTerm({ terms }: Polynomial, order: MonomialOrder): Term | undefined {
  if (order === "lex") return terms[0];
  return terms.reduce<Term | undefined>(
    (most, term) => (most === undefined || compare(order, term.exponents, most.exponents) > 0 ? term : most),
    undefined,
  );
}

/** p with numbers in place of some variables, which it keeps among its variables. */
export function substitute(p: Polynomial, values: Readonly<Record<string, Rational>>): Polynomial {
  const at = p.variables.map((name) => (Object.hasOwn(values, name) ? values[name] : undefined));
  const terms = p.terms.map(({ coefficient, exponents }) => {
    let made = coefficient;
    exponents.forEach((exponent, k) => {
      const value = at[k];
      if (value) for (let i = 0; i < exponent; i++) made = rationals.multiply(made, value);
    });
    return { coefficient: made, exponents: exponents.map((exponent, k) => (at[k] ? 0 : exponent)) };
  });
  return polynomial(p.variables, terms);
}

/**
 * The same polynomial among other variables.
 * @throws LonghandError `argument` when one that occurs is missing.
 */
export function inVariables(p: Polynomial, variables: readonly string[]): Polynomial {
  for (const name of usedVariables(p)) variable(variables, name);
  const places = variables.map((name) => p.variables.indexOf(name));
  const moved = p.terms.map(({ coefficient, exponents }) => ({
    coefficient,
    exponents: places.map((k) => (k < 0 ? 0 : exponents[k]!)),
  }));
  return polynomial(variables, moved);
}

function checkVariables(p: Polynomial, variables: readonly string[]): void {
  if (p.variables === variables || p.variables.join() === variables.join()) return;
  throw new LonghandError(
    "argument",
    `polynomial: operands in the variables ${p.variables.join(", ")} and ${variables.join(", ")}, expected the same ones`,
  );
}

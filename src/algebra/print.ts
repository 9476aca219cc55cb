/** Polynomials as text that `parsePolynomial` reads, and as LaTeX. */
import { compare, type MonomialOrder } from "./monomial.ts";
import type { Polynomial, Term } from "./polynomial.ts";
import type { Rational } from "./rational.ts";
import * as rationals from "./rational.ts";

export interface PrintOptions {
  /** "text" (default): "x^2*y - 1/2"; "latex": "x^{2} y - \frac{1}{2}". */
  readonly style?: "text" | "latex";
  /** In which order the terms stand, the largest first. Default: "grevlex". */
  readonly order?: MonomialOrder;
}

/** The polynomial as text or LaTeX. */
export function formatPolynomial(p: Polynomial, { style = "text", order = "grevlex" }: PrintOptions = {}): string {
  const terms = [...p.terms].sort((a, b) => compare(order, b.exponents, a.exponents));
  if (terms.length === 0) return "0";
  return terms
    .map((term, k) => {
      const isNegative = term.coefficient.numerator < 0n;
      const sign = k === 0 ? (isNegative ? "-" : "") : isNegative ? " - " : " + ";
      return sign + printTerm(p, { ...term, coefficient: size(term.coefficient) }, style);
    })
    .join("");
}

function size(value: Rational): Rational {
  return value.numerator < 0n ? rationals.negate(value) : value;
}

function printTerm({ variables }: Polynomial, { coefficient, exponents }: Term, style: "text" | "latex"): string {
  const factors = exponents.flatMap((exponent, k) => {
    if (exponent === 0) return [];
    const name = style === "latex" ? latexName(variables[k]!) : variables[k]!;
    return exponent === 1 ? [name] : [style === "latex" ? `${name}^{${exponent}}` : `${name}^${exponent}`];
  });
  const isOne = rationals.equals(coefficient, rationals.one);
  const number = style === "latex" ? latexNumber(coefficient) : rationals.format(coefficient);
  return [...(isOne && factors.length > 0 ? [] : [number]), ...factors].join(style === "latex" ? " " : "*");
}

function latexNumber({ numerator, denominator }: Rational): string {
  return denominator === 1n ? `${numerator}` : `\\frac{${numerator}}{${denominator}}`;
}

/** "W1[2,3]" → "{W1}_{2,3}", "x12" → "x_{12}". */
function latexName(name: string): string {
  const [, base, index] = /^(.*?)\[([\d,]+)\]$/.exec(name) ?? [];
  if (base !== undefined) return `{${/^[A-Za-z]$/.test(base) ? base : `\\mathit{${base}}`}}_{${index}}`;
  const [, letter, number] = /^([A-Za-z])(\d+)$/.exec(name) ?? [];
  if (letter !== undefined) return `${letter}_{${number}}`;
  return name.length === 1 ? name : `\\mathit{${name.replaceAll("_", "\\_")}}`;
}

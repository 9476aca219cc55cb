/**
 * Polynomials as the computation of a basis handles them: packed monomials, the largest first, and whole coefficients
 * without a common factor. A rational polynomial is one of these times a number, which ideals don't tell apart.
 */
import { bits, gcd } from "./integer.ts";
import type { Meter } from "./limits.ts";
import { divides, type Exponents, type MonomialOrder } from "./monomial.ts";
import { type Packing, packing } from "./packing.ts";
import { type Polynomial, polynomial } from "./polynomial.ts";
import { rational } from "./rational.ts";

export interface Primitive {
  readonly monomials: readonly bigint[];
  readonly coefficients: readonly bigint[];
}

/** A polynomial that others are reduced by, with what is asked of its leading monomial. */
export interface Reducer {
  readonly polynomial: Primitive;
  readonly leading: Exponents;
  readonly signature: number;
}

/** A ring: how its monomials are packed. */
export interface Ring {
  readonly variables: readonly string[];
  readonly order: MonomialOrder;
  readonly packing: Packing;
}

export function makeRing(variables: readonly string[], order: MonomialOrder): Ring {
  return { variables, order, packing: packing(order, variables.length) };
}

export function toPrimitive({ packing }: Ring, { terms }: Polynomial): Primitive {
  const common = terms.reduce((lcm, { coefficient: { denominator } }) => {
    return (lcm / gcd(lcm, denominator)) * denominator;
  }, 1n);
  const sorted = terms
    .map(({ coefficient: { numerator, denominator }, exponents }) => ({
      monomial: packing.pack(exponents),
      coefficient: numerator * (common / denominator),
    }))
    .sort((a, b) => (a.monomial > b.monomial ? -1 : 1));
  return withoutContent(
    sorted.map(({ monomial }) => monomial),
    sorted.map(({ coefficient }) => coefficient),
  );
}

/** The multiple whose leading coefficient is 1. */
export function toMonic({ packing, variables }: Ring, { monomials, coefficients }: Primitive): Polynomial {
  const [leading] = coefficients;
  return polynomial(
    variables,
    monomials.map((monomial, k) => ({
      coefficient: rational(coefficients[k]!, leading!),
      exponents: packing.unpack(monomial),
    })),
  );
}

export function makeReducer({ packing }: Ring, made: Primitive): Reducer {
  const leading = packing.unpack(made.monomials[0]!);
  return { polynomial: made, leading, signature: signatureOf(leading) };
}

/** One bit for every variable (modulo 31) that occurs: what divides has no bit that the multiple lacks. */
function signatureOf(exponents: Exponents): number {
  let signature = 0;
  for (let k = 0; k < exponents.length; k++) if (exponents[k]! > 0) signature |= 1 << (k % 31);
  return signature;
}

/** Divides by the greatest common divisor of the coefficients and makes the leading one positive. */
function withoutContent(
  monomials: readonly bigint[],
  coefficients: readonly bigint[],
): Primitive & { content: bigint } {
  let content = 0n;
  for (let k = coefficients.length - 1; k >= 0 && content !== 1n; k--) content = gcd(content, coefficients[k]!);
  if (coefficients.length > 0 && coefficients[0]! < 0n) content = -content;
  if (content === 1n || content === 0n) return { monomials, coefficients, content: 1n };
  return { monomials, coefficients: coefficients.map((c) => c / content), content };
}

/** S(f, g) = (a·m·f − b·n·g), in which the leading terms of f and g meet at their least common multiple and cancel. */
export function sPolynomial(f: Primitive, g: Primitive, lcm: bigint, meter: Meter): Primitive {
  const [a, b] = cancelling(f.coefficients[0]!, g.coefficients[0]!);
  const made = combination(f, 1, a, lcm - f.monomials[0]!, g, b, lcm - g.monomials[0]!, meter);
  return withoutContent(made.monomials, made.coefficients);
}

/** The least a and b with a·x = b·y. */
function cancelling(x: bigint, y: bigint): [a: bigint, b: bigint] {
  const common = gcd(x, y);
  return [y / common, x / common];
}

/** The terms of f from `start`, times a·x^m, less the terms of g from its second one, times b·x^n. */
function combination(
  f: Primitive,
  start: number,
  a: bigint,
  m: bigint,
  g: Primitive,
  b: bigint,
  n: bigint,
  meter: Meter,
): { monomials: bigint[]; coefficients: bigint[] } {
  const monomials: bigint[] = [];
  const coefficients: bigint[] = [];
  const isUnit = a === 1n;
  let [i, j] = [start, 1];
  const [fs, gs] = [f.monomials, g.monomials];
  while (i < fs.length || j < gs.length) {
    const left = i < fs.length ? fs[i]! + m : -1n;
    const right = j < gs.length ? gs[j]! + n : -1n;
    if (left > right) {
      monomials.push(left);
      coefficients.push(isUnit ? f.coefficients[i++]! : a * f.coefficients[i++]!);
    } else if (right > left) {
      monomials.push(right);
      coefficients.push(-b * g.coefficients[j++]!);
    } else {
      const coefficient = a * f.coefficients[i++]! - b * g.coefficients[j++]!;
      if (coefficient === 0n) continue;
      monomials.push(left);
      coefficients.push(coefficient);
    }
  }
  meter.spend(monomials.length, coefficients[0]);
  return { monomials, coefficients };
}

/** After so many binary digits a growing coefficient makes it worth looking for a common factor. */
const BITS_BEFORE_CONTENT = 256;

/** What is left of a polynomial, times multiplied / divided, after multiples of reducers are taken away. */
export interface Remainder extends Primitive {
  readonly multiplied: bigint;
  readonly divided: bigint;
}

/**
 * What is left of f when multiples of the reducers are taken away until no leading monomial of theirs divides any monomial
 * of it.
 */
export function reduce({ packing }: Ring, f: Primitive, reducers: readonly Reducer[], meter: Meter): Remainder {
  // Terms that stay, the largest first, and those still to be looked at.
  const stays = { monomials: [] as bigint[], coefficients: [] as bigint[] };
  let rest: Primitive = f;
  let start = 0;
  let [multiplied, divided] = [1n, 1n];
  let allowed = BITS_BEFORE_CONTENT;
  const all = () => {
    const made = withoutContent(
      [...stays.monomials, ...rest.monomials.slice(start)],
      [...stays.coefficients, ...rest.coefficients.slice(start)],
    );
    divided *= made.content;
    return made;
  };
  while (start < rest.monomials.length) {
    const monomial = rest.monomials[start]!;
    const reducer = findReducer(reducers, packing.unpack(monomial));
    if (!reducer) {
      stays.monomials.push(monomial);
      stays.coefficients.push(rest.coefficients[start]!);
      start++;
      continue;
    }
    const { polynomial } = reducer;
    const [a, b] = cancelling(rest.coefficients[start]!, polynomial.coefficients[0]!);
    rest = combination(rest, start + 1, a, 0n, polynomial, b, monomial - polynomial.monomials[0]!, meter);
    start = 0;
    multiplied *= a;
    if (a !== 1n) stays.coefficients = stays.coefficients.map((coefficient) => a * coefficient);
    if (rest.coefficients.length > 0 && bits(rest.coefficients[0]!) > allowed) {
      const { coefficients } = all();
      stays.coefficients = coefficients.slice(0, stays.monomials.length);
      rest = { monomials: rest.monomials, coefficients: coefficients.slice(stays.monomials.length) };
      allowed = Math.max(BITS_BEFORE_CONTENT, 2 * bits(rest.coefficients[0]!));
    }
  }
  const { monomials, coefficients } = all();
  return { monomials, coefficients, multiplied, divided };
}

function findReducer(reducers: readonly Reducer[], exponents: Exponents): Reducer | undefined {
  const outside = ~signatureOf(exponents);
  return reducers.find(({ leading, signature }) => (signature & outside) === 0 && divides(leading, exponents));
}

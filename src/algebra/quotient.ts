/**
 * The vector space of polynomials modulo an ideal with finitely many common zeros, and by it the change of a basis to
 * another order: linear algebra, where a direct computation by that order may not end.
 *
 * Source: Faugère, Gianni, Lazard, Mora, Efficient computation of zero-dimensional Gröbner bases by change of ordering
 * (1993).
 */
import { gcd } from "./integer.ts";
import type { Meter } from "./limits.ts";
import { divides, type Exponents } from "./monomial.ts";
import { makeReducer, type Primitive, type Ring, reduce } from "./primitive.ts";

/**
 * The monomials that no leading monomial divides, by degree: their number is that of the common zeros, counted with
 * multiplicity. Undefined where they are infinitely many.
 */
export function standardMonomials(
  leading: readonly Exponents[],
  count: number,
  meter?: Meter,
): Exponents[] | undefined {
  const isBounded = Array.from({ length: count }, (_, k) =>
    leading.some((exponents) => exponents.every((exponent, i) => i === k || exponent === 0)),
  ).every(Boolean);
  if (!isBounded) return undefined;
  const found: Exponents[] = [];
  let next: Exponents[] = [new Array<number>(count).fill(0)];
  while (next.length > 0) {
    const here = next.filter((monomial) => !leading.some((divisor) => divides(divisor, monomial)));
    found.push(...here);
    meter?.check("terms", found.length);
    // Each monomial from one parent only: the one without its last variable.
    next = here.flatMap((monomial) => {
      const last = monomial.findLastIndex((exponent) => exponent > 0);
      return monomial.flatMap((exponent, k) => (k >= last ? [monomial.with(k, exponent + 1)] : []));
    });
  }
  return found;
}

/** A vector of rational numbers: numerators over one denominator. */
interface Vector {
  readonly numerators: readonly bigint[];
  readonly denominator: bigint;
}

/**
 * The reduced basis by another order of the ideal of a reduced basis.
 * @returns it, the smallest leading monomial first; undefined where the common zeros are infinitely many.
 */
export function converted(from: Ring, basis: readonly Primitive[], to: Ring, meter: Meter): Primitive[] | undefined {
  const reducers = basis.map((polynomial) => makeReducer(from, polynomial));
  const count = from.variables.length;
  const standard = standardMonomials(
    reducers.map(({ leading }) => leading),
    count,
    meter,
  );
  if (!standard) return undefined;
  const places = new Map(standard.map((monomial, k) => [from.packing.pack(monomial), k]));
  const units = Array.from({ length: count }, (_, k) => Array.from({ length: count }, (_, i) => (i === k ? 1 : 0)));
  /** A monomial modulo the ideal, in terms of the standard monomials. */
  const normalForm = (monomial: bigint): Vector => {
    const single: Primitive = { monomials: [monomial], coefficients: [1n] };
    const { monomials, coefficients, multiplied, divided } = reduce(from, single, reducers, meter);
    const numerators = new Array<bigint>(standard.length).fill(0n);
    monomials.forEach((left, k) => {
      numerators[places.get(left)!] = coefficients[k]! * divided;
    });
    return lowest({ numerators, denominator: multiplied });
  };
  const products = units.map((unit) => {
    const factor = from.packing.pack(unit);
    return standard.map((monomial) => normalForm(from.packing.pack(monomial) + factor));
  });
  const times = (vector: Vector, k: number): Vector => {
    const columns = products[k]!;
    const common = vector.numerators.reduce(
      (lcm, value, i) => (value === 0n ? lcm : (lcm / gcd(lcm, columns[i]!.denominator)) * columns[i]!.denominator),
      1n,
    );
    const numerators = new Array<bigint>(standard.length).fill(0n);
    vector.numerators.forEach((value, i) => {
      if (value === 0n) return;
      const { numerators: column, denominator } = columns[i]!;
      const factor = value * (common / denominator);
      column.forEach((entry, j) => {
        if (entry !== 0n) numerators[j]! += factor * entry;
      });
      meter.spend(standard.length, factor);
    });
    return lowest({ numerators, denominator: vector.denominator * common });
  };

  // Monomials by the new order, from the smallest. Each is either independent of those before it, and then standard, or
  // the difference to a combination of them is an element of the basis.
  const made: { leading: Exponents; polynomial: Primitive }[] = [];
  const independent: bigint[] = [];
  const rows: { pivot: number; entries: bigint[] }[] = [];
  const waiting = new Map<bigint, () => Vector>([[0n, () => normalForm(0n)]]);
  while (waiting.size > 0) {
    const monomial = [...waiting.keys()].reduce((least, other) => (other < least ? other : least));
    const value = waiting.get(monomial)!;
    waiting.delete(monomial);
    const exponents = to.packing.unpack(monomial);
    if (made.some(({ leading }) => divides(leading, exponents))) continue;
    const vector = value();
    // numerators | how they are combined from the monomials, this one last.
    let entries = [...vector.numerators, ...independent.map(() => 0n), vector.denominator];
    for (const row of rows) entries = eliminated(entries, row.entries, row.pivot, meter);
    const pivot = entries.findIndex((entry, k) => k < standard.length && entry !== 0n);
    if (pivot >= 0) {
      rows.push({ pivot, entries });
      independent.push(monomial);
      units.forEach((unit, k) => {
        const next = monomial + to.packing.pack(unit);
        if (!waiting.has(next)) waiting.set(next, () => times(vector, k));
      });
      continue;
    }
    const combination = entries.slice(standard.length);
    const sign = combination.at(-1)! < 0n ? -1n : 1n;
    const terms = [...independent, monomial]
      .map((packed, k) => ({ packed, coefficient: sign * combination[k]! }))
      .filter(({ coefficient }) => coefficient !== 0n)
      .reverse();
    const polynomial = {
      monomials: terms.map(({ packed }) => packed),
      coefficients: terms.map(({ coefficient }) => coefficient),
    };
    made.push({ leading: exponents, polynomial });
  }
  return made.map(({ polynomial }) => polynomial);
}

/** entries without their element at the pivot, by a multiple of a row; the shorter row stands for one with zeros after it. */
function eliminated(entries: bigint[], row: readonly bigint[], pivot: number, meter: Meter): bigint[] {
  const at = entries[pivot]!;
  if (at === 0n) return entries;
  const common = gcd(at, row[pivot]!);
  const [a, b] = [row[pivot]! / common, at / common];
  const made = entries.map((entry, k) => a * entry - b * (row[k] ?? 0n));
  meter.spend(made.length, a);
  return lowest({ numerators: made, denominator: 0n }).numerators as bigint[];
}

/** The same vector without a common factor of its numbers. */
function lowest({ numerators, denominator }: Vector): Vector {
  let common = denominator;
  for (const value of numerators) {
    if (common === 1n || common === -1n) break;
    common = gcd(common, value);
  }
  if (common === 0n || common === 1n || common === -1n) return { numerators, denominator };
  return { numerators: numerators.map((value) => value / common), denominator: denominator / common };
}

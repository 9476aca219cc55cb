/**
 * Buchberger's algorithm with the criteria of Gebauer and Möller, and pairs chosen by "sugar": the degree they would have
 * if all equations had been made homogeneous first.
 *
 * Sources: Gebauer, Möller, On an installation of Buchberger's algorithm (1988); Becker, Weispfenning, Gröbner Bases
 * (1993), section 5.5; Giovini et al., "One sugar cube, please" (1991).
 */
import type { Meter } from "./limits.ts";
import { areCoprime, degree, divides, type Exponents, lcm } from "./monomial.ts";
import { makeReducer, type Primitive, type Reducer, type Ring, reduce, sPolynomial } from "./primitive.ts";

interface Element extends Reducer {
  readonly sugar: number;
}

/** Something to be reduced: an equation, or an S-polynomial of two elements. */
interface Pair {
  readonly sugar: number;
  /** The packed monomial that it begins with, before it is cancelled. */
  readonly monomial: bigint;
  readonly lcm: Exponents;
  readonly of?: readonly [Element, Element];
  readonly equation?: Primitive;
}

/** The reduced basis of the ideal of some polynomials other than 0, the smallest leading monomial first. */
export function reducedBasis(ring: Ring, equations: readonly Primitive[], meter: Meter): Primitive[] {
  const { packing } = ring;
  let pairs: Pair[] = equations.map((equation) => {
    const exponents = equation.monomials.map((monomial) => packing.unpack(monomial));
    const sugar = Math.max(...exponents.map(degree));
    return { sugar, monomial: equation.monomials[0]!, lcm: exponents[0]!, equation };
  });
  let elements: Element[] = [];
  for (;;) {
    const pair = takeSmallest(pairs);
    if (!pair) break;
    meter.spent.pairs++;
    meter.check("pairs", meter.spent.pairs);
    meter.check("degree", degree(pair.lcm));
    const start = pair.equation ?? sPolynomial(pair.of![0].polynomial, pair.of![1].polynomial, pair.monomial, meter);
    const left = reduce(ring, start, elements, meter);
    if (left.monomials.length === 0) {
      meter.spent.zeros++;
      continue;
    }
    if (left.monomials[0] === 0n) return [left]; // a number: the ideal is everything
    const reducer = makeReducer(ring, left);
    const element: Element = { ...reducer, sugar: Math.max(pair.sugar, degree(reducer.leading)) };
    meter.spent.degree = Math.max(meter.spent.degree, degree(element.leading));
    pairs = updatedPairs(ring, pairs, elements, element, meter);
    elements = [...elements.filter(({ leading }) => !divides(element.leading, leading)), element];
  }
  return interreduced(ring, elements, meter);
}

/** Takes the pair of least sugar, among these the one whose monomial is smallest, out of the list. */
function takeSmallest(pairs: Pair[]): Pair | undefined {
  let best = 0;
  for (let k = 1; k < pairs.length; k++) {
    const difference = pairs[k]!.sugar - pairs[best]!.sugar;
    if (difference < 0 || (difference === 0 && pairs[k]!.monomial < pairs[best]!.monomial)) best = k;
  }
  const found = pairs[best];
  const last = pairs.pop();
  if (last !== found) pairs[best] = last!;
  return found;
}

/** The pairs that are still needed when an element comes in, and those that it makes. */
function updatedPairs(
  ring: Ring,
  pairs: readonly Pair[],
  elements: readonly Element[],
  added: Element,
  meter: Meter,
): Pair[] {
  const made = elements.map((element): Pair => {
    const common = lcm(element.leading, added.leading);
    const all = degree(common);
    const sugar = all + Math.max(element.sugar - degree(element.leading), added.sugar - degree(added.leading));
    return { sugar, monomial: ring.packing.pack(common), lcm: common, of: [element, added] };
  });
  const isCoprime = ({ of }: Pair) => areCoprime(of![0].leading, of![1].leading);
  // Of the new pairs, those stay whose monomial no other one's divides (of equals the last one); then those with coprime
  // leading monomials, whose S-polynomials reduce to 0, go as well, having ruled out their multiples.
  const kept: Pair[] = [];
  made.forEach((pair, k) => {
    const isSpared =
      made.some((other, i) => i > k && divides(other.lcm, pair.lcm)) ||
      kept.some((other) => divides(other.lcm, pair.lcm));
    if (isCoprime(pair) || !isSpared) kept.push(pair);
  });
  const needed = kept.filter((pair) => !isCoprime(pair));
  // An old pair goes if its monomial is a proper multiple of both of what it makes with the new element.
  const old = pairs.filter(({ of, lcm: common, monomial }) => {
    if (!of || !divides(added.leading, common)) return true;
    return of.some((element) => ring.packing.pack(lcm(element.leading, added.leading)) === monomial);
  });
  meter.spent.spared += made.length - needed.length + (pairs.length - old.length);
  return [...old, ...needed];
}

/** Every element reduced by the others: no monomial of one is a multiple of another one's leading monomial. */
function interreduced(ring: Ring, elements: readonly Element[], meter: Meter): Primitive[] {
  const sorted = [...elements].sort((a, b) => (a.polynomial.monomials[0]! < b.polynomial.monomials[0]! ? -1 : 1));
  // A multiple of a leading monomial is larger than it, so those before are enough.
  const done: Reducer[] = [];
  for (const { polynomial } of sorted) done.push(makeReducer(ring, reduce(ring, polynomial, done, meter)));
  return done.map(({ polynomial }) => polynomial);
}

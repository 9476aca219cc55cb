/** Arrangements for tests. */
import fc from "fast-check";
import { type Rational, rationals } from "../../algebra/index.ts";
import { type Arrangement, makeArrangement } from "./arrangement.ts";

/** w·x = θ by whole numbers, the threshold last. */
export function whole(rows: readonly (readonly number[])[], dimension?: number): Arrangement {
  const hyperplanes = rows.map((row) => {
    const numbers = row.map((number) => rationals.rational(number));
    return { weights: numbers.slice(0, -1), threshold: numbers.at(-1)! };
  });
  return makeArrangement(hyperplanes, dimension);
}

/** Of few small numbers: many are parallel, coincide, or meet in a point. */
export function smallArrangements(dimension: number, most: number, size: number): fc.Arbitrary<Arrangement> {
  const row = fc
    .array(fc.integer({ min: -size, max: size }), { minLength: dimension + 1, maxLength: dimension + 1 })
    .filter((numbers) => numbers.slice(0, -1).some((number) => number !== 0));
  return fc.array(row, { maxLength: most }).map((rows) => whole(rows, dimension));
}

/** w·x − θ in rational numbers. */
export function valueAt({ hyperplanes }: Arrangement, k: number, point: readonly Rational[]): Rational {
  const { weights, threshold } = hyperplanes[k]!;
  const terms = weights.map((weight, i) => rationals.multiply(weight, point[i]!));
  return rationals.subtract(terms.reduce(rationals.add, rationals.zero), threshold);
}

/** The sides on which a point lies, by rational numbers. */
export function sidesOf(arrangement: Arrangement, point: readonly Rational[]): string {
  return arrangement.hyperplanes
    .map((_, k) => "-0+"[rationals.compare(valueAt(arrangement, k, point), rationals.zero) + 1])
    .join("");
}

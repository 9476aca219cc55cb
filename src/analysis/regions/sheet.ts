/** Lines on a sheet of paper: one on which all of them cross, and the order of the regions round it. */
import { type Rational, rationals } from "../../algebra/index.ts";
import { LonghandError } from "../../errors.ts";
import type { Arrangement } from "./arrangement.ts";
import { neighboursOf } from "./neighbours.ts";
import { coordinatesOf, crossingsOf, distinct, makePlace, type Place, type Plane, planesOf, signsAt } from "./plane.ts";

/** A square, with its sides along the axes; x₂ points up. */
export interface Sheet {
  readonly centre: readonly [Rational, Rational];
  /** Half of a side. */
  readonly half: Rational;
}

/** How much larger than what has to be seen: room for the labels of the outer regions. */
const ROOM = rationals.rational(3n, 2n);

/**
 * A sheet on which all points are seen where lines cross; of lines that don't cross, their points nearest to 0.
 * @throws LonghandError `argument` for an arrangement that isn't one of lines.
 */
export function sheetOf(arrangement: Arrangement): Sheet {
  const lines = distinct(linesOf(arrangement));
  const crossings = crossingsOf(lines);
  const seen = (crossings.length > 0 ? crossings : lines.map(nearest)).map(coordinatesOf);
  if (seen.length === 0) return { centre: [rationals.zero, rationals.zero], half: rationals.one };
  const [across, up] = [0, 1].map((axis) => {
    const values = seen.map((point) => point[axis]!);
    return [values.reduce(lesser), values.reduce(greater)] as const;
  }) as [readonly [Rational, Rational], readonly [Rational, Rational]];
  const middle = ([low, high]: readonly [Rational, Rational]) => rationals.divide(rationals.add(low, high), two);
  const width = greater(rationals.subtract(across[1], across[0]), rationals.subtract(up[1], up[0]));
  const half = rationals.isZero(width) ? rationals.one : rationals.multiply(rationals.divide(width, two), ROOM);
  return { centre: [middle(across), middle(up)], half };
}

const two = rationals.rational(2n);
const lesser = (a: Rational, b: Rational) => (rationals.compare(a, b) <= 0 ? a : b);
const greater = (a: Rational, b: Rational) => (rationals.compare(a, b) >= 0 ? a : b);

function linesOf(arrangement: Arrangement): Plane[] {
  if (arrangement.dimension !== 2) {
    throw new LonghandError(
      "argument",
      `sheet: received an arrangement in ${arrangement.dimension} dimensions, expected lines: 2 dimensions`,
    );
  }
  return planesOf(arrangement);
}

/** The point of a line that is nearest to 0: θ w / |w|². */
function nearest({ weights, threshold }: Plane): Place {
  const square = weights.reduce((sum, weight) => sum + weight * weight, 0n);
  return makePlace(
    weights.map((weight) => weight * threshold),
    square,
  );
}

/**
 * Regions as papers/002, exercise 3c, labels them: the outer ones clockwise from the top, then those beside them, clockwise
 * again, and so on inwards.
 * @param regions by their signs; all regions of the arrangement. @param centreOf a point in the middle of a region.
 * @returns signs.
 */
export function clockwise(
  arrangement: Arrangement,
  sheet: Sheet,
  regions: Iterable<string>,
  centreOf: (signs: string) => readonly [number, number],
): string[] {
  const planes = planesOf(arrangement);
  const order = new Set(borderPlaces(distinct(planes), sheet).map((place) => signsAt(planes, place)));
  const rest = new Set([...regions].filter((signs) => !order.has(signs)));
  const [x, y] = sheet.centre.map(rationals.toNumber) as [number, number];
  const turn = (signs: string) => {
    const [right, up] = centreOf(signs);
    const angle = Math.atan2(right - x, up - y); // clockwise from the top
    return { signs, angle: angle < 0 ? angle + 2 * Math.PI : angle };
  };
  const beside = neighboursOf(planes, [...order, ...rest]);
  for (let ring = [...order]; rest.size > 0; ) {
    const next = new Set(ring.flatMap(beside).filter((signs) => rest.has(signs)));
    ring = [...(next.size > 0 ? next : rest)]
      .map(turn)
      .sort((a, b) => a.angle - b.angle)
      .map(({ signs }) => signs);
    for (const signs of ring) {
      order.add(signs);
      rest.delete(signs);
    }
  }
  return [...order];
}

/** A point of the sheet's border in each piece that the lines cut it into, clockwise from the middle of its upper side. */
function borderPlaces(lines: readonly Plane[], { centre: [x, y], half }: Sheet): Place[] {
  const at = (right: number, up: number): [Rational, Rational] => [
    rationals.add(x, rationals.multiply(rationals.rational(right), half)),
    rationals.add(y, rationals.multiply(rationals.rational(up), half)),
  ];
  const corners = [at(0, 1), at(1, 1), at(1, -1), at(-1, -1), at(-1, 1), at(0, 1)];
  const sides = corners.slice(1).map((to, k) => ({ from: corners[k]!, to }));
  const along = (position: Rational): Place => {
    const side = Math.min(sides.length - 1, Number(position.numerator / position.denominator));
    const part = rationals.subtract(position, rationals.rational(side));
    const { from, to } = sides[side]!;
    return placeOf(
      from.map((start, k) => rationals.add(start, rationals.multiply(part, rationals.subtract(to[k]!, start)))),
    );
  };
  const cuts = sides.flatMap(({ from, to }, side) =>
    lines.flatMap((line) => {
      const [a, b] = [from, to].map((end) => valueAt(line, end)) as [Rational, Rational];
      // From a to b the value changes evenly: it is 0 at the share a / (a − b).
      if (rationals.equals(a, b)) return [];
      const part = rationals.divide(a, rationals.subtract(a, b));
      const isWithin = part.numerator >= 0n && rationals.compare(part, rationals.one) <= 0;
      return isWithin ? [rationals.add(rationals.rational(side), part)] : [];
    }),
  );
  const ends = [rationals.zero, ...cuts.sort(rationals.compare), rationals.rational(sides.length)];
  return ends.slice(1).flatMap((end, k) => {
    const start = ends[k]!;
    return rationals.equals(start, end) ? [] : [along(rationals.divide(rationals.add(start, end), two))];
  });
}

function valueAt({ weights, threshold }: Plane, point: readonly Rational[]): Rational {
  return weights.reduce(
    (sum, weight, k) => rationals.add(sum, rationals.multiply(rationals.rational(weight), point[k]!)),
    rationals.rational(-threshold),
  );
}

function placeOf(point: readonly Rational[]): Place {
  const scale = point.reduce((product, { denominator }) => product * denominator, 1n);
  return makePlace(
    point.map(({ numerator, denominator }) => (numerator * scale) / denominator),
    scale,
  );
}

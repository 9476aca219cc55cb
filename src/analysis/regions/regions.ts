/** The regions of an arrangement, with their names. */
import { type Rational, rationals } from "../../algebra/index.ts";
import type { Arrangement } from "./arrangement.ts";
import { arrangementCounts } from "./count.ts";
import { middleOf, sheetPolygons } from "./drawing.ts";
import { type Cell, cellsOf } from "./enumerate.ts";
import { labelOf } from "./labels.ts";
import { coordinatesOf, distinct, planesOf, signsAt } from "./plane.ts";
import { clockwise, sheetOf } from "./sheet.ts";

export interface Region {
  /** A, B, …, Z, AA, … */
  readonly label: string;
  /** The side of each hyperplane: "+" where its unit is on, "-" where it is off. */
  readonly signs: string;
  /** Inside the region: on none of the hyperplanes. */
  readonly point: readonly Rational[];
  readonly isBounded: boolean;
  /** In which an unbounded region goes on for ever from each of its points. */
  readonly direction?: readonly Rational[];
}

/** How many regions are found, unless another limit is given. */
export const defaultRegionLimit = 100_000;

/**
 * All regions into which hyperplanes cut their space: the sets of points on the same sides of all of them. Hyperplanes may be
 * parallel or coincide, and any number may meet in a point; all is computed in whole numbers.
 *
 * Of lines the regions are labelled clockwise from the top of the sheet that `sheetOf` gives, the outer ones first; on a number
 * line from the left; in more dimensions the unbounded ones first, both kinds by their signs. They are counted first, by
 * `arrangementCounts`, and have to be as many.
 * @param options.limit of regions. Default 100,000.
 * @throws LonghandError `unsupported` beyond the limit.
 */
export function regionsOf(arrangement: Arrangement, { limit = defaultRegionLimit } = {}): Region[] {
  const { regions, bounded } = arrangementCounts(arrangement, { limit });
  const planes = planesOf(arrangement);
  const found = cellsOf(distinct(planes), arrangement.dimension);
  const foundBounded = found.filter(({ direction }) => direction === undefined).length;
  if (BigInt(found.length) !== regions || BigInt(foundBounded) !== bounded) {
    throw new Error(`regions: ${found.length} found, ${foundBounded} bounded, but ${regions} and ${bounded} counted`);
  }
  const cells = new Map(found.map((cell) => [signsAt(planes, cell.place), cell]));
  return inOrder(arrangement, cells).map((signs, k) => {
    const { place, direction } = cells.get(signs)!;
    return {
      label: labelOf(k),
      signs,
      point: coordinatesOf(place),
      isBounded: direction === undefined,
      ...(direction && { direction: direction.map((part) => rationals.rational(part)) }),
    };
  });
}

function inOrder(arrangement: Arrangement, cells: ReadonlyMap<string, Cell>): string[] {
  if (arrangement.dimension === 2) {
    const sheet = sheetOf(arrangement);
    const polygonOf = sheetPolygons(arrangement, sheet);
    return clockwise(arrangement, sheet, cells.keys(), (signs) => middleOf(polygonOf(signs)));
  }
  const all = [...cells].map(([signs, { place, direction }]) => ({ signs, place, isBounded: direction === undefined }));
  if (arrangement.dimension === 1) {
    all.sort((a, b) => Number(a.place.x[0]! * b.place.scale - b.place.x[0]! * a.place.scale > 0n) - 0.5);
  } else {
    all.sort((a, b) => Number(a.isBounded) - Number(b.isBounded) || (a.signs < b.signs ? -1 : 1));
  }
  return all.map(({ signs }) => signs);
}

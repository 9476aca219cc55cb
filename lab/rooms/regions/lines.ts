/** Lines as a visitor draws them: from one point to another, on a grid of short decimals, so that all is exact. */
import {
  type Arrangement,
  type Hyperplane,
  lineCounts,
  makeArrangement,
  rationals,
  sheetLines,
  sheetOf,
  sheetSquare,
  shrunkSheet,
} from "longhand";

/** Coordinates are decimals with at most three digits behind the point. */
export type Point = readonly [x: number, y: number];

/** Its unit is on to the left of the way from `from` to `to`. */
export interface Line {
  readonly from: Point;
  readonly to: Point;
}

/** More lines make more regions than are told apart, or drawn fast. */
export const MOST_LINES = 30;
/** Steps of the grid from the middle of the sheet to its border. */
const GRID = 50;
const FARTHEST = 1000;

/** The nearest point of the grid of a sheet about 0. @param steps of it, from the middle to the border. */
export function snapped([x, y]: Point, half: number, steps = GRID): Point {
  const step = half / steps;
  const nearest = (value: number) => {
    const on = Number((Math.round(value / step) * step).toFixed(3));
    return Math.max(-FARTHEST, Math.min(FARTHEST, on)) || 0;
  };
  return [nearest(x), nearest(y)];
}

export const isSame = (a: Point, b: Point) => a[0] === b[0] && a[1] === b[1];

export const flipped = ({ from, to }: Line): Line => ({ from: to, to: from });

/** A line moved so that one of its points is where `to` is; undefined: out of reach. */
export function moved(line: Line, dx: number, dy: number): Line | undefined {
  const shifted = ([x, y]: Point): Point => [Number((x + dx).toFixed(3)) || 0, Number((y + dy).toFixed(3)) || 0];
  const result = { from: shifted(line.from), to: shifted(line.to) };
  return [...result.from, ...result.to].every((value) => Math.abs(value) <= FARTHEST) ? result : undefined;
}

/** The line's threshold unit: weights across it, coprime whole numbers times a power of 10 that makes them less than 10. */
export function hyperplaneOf({ from, to }: Line): Hyperplane {
  const whole = (a: number, b: number) => BigInt(Math.round(1000 * (a - b)));
  const across = [whole(from[1], to[1]), whole(to[0], from[0])] as const;
  const divisor = common(size(across[0]), size(across[1]));
  const reduced = across.map((weight) => weight / divisor);
  const digits = Math.max(...reduced.map((weight) => String(size(weight)).length)) - 1;
  const weights = reduced.map((weight) => rationals.rational(weight, 10n ** BigInt(digits)));
  const [x, y] = from.map((value) => rationals.parse(String(value)));
  const threshold = rationals.add(rationals.multiply(weights[0]!, x!), rationals.multiply(weights[1]!, y!));
  return { weights, threshold };
}

/** A line that passes 0 at a distance in a direction, on towards 0. @param reach of its points, from where it is nearest. */
export function passing(angle: number, distance: number, reach: number, half: number): Line {
  const [x, y] = [Math.cos(angle), Math.sin(angle)];
  const at = (along: number) => snapped([distance * x - along * y, distance * y + along * x], half);
  return { from: at(-reach), to: at(reach) };
}

/** Places that are tried for another line. */
const TRIES = 8;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** One line more, across the sheet: of some the one that makes the most regions, in general position where that can be. */
export function anotherLine(lines: readonly Line[], half: number): Line {
  const places = Array.from({ length: TRIES }, (_, k) => {
    const turn = (lines.length + k + 1) * GOLDEN;
    const line = passing(2 * Math.PI * turn, ((turn % 1) * half) / 2, 0.7 * half, half);
    return { line, regions: lineCounts(arrangementOf([...lines, line])).regions };
  });
  return places.reduce((best, place) => (place.regions > best.regions ? place : best)).line;
}

const size = (value: bigint) => (value < 0n ? -value : value);
const common = (a: bigint, b: bigint): bigint => (b === 0n ? a : common(b, a % b));

export const arrangementOf = (lines: readonly Line[]): Arrangement => makeArrangement(lines.map(hyperplaneOf), 2);

/**
 * Lines of any arrangement on a sheet about 0, all crossings seen: on the grid, or on a finer one where on the grid lines in general
 * position would be so no more.
 */
export function drawnOn(arrangement: Arrangement, half: number): Line[] {
  const sheet = sheetOf(arrangement);
  const { x, y, half: own } = sheetSquare(sheet);
  // Within the border, where they can be taken hold of.
  const ends = sheetLines(arrangement, shrunkSheet(sheet, 0.8)).map((line) => line.ends);
  const drawn = (steps: number) => {
    const on = ([u, v]: Point) => snapped([(half * (u - x)) / own, (half * (v - y)) / own], half, steps);
    return ends.map(([from, to]): Line => ({ from: on(from), to: on(to) })).filter(({ from, to }) => !isSame(from, to));
  };
  const isGeneric = (lines: readonly Line[]) => lineCounts(arrangementOf(lines)).costs.length === 0;
  const grids = [GRID, 10 * GRID, 100 * GRID].map(drawn);
  return lineCounts(arrangement).costs.length > 0 ? grids[0]! : (grids.find(isGeneric) ?? grids.at(-1)!);
}

/** A sheet with lines on it as a drawing: in floating point, for the eye. */
import { rationals } from "../../algebra/index.ts";
import type { Arrangement } from "./arrangement.ts";
import type { Sheet } from "./sheet.ts";

export type SheetPoint = readonly [x: number, y: number];

export interface SheetLine {
  /** Of the line in its arrangement, from 1. */
  readonly number: number;
  /** Where it meets the sheet's border. */
  readonly ends: readonly [SheetPoint, SheetPoint];
  /** To the side where its unit is on, of length 1. */
  readonly positive: SheetPoint;
}

/** A sheet's middle and half of its side. */
export function sheetSquare({ centre, half }: Sheet): { x: number; y: number; half: number } {
  const [x, y] = centre.map(rationals.toNumber) as [number, number];
  return { x, y, half: rationals.toNumber(half) };
}

/** A sheet about the same middle, smaller by a factor. */
export function shrunkSheet({ centre, half }: Sheet, factor: number): Sheet {
  return { centre, half: rationals.multiply(half, rationals.fromNumber(factor)) };
}

/** The lines of an arrangement where they cross the sheet. */
export function sheetLines({ hyperplanes }: Arrangement, sheet: Sheet): SheetLine[] {
  const { x, y, half } = sheetSquare(sheet);
  return hyperplanes.flatMap(({ weights, threshold }, k): SheetLine[] => {
    const [a, b] = weights.map(rationals.toNumber) as [number, number];
    const length = Math.hypot(a, b);
    // The point of the line nearest to the middle, and from there both ways until the border.
    const offset = (rationals.toNumber(threshold) - a * x - b * y) / length;
    const foot = [(offset * a) / length, (offset * b) / length] as const;
    const along = [-b / length, a / length] as const;
    let [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const axis of [0, 1] as const) {
      if (along[axis] === 0) {
        if (Math.abs(foot[axis]) > half) return [];
        continue;
      }
      const cuts = [-half, half].map((border) => (border - foot[axis]) / along[axis]).sort((p, q) => p - q);
      from = Math.max(from, cuts[0]!);
      to = Math.min(to, cuts[1]!);
    }
    const at = (t: number) => [x + foot[0] + t * along[0], y + foot[1] + t * along[1]] as const;
    return from < to ? [{ number: k + 1, ends: [at(to), at(from)], positive: [a / length, b / length] }] : [];
  });
}

/**
 * The parts of regions that are on the sheet.
 * @returns for a region's signs the corners of a convex polygon, counterclockwise.
 */
export function sheetPolygons({ hyperplanes }: Arrangement, sheet: Sheet): (signs: string) => readonly SheetPoint[] {
  const { x, y, half } = sheetSquare(sheet);
  const lines = hyperplanes.map(
    ({ weights, threshold }) => [...weights, threshold].map(rationals.toNumber) as [number, number, number],
  );
  const square: readonly SheetPoint[] = [
    [x - half, y - half],
    [x + half, y - half],
    [x + half, y + half],
    [x - half, y + half],
  ];
  return (signs) =>
    lines.reduce((corners, [a, b, threshold], k) => {
      const side = signs[k] === "+" ? 1 : -1;
      return clipped(corners, ([u, v]) => side * (a * u + b * v - threshold));
    }, square);
}

/** The part of a convex polygon where a linear function isn't negative. */
function clipped(corners: readonly SheetPoint[], value: (corner: SheetPoint) => number): readonly SheetPoint[] {
  const values = corners.map(value);
  if (values.every((at) => at >= 0)) return corners;
  return corners.flatMap((corner, index) => {
    const before = corners.at(index - 1)!;
    const [from, to] = [values.at(index - 1)!, values[index]!];
    const part = from / (from - to);
    const cut: SheetPoint[] =
      from < 0 !== to < 0
        ? [[before[0] + part * (corner[0] - before[0]), before[1] + part * (corner[1] - before[1])]]
        : [];
    return to < 0 ? cut : [...cut, corner];
  });
}

/** The mean of a polygon's corners. */
export function middleOf(corners: readonly SheetPoint[]): SheetPoint {
  const mean = (axis: 0 | 1) => corners.reduce((sum, corner) => sum + corner[axis], 0) / corners.length;
  return [mean(0), mean(1)];
}

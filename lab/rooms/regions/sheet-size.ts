/** Sheets: squares about 0. */

/** Halves of a side. */
export const sheetSizes = ["2", "5", "10", "20", "50", "100", "200", "500", "1000"] as const;
export type SheetSize = (typeof sheetSizes)[number];

/** The smallest sheet on which points are seen that lie at most `extent` from 0 across and up; of points too far, the largest. */
export function sheetFor(extent: number): SheetSize {
  return sheetSizes.find((half) => Number(half) >= 1.05 * extent) ?? "1000";
}

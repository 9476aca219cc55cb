/**
 * Marked regions, by the sides of the lines on which they lie: 1 where a line's unit is on, otherwise 0, as in "10110". A mark
 * that is shorter than there are lines stands for all regions on these sides of the first lines; so what is marked stays
 * marked where a line is added, and where lines move.
 */
import type { Region } from "longhand";
import type { Field } from "../../app/fields.ts";
import { MOST_LINES } from "./lines.ts";

export const markField: Field<string> = {
  fallback: "",
  read: (text) => {
    if (!/^[01]+$/.test(text) || text.length > MOST_LINES) {
      throw new Error(`received "${text}", expected 0 or 1 for each line, as in 10110`);
    }
    return text;
  },
  write: (mark) => mark,
};

export const markOf = (signs: string) => signs.replaceAll("+", "1").replaceAll("-", "0");

export function isMarked(marks: readonly string[], { signs }: Pick<Region, "signs">): boolean {
  const own = markOf(signs);
  return own !== "" && marks.some((mark) => own.startsWith(mark));
}

/** The marks with a region marked, or no longer. */
export function toggled(marks: readonly string[], regions: readonly Region[], signs: string): string[] {
  return regions
    .filter((region) => isMarked(marks, region) !== (region.signs === signs))
    .map((region) => markOf(region.signs));
}

/** Without line k, from 0: what has a marked part is marked. */
export function withoutLine(marks: readonly string[], k: number): string[] {
  const shorter = marks.map((mark) => mark.slice(0, k) + mark.slice(k + 1));
  return [...new Set(shorter)].filter((mark) => mark !== "");
}

/** With the sides of line k, from 0, exchanged. */
export function withFlippedLine(marks: readonly string[], k: number): string[] {
  return marks.map((mark) => {
    const side = mark[k];
    return side === undefined ? mark : `${mark.slice(0, k)}${side === "1" ? "0" : "1"}${mark.slice(k + 1)}`;
  });
}

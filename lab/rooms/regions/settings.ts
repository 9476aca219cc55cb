/** All that the room's address says. */
import { choiceField, type Field, flagField, integerField, listField } from "../../app/fields.ts";
import { type Line, MOST_LINES, type Point } from "./lines.ts";
import { markField } from "./marks.ts";
import { exercise } from "./presets.ts";
import { sheetSizes } from "./sheet-size.ts";

/** A coordinate: −4, 2.5; at most three digits behind the point. */
function coordinate(text: string): number {
  const plain = text.trim().replace("−", "-");
  const value = /^[-+]?\d*\.?\d{0,3}$/.test(plain) && /\d/.test(plain) ? Number(plain) : Number.NaN;
  if (Number.isNaN(value) || Math.abs(value) > 1000) {
    throw new Error(
      `received "${text}", expected a number from -1000 to 1000 with at most three digits after the point`,
    );
  }
  return value || 0;
}

/** Two coordinates: "-4, 2.5". @param other a point that it can't be. */
export function pointField(fallback: Point, separator = ",", other?: Point): Field<Point> {
  return {
    fallback,
    read: (text) => {
      const parts = text.split(separator);
      if (parts.length !== 2) throw new Error(`received "${text}", expected two coordinates, as in -4${separator}2.5`);
      const point = parts.map(coordinate) as [number, number];
      if (other && point[0] === other[0] && point[1] === other[1]) {
        throw new Error(`received "${text}", expected a point other than the line's other one`);
      }
      return point;
    },
    write: (point) => point.join(separator === "," ? ", " : separator),
  };
}

const lineField: Field<Line> = {
  fallback: { from: [0, 0], to: [1, 0] },
  read: (text) => {
    const parts = text.split("_");
    if (parts.length !== 4)
      throw new Error(`received "${text}", expected four coordinates of a line, as in -4_0_3_2.5`);
    const [a, b, c, d] = parts.map(coordinate) as [number, number, number, number];
    if (a === c && b === d) throw new Error(`received "${text}", expected two points that are apart`);
    return { from: [a, b], to: [c, d] };
  },
  write: ({ from, to }) => [...from, ...to].join("_"),
};

const lineList = listField(lineField, exercise.lines, "*");

/** How many regions that many lines make at most. */
export const mostRegions = (lines: number) => 1 + lines + (lines * (lines - 1)) / 2;

export const tooMany = (count: number) =>
  `received ${count} lines, expected at most ${MOST_LINES}: ${count} make up to ${mostRegions(count).toLocaleString("en-US")} regions (1 + n + n(n − 1)/2), more than a page can show`;

export const fields = {
  lines: {
    ...lineList,
    read: (text: string) => {
      const lines = lineList.read(text);
      if (lines.length > MOST_LINES) throw new Error(tooMany(lines.length));
      return lines;
    },
  },
  marks: listField(markField, exercise.marks, "_"),
  half: choiceField(sheetSizes, "5"),
  /** The point that the network is tested with. */
  test: pointField([0, 0.5], "_"),
  isMerged: flagField(false),
  /** By how much the thresholds of the second layer are too low. */
  slack: integerField(0, { min: 0, max: 3 }),
  /** Lines whose units nobody reads. */
  cut: listField(integerField(1, { min: 1, max: MOST_LINES }), [], "_"),
  /** Of lines made up. */
  count: integerField(6, { min: 1, max: MOST_LINES }),
  seed: integerField(1, { min: 0, max: 1_000_000 }),
  /** In more dimensions: hyperplanes and dimensions. */
  n: integerField(20, { min: 1, max: 64 }),
  d: integerField(10, { min: 1, max: 32 }),
};

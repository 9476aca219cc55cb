/** Lines and marks to begin with. */
import { type Line, passing } from "./lines.ts";
import type { SheetSize } from "./sheet-size.ts";

export interface Preset {
  readonly name: string;
  readonly title: string;
  readonly lines: readonly Line[];
  readonly marks: readonly string[];
  readonly half: SheetSize;
}

const line = (a: number, b: number, c: number, d: number): Line => ({ from: [a, b], to: [c, d] });

/** papers/002, exercise 3: five lines in general position, those of `longhand regions --lines 5` on this grid; A, D and G. */
export const exercise: Preset = {
  name: "exercise",
  title: "exercise 3: five lines; A, D and G",
  lines: [
    line(-1.8, 4, 0.2, -4),
    line(-4, 3.9, 4, -3.1),
    line(-4, 3.4, 4, 2.4),
    line(-4, -2.5, 4, 2.9),
    line(-0.1, -4, 2.3, 4),
  ],
  marks: ["11111", "11000", "00001"],
  half: "5",
};

const xor: Preset = {
  name: "xor",
  title: "exclusive or: between two parallels",
  lines: [line(-1, 1.5, 1.5, -1), line(0, 1.5, 1.5, 0)],
  marks: ["10"],
  half: "2",
};

const triangle: Preset = {
  name: "triangle",
  title: "a triangle: one unit",
  lines: [line(-2, -2.5, 2, -2.5), line(2.4, -1.4, 0.6, 1.9), line(-0.6, 1.9, -2.4, -1.4)],
  marks: ["111"],
  half: "5",
};

/** Lines whose units are on towards the middle, around it at a distance. */
function around(count: number, distance: number, reach: number): Line[] {
  return Array.from({ length: count }, (_, k) => passing(Math.PI / 2 - (2 * Math.PI * k) / count, distance, reach, 5));
}

const star: Preset = {
  name: "star",
  title: "a star: six regions",
  lines: around(5, 1.2, 4),
  marks: ["11111", ...Array.from({ length: 5 }, (_, k) => `${"11111".slice(0, k)}0${"11111".slice(k + 1)}`)],
  half: "5",
};

const octagon: Preset = {
  name: "octagon",
  title: "an octagon: convex, so one unit",
  lines: around(8, 3, 1),
  marks: ["11111111"],
  half: "5",
};

/** Inside of the outer square, outside of the inner one. */
const frame: Preset = {
  name: "frame",
  title: "a square with a hole",
  lines: [3, 1.5].flatMap((half) => {
    const far = 4;
    return [
      line(-half, far, -half, -far),
      line(half, -far, half, far),
      line(-far, -half, far, -half),
      line(far, half, -far, half),
    ];
  }),
  marks: ["11", "01", "10"].flatMap((x) =>
    ["11", "01", "10"].flatMap((y) => (x === "11" && y === "11" ? [] : [`1111${x}${y}`])),
  ),
  half: "5",
};

const special: Preset = {
  name: "special",
  title: "special lines: parallels, three through a point",
  lines: [line(-4, 0, 4, 0), line(0, -4, 0, 4), line(-3, -3, 3, 3), line(-4, 2, 4, 2)],
  marks: ["1010"],
  half: "5",
};

export const presets: readonly Preset[] = [exercise, xor, triangle, star, octagon, frame, special];

/** Lines on a sheet of paper, the regions between them labelled: papers/002, figure 2. */
import { scaleLinear } from "d3-scale";
import {
  type Arrangement,
  type Region,
  type Sheet,
  type SheetPoint,
  sheetLines,
  sheetOf,
  sheetPolygons,
  sheetSquare,
  shrunkSheet,
} from "../analysis/index.ts";
import { LonghandError } from "../errors.ts";
import { escaped, round, svgDocument } from "./svg.ts";

export interface RegionsOptions {
  readonly title: string;
  /** A line under the title. Default: none. */
  readonly subtitle?: string;
  /** Labels of the regions that are shaded. Default: none. */
  readonly shaded?: readonly string[];
}

/** Pictures with more regions are no longer looked at. */
const MOST_REGIONS = 20_000;
/** More lines than this have their number at one end alone. */
const MOST_AT_BOTH = 12;

const side = 560;
const margin = 20;
/** From the sheet's border to the middle of a line's number, the numbers of the axes, and inwards to what labels keep free. */
const away = { number: 15, tick: 34, label: 24 };
/** Pixels: of labels. Smaller ones are left out; the region tells its label when it is pointed at. */
const sizes = { largest: 19, least: 6 };

const style = `
  .regions text { font: 13px system-ui, sans-serif; fill: var(--ink); text-anchor: middle; }
  .regions .title { font-weight: 600; font-size: 16px; text-anchor: start; }
  .regions .note { fill: var(--faint); text-anchor: start; }
  .regions .tick { font-size: 11px; fill: var(--faint); font-variant-numeric: tabular-nums; }
  .regions .ground, .regions .region { fill: var(--ground); }
  .regions .shaded { fill: var(--shade); }
  .regions .line { stroke: var(--ink); stroke-width: 1.6; fill: none; }
  .regions .side { stroke: var(--number); stroke-width: 1.6; fill: none; }
  .regions .tip { fill: var(--number); }
  .regions .border { fill: none; stroke: var(--faint); stroke-width: 1; }
  .regions .axis { stroke: var(--faint); stroke-width: 1; }
  .regions .number { font-weight: 600; fill: var(--number); }
  .regions .label { font-weight: 600; }`;

const colours = [
  ["shade", "#c8cdd3", "#4d555e"],
  ["number", "#0550ae", "#79c0ff"],
] as const;

/**
 * Draws lines and the regions between them on a sheet on which all crossings are seen. Each region carries its label; each line
 * its number, from 1, at its ends, with an arrow to its positive side, where its unit is on.
 * @param regions of the arrangement, all of them.
 * @returns an SVG document that needs nothing else; it follows the reader's choice of a light or a dark page.
 * @throws LonghandError `argument` for hyperplanes that aren't lines, or more than 20,000 regions.
 */
export function regionsPicture(
  arrangement: Arrangement,
  regions: readonly Region[],
  { title, subtitle, shaded = [] }: RegionsOptions,
): string {
  if (regions.length > MOST_REGIONS) {
    throw new LonghandError(
      "argument",
      `regions: received ${regions.length}, expected at most ${MOST_REGIONS}: more aren't seen`,
    );
  }
  const sheet = sheetOf(arrangement);
  const polygonOf = sheetPolygons(arrangement, sheet);
  const innerOf = sheetPolygons(arrangement, shrunkSheet(sheet, 1 - (2 * away.label) / side));
  const top = margin + (subtitle === undefined ? 24 : 46) + away.number + 14;
  const left = margin + away.tick + 26;
  const [x, y] = scalesOf(sheet, left, top);
  const parts = [`<text class="title" x="${margin}" y="${margin + 14}">${escaped(title)}</text>`];
  if (subtitle !== undefined) {
    parts.push(`<text class="note" x="${margin}" y="${margin + 36}">${escaped(subtitle)}</text>`);
  }
  const marked = new Set(shaded);
  const labels: string[] = [];
  for (const region of regions) {
    const corners = polygonOf(region.signs).map(([u, v]): SheetPoint => [x(u), y(v)]);
    if (corners.length < 3) continue;
    const path = corners.map(([u, v]) => `${round(u)} ${round(v)}`).join("L");
    parts.push(
      `<path class="region${marked.has(region.label) ? " shaded" : ""}" d="M${path}Z"><title>${escaped(toldOf(region))}</title></path>`,
    );
    // Away from the border, where the lines' arrows are, if there is room.
    const inner = innerOf(region.signs).map(([u, v]): SheetPoint => [x(u), y(v)]);
    const fitting = [inner, corners].filter(({ length }) => length > 2).map(inscribed);
    const { centre, radius } = fitting.find((circle) => circle.radius > sizes.largest / 3) ?? fitting.at(-1)!;
    const size = Math.min(sizes.largest, (1.5 * radius) / Math.max(1, 0.62 * region.label.length));
    if (size < sizes.least) continue;
    labels.push(
      `<text class="label" style="font-size: ${round(size, 1)}px" x="${round(centre[0])}" y="${round(centre[1] + 0.35 * size)}">${region.label}</text>`,
    );
  }
  const box = { left, top, right: left + side, bottom: top + side };
  const lines = sheetLines(arrangement, sheet).map(({ number, ends, positive: [right, up] }) => {
    const [from, to] = ends.map(([u, v]): SheetPoint => [x(u), y(v)]) as [SheetPoint, SheetPoint];
    return { number, ends: [from, to], positive: [right, -up] as const };
  });
  for (const { ends } of lines) {
    const [from, to] = ends as [SheetPoint, SheetPoint];
    parts.push(`<path class="line" d="M${round(from[0])} ${round(from[1])}L${round(to[0])} ${round(to[1])}"/>`);
  }
  parts.push(`<rect class="border" x="${left}" y="${top}" width="${side}" height="${side}"/>`);
  parts.push(...axes(x, y, box));
  const placed: SheetPoint[] = [];
  for (const { ends, positive } of lines) {
    for (const [end, other] of [ends, ends.toReversed()].slice(0, lines.length > MOST_AT_BOTH ? 1 : 2)) {
      parts.push(...arrow(end!, other!, positive));
      const at = outside(end!, box);
      if (placed.some((before) => Math.hypot(before[0] - at[0], before[1] - at[1]) < 15)) continue;
      placed.push(at);
      const here = lines.filter((line) => line.ends.some((one) => Math.hypot(one[0] - end![0], one[1] - end![1]) < 1));
      const numbers = here.map(({ number }) => number).join(", ");
      parts.push(`<text class="number" x="${round(at[0])}" y="${round(at[1] + 4.5)}">${numbers}</text>`);
    }
  }
  parts.push(...labels);
  const note = "arrows: the side where a line's unit is on";
  parts.push(`<text class="note" x="${left}" y="${box.bottom + away.tick + 24}">${note}</text>`);
  const bounded = regions.filter(({ isBounded }) => isBounded).length;
  const description = [
    `${lines.length} lines, ${regions.length} regions, ${bounded} of them bounded.`,
    ...(marked.size > 0 ? [`Shaded: ${shaded.join(", ")}.`] : []),
  ].join(" ");
  const texts = Math.max(9 * title.length, 6.6 * (subtitle?.length ?? 0));
  const width = Math.max(box.right + margin + away.number + 10, 2 * margin + texts);
  const height = box.bottom + away.tick + 24 + margin;
  return svgDocument({ kind: "regions", width: Math.ceil(width), height, title, description, style, colours, parts });
}

function scalesOf(sheet: Sheet, left: number, top: number) {
  const { x, y, half } = sheetSquare(sheet);
  return [
    scaleLinear([x - half, x + half], [left, left + side]),
    scaleLinear([y - half, y + half], [top + side, top]),
  ] as const;
}

function toldOf({ label, signs, isBounded }: Region): string {
  const on = [...signs].flatMap((sign, k) => (sign === "+" ? [k + 1] : []));
  const units = on.length === 0 ? "no unit on" : `on: ${on.join(", ")}`;
  return `${label}: ${units}${isBounded ? "" : "; unbounded"}`;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Beside the border, from a point on it. */
function outside([x, y]: SheetPoint, { left, top, right, bottom }: Box): SheetPoint {
  const near = 1e-6 * side;
  const dx = x < left + near ? -1 : x > right - near ? 1 : 0;
  const dy = y < top + near ? -1 : y > bottom - near ? 1 : 0;
  return [x + dx * away.number, y + dy * away.number];
}

/** From a line, near its end, to its positive side. */
function arrow(end: SheetPoint, other: SheetPoint, [dx, dy]: SheetPoint): string[] {
  const length = Math.hypot(other[0] - end[0], other[1] - end[1]);
  const inwards = Math.min(14, length / 3) / length;
  const [x, y] = [end[0] + inwards * (other[0] - end[0]), end[1] + inwards * (other[1] - end[1])];
  const at = (ahead: number, aside: number) =>
    `${round(x + ahead * dx - aside * dy)} ${round(y + ahead * dy + aside * dx)}`;
  return [
    `<path class="side" d="M${at(0, 0)}L${at(9, 0)}"/>`,
    `<path class="tip" d="M${at(14, 0)}L${at(7, 3.5)}L${at(7, -3.5)}Z"/>`,
  ];
}

function axes(
  x: ReturnType<typeof scaleLinear<number>>,
  y: ReturnType<typeof scaleLinear<number>>,
  box: Box,
): string[] {
  const parts: string[] = [];
  const format = { x: x.tickFormat(6), y: y.tickFormat(6) };
  for (const value of x.ticks(6)) {
    const at = round(x(value));
    parts.push(`<path class="axis" d="M${at} ${box.bottom}v-5"/>`);
    parts.push(`<text class="tick" x="${at}" y="${box.bottom + away.tick}">${format.x(value)}</text>`);
  }
  for (const value of y.ticks(6)) {
    const at = round(y(value));
    parts.push(`<path class="axis" d="M${box.left} ${at}h5"/>`);
    parts.push(
      `<text class="tick" style="text-anchor: end" x="${box.left - away.tick + 6}" y="${at + 4}">${format.y(value)}</text>`,
    );
  }
  parts.push(`<text class="tick" x="${box.right + away.number}" y="${box.bottom + away.tick}">x₁</text>`);
  parts.push(
    `<text class="tick" style="text-anchor: end" x="${box.left - away.tick}" y="${box.top - away.number + 4}">x₂</text>`,
  );
  return parts;
}

/** The largest circle in a convex polygon: its middle is as far as can be from the nearest side. */
function inscribed(corners: readonly SheetPoint[]): { centre: SheetPoint; radius: number } {
  const sides = corners.flatMap((corner, k) => {
    const before = corners.at(k - 1)!;
    const [dx, dy] = [corner[0] - before[0], corner[1] - before[1]];
    const length = Math.hypot(dx, dy);
    return length < 1e-9 ? [] : [{ x: before[0], y: before[1], dx: dx / length, dy: dy / length }];
  });
  const signed = (x: number, y: number) => sides.map((one) => (x - one.x) * one.dy - (y - one.y) * one.dx);
  const [u, v] = [0, 1].map((axis) => corners.reduce((sum, c) => sum + c[axis as 0 | 1], 0) / corners.length);
  const turn = signed(u!, v!).every((distance) => distance >= 0) ? 1 : -1;
  const room = (x: number, y: number) => Math.min(...signed(x, y).map((distance) => turn * distance));
  const range = (axis: 0 | 1): SheetPoint => {
    const values = corners.map((corner) => corner[axis]);
    return [Math.min(...values), Math.max(...values)];
  };
  const bestY = (x: number) => highest(range(1), (y) => room(x, y));
  const x = highest(range(0), (at) => room(at, bestY(at)));
  return { centre: [x, bestY(x)], radius: room(x, bestY(x)) };
}

/** Where a concave function is greatest, by thirds. */
function highest([low, high]: SheetPoint, value: (at: number) => number): number {
  let [from, to] = [low, high];
  for (let step = 0; step < 24; step++) {
    const third = (to - from) / 3;
    if (value(from + third) < value(to - third)) from += third;
    else to -= third;
  }
  return (from + to) / 2;
}

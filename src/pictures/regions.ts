/** Lines on a sheet of paper, the regions between them labelled: papers/002, figure 2. */
import { scaleLinear } from "d3-scale";
import {
  type Arrangement,
  middleOf,
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
  /** Labels of the regions that are struck out, as a network's mistakes. Default: none. */
  readonly wrong?: readonly string[];
  /** Default: one on which all crossings are seen. Of lines and regions beyond it nothing is drawn. */
  readonly sheet?: Sheet;
}

/** Where the sheet lies in its picture, in pixels: a square. */
export interface RegionsFrame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly side: number;
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
  .regions .wrong { stroke: var(--wrong); stroke-width: 2; fill: none; }
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
  ["wrong", "#a40e26", "#ff9492"],
] as const;

/** Where the sheet of `regionsPicture` lies, for what is to be laid over it. */
export function regionsFrame({ title, subtitle }: Pick<RegionsOptions, "title" | "subtitle">): RegionsFrame {
  const top = margin + (subtitle === undefined ? 24 : 46) + away.number + 14;
  const left = margin + away.tick + 26;
  const texts = Math.max(9 * title.length, 6.6 * (subtitle?.length ?? 0));
  const width = Math.ceil(Math.max(left + side + margin + away.number + 10, 2 * margin + texts));
  return { width, height: top + side + away.tick + 24 + margin, left, top, side };
}

/**
 * Draws lines and the regions between them on a sheet on which all crossings are seen. Each region carries its label; each line
 * its number, from 1, at its ends, with an arrow to its positive side, where its unit is on. Regions and lines can be found by
 * their `data-region`, the label, and `data-line`, the number.
 * @param regions of the arrangement, all of them.
 * @returns an SVG document that needs nothing else; it follows the reader's choice of a light or a dark page.
 * @throws LonghandError `argument` for hyperplanes that aren't lines, or more than 20,000 regions.
 */
export function regionsPicture(arrangement: Arrangement, regions: readonly Region[], options: RegionsOptions): string {
  if (regions.length > MOST_REGIONS) {
    throw new LonghandError(
      "argument",
      `regions: received ${regions.length}, expected at most ${MOST_REGIONS}: more aren't seen`,
    );
  }
  const { title, subtitle, shaded = [], wrong = [], sheet = sheetOf(arrangement) } = options;
  const polygonOf = sheetPolygons(arrangement, sheet);
  const innerOf = sheetPolygons(arrangement, shrunkSheet(sheet, 1 - (2 * away.label) / side));
  const { width, height, left, top } = regionsFrame(options);
  const [x, y] = scalesOf(sheet, left, top);
  const parts = [`<text class="title" x="${margin}" y="${margin + 14}">${escaped(title)}</text>`];
  if (subtitle !== undefined) {
    parts.push(`<text class="note" x="${margin}" y="${margin + 36}">${escaped(subtitle)}</text>`);
  }
  const marked = new Set(shaded);
  const struck = new Set(wrong);
  const labels: string[] = [];
  for (const region of regions) {
    const corners = polygonOf(region.signs).map(([u, v]): SheetPoint => [x(u), y(v)]);
    if (corners.length < 3) continue;
    const path = corners.map(([u, v]) => `${round(u)} ${round(v)}`).join("L");
    parts.push(
      `<path class="region${marked.has(region.label) ? " shaded" : ""}" data-region="${region.label}" d="M${path}Z"><title>${escaped(toldOf(region))}</title></path>`,
    );
    // Away from the border, where the lines' arrows are, if there is room.
    const inner = innerOf(region.signs).map(([u, v]): SheetPoint => [x(u), y(v)]);
    const fitting = inner.length > 2 ? inscribed(inner) : undefined;
    const { centre, radius } = fitting && fitting.radius > sizes.largest / 3 ? fitting : inscribed(corners);
    if (struck.has(region.label)) labels.push(cross(centre, Math.min(16, 0.7 * radius)));
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
  for (const { number, ends } of lines) {
    const [from, to] = ends as [SheetPoint, SheetPoint];
    parts.push(
      `<path class="line" data-line="${number}" d="M${round(from[0])} ${round(from[1])}L${round(to[0])} ${round(to[1])}"/>`,
    );
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
    `${arrangement.hyperplanes.length} lines, ${regions.length} regions, ${bounded} of them bounded.`,
    ...(marked.size > 0 ? [`Shaded: ${shaded.join(", ")}.`] : []),
    ...(struck.size > 0 ? [`Struck out: ${wrong.join(", ")}.`] : []),
  ].join(" ");
  return svgDocument({ kind: "regions", width, height, title, description, style, colours, parts });
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

/** Two strokes through what is wrong. */
function cross([x, y]: SheetPoint, size: number): string {
  const [left, right, up, down] = [x - size, x + size, y - size, y + size].map((at) => round(at));
  return `<path class="wrong" d="M${left} ${up}L${right} ${down}M${left} ${down}L${right} ${up}"/>`;
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

/** A side of a convex polygon: its distance from a point is x·dx + y·dy − offset, positive inside. */
interface Side {
  readonly dx: number;
  readonly dy: number;
  readonly offset: number;
}

/**
 * The largest circle in a convex polygon: it touches three sides, so one of the circles that touch three of them is it. Where
 * several are as large, as between parallel sides, the mean of their middles.
 */
function inscribed(corners: readonly SheetPoint[]): { centre: SheetPoint; radius: number } {
  const sides = sidesOf(corners);
  let radius = 0;
  let centres: SheetPoint[] = [];
  sides.forEach((a, i) => {
    for (let j = i + 1; j < sides.length; j++) {
      for (let k = j + 1; k < sides.length; k++) {
        const at = equallyFar(a, sides[j]!, sides[k]!);
        if (!at) continue;
        const distance = at[0] * a.dx + at[1] * a.dy - a.offset;
        if (distance < radius - CLOSE) continue;
        if (sides.some(({ dx, dy, offset }) => at[0] * dx + at[1] * dy - offset < distance - CLOSE)) continue;
        if (distance > radius + CLOSE) centres = [];
        radius = Math.max(radius, distance);
        centres.push(at);
      }
    }
  });
  return { centre: middleOf(centres.length > 0 ? centres : corners), radius };
}

/** Pixels that aren't seen. */
const CLOSE = 1e-6;

function sidesOf(corners: readonly SheetPoint[]): Side[] {
  const [u, v] = middleOf(corners);
  return corners.flatMap(([x, y], k) => {
    const [before, above] = corners.at(k - 1)!;
    const length = Math.hypot(x - before, y - above);
    if (length < 1e-9) return [];
    const [dx, dy] = [(above - y) / length, (x - before) / length];
    const offset = x * dx + y * dy;
    return u * dx + v * dy >= offset ? [{ dx, dy, offset }] : [{ dx: -dx, dy: -dy, offset: -offset }];
  });
}

/** The point as far from three lines, on the positive side of all or of none of them. */
function equallyFar(a: Side, b: Side, c: Side): SheetPoint | undefined {
  const [p, q, s] = [b.dx - a.dx, b.dy - a.dy, b.offset - a.offset];
  const [t, w, z] = [c.dx - a.dx, c.dy - a.dy, c.offset - a.offset];
  const determinant = p * w - q * t;
  return Math.abs(determinant) < 1e-9 ? undefined : [(s * w - q * z) / determinant, (p * z - s * t) / determinant];
}

/** A table of numbers as a picture: a coloured cell for each, such as gradients by source and target step, or units by time. */
import { scaleLinear } from "d3-scale";
import { LonghandError } from "../errors.ts";
import { escaped, round, signColours, svgDocument } from "./svg.ts";

export interface HeatMapAxis {
  readonly label: string;
  /** Names of the columns or rows, in order. */
  readonly names: readonly string[];
}

export interface HeatMap {
  readonly title: string;
  /** A line under the title. Default: none. */
  readonly subtitle?: string;
  /** Columns, from the left. */
  readonly x: HeatMapAxis;
  /** Rows, from the top. */
  readonly y: HeatMapAxis;
  /** [rows][columns]; null where there is nothing. −Infinity and Infinity are drawn as the ends of the scale. */
  readonly values: readonly (readonly (number | null)[])[];
  /** What the colours mean: from `low` to `high`. Where `low` < 0 < `high` each sign has a colour and 0 has none; else `low` has none. */
  readonly scale: { readonly label: string; readonly low: number; readonly high: number };
  /** The most room that the cells take together, unless they become too small to be seen. Default: 560 × 420. */
  readonly size?: { readonly width: number; readonly height: number };
}

const margin = 20;
const letter = 7.2;
const defaultSize = { width: 560, height: 420 };
/** Width and height of a cell, at least and at most. */
const cell = { least: 3, most: 26 };
const MOST_CELLS = 40_000;
/** About as many values in the legend. */
const LEGEND_STEPS = 8;

const style = `
  .heat-map text { font: 13px system-ui, sans-serif; fill: var(--ink); }
  .heat-map .title { font-weight: 600; font-size: 16px; }
  .heat-map .note, .heat-map .tick { fill: var(--faint); }
  .heat-map .tick { font-size: 12px; font-variant-numeric: tabular-nums; }
  .heat-map .ground { fill: var(--ground); }
  .heat-map rect { shape-rendering: crispEdges; }
  .heat-map .frame { fill: none; stroke: var(--line); }
  .heat-map .nothing { fill: var(--line); opacity: 0.35; }
  .heat-map .more { fill: var(--more); }
  .heat-map .less { fill: var(--less); }`;

/**
 * Draws a heat map; each cell says its value when it is pointed at.
 * @returns an SVG document that needs nothing else; it follows the reader's choice of a light or a dark page.
 * @throws LonghandError `shape` for values that aren't as many as the names; `argument` for NaN, for a scale whose ends aren't
 *   finite and in order, and for more than 40,000 cells.
 */
export function heatMap(map: HeatMap): string {
  checkMap(map);
  const { title, subtitle, x, y, values, scale, size: plot = defaultSize } = map;
  const [columns, rows] = [x.names.length, y.names.length];
  const sizeFor = (space: number, count: number) => Math.min(cell.most, Math.max(cell.least, space / count));
  const width = round(sizeFor(plot.width, columns));
  const height = round(sizeFor(plot.height, rows));
  const widest = Math.ceil(Math.max(...y.names.map((name) => name.length)) * letter);
  const left = margin + 24 + widest + 8;
  const top = margin + (subtitle === undefined ? 34 : 56);
  const [right, bottom] = [left + columns * width, top + rows * height];
  const parts = [`<text class="title" x="${margin}" y="${margin + 14}">${escaped(title)}</text>`];
  if (subtitle !== undefined)
    parts.push(`<text class="note" x="${margin}" y="${margin + 36}">${escaped(subtitle)}</text>`);

  const nothing: string[] = [];
  values.forEach((row, r) => {
    row.forEach((value, c) => {
      if (value === null) {
        nothing.push(`M${round(left + c * width)} ${round(top + r * height)}h${width}v${height}h${-width}Z`);
        return;
      }
      const place = `x="${round(left + c * width)}" y="${round(top + r * height)}" width="${width}" height="${height}"`;
      const { kind, strength } = colourOf(value, scale);
      const names = escaped(`${x.label} ${x.names[c]}, ${y.label} ${y.names[r]}: ${shown(value)}`);
      parts.push(`<rect class="${kind}" ${place} fill-opacity="${strength}"><title>${names}</title></rect>`);
    });
  });
  if (nothing.length > 0) parts.push(`<path class="nothing" d="${nothing.join("")}"/>`);
  parts.push(
    `<rect class="frame" x="${left}" y="${top}" width="${round(columns * width)}" height="${round(rows * height)}"/>`,
  );
  const every = (count: number, size: number, needed: number) => niceStep(Math.ceil(needed / size), count);
  const widestX = Math.max(...x.names.map((name) => name.length)) * letter + 8;
  for (let c = 0; c < columns; c += every(columns, width, widestX)) {
    const at = round(left + (c + 0.5) * width);
    parts.push(
      `<text class="tick" x="${at}" y="${round(bottom + 17)}" text-anchor="middle">${escaped(x.names[c]!)}</text>`,
    );
  }
  for (let r = 0; r < rows; r += every(rows, height, 14)) {
    const at = round(top + (r + 0.5) * height + 4);
    parts.push(`<text class="tick" x="${left - 8}" y="${at}" text-anchor="end">${escaped(y.names[r]!)}</text>`);
  }
  parts.push(
    `<text x="${round((left + right) / 2)}" y="${round(bottom + 38)}" text-anchor="middle">${escaped(x.label)}</text>`,
  );
  const middle = round((top + bottom) / 2);
  parts.push(
    `<text transform="translate(${margin + 12} ${middle}) rotate(-90)" text-anchor="middle">${escaped(y.label)}</text>`,
  );

  const legend = legendOf(scale, right + 28, top);
  parts.push(...legend.parts);
  return svgDocument({
    kind: "heat-map",
    width: Math.ceil(
      Math.max(right + 28 + legend.width, 2 * margin + 9 * title.length, 2 * margin + 7 * (subtitle?.length ?? 0)) +
        margin,
    ),
    height: Math.ceil(Math.max(bottom + 38, legend.bottom) + margin),
    title,
    description: `${scale.label}, by ${x.label} (${x.names[0]} to ${x.names.at(-1)}) and ${y.label} (${y.names[0]} to ${y.names.at(-1)}).`,
    style,
    colours: signColours,
    parts,
  });
}

/** The colour of a value and how strong it is, from 0 to 1. */
export function colourOf(value: number, { low, high }: HeatMap["scale"]): { kind: "more" | "less"; strength: number } {
  const isTwoSided = low < 0 && high > 0;
  const zero = isTwoSided ? 0 : low;
  const share = value >= zero ? (value - zero) / (high - zero) : (value - zero) / (low - zero);
  const strength = round(Math.min(1, Math.max(0, share)), 3);
  return { kind: value < zero && isTwoSided ? "less" : "more", strength };
}

function legendOf(scale: HeatMap["scale"], left: number, top: number) {
  const { low, high, label } = scale;
  const parts = [`<text class="note" x="${left}" y="${top + 4}">${escaped(label)}</text>`];
  let y = top + 16;
  const ticks = scaleLinear().domain([low, high]).ticks(LEGEND_STEPS);
  for (const value of ticks.reverse()) {
    const { kind, strength } = colourOf(value, scale);
    parts.push(`<rect class="${kind}" x="${left}" y="${y}" width="22" height="18" fill-opacity="${strength}"/>`);
    parts.push(`<rect class="frame" x="${left}" y="${y}" width="22" height="18"/>`);
    parts.push(`<text class="tick" x="${left + 30}" y="${y + 13}">${escaped(shown(value))}</text>`);
    y += 18;
  }
  return { parts, width: Math.max(label.length * letter, 80), bottom: y };
}

const shown = (value: number) =>
  (Number.isFinite(value) ? String(Number(value.toPrecision(3))) : value < 0 ? "−∞" : "∞").replace("-", "−");

/** The least of 1, 2, 5, 10, 20, … that is at least as large; all where there is one name only. */
function niceStep(least: number, count: number): number {
  for (let power = 1; power < count; power *= 10) {
    for (const step of [power, 2 * power, 5 * power]) if (step >= least) return step;
  }
  return Math.max(1, count);
}

function checkMap({ x, y, values, scale }: HeatMap): void {
  const cells = x.names.length * y.names.length;
  if (cells === 0 || cells > MOST_CELLS) {
    throw new LonghandError("argument", `heat map: ${cells} cells; expected 1 to ${MOST_CELLS}`);
  }
  const bad = values.findIndex((row) => row.length !== x.names.length);
  if (values.length !== y.names.length || bad >= 0) {
    const received = bad >= 0 ? `row ${bad} has ${values[bad]!.length} values` : `${values.length} rows`;
    throw new LonghandError(
      "shape",
      `heat map: ${received}; expected ${y.names.length} rows of ${x.names.length} values`,
    );
  }
  if (values.some((row) => row.some((value) => Number.isNaN(value)))) {
    throw new LonghandError("argument", "heat map: a value is NaN; expected numbers, or null where there is none");
  }
  if (!(scale.low < scale.high && Number.isFinite(scale.high - scale.low))) {
    throw new LonghandError(
      "argument",
      `heat map: the scale is ${scale.low} to ${scale.high}; expected two numbers, the lower first`,
    );
  }
}

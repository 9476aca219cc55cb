/** Learning curves as a picture: of each series its runs, their mean, and the band from the least to the greatest. */
import { scaleLinear, scaleLog } from "d3-scale";
import { LonghandError } from "../errors.ts";
import { escaped, round, svgDocument } from "./svg.ts";

/** Points of one run. A y that isn't finite is a gap; on a logarithmic axis so is one that isn't positive. */
export interface CurveRun {
  /** Finite and increasing. */
  readonly x: ArrayLike<number>;
  /** As many as x. */
  readonly y: ArrayLike<number>;
}

export interface CurveSeries {
  readonly name: string;
  /** One a seed. */
  readonly runs: readonly CurveRun[];
}

export interface CurveAxis {
  readonly label: string;
  /** Default "linear". */
  readonly scale?: "linear" | "log";
  /** What the axis shows; curves end at its borders. Default: what the data needs. */
  readonly domain?: readonly [low: number, high: number];
}

export interface Curves {
  readonly title: string;
  readonly x: CurveAxis;
  readonly y: CurveAxis;
  readonly series: readonly CurveSeries[];
  /** What the bold line of several runs is. Default "mean". */
  readonly middle?: Middle;
  /** What a run is called. Default "run". */
  readonly run?: string;
  /** Values of x that are pointed out by a line across, such as a setting in force. Default: none. */
  readonly marks?: readonly CurveMark[];
  /** Of the area that the axes enclose. Default: 600 × 320. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Where the names of the series stand. Default "right". */
  readonly legend?: "right" | "below";
}

export interface CurveMark {
  /** Within the axis' domain, else it isn't drawn. */
  readonly x: number;
  readonly label: string;
}

export type Middle = "mean" | "median";

/** Middle, least and greatest of a series' runs at the x that all of them have. */
export interface Summary {
  readonly x: readonly number[];
  /** The mean, or the median where that is asked for; NaN where a run has a gap. */
  readonly middle: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

const top = 56;
const defaultSize = { width: 600, height: 320 };
const margin = 20;
const letter = 7;
/** Radius of a point that stands alone. */
const dot = { run: 2, mean: 3.5 };

/** Told apart without red and green (after Okabe and Ito, 2008, darkened where they stand on white). */
export const palette = [
  ["series0", "#0072b2", "#56b4e9"],
  ["series1", "#c44f00", "#ff9d5c"],
  ["series2", "#00805d", "#2fd3a5"],
  ["series3", "#a8457f", "#e79fc8"],
  ["series4", "#8a6a00", "#f0e442"],
  ["series5", "#4b4b4b", "#c9c9c9"],
] as const;

/** Series beyond the palette take its colours again with other dashes. */
const dashes = ["", "7 5", "2 5", "10 4 2 4"];

const style = `
  .curves text { font: 13px system-ui, sans-serif; fill: var(--ink); }
  .curves .title { font-weight: 600; font-size: 16px; }
  .curves .note, .curves .tick { fill: var(--faint); }
  .curves .tick { font-size: 12px; font-variant-numeric: tabular-nums; }
  .curves .ground { fill: var(--ground); }
  .curves .grid { stroke: var(--line); stroke-width: 1; }
  .curves .axis { stroke: var(--faint); stroke-width: 1; }
  .curves .band { opacity: 0.18; }
  .curves .run { fill: none; stroke-width: 1; opacity: 0.45; }
  .curves .run-dot { opacity: 0.45; }
  .curves .mark path { fill: none; stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 4 3; }
  .curves .mark text { font-size: 12px; }
  .curves .plot { fill: transparent; }
  .curves .mean { fill: none; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round; }`;

/**
 * Draws learning curves. The mean and the band stand at the x that all runs of a series have, so that no run drops out of
 * them unseen; each run is drawn as a thin line as far as it goes.
 * @returns an SVG document that needs nothing else; it follows the reader's choice of a light or a dark page.
 * @throws LonghandError `shape` for a run with other numbers of x and y, `argument` for x that don't increase, a domain
 * that its axis can't show, or nothing to draw.
 */
export function curvesPicture(curves: Curves): string {
  checkCurves(curves);
  const { title, series, middle: kind = "mean", run: noun = "run", marks = [], legend = "right" } = curves;
  const plot = { top, ...(curves.size ?? defaultSize) };
  const isShown = (axis: CurveAxis) => (value: number) => Number.isFinite(value) && (axis.scale !== "log" || value > 0);
  const isX = isShown(curves.x);
  const isY = isShown(curves.y);
  const points = series.flatMap(({ runs }) => runs.flatMap(pointsOf)).filter(([x, y]) => isX(x) && isY(y));
  if (points.length === 0) throw new LonghandError("argument", "curves: no series has a point that the axes can show");
  const y = axisOf(
    curves.y,
    points.map((point) => point[1]),
    true,
  ).range([plot.top + plot.height, plot.top]);
  const yTicks = ticksOf(y, curves.y, Math.min(6, Math.ceil(plot.height / 40)));
  const left = margin + 22 + Math.ceil(Math.max(...yTicks.map(({ text }) => text.length)) * letter) + 8;
  const x = axisOf(
    curves.x,
    points.map((point) => point[0]),
    false,
  ).range([left, left + plot.width]);
  const xTicks = ticksOf(x, curves.x, Math.min(7, Math.ceil(plot.width / 70)));
  const right = left + plot.width;
  const bottom = plot.top + plot.height;

  const parts = [`<text class="title" x="${margin}" y="${margin + 14}">${escaped(title)}</text>`];
  for (const { value, text } of yTicks) {
    const at = round(y(value));
    parts.push(`<path class="grid" d="M${left} ${at}H${right}"/>`);
    parts.push(`<text class="tick" x="${left - 8}" y="${round(at + 4)}" text-anchor="end">${escaped(text)}</text>`);
  }
  for (const { value, text } of xTicks) {
    const at = round(x(value));
    parts.push(`<path class="axis" d="M${at} ${bottom}v5"/>`);
    parts.push(`<text class="tick" x="${at}" y="${bottom + 19}" text-anchor="middle">${escaped(text)}</text>`);
  }
  parts.push(`<path class="axis" d="M${left} ${bottom}H${right}"/>`);
  parts.push(
    `<text x="${left + plot.width / 2}" y="${bottom + 42}" text-anchor="middle">${escaped(curves.x.label)}</text>`,
  );
  const middle = plot.top + plot.height / 2;
  parts.push(
    `<text transform="translate(${margin + 12} ${middle}) rotate(-90)" text-anchor="middle">${escaped(curves.y.label)}</text>`,
  );

  // A drawing of its own cuts off what lies outside of the domains; two pixels more let whole lines stand on its border.
  const box = `${left - 2} ${plot.top - 2} ${plot.width + 4} ${plot.height + 4}`;
  const [boxX, boxY, boxWidth, boxHeight] = box.split(" ");
  parts.push(`<svg x="${boxX}" y="${boxY}" width="${boxWidth}" height="${boxHeight}" viewBox="${box}">`);
  const place = ([px, py]: Point): Point | undefined => (isX(px) && isY(py) ? [round(x(px)), round(y(py))] : undefined);
  const summaries = series.map(({ runs }) => summarize(runs, kind));
  series.forEach(({ runs }, k) => {
    const summary = summaries[k]!;
    const at = (values: readonly number[]) => summary.x.map((px, i) => place([px, values[i]!]));
    if (runs.length > 1) {
      const area = areaOf(at(summary.low), at(summary.high));
      if (area !== "") parts.push(`<path class="band" ${fillOf(k)} d="${area}"/>`);
      for (const run of runs) parts.push(...lineOf("run", k, pointsOf(run).map(place)));
    }
    parts.push(...lineOf("mean", k, at(summary.middle)));
  });
  parts.push("</svg>");
  const [from, to] = x.domain() as [number, number];
  for (const { x: at, label } of marks.filter((mark) => mark.x >= from && mark.x <= to)) {
    const place = round(x(at));
    const anchor =
      place > right - letter * label.length ? "end" : place < left + letter * label.length ? "start" : "middle";
    parts.push(
      `<g class="mark"><path d="M${place} ${plot.top}V${bottom}"/><text x="${place}" y="${plot.top - 6}" text-anchor="${anchor}">${escaped(label)}</text></g>`,
    );
  }
  // What a page listens to: the area with what its left and right border stand for.
  parts.push(
    `<rect class="plot" x="${left}" y="${plot.top}" width="${plot.width}" height="${plot.height}" data-from="${from}" data-to="${to}"/>`,
  );

  const legendX = legend === "right" ? right + 20 : left;
  let legendY = legend === "right" ? plot.top + 6 : bottom + 66;
  const names = series.map(({ name, runs }) => (runs.length > 1 ? `${name} (${runs.length} ${noun}s)` : name));
  names.forEach((name, k) => {
    parts.push(`<path class="mean" ${strokeOf(k)} d="M${legendX} ${legendY}h24"/>`);
    parts.push(`<text x="${legendX + 32}" y="${legendY + 4.5}">${escaped(name)}</text>`);
    legendY += 22;
  });
  const key = series.some(({ runs }) => runs.length > 1)
    ? [`bold: ${kind}`, "band: least to greatest", `thin: each ${noun}`]
    : [];
  for (const text of key) {
    parts.push(`<text class="note" x="${legendX}" y="${legendY + 12}">${text}</text>`);
    legendY += 18;
  }
  const widest = Math.max(
    ...names.map((name) => 32 + name.length * letter),
    ...key.map((text) => text.length * letter),
  );
  const description = [
    `${curves.y.label} by ${curves.x.label}.`,
    ...series.map(
      ({ name, runs }, k) => `${name}: ${lastOf(summaries[k]!, `${kind} of ${runs.length} ${noun}s`, runs.length)}.`,
    ),
  ].join(" ");
  return svgDocument({
    kind: "curves",
    width: Math.max(Math.ceil(Math.max(legendX + widest, right) + margin), 2 * margin + 9 * title.length),
    height: Math.max(bottom + 42 + margin, legendY + (legend === "right" ? margin : 0)),
    title,
    description,
    style,
    colours: palette,
    parts,
  });
}

type Point = readonly [x: number, y: number];

function pointsOf({ x, y }: CurveRun): Point[] {
  return Array.from(x, (value, k) => [value, y[k]!]);
}

/** Middle, least and greatest of runs at the x that all of them have. */
export function summarize(runs: readonly CurveRun[], middle: Middle = "mean"): Summary {
  const [first, ...others] = runs.map((run) => new Map(pointsOf(run)));
  const x = [...(first?.keys() ?? [])].filter((value) => others.every((run) => run.has(value)));
  const values = x.map((value) => [first!, ...others].map((run) => run.get(value)!));
  const of = (statistic: (values: readonly number[]) => number) =>
    values.map((list) => (list.every(Number.isFinite) ? statistic(list) : Number.NaN));
  return {
    x,
    middle: of(middle === "mean" ? meanOf : medianOf),
    low: of((list) => Math.min(...list)),
    high: of((list) => Math.max(...list)),
  };
}

const meanOf = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;

function medianOf(list: readonly number[]): number {
  const sorted = list.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}

/** The stretches between gaps. */
function stretches<T>(points: readonly (T | undefined)[]): T[][] {
  const found: T[][] = [[]];
  for (const point of points) {
    if (point !== undefined) found.at(-1)!.push(point);
    else if (found.at(-1)!.length > 0) found.push([]);
  }
  return found.filter((stretch) => stretch.length > 0);
}

/** A line through points, broken at gaps; a point between two gaps is a dot. */
function lineOf(kind: "run" | "mean", series: number, points: readonly (Point | undefined)[]): string[] {
  return stretches(points).map((stretch) => {
    const [[x, y]] = stretch as [Point];
    if (stretch.length === 1)
      return `<circle class="${kind}-dot" ${fillOf(series)} cx="${x}" cy="${y}" r="${dot[kind]}"/>`;
    return `<path class="${kind}" ${strokeOf(series)} d="${pathOf(stretch)}"/>`;
  });
}

function pathOf(points: readonly Point[]): string {
  return `M${points.map((point) => point.join(" ")).join("L")}`;
}

/** The area between two lines, broken at gaps of either. */
function areaOf(low: readonly (Point | undefined)[], high: readonly (Point | undefined)[]): string {
  return stretches(low.map((point, k) => (point && high[k] ? ([point, high[k]] as const) : undefined)))
    .map((stretch) => [...stretch.map((pair) => pair[0]), ...stretch.map((pair) => pair[1]).reverse()])
    .map((outline) => `${pathOf(outline)}Z`)
    .join("");
}

/** The scale of an axis; without a domain it spans the values, out to round numbers where `isNice`. */
function axisOf({ scale, domain }: CurveAxis, values: readonly number[], isNice: boolean) {
  const axis = scale === "log" ? scaleLog() : scaleLinear();
  if (domain) return axis.domain(domain);
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  if (low < high) return isNice ? axis.domain([low, high]).nice() : axis.domain([low, high]);
  return axis.domain(
    scale === "log" ? [low / 2, low * 2] : [low - (Math.abs(low) / 2 || 1), low + (Math.abs(low) / 2 || 1)],
  );
}

/** The places on an axis that have a text. */
function ticksOf(axis: ReturnType<typeof axisOf>, { scale }: CurveAxis, count: number) {
  const format = axis.tickFormat(count, scale === "log" ? ",~g" : undefined);
  const ticks = axis.ticks(count).map((value) => ({ value, text: format(value) }));
  return ticks.filter(({ text }) => text !== "");
}

function strokeOf(series: number): string {
  const dash = dashes[Math.floor(series / palette.length) % dashes.length]!;
  return `stroke="var(--series${series % palette.length})"${dash === "" ? "" : ` stroke-dasharray="${dash}"`}`;
}

function fillOf(series: number): string {
  return `fill="var(--series${series % palette.length})"`;
}

/** Where a series ends, in words. @param what the middle of several runs is: "mean of 8 runs". */
function lastOf({ x, middle, low, high }: Summary, what: string, runs: number): string {
  const last = middle.findLastIndex(Number.isFinite);
  if (last < 0) return runs > 1 ? `${runs} runs, at no x all of them finite` : "no finite value";
  const number = (values: readonly number[]) => `${Number(values[last]!.toPrecision(4))}`;
  const range = runs > 1 ? ` (${what}, ${number(low)} to ${number(high)})` : "";
  return `${number(middle)}${range} at ${number(x)}`;
}

function checkCurves({ x, y, series }: Curves): void {
  for (const [name, { scale, domain }] of [["x", x] as const, ["y", y] as const]) {
    if (!domain) continue;
    const [low, high] = domain;
    if (!(low < high && Number.isFinite(high - low)) || (scale === "log" && low <= 0)) {
      const expected = scale === "log" ? "two positive numbers" : "two numbers";
      throw new LonghandError(
        "argument",
        `curves: domain of ${name} is [${low}, ${high}]; expected ${expected}, the lower first`,
      );
    }
  }
  for (const { name, runs } of series) {
    runs.forEach((run, k) => {
      if (run.x.length !== run.y.length) {
        throw new LonghandError(
          "shape",
          `curves: run ${k} of "${name}" has ${run.x.length} x and ${run.y.length} y; expected as many`,
        );
      }
      for (let i = 0; i < run.x.length; i++) {
        if (Number.isFinite(run.x[i]) && (i === 0 || run.x[i]! > run.x[i - 1]!)) continue;
        const before = i === 0 ? "" : ` after ${run.x[i - 1]}`;
        throw new LonghandError(
          "argument",
          `curves: run ${k} of "${name}" has x ${run.x[i]}${before} at ${i}; expected finite numbers that increase`,
        );
      }
    });
  }
}

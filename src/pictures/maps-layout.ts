/** Where everything stands in the picture of a state's maps, in pixels: the same for pixels and for SVG. */
import { LonghandError } from "../errors.ts";
import type { ColourMap } from "./colours.ts";
import { advance, dotsWide, glyph } from "./font.ts";

/** How many positions a map's gate moves the state in a step: 1 to the right, so that it comes from the left. */
export type Direction = -1 | 0 | 1;

/** All values of a network's state (or of a gate) while it works on one input. */
export interface MapsTrace {
  readonly task: string;
  /** Names of the symbols, one a position. */
  readonly input: readonly string[];
  readonly answer: readonly string[];
  /** What the answer should be; wrong symbols are marked. Default: unknown, nothing is marked. */
  readonly exact?: readonly string[];
  /** [time + 1][length][maps], row-major; at time 0 stands the embedded input. */
  readonly values: Float32Array;
  /** Steps. */
  readonly time: number;
  /** Positions. */
  readonly length: number;
  readonly maps: number;
  /** One a map. */
  readonly directions: readonly Direction[];
  /** What the first and the last colour stand for: [-1, 1] for states, [0, 1] for gates. Values outside get those colours. */
  readonly range: readonly [low: number, high: number];
}

export interface MapsOptions {
  /** Default: the task's name. */
  readonly title?: string;
  /** Which maps, numbered from 0. They are grouped by direction and keep this order within a group. Default: all. */
  readonly maps?: readonly number[];
  /** Maps in a row, at least 1. Maps that fit a single row stand in one. Default: up to 6 maps in a row, else the largest group's number, at most 16. */
  readonly columns?: number;
  /** Pixels a value, 1 to 64. Default: as many as make a row about 1,400 pixels wide, at most 16. */
  readonly scale?: number;
  /** Default: `diverging` for a range of both signs, else `sequential`. */
  readonly colours?: ColourMap;
}

/** A rectangle of pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where one map stands: `length` × `scale` pixels wide, (`time` + 1) × `scale` tall. */
export interface MapsTile extends Box {
  readonly map: number;
  readonly direction: Direction;
}

/** A text; (x, y) is its upper left corner as `zoom` × `zoom` pixels a dot of the bitmap font. */
export interface Label {
  readonly kind: "title" | "heading" | "note" | "symbol" | "wrong";
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface MapsLayout {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  readonly title: string;
  readonly description: string;
  /** In the order of drawing: by direction, then row by row. */
  readonly tiles: readonly MapsTile[];
  readonly labels: readonly Label[];
  /** Behind the wrong symbols. */
  readonly marks: readonly Box[];
  /** The bar that shows what the colours mean. */
  readonly legend: Box;
}

/** More pixels than this are refused. */
const mostPixels = 100_000_000;

const margin = 16;
const gap = 8;
/** Between groups, and between the input, the maps and the answer. */
const space = 20;
/** So that lines of symbols have room. */
const leastWidth = 240;
const legendSize = { width: 126, height: 8 };

/** In the order of drawing; the arrows are the way that values take when time runs down. */
const groupsOfMaps = [
  { direction: 0, heading: "↓ stays" },
  { direction: 1, heading: "↘ from the left" },
  { direction: -1, heading: "↙ from the right" },
] as const;

/**
 * Lays out a picture of maps. From the top: title, what the colours mean, input, the maps grouped by direction, answer.
 * Where a value is wide enough for a symbol, the input and the answer stand at each map instead, symbol over position.
 * @throws LonghandError `shape` for lists that aren't of the sizes that the trace names, `argument` for options out of
 * range and for a picture of more than 100 million pixels.
 */
export function layOutMaps(trace: MapsTrace, options: MapsOptions): MapsLayout {
  checkTrace(trace);
  const { input, answer, exact, length, time, maps, directions } = trace;
  const chosen = options.maps ?? Array.from({ length: maps }, (_, map) => map);
  if (chosen.length === 0) throw new LonghandError("argument", "maps picture: no maps chosen; expected at least one");
  for (const map of chosen) checkWhole("map", map, 0, maps - 1);
  const groups = groupsOfMaps
    .map((group) => ({ ...group, maps: chosen.filter((map) => directions[map] === group.direction) }))
    .filter((group) => group.maps.length > 0);
  const largest = Math.max(...groups.map((group) => group.maps.length));
  const columns = options.columns ?? (chosen.length <= 6 ? chosen.length : Math.min(16, largest));
  checkWhole("columns", columns, 1, Number.MAX_SAFE_INTEGER);
  const perRow = Math.min(columns, chosen.length);
  const scale = options.scale ?? Math.min(16, Math.max(1, Math.floor(1400 / (perRow * length))));
  checkWhole("scale", scale, 1, 64);

  const wrong = answer.map((symbol, k) => exact !== undefined && symbol !== exact[k]);
  const corrections = wrong.includes(true) ? exact : undefined;
  const longest = [...input, ...answer, ...(corrections ?? [])].reduce((most, { length }) => Math.max(most, length), 1);
  /** Of symbols over and under their positions; 0 where they have no room. */
  const zoom = Math.min(3, Math.floor(scale / (longest * advance)));
  const line = zoom === 0 ? 0 : glyph.height * zoom + 5;
  const above = glyph.height + 4 + line;
  const below = corrections ? 2 * line : line;
  const size = { width: length * scale, height: (time + 1) * scale };
  const pitch = {
    x: Math.max(size.width, dotsWide(`${maps - 1}`)) + gap,
    y: above + size.height + below + gap,
  };
  const widths = groups.map(({ heading, maps }) =>
    Math.max(Math.min(maps.length, columns) * pitch.x - gap, 2 * dotsWide(heading)),
  );
  const isOneRow = chosen.length <= columns;
  const across = isOneRow ? widths.reduce((sum, width) => sum + width + space, -space) : Math.max(...widths);
  const wide = Math.max(across, leastWidth);

  const sheet = newSheet();
  const title = options.title ?? trace.task;
  const facts = factsOf(trace, chosen.length, wrong);
  sheet.put("title", title, margin, margin, 2);
  sheet.put("note", facts, margin, margin + 24, 1);
  const legend = putLegend(sheet, trace.range, margin + 41);
  let y = legend.y + legend.height + space;
  if (zoom === 0) y = putLines(sheet, [{ name: "input", symbols: input }], y, wide, longest) + space;
  const tiles: MapsTile[] = [];
  let x = margin;
  for (const [k, { direction, heading, maps }] of groups.entries()) {
    sheet.put("heading", heading, x, y, 2);
    const top = y + 2 * glyph.height + 10;
    for (const [at, map] of maps.entries()) {
      const left = x + (at % columns) * pitch.x;
      const upper = top + Math.floor(at / columns) * pitch.y + above;
      const under = upper + size.height + 4;
      tiles.push({ map, direction, x: left, y: upper, ...size });
      sheet.put("note", `${map}`, left, upper - above, 1);
      if (zoom === 0) continue;
      sheet.putSymbols(input, left, upper - line + 1, scale, zoom);
      sheet.putSymbols(answer, left, under, scale, zoom, wrong);
      if (corrections) sheet.putSymbols(corrections, left, under + line, scale, zoom);
    }
    if (isOneRow && k < groups.length - 1) x += widths[k]! + space;
    else y = top + Math.ceil(maps.length / columns) * pitch.y - gap + space;
  }
  if (zoom === 0) {
    const lists = [{ name: "answer", symbols: answer, wrong }];
    if (corrections) lists.push({ name: "exact", symbols: corrections, wrong: [] });
    y = putLines(sheet, lists, y, wide, longest) + space;
  }
  const width = Math.max(margin + wide, sheet.right()) + margin;
  const height = y - space + margin;
  checkSize(width, height, `${counted(chosen.length, "map")} at scale ${scale}`);
  const description = [
    `Execution trace, one image a map: ${facts}. Colours from ${trace.range.join(" to ")}.`,
    ...groups.map(({ heading, maps }) => `${heading.slice(2)}: ${maps.length === 1 ? "map" : "maps"} ${ranges(maps)}.`),
    `Input: ${input.join(" ")}. Answer: ${answer.join(" ")}.${corrections ? ` Exact: ${corrections.join(" ")}.` : ""}`,
  ].join(" ");
  return { width, height, scale, title, description, tiles, legend, labels: sheet.labels, marks: sheet.marks };
}

/** Collects labels, and the marks behind wrong symbols. */
function newSheet() {
  const labels: Label[] = [];
  const marks: Box[] = [];
  const put = (kind: Label["kind"], text: string, x: number, y: number, zoom: number) => {
    if (text.trim() !== "") labels.push({ kind, text, x, y, zoom });
  };
  /** Symbols in cells next to each other, each in the middle of its own. */
  const putSymbols = (
    symbols: readonly string[],
    x: number,
    y: number,
    cell: number,
    zoom: number,
    wrong: readonly boolean[] = [],
  ) => {
    symbols.forEach((symbol, k) => {
      const left = x + k * cell;
      if (wrong[k]) marks.push({ x: left, y: y - 2, width: cell, height: zoom * glyph.height + 4 });
      put(wrong[k] ? "wrong" : "symbol", symbol, left + Math.floor((cell - zoom * dotsWide(symbol)) / 2), y, zoom);
    });
  };
  /** Where the rightmost label ends. */
  const right = () => labels.reduce((most, { x, text, zoom }) => Math.max(most, x + zoom * dotsWide(text)), 0);
  return { labels, marks, put, putSymbols, right };
}

type Sheet = ReturnType<typeof newSheet>;

/** The bar of colours between the two ends of the range. */
function putLegend(sheet: Sheet, [low, high]: MapsTrace["range"], y: number): Box {
  const x = margin + dotsWide(`${low}`) + 6;
  sheet.put("note", `${low}`, margin, y, 1);
  sheet.put("note", `${high}`, x + legendSize.width + 6, y, 1);
  return { x, y, ...legendSize };
}

/** Lines of symbols that wrap at a width, those of several lists under each other. Returns where they end. */
function putLines(
  sheet: Sheet,
  lists: readonly { name: string; symbols: readonly string[]; wrong?: readonly boolean[] }[],
  top: number,
  width: number,
  longest: number,
): number {
  const cell = 2 * advance * longest + (longest > 1 ? advance : 0);
  const names = 2 * advance * 7;
  const perLine = Math.max(1, Math.floor((width - names) / cell));
  let y = top;
  for (let first = 0; first < lists[0]!.symbols.length; first += perLine) {
    const part = [first, first + perLine] as const;
    for (const { name, symbols, wrong } of lists) {
      if (first === 0) sheet.put("heading", name, margin, y, 2);
      sheet.putSymbols(symbols.slice(...part), margin + names, y, cell, 2, wrong?.slice(...part));
      y += 2 * glyph.height + 6;
    }
  }
  return y - 6;
}

function factsOf({ length, time, maps }: MapsTrace, chosen: number, wrong: readonly boolean[]): string {
  const mistakes = wrong.filter(Boolean).length;
  return [
    `${counted(length, "position")}, ${counted(time, "step")} from top to bottom`,
    chosen === maps ? counted(maps, "map") : `${counted(chosen, "map")} of ${maps}`,
    ...(mistakes > 0 ? [`${counted(mistakes, "symbol")} wrong, under them the exact answer`] : []),
  ].join("; ");
}

function checkSize(width: number, height: number, what: string): void {
  if (width * height <= mostPixels) return;
  const [wide, tall, all, most] = [width, height, width * height, mostPixels].map((size) => size.toLocaleString("en"));
  throw new LonghandError(
    "argument",
    `maps picture: ${what} would be ${wide} × ${tall} = ${all} pixels; expected at most ${most}: choose fewer maps or a smaller scale`,
  );
}

function checkTrace({ values, time, length, maps, input, answer, exact, directions, range }: MapsTrace): void {
  for (const [name, value] of [["length", length] as const, ["maps", maps] as const]) {
    checkWhole(name, value, 1, Number.MAX_SAFE_INTEGER);
  }
  checkWhole("time", time, 0, Number.MAX_SAFE_INTEGER);
  const sizes = [
    ["values", values.length, (time + 1) * length * maps, `${time + 1} times × ${length} positions × ${maps} maps`],
    ["input", input.length, length, "one symbol a position"],
    ["answer", answer.length, length, "one symbol a position"],
    ["exact", exact?.length ?? length, length, "one symbol a position"],
    ["directions", directions.length, maps, "one a map"],
  ] as const;
  for (const [name, received, expected, why] of sizes) {
    if (received !== expected) {
      throw new LonghandError("shape", `maps picture: ${name} has ${received} elements; expected ${expected}, ${why}`);
    }
  }
  directions.forEach((direction, map) => {
    if (![-1, 0, 1].includes(direction)) {
      throw new LonghandError(
        "argument",
        `maps picture: map ${map} has the direction ${direction}; expected -1, 0 or 1`,
      );
    }
  });
  if (!(range[0] < range[1] && Number.isFinite(range[1] - range[0]))) {
    throw new LonghandError(
      "argument",
      `maps picture: range is [${range.join(", ")}]; expected two numbers, the lower first`,
    );
  }
}

function checkWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const bounds = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `from ${least} to ${most}`;
  throw new LonghandError("argument", `maps picture: ${name} is ${value}; expected a whole number ${bounds}`);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** Numbers as text, runs of consecutive ones joined: [0, 1, 2, 5] as "0–2, 5". */
function ranges(numbers: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run && number === run[1] + 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(", ");
}

/**
 * The execution trace of a Neural GPU: each map of the state over all steps as an image, position to the right and time
 * down, so that the input stands over it and the answer under it. Maps stand in groups by the direction of their gate.
 *
 * Source: Freivalds and Liepins, "Improving the Neural GPU Architecture for Algorithm Learning", 2017, figures 1 and 2, appendices.
 */
import { encode } from "fast-png";
import { LonghandError } from "../errors.ts";
import { diverging, type Rgb, sequential } from "./colours.ts";
import { dots, dotsWide, glyph } from "./font.ts";
import {
  type Box,
  layOutMaps,
  type MapsLayout,
  type MapsOptions,
  type MapsTile,
  type MapsTrace,
} from "./maps-layout.ts";
import { escaped, pageColours, svgDocument } from "./svg.ts";

/** Steps of a colour map: with the page's five colours 256, as many as a byte counts. An odd number, so that the middle has one. */
const levels = 251;

/** Behind wrong symbols, on a light and on a dark page. */
const wrongColour = ["wrong", "#cf222e", "#ff7b72"] as const;

/** The page's colours on a light page, which follow the colour map's in a picture's palette. */
const page = [...pageColours, wrongColour].map(([name, light]) => ({ name, colour: fromHex(light) }));

export interface MapsImage {
  readonly width: number;
  readonly height: number;
  /** [height][width][4]: red, green, blue and opacity (255), as `ImageData` takes them. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  /** Where the maps stand. */
  readonly tiles: readonly MapsTile[];
}

/**
 * A trace as pixels.
 * @throws LonghandError `shape` for lists that aren't of the sizes that the trace names, `argument` for options out of
 * range, a value that isn't finite, or a picture of more than 100 million pixels.
 */
export function mapsImage(trace: MapsTrace, options: MapsOptions = {}): MapsImage {
  const { width, height, tiles, indices, palette } = paint(trace, options);
  // Four bytes a colour are one number, in the machine's own order of bytes.
  const colours = new Uint32Array(Uint8Array.from(palette.flatMap((colour) => [...colour, 255])).buffer);
  const pixels = new Uint32Array(indices.length);
  for (let k = 0; k < pixels.length; k++) pixels[k] = colours[indices[k]!]!;
  return { width, height, tiles, pixels: new Uint8ClampedArray(pixels.buffer) };
}

/** A trace as a PNG file. @throws as `mapsImage`. */
export function mapsPng(trace: MapsTrace, options: MapsOptions = {}): Uint8Array {
  const { width, height, indices, palette } = paint(trace, options);
  return pngOf(width, height, indices, palette);
}

/**
 * A trace as an SVG document that needs nothing else; it follows the reader's choice of a light or a dark page.
 * @throws as `mapsImage`.
 */
export function mapsSvg(trace: MapsTrace, options: MapsOptions = {}): string {
  const layout = layOutMaps(trace, options);
  const palette = colourMapOf(trace, options);
  const bar = Uint8Array.from({ length: levels }, (_, level) => level);
  const image = ({ x, y, width, height }: Box, png: Uint8Array, title: string) =>
    `<rect class="frame" x="${x - 0.5}" y="${y - 0.5}" width="${width + 1}" height="${height + 1}"/>` +
    `<image x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none" href="data:image/png;base64,${base64(png)}"><title>${title}</title></image>`;
  const parts = [
    '<g image-rendering="optimizeSpeed">',
    image(layout.legend, pngOf(levels, 1, bar, palette), `${trace.range[0]} to ${trace.range[1]}`),
    ...layout.tiles.map((tile) =>
      image(tile, pngOf(trace.length, trace.time + 1, levelsOf(trace, tile.map), palette), `map ${tile.map}`),
    ),
    "</g>",
    ...layout.marks.map(
      ({ x, y, width, height }) => `<rect class="mark" x="${x}" y="${y}" width="${width}" height="${height}" rx="2"/>`,
    ),
    ...layout.labels.map(textOf),
  ];
  const { width, height, title, description } = layout;
  return svgDocument({ kind: "maps", width, height, title, description, style, colours: [wrongColour], parts });
}

/** A letter of 10 pixels has the size of the bitmap font's: 6 pixels wide in monospace, 7 tall. */
const style = `
  .maps text { font: 10px system-ui, sans-serif; fill: var(--ink); }
  .maps .title { font-weight: 600; font-size: 19px; }
  .maps .heading { font-weight: 600; font-size: 15px; }
  .maps .note { fill: var(--faint); }
  .maps .symbol, .maps .wrong { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; text-anchor: middle; }
  .maps .wrong { fill: var(--ground); font-weight: 600; }
  .maps .ground { fill: var(--ground); }
  .maps .mark { fill: var(--wrong); }
  .maps .frame { fill: none; stroke: var(--line); }
  .maps image { image-rendering: pixelated; }`;

function textOf({ kind, text, x, y, zoom }: MapsLayout["labels"][number]): string {
  const isSymbol = kind === "symbol" || kind === "wrong";
  const left = isSymbol ? x + (zoom * dotsWide(text)) / 2 : x;
  const size = isSymbol ? ` style="font-size:${10 * zoom}px"` : "";
  return `<text class="${kind}" x="${left}" y="${y + zoom * glyph.height}"${size}>${escaped(text)}</text>`;
}

/** A trace as indices into a palette: the colour map, then the page's colours. */
function paint(trace: MapsTrace, options: MapsOptions) {
  const layout = layOutMaps(trace, options);
  const { width, height, scale, tiles, legend, marks, labels } = layout;
  const palette = [...colourMapOf(trace, options), ...page.map(({ colour }) => colour)];
  const named = (wanted: string) => levels + page.findIndex(({ name }) => name === wanted);
  const indices = new Uint8Array(width * height).fill(named("ground"));
  const fill = (x: number, y: number, wide: number, tall: number, index: number) => {
    for (let row = y; row < y + tall; row++) indices.fill(index, row * width + x, row * width + x + wide);
  };
  for (const { x, y, width, height } of [legend, ...tiles]) {
    fill(x - 1, y - 1, width + 2, height + 2, named("line"));
  }
  for (let k = 0; k < legend.width; k++) {
    fill(legend.x + k, legend.y, 1, legend.height, Math.round((k / (legend.width - 1)) * (levels - 1)));
  }
  for (const { map, x, y } of tiles) {
    levelsOf(trace, map).forEach((level, k) => {
      const position = k % trace.length;
      fill(x + position * scale, y + ((k - position) / trace.length) * scale, scale, scale, level);
    });
  }
  for (const { x, y, width, height } of marks) fill(x, y, width, height, named("wrong"));
  const inks = { title: "ink", heading: "ink", note: "faint", symbol: "ink", wrong: "ground" };
  for (const { kind, text, x, y, zoom } of labels) {
    for (const [dx, dy] of dots(text)) fill(x + dx * zoom, y + dy * zoom, zoom, zoom, named(inks[kind]));
  }
  return { width, height, tiles, indices, palette };
}

function colourMapOf({ range }: MapsTrace, { colours }: MapsOptions): Rgb[] {
  const colourMap = colours ?? (range[0] < 0 && range[1] > 0 ? diverging : sequential);
  return Array.from({ length: levels }, (_, level) => colourMap(level / (levels - 1)));
}

/** One map's values as levels of the colour map, [time + 1][length]. */
function levelsOf({ values, time, length, maps, range: [low, high] }: MapsTrace, map: number): Uint8Array {
  const levelsOfMap = new Uint8Array((time + 1) * length);
  for (let k = 0; k < levelsOfMap.length; k++) {
    const value = values[k * maps + map]!;
    if (!Number.isFinite(value)) {
      const [at, position] = [Math.floor(k / length), k % length];
      throw new LonghandError(
        "argument",
        `maps picture: the value of map ${map} at time ${at}, position ${position} is ${value}; expected a finite number`,
      );
    }
    levelsOfMap[k] = Math.round(Math.min(1, Math.max(0, (value - low) / (high - low))) * (levels - 1));
  }
  return levelsOfMap;
}

function pngOf(width: number, height: number, data: Uint8Array, palette: readonly Rgb[]): Uint8Array {
  return encode({ width, height, data, depth: 8, channels: 1, palette: palette.map((colour) => [...colour]) });
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let k = 0; k < bytes.length; k += 4096) text += String.fromCharCode(...bytes.subarray(k, k + 4096));
  return btoa(text);
}

function fromHex(colour: string): Rgb {
  const part = (k: number) => Number.parseInt(colour.slice(k, k + 2), 16);
  return [part(1), part(3), part(5)];
}

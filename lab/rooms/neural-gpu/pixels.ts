/** A trace's values as pixels: one pixel a value, to be enlarged by the page. */
import { diverging, divergingOnDark, type MapsTrace, sequential, sequentialOnDark } from "longhand";

const LEVELS = 256;

/** Colours from the lowest to the highest value of a range, a number each, as the pixels of an image take them. */
export type Palette = Uint32Array;

/** As `ImageData` takes them. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** @param range of the values: of both signs, or from 0. */
export function paletteOf([low]: MapsTrace["range"], isDark: boolean): Palette {
  const twoSided = isDark ? divergingOnDark : diverging;
  const oneSided = isDark ? sequentialOnDark : sequential;
  const colours = low < 0 ? twoSided : oneSided;
  const bytes = Array.from({ length: LEVELS }, (_, level) => [...colours(level / (LEVELS - 1)), 255]);
  return new Uint32Array(Uint8Array.from(bytes.flat()).buffer);
}

/** Some colours of a palette, from the lowest, as CSS writes them. */
export function stops(palette: Palette): string[] {
  const bytes = new Uint8Array(palette.buffer);
  return Array.from({ length: 17 }, (_, k) => {
    const at = 4 * Math.round((k / 16) * (palette.length - 1));
    return `rgb(${bytes[at]} ${bytes[at + 1]} ${bytes[at + 2]})`;
  });
}

/** One map: positions across, time downwards. */
export function mapPixels(trace: MapsTrace, map: number, palette: Palette): Pixels {
  const { length, time, maps, values } = trace;
  return pixels(length, time + 1, (k) => values[k * maps + map]!, trace.range, palette);
}

/** All maps at one row of time: positions across, a row a map in the given order. */
export function rowPixels(trace: MapsTrace, row: number, order: readonly number[], palette: Palette): Pixels {
  const { length, maps, values } = trace;
  const valueAt = (k: number) => {
    const position = k % length;
    return values[(row * length + position) * maps + order[(k - position) / length]!]!;
  };
  return pixels(length, order.length, valueAt, trace.range, palette);
}

/** One pixel a value, row by row. */
export function pixels(
  width: number,
  height: number,
  valueAt: (k: number) => number,
  [low, high]: MapsTrace["range"],
  palette: Palette,
): Pixels {
  const colours = new Uint32Array(width * height);
  for (let k = 0; k < colours.length; k++) {
    const share = (valueAt(k) - low) / (high - low);
    colours[k] = palette[Math.round(Math.min(1, Math.max(0, share)) * (LEVELS - 1))]!;
  }
  return { width, height, data: new Uint8ClampedArray(colours.buffer) };
}

/** Puts pixels on a canvas that has their size from then on. */
export function draw(canvas: HTMLCanvasElement, { width, height, data }: Pixels): void {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")!.putImageData(new ImageData(data, width, height), 0, 0);
}

/** Maps by the way their gates move what they keep, in the order in which they are shown. */
export const ways = [
  { direction: 0, sign: "↓", name: "stays" },
  { direction: 1, sign: "↘", name: "from the left" },
  { direction: -1, sign: "↙", name: "from the right" },
] as const;

/** The maps of each way that there is. */
export function mapsByWay({ directions }: Pick<MapsTrace, "directions">) {
  const numbers = directions.map((_, map) => map);
  return ways
    .map((way) => ({ ...way, maps: numbers.filter((map) => directions[map] === way.direction) }))
    .filter(({ maps }) => maps.length > 0);
}

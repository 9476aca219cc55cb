import { decode } from "fast-png";
import { expect, test } from "vitest";
import { diverging, sequential } from "./colours.ts";
import { type MapsImage, mapsImage, mapsPng, mapsSvg } from "./maps.ts";
import type { MapsTrace } from "./maps-layout.ts";
import { elements } from "./svg.test-helper.ts";

/** Two positions, one step, three maps: one of each direction, in an order that is not the picture's. */
const trace: MapsTrace = {
  task: "swap <two>",
  input: ["a", "b"],
  answer: ["b", "b"],
  exact: ["b", "a"],
  // [time][position][map]
  values: new Float32Array([1, 0, -1, 0.5, 0, -0.5, -7, 0, 7, 0, 1, 1]),
  time: 1,
  length: 2,
  maps: 3,
  directions: [-1, 0, 1],
  range: [-1, 1],
};

const [orange, white, blue] = [diverging(0), diverging(0.5), diverging(1)];
const [lightOrange, lightBlue] = [diverging(63 / 250), diverging(188 / 250)];

function pixel({ pixels, width }: MapsImage, x: number, y: number): number[] {
  const at = 4 * (y * width + x);
  return [...pixels.subarray(at, at + 4)];
}

test("each value is a square of pixels: position to the right, time down", () => {
  const image = mapsImage(trace, { scale: 4 });
  const expected = new Map([
    [0, [blue, lightBlue, orange, white]],
    [1, [white, white, white, blue]],
    [2, [orange, lightOrange, blue, blue]],
  ]);
  for (const { map, x, y, width, height } of image.tiles) {
    expect([width, height]).toEqual([8, 8]);
    for (let dy = 0; dy < 8; dy++) {
      for (let dx = 0; dx < 8; dx++) {
        const colour = expected.get(map)![2 * Math.floor(dy / 4) + Math.floor(dx / 4)]!;
        expect(pixel(image, x + dx, y + dy), `map ${map} at ${dx}, ${dy}`).toEqual([...colour, 255]);
      }
    }
    // A frame of one pixel, then the page.
    const frame = [pixel(image, x - 1, y - 1), pixel(image, x + 8, y + 8), pixel(image, x + 3, y + 8)];
    expect(frame).toEqual(Array(3).fill([0xd1, 0xd9, 0xe0, 255]));
    expect(pixel(image, x + 9, y)).toEqual([255, 255, 255, 255]);
  }
});

test("values of one sign have colours of their own, and so has who asks for them", () => {
  const gates = { ...trace, range: [0, 1] as const };
  const first = (image: MapsImage) => pixel(image, image.tiles[0]!.x, image.tiles[0]!.y);
  expect(first(mapsImage(gates, { maps: [0] }))).toEqual([...sequential(1), 255]);
  expect(first(mapsImage(gates, { maps: [0], colours: () => [1, 2, 3] }))).toEqual([1, 2, 3, 255]);
});

test("maps stand in groups: those that stay, those from the left, those from the right", () => {
  const maps = 12;
  const directions = Array.from({ length: maps }, (_, map) => ([1, -1, 0] as const)[map % 3]!);
  const many = { ...trace, maps, directions, values: new Float32Array(2 * 2 * maps) };
  const { tiles } = mapsImage(many, { columns: 3, scale: 5 });
  expect(tiles.map(({ map }) => map)).toEqual([2, 5, 8, 11, 0, 3, 6, 9, 1, 4, 7, 10]);
  expect(tiles.map(({ direction }) => direction)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, -1, -1, -1, -1]);
  // "11" takes 11 pixels, wider than 2 × 5, and the gap 8.
  expect(tiles.slice(0, 4).map(({ x }) => x)).toEqual([16, 35, 54, 16]);
  const ys = tiles.map(({ y }) => y);
  // A row takes its number (7 + 4), the map (2 × 5) and the gap (8).
  expect(ys.slice(0, 4)).toEqual([ys[0], ys[0], ys[0], ys[0]! + 29]);
  expect(mapsImage(many, { maps: [7, 2, 1, 9] }).tiles.map(({ map }) => map)).toEqual([2, 9, 7, 1]);
});

test("few maps stand side by side", () => {
  const { tiles } = mapsImage(trace);
  expect(tiles.map(({ map, y }) => [map, y])).toEqual([1, 2, 0].map((map) => [map, tiles[0]!.y]));
  expect(tiles[0]!.x + tiles[0]!.width).toBeLessThan(tiles[1]!.x);
});

test("a PNG file has the same pixels", () => {
  const options = { scale: 12 };
  const { width, height, pixels } = mapsImage(trace, options);
  const file = decode(mapsPng(trace, options));
  expect([file.width, file.height]).toEqual([width, height]);
  const colours = Array.from(file.data).flatMap((index) => [...file.palette![index]!.slice(0, 3), 255]);
  expect(colours).toEqual([...pixels]);
});

test("an SVG document has the same maps in the same places, one pixel a value", () => {
  const { width, height, tiles } = mapsImage(trace, { scale: 4 });
  const svg = mapsSvg(trace, { scale: 4 });
  expect(elements(svg, "svg")[0]!.at).toMatchObject({ width: `${width}`, height: `${height}` });
  const [, ...images] = elements(svg, "image").map(({ at }) => at);
  expect(images.map(({ x, y, width, height }) => [x, y, width, height].map(Number))).toEqual(
    tiles.map(({ x, y, width, height }) => [x, y, width, height]),
  );
  const [first] = images.map(({ href }) => {
    const file = decode(Uint8Array.from(atob(href!.split(",")[1]!), (letter) => letter.charCodeAt(0)));
    return { ...file, colours: Array.from(file.data, (index) => file.palette![index]) };
  });
  expect([first!.width, first!.height]).toEqual([2, 2]);
  expect(first!.colours).toEqual([white, white, white, blue]); // map 1
});

test("input, answer and what it should be stand over and under the maps; wrong symbols are marked", () => {
  const lines = mapsSvg(trace, { scale: 4 });
  const texts = elements(lines, "text").map(({ at, text }) => `${at.class} ${text}`);
  expect(texts).toEqual([
    "title swap &lt;two&gt;",
    "note 2 positions, 1 step from top to bottom; 3 maps; 1 symbol wrong, under them the exact answer",
    ...["note -1", "note 1"],
    ...["heading input", "symbol a", "symbol b"],
    ...["heading ↓ stays", "note 1"],
    ...["heading ↘ from the left", "note 2"],
    ...["heading ↙ from the right", "note 0"],
    ...["heading answer", "symbol b", "wrong b"],
    ...["heading exact", "symbol b", "symbol a"],
  ]);
  expect(elements(lines, "rect").filter(({ at }) => at.class === "mark")).toHaveLength(1);
  expect(elements(lines, "desc")[0]!.text).toBe(
    "Execution trace, one image a map: 2 positions, 1 step from top to bottom; 3 maps; 1 symbol wrong, under them the exact answer. " +
      "Colours from -1 to 1. stays: map 1. from the left: map 2. from the right: map 0. Input: a b. Answer: b b. Exact: b a.",
  );
});

test("where there is room, each symbol stands in the middle of its position", () => {
  const options = { maps: [2], scale: 12 };
  const [tile] = mapsImage(trace, options).tiles;
  const symbols = elements(mapsSvg(trace, options), "text").filter(({ at }) => /symbol|wrong/.test(at.class!));
  expect(symbols.map(({ text }) => text)).toEqual(["a", "b", "b", "b", "b", "a"]);
  const middles = symbols.map(({ at }) => Number(at.x) - tile!.x);
  expect(middles).toEqual([6, 18, 6, 18, 6, 18]);
  const [input, , answer] = symbols.map(({ at }) => Number(at.y));
  expect(input).toBeLessThan(tile!.y);
  expect(answer).toBeGreaterThan(tile!.y + tile!.height);
});

test("wrong symbols in pixels are a filled box, the symbol in the page's colour", () => {
  const image = mapsImage(trace, { maps: [2], scale: 12 });
  const [{ x, y, height }] = image.tiles as [MapsImage["tiles"][number]];
  // The second answer: cell from x + 12; "B", two pixels a dot and 10 wide, starts a pixel into it and 4 under the map.
  const at = (dx: number, dy: number) => pixel(image, x + 12 + dx, y + height + 4 + dy);
  expect(at(0, 0)).toEqual([0xcf, 0x22, 0x2e, 255]);
  expect(at(1, 0)).toEqual([255, 255, 255, 255]);
  expect(at(3, 2)).toEqual([0xcf, 0x22, 0x2e, 255]);
});

test("long lines of symbols wrap at the width of the maps", () => {
  const length = 100;
  const input = Array.from({ length }, (_, k) => `${k % 10}`);
  const long = { ...trace, length, input, answer: input, exact: input, values: new Float32Array(2 * length * 3) };
  const options = { maps: [0], scale: 4 };
  const symbols = elements(mapsSvg(long, options), "text").filter(({ at }) => at.class === "symbol");
  const { width } = mapsImage(long, options);
  expect(new Set(symbols.map(({ at }) => at.y)).size).toBe(8); // 100 symbols, (400 - 84) / 12 = 26 a line, twice
  for (const { at } of symbols) expect(Number(at.x) + 5).toBeLessThanOrEqual(width - 16);
});

test("what doesn't fit is refused with its numbers", () => {
  const wrong =
    (change: Partial<MapsTrace>, options = {}) =>
    () =>
      mapsPng({ ...trace, ...change }, options);
  expect(wrong({ values: new Float32Array(11) })).toThrow(
    expect.objectContaining({
      code: "shape",
      message: "maps picture: values has 11 elements; expected 12, 2 times × 2 positions × 3 maps",
    }),
  );
  expect(wrong({ input: ["a"] })).toThrow("input has 1 elements; expected 2, one symbol a position");
  expect(wrong({ answer: [] })).toThrow("answer has 0 elements; expected 2");
  expect(wrong({ exact: ["a", "b", "c"] })).toThrow("exact has 3 elements; expected 2");
  expect(wrong({ directions: [0] })).toThrow("directions has 1 elements; expected 3, one a map");
  expect(wrong({ directions: [0, 2 as 1, 0] })).toThrow("map 1 has the direction 2; expected -1, 0 or 1");
  expect(wrong({ range: [1, 1] })).toThrow("range is [1, 1]; expected two numbers, the lower first");
  expect(wrong({ time: 0.5 })).toThrow("time is 0.5; expected a whole number at least 0");
  expect(wrong({}, { maps: [3] })).toThrow("map is 3; expected a whole number from 0 to 2");
  expect(wrong({}, { maps: [] })).toThrow("no maps chosen");
  expect(wrong({}, { columns: 0 })).toThrow("columns is 0; expected a whole number at least 1");
  expect(wrong({}, { scale: 1.5 })).toThrow("scale is 1.5; expected a whole number from 1 to 64");
  const values = trace.values.with(10, Number.NaN);
  expect(wrong({ values })).toThrow("the value of map 1 at time 1, position 1 is NaN");
});

test("too many pixels are refused before they are made", () => {
  const length = 2000;
  const symbols = Array<string>(length).fill("");
  const values = new Float32Array(length);
  const long: MapsTrace = {
    ...{ task: "", input: symbols, answer: symbols, values, time: 0, length, maps: 1 },
    ...{ directions: [0], range: [-1, 1] },
  };
  expect(mapsImage(long, { scale: 1 }).width).toBe(2000 + 32);
  const tall = { ...long, input: [""], answer: [""], values: new Float32Array(2_000_000), time: 1_999_999, length: 1 };
  expect(() => mapsPng(tall, { scale: 1 })).toThrow(
    expect.objectContaining({
      code: "argument",
      message: expect.stringMatching(
        /^maps picture: 1 map at scale 1 would be \d+ × 2,000,\d+ = \d+,\d+,\d+ pixels; expected at most 100,000,000: choose/,
      ),
    }),
  );
});

import { diverging, divergingOnDark, type MapsTrace, sequential } from "longhand";
import { expect, test } from "vitest";
import { mapPixels, mapsByWay, paletteOf, rowPixels } from "./pixels.ts";

/** 2 times, 3 positions, 2 maps: value of time t, position p, map m is (−1)^m (t + p/10) / 2. */
const trace: MapsTrace = {
  task: "copy",
  input: ["1", "2", "3"],
  answer: ["1", "2", "3"],
  time: 1,
  length: 3,
  maps: 2,
  directions: [-1, 0],
  range: [-1, 1],
  values: Float32Array.from([0, 0, 0.05, -0.05, 0.1, -0.1, 0.5, -0.5, 0.55, -0.55, 0.6, -0.6]),
};
/** Red, green, blue and opacity of a pixel. */
const pixel = ({ data, width }: { data: Uint8ClampedArray; width: number }, x: number, y: number) =>
  Array.from(data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4));
const colour = (value: number, of = diverging) => [...of(Math.round(((value + 1) / 2) * 255) / 255), 255];

test("a map has a pixel a value: positions across, time downwards", () => {
  const image = mapPixels(trace, 1, paletteOf([-1, 1], false));
  expect([image.width, image.height]).toEqual([3, 2]);
  expect(pixel(image, 0, 0)).toEqual(colour(0));
  expect(pixel(image, 2, 0)).toEqual(colour(-0.1));
  expect(pixel(image, 1, 1)).toEqual(colour(-0.55));
});

test("a step has a row for each map in the order asked for", () => {
  const image = rowPixels(trace, 1, [1, 0], paletteOf([-1, 1], true));
  expect([image.width, image.height]).toEqual([3, 2]);
  expect(pixel(image, 2, 0)).toEqual(colour(-0.6, divergingOnDark));
  expect(pixel(image, 1, 1)).toEqual(colour(0.55, divergingOnDark));
});

test("values beyond the range have its last colours; gates are of one sign", () => {
  const gates = { ...trace, range: [0, 0.5] as const };
  const image = mapPixels(gates, 1, paletteOf(gates.range, false));
  expect(pixel(image, 2, 1)).toEqual([...sequential(0), 255]);
  expect(pixel(mapPixels(gates, 0, paletteOf(gates.range, false)), 2, 1)).toEqual([...sequential(1), 255]);
});

test("maps stand by the way of their gates; ways that no map has aren't named", () => {
  const groups = mapsByWay(trace);
  expect(groups.map(({ sign, maps }) => [sign, maps])).toEqual([
    ["↓", [1]],
    ["↙", [0]],
  ]);
});

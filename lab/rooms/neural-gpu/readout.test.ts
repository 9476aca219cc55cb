import type { NetworkTrace } from "longhand";
import { expect, test } from "vitest";
import { paletteOf } from "./pixels.ts";
import { readAt, readoutPixels, readRow, rightFrom, STRENGTH } from "./readout.ts";

const task = { output: ["_", "0", "1"] };
/** Two positions of three are asked; the right answer is "10". */
const trace = {
  input: [["1"], ["+"], ["1"]],
  exact: ["1", "0", ""],
  readout: { shape: [4, 3], data: Int32Array.from([2, 1, 0, 1, 1, 2, 2, 1, 1, 2, 1, 2]) },
} as unknown as NetworkTrace;

test("what would be read, where something is asked", () => {
  expect(readAt(task, trace, 1, 0)).toBe("0");
  expect(readRow(task, trace, 0)).toEqual(["1", "0", ""]);
  expect(readRow(task, trace, 3)).toEqual(["1", "0", ""]);
});

test("the answer is right from the step on after which it doesn't become wrong again", () => {
  expect(rightFrom(task, trace)).toBe(2);
  expect(rightFrom(task, { ...trace, exact: ["0", "0", ""] })).toBeNull();
});

test("right symbols have the one colour, wrong ones the other, what isn't asked neither", () => {
  const palette = paletteOf([-1, 1], false);
  const { data, width, height } = readoutPixels(task, trace, palette);
  expect([width, height]).toEqual([3, 4]);
  const [low, middle, high] = [-STRENGTH, 0, STRENGTH].map((value) => palette[Math.round(((value + 1) / 2) * 255)]);
  expect(Array.from(new Uint32Array(data.buffer))).toEqual([
    ...[high, high, middle],
    ...[low, high, middle],
    ...[high, high, middle],
    ...[high, high, middle],
  ]);
});

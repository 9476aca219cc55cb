/** Lines of two points as threshold units, and the grid that they are drawn on. */
import fc from "fast-check";
import { drawnLines, lineCounts, randomHyperplanes, rationals, regionsOf } from "longhand";
import { expect, test } from "vitest";
import {
  anotherLine,
  arrangementOf,
  drawnOn,
  flipped,
  hyperplaneOf,
  isSame,
  type Line,
  moved,
  type Point,
  snapped,
} from "./lines.ts";

const coordinate = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((value) => value / 1000);
const point = fc.tuple(coordinate, coordinate);
const line = fc.record({ from: point, to: point }).filter(({ from, to }) => !isSame(from, to));

/** w·x − θ, exactly. */
function total({ from, to }: Line, [x, y]: Point): rationals.Rational {
  const { weights, threshold } = hyperplaneOf({ from, to });
  const [a, b] = [x, y].map((value, k) => rationals.multiply(weights[k]!, rationals.parse(value.toFixed(3))));
  return rationals.subtract(rationals.add(a!, b!), threshold);
}

test("by hand: from the left to the right, on above; weights are short", () => {
  const { weights, threshold } = hyperplaneOf({ from: [-4, 1], to: [4, 1] });
  expect([...weights, threshold].map(rationals.format)).toEqual(["0", "1", "1"]);
  const steep = hyperplaneOf({ from: [-1.8, 4], to: [0.2, -4] });
  expect([...steep.weights, steep.threshold].map(rationals.format)).toEqual(["4", "1", "-16/5"]);
});

test("any line goes through both of its points, exactly, and is on to the left of the way", () => {
  fc.assert(
    fc.property(line, ({ from, to }) => {
      for (const end of [from, to]) expect(total({ from, to }, end).numerator).toBe(0n);
      const left: Point = [from[0] - (to[1] - from[1]), from[1] + (to[0] - from[0])];
      expect(total({ from, to }, left).numerator > 0n).toBe(true);
      expect(total(flipped({ from, to }), left).numerator < 0n).toBe(true);
      const size = Math.max(
        ...hyperplaneOf({ from, to }).weights.map((weight) => Math.abs(rationals.toNumber(weight))),
      );
      expect(size).toBeGreaterThanOrEqual(1);
      expect(size).toBeLessThan(10);
    }),
  );
});

test("the grid: the nearest point, a fiftieth of half a side apart, with three digits at most; moves keep within reach", () => {
  expect(snapped([1.234, -0.04], 5)).toEqual([1.2, 0]);
  expect(snapped([1.234, 5000], 1000)).toEqual([0, 1000]);
  expect(snapped([1.2344, 1], 5, 5000)).toEqual([1.234, 1]);
  expect(moved({ from: [0, 0], to: [1, 2] }, 0.1, -3)).toEqual({ from: [0.1, -3], to: [1.1, -1] });
  expect(moved({ from: [0, 0], to: [1, 2] }, 999.5, 0)).toBeUndefined();
});

test.each([6, 12, 30])("%d lines made up stay in general position, with the same number of regions", (count) => {
  for (const arrangement of count < 30
    ? [drawnLines(count), randomHyperplanes(count, 2)]
    : [randomHyperplanes(count, 2)]) {
    const lines = drawnOn(arrangement, 5);
    expect(lines).toHaveLength(count);
    expect(lineCounts(arrangementOf(lines)).regions).toBe(lineCounts(arrangement).regions);
    for (const { from, to } of lines)
      for (const value of [...from, ...to]) expect(Math.abs(value)).toBeLessThanOrEqual(5);
  }
  expect(regionsOf(arrangementOf(drawnOn(randomHyperplanes(3, 2), 5)))).toHaveLength(7);
});

test("a line is added where it crosses all others, at a point of its own; on any sheet", () => {
  for (const half of [1, 5, 100]) {
    const lines: Line[] = [];
    for (let n = 1; n <= 12; n++) {
      lines.push(anotherLine(lines, half));
      expect(lineCounts(arrangementOf(lines)).regions, `${n} on ${half}`).toBe(1 + n + (n * (n - 1)) / 2);
      for (const value of [...lines.at(-1)!.from, ...lines.at(-1)!.to]) expect(Math.abs(value)).toBeLessThan(half);
    }
  }
});

test("what is there already is not added again", () => {
  const first = anotherLine([], 5);
  const lines = [first, anotherLine([first], 5), flipped(first)];
  const more = anotherLine(lines, 5);
  expect(lineCounts(arrangementOf([...lines, more])).regions).toBe(7);
});

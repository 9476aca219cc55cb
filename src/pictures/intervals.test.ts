import { expect, test } from "vitest";
import type { StateBoxes } from "./boxes.ts";
import { intervalsPicture } from "./intervals.ts";
import { elements, flaw } from "./svg.test-helper.ts";

const drawing: StateBoxes = {
  title: "T",
  units: ["a", "b"],
  states: ["off", "on", "never"],
  boxes: [
    { state: 1, lower: [-1, 0], upper: [0, 0], label: "after 1" },
    { state: 0, lower: [0.5, -1], upper: [1, 1] },
  ],
  range: [-1, 1],
  threshold: 0,
};

const barsOf = (svg: string) => elements(svg, "rect").filter(({ at }) => at["data-box"] !== undefined);

// Names of one letter put −1 − 2/25 at 20 + 8 + 10; 460 to the right of it is 1 + 2/25. A unit has 2 lanes of 6, at least 14 high.
test("each unit has a bar for each box, in the order of the machine's states", () => {
  const svg = intervalsPicture(drawing);
  expect(flaw(svg)).toBeUndefined();
  const x = (value: number) => 38 + (460 * (value + 1.08)) / 2.16;
  const bars = barsOf(svg).map(({ at }) => at);
  expect(bars.map((at) => [at["data-unit"], at["data-box"], at.fill, at.y])).toEqual([
    ["0", "1", "var(--series0)", "58"],
    ["0", "0", "var(--series1)", "64"],
    ["1", "1", "var(--series0)", "82"],
    ["1", "0", "var(--series1)", "88"],
  ]);
  expect(Number(bars[0]!.x)).toBeCloseTo(x(0.5), 1);
  expect(Number(bars[0]!.width)).toBeCloseTo(x(1) - x(0.5), 1);
  expect(Number(bars[3]!.x)).toBeCloseTo(x(0) - 2, 1);
  expect(bars[3]!.width).toBe("4");
  const line = elements(svg, "path").find(({ at }) => at.class === "threshold");
  expect(line!.at.d).toBe("M268 52V100");
  const titles = elements(svg, "title").map(({ text }) => text);
  expect(titles).toContain("on, after 1: b 0 to 0");
  const texts = elements(svg, "text").map(({ text }) => text);
  expect(texts).toContain("on");
  expect(texts).not.toContain("never");
});

test("many boxes of a state lie on one another", () => {
  const boxes = Array.from({ length: 13 }, (_, k) => ({ state: k % 2, lower: [0, 0], upper: [k / 13, 1] }));
  const rows = new Set(barsOf(intervalsPicture({ ...drawing, boxes })).map(({ at }) => `${at.fill} ${at.y}`));
  expect(rows.size).toBe(4);
  expect(barsOf(intervalsPicture({ ...drawing, boxes }))).toHaveLength(26);
});

test("what can't be drawn is refused", () => {
  const boxes = [{ state: 0, lower: [0, 0, 0], upper: [1, 1, 1] }];
  expect(() => intervalsPicture({ ...drawing, boxes })).toThrow("box 0 has 3 numbers, expected 2");
});

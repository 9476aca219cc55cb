import { expect, test } from "vitest";
import { colourOf, heatMap } from "./heat-map.ts";

const map = {
  title: "a < b",
  x: { label: "source", names: ["0", "1", "2"] },
  y: { label: "target", names: ["1", "2"] },
  values: [
    [-2, null, null],
    [1, Number.NEGATIVE_INFINITY, 0],
  ],
  scale: { label: "log₁₀", low: -4, high: 2 },
};

test("colours: one for each sign where there are both, as strong as the value is far from 0", () => {
  const scale = { label: "", low: -4, high: 2 };
  expect(colourOf(-2, scale)).toEqual({ kind: "less", strength: 0.5 });
  expect(colourOf(1, scale)).toEqual({ kind: "more", strength: 0.5 });
  expect(colourOf(0, scale).strength).toBe(0);
  expect(colourOf(Number.NEGATIVE_INFINITY, scale)).toEqual({ kind: "less", strength: 1 });
  expect(colourOf(9, scale)).toEqual({ kind: "more", strength: 1 });
  expect(colourOf(0.25, { label: "", low: 0, high: 1 })).toEqual({ kind: "more", strength: 0.25 });
  expect(colourOf(-3, { label: "", low: -4, high: 0 })).toEqual({ kind: "more", strength: 0.25 });
});

test("a cell for each value, and none where there is nothing", () => {
  const svg = heatMap(map);
  expect(svg.match(/<title>source/g)).toHaveLength(4);
  expect(svg).toContain("source 0, target 1: −2");
  expect(svg).toContain("source 1, target 2: −∞");
  expect(svg).toContain("a &lt; b");
  expect(svg).toContain("prefers-color-scheme: dark");
});

test("cells take the room that they are given, but no more than 26 pixels each", () => {
  const cells = (size?: { width: number; height: number }) =>
    /<rect class="less" [^>]*width="([\d.]+)" height="([\d.]+)"/
      .exec(heatMap({ ...map, ...(size && { size }) }))!
      .slice(1);
  expect(cells()).toEqual(["26", "26"]);
  expect(cells({ width: 30, height: 28 })).toEqual(["10", "14"]);
  expect(cells({ width: 3, height: 3 })).toEqual(["3", "3"]);
});

test("what can't be drawn is refused by name", () => {
  expect(() => heatMap({ ...map, values: [[1, 2, 3]] })).toThrow("heat map: 1 rows; expected 2 rows of 3 values");
  expect(() => heatMap({ ...map, values: [[1], [1, 2, 3]] })).toThrow("heat map: row 0 has 1 values");
  expect(() =>
    heatMap({
      ...map,
      values: [
        [Number.NaN, 1, 1],
        [1, 1, 1],
      ],
    }),
  ).toThrow("a value is NaN");
  expect(() => heatMap({ ...map, scale: { label: "", low: 1, high: 1 } })).toThrow("the scale is 1 to 1");
  expect(() => heatMap({ ...map, x: { label: "", names: [] } })).toThrow("heat map: 0 cells");
});

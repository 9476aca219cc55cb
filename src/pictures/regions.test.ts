import { describe, expect, test } from "vitest";
import { rationals } from "../algebra/index.ts";
import {
  drawnLines,
  type Region,
  randomHyperplanes,
  readHyperplanes,
  regionsOf,
  sheetPolygons,
} from "../analysis/index.ts";
import { regionGrowthPicture } from "./region-growth.ts";
import { regionsFrame, regionsPicture } from "./regions.ts";
import { elements, flaw } from "./svg.test-helper.ts";

type Point = readonly [number, number];

const cornersOf = (path: string): Point[] =>
  [...path.matchAll(/(-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
const areaOf = (corners: readonly Point[]) =>
  Math.abs(
    corners.reduce((sum, [x, y], k) => {
      const [u, v] = corners.at(k - 1)!;
      return sum + (u * y - x * v) / 2;
    }, 0),
  );
const isInside = (corners: readonly Point[], [x, y]: Point) => {
  const turns = corners.map(([u, v], k) => {
    const [s, t] = corners.at(k - 1)!;
    return (u - s) * (y - t) - (v - t) * (x - s);
  });
  return turns.every((turn) => turn > 0) || turns.every((turn) => turn < 0);
};
const polygonsOf = (svg: string) =>
  elements(svg, "path")
    .filter(({ at }) => at.class?.startsWith("region"))
    .map(({ at }) => ({ isShaded: at.class === "region shaded", corners: cornersOf(at.d!) }));
const labelsOf = (svg: string) =>
  elements(svg, "text")
    .filter(({ at }) => at.class === "label")
    .map(({ at, text }) => {
      // The text's middle is a third of its size over its base.
      const size = Number.parseFloat(at.style!.slice("font-size: ".length));
      return { text, middle: [Number(at.x), Number(at.y) - 0.35 * size] as Point };
    });

const five = drawnLines(5);
const regions = regionsOf(five);
const options = { title: "5 lines", subtitle: "a < b", shaded: ["A", "D", "G"] };

test("the regions cover the sheet, each with its label inside", () => {
  const svg = regionsPicture(five, regions, options);
  expect(flaw(svg)).toBeUndefined();
  const polygons = polygonsOf(svg);
  expect(polygons).toHaveLength(16);
  const [border] = elements(svg, "rect").filter(({ at }) => at.class === "border");
  const sheet = Number(border!.at.width) * Number(border!.at.height);
  expect(polygons.reduce((sum, { corners }) => sum + areaOf(corners), 0) / sheet).toBeCloseTo(1, 4);
  const labels = labelsOf(svg);
  expect(labels.map(({ text }) => text)).toEqual(regions.map(({ label }) => label));
  labels.forEach(({ middle }, k) => {
    for (const [n, { corners }] of polygons.entries()) expect(isInside(corners, middle)).toBe(n === k);
  });
  expect(polygons.flatMap(({ isShaded }, k) => (isShaded ? [regions[k]!.label] : []))).toEqual(["A", "D", "G"]);
  expect(elements(svg, "desc")[0]!.text).toBe("5 lines, 16 regions, 6 of them bounded. Shaded: A, D, G.");
});

test("A is at the top, and labels go clockwise", () => {
  const outer = labelsOf(regionsPicture(five, regions, options)).slice(0, 10);
  const { width, height } = elements(regionsPicture(five, regions, options), "svg")[0]!.at;
  const middle = [Number(width) / 2, Number(height) / 2] as const;
  const angles = outer.map(({ middle: [x, y] }) => Math.atan2(x - middle[0], middle[1] - y));
  expect(Math.abs(angles[0]!)).toBeLessThan(0.6);
  const turns = angles.map((angle) => (angle - angles[0]! + 2 * Math.PI) % (2 * Math.PI));
  expect(turns).toEqual([...turns].sort((a, b) => a - b));
});

test("each line has its number at both ends, and arrows to the side where its unit is on", () => {
  const svg = regionsPicture(five, regions, options);
  const numbers = elements(svg, "text").filter(({ at }) => at.class === "number");
  expect(numbers.map(({ text }) => text).sort()).toEqual([..."1122334455"]);
  const polygons = polygonsOf(svg);
  const tips = elements(svg, "path").filter(({ at }) => at.class === "tip");
  expect(tips).toHaveLength(10);
  tips.forEach(({ at }, k) => {
    const corners = cornersOf(at.d!);
    const where = polygons.findIndex((polygon) => isInside(polygon.corners, corners[0]!));
    expect(regions[where]!.signs[Math.floor(k / 2)]).toBe("+");
  });
});

describe("special lines", () => {
  const cases: Record<string, string> = {
    "three through a point": "1 0 = 0; 0 1 = 0; 1 1 = 0",
    "the same twice": "1 0 = 0; 2 0 = 0; 0 1 = 0",
    parallel: "0 1 = 0; 0 1 = 1; 0 1 = 5",
    one: "1 2 = 3",
  };
  test.each(Object.keys(cases))("%s", (name) => {
    const lines = readHyperplanes(cases[name]!);
    const found = regionsOf(lines);
    const svg = regionsPicture(lines, found, { title: name });
    expect(flaw(svg)).toBeUndefined();
    const polygons = polygonsOf(svg);
    expect(polygons).toHaveLength(found.length);
    for (const { corners } of polygons) expect(areaOf(corners)).toBeGreaterThan(1000);
    if (name === "the same twice") {
      const numbers = elements(svg, "text").filter(({ at }) => at.class === "number");
      expect(numbers.map(({ text }) => text).sort()).toEqual(["1, 2", "1, 2", "3", "3"]);
    }
  });
});

test("a label stands in the middle of a strip", () => {
  const strip = readHyperplanes("0 1 = 0; 0 1 = 1; 0 1 = 8");
  const svg = regionsPicture(strip, regionsOf(strip), { title: "strips" });
  const [border] = elements(svg, "rect").filter(({ at }) => at.class === "border");
  for (const { at } of elements(svg, "text").filter(({ at }) => at.class === "label")) {
    expect(Number(at.x)).toBeCloseTo(Number(border!.at.x) + Number(border!.at.width) / 2, 1);
  }
});

test("a given sheet: what lies beyond isn't drawn; regions and lines can be found; mistakes are struck out", () => {
  const lines = readHyperplanes("1 0 = 0; 0 1 = 0; 1 0 = 9");
  const found = regionsOf(lines);
  const sheet = { centre: [rationals.zero, rationals.zero], half: rationals.rational(5) } as const;
  const more = { title: "on a sheet", sheet };
  const svg = regionsPicture(lines, found, { ...more, wrong: ["A"] });
  expect(elements(svg, "desc")[0]!.text).toBe("3 lines, 6 regions, 0 of them bounded. Struck out: A.");
  const paths = elements(svg, "path");
  const named = paths.flatMap(({ at }) => at["data-region"] ?? []);
  expect(named.sort()).toEqual(
    found.flatMap(({ label, signs }) => (sheetPolygons(lines, sheet)(signs).length > 2 ? [label] : [])).sort(),
  );
  expect(named).toHaveLength(4);
  expect(paths.flatMap(({ at }) => at["data-line"] ?? [])).toEqual(["1", "2"]);
  const struck = paths.filter(({ at }) => at.class === "wrong");
  const a = paths.find(({ at }) => at["data-region"] === "A")!;
  const ends = cornersOf(struck[0]!.at.d!);
  expect(struck).toHaveLength(1);
  for (const end of ends) expect(isInside(cornersOf(a.at.d!), end)).toBe(true);
  // The frame is where things are: 0 is in its middle, the y axis points up.
  const frame = regionsFrame(more);
  const [vertical, horizontal] = paths.filter(({ at }) => at.class === "line").map(({ at }) => cornersOf(at.d!));
  expect(vertical!.map(([x]) => x)).toEqual([0, 0].map(() => frame.left + frame.side / 2));
  expect(horizontal!.map(([, y]) => y)).toEqual([0, 0].map(() => frame.top + frame.side / 2));
  const { width, height } = elements(svg, "svg")[0]!.at;
  expect([width, height].map(Number)).toEqual([frame.width, frame.height]);
});

test("labels that would be too small are left to those who point at their region", () => {
  const many = drawnLines(26);
  const found = regionsOf(many);
  const svg = regionsPicture(many, found, { title: "26 lines" });
  expect(polygonsOf(svg).length).toBeGreaterThan(340);
  expect(labelsOf(svg).length).toBeLessThan(found.length);
  expect(elements(svg, "title").map(({ text }) => text)).toContain(toldOf(found[0]!));
});

function toldOf({ label, signs }: Region): string {
  const on = [...signs].flatMap((sign, k) => (sign === "+" ? [k + 1] : []));
  return `${label}: on: ${on.join(", ")}; unbounded`;
}

test("what can't be drawn is refused", () => {
  const space = randomHyperplanes(3, 3);
  expect(() => regionsPicture(space, regionsOf(space), options)).toThrow("expected lines: 2 dimensions");
  const many = new Array<Region>(20_001).fill(regions[0]!);
  expect(() => regionsPicture(five, many, options)).toThrow("received 20001, expected at most 20000");
  expect(() => regionGrowthPicture({ title: "", dimensions: [], most: 5 })).toThrow("received 0 dimensions");
  expect(() => regionGrowthPicture({ title: "", dimensions: [2], most: 1 })).toThrow("up to 1 hyperplanes");
});

test("growth: a curve a dimension, and the estimate beside it", () => {
  const svg = regionGrowthPicture({ title: "growth", dimensions: [2, 10], most: 20, hasEstimate: true });
  expect(flaw(svg)).toBeUndefined();
  const description = elements(svg, "desc")[0]!.text;
  expect(description).toContain("d = 2: 211 at 20. n^2: 400 at 20. d = 10: 616700 at 20. n^10: 10240000000000 at 20.");
});

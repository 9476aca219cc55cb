/** Points, edges and costs of lines: by hand, and against the regions that are found. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { smallArrangements } from "./arrangements.test-helper.ts";
import { arrangementCounts, lineCounts, readHyperplanes, sheetLines, sheetOf } from "./index.ts";

test("five lines of which two are parallel and three meet", () => {
  const lines = readHyperplanes("1 0 = 0; 1 0 = 1; 0 1 = 0; 1 1 = 0; 1 2 = 5");
  const { costs, ...counts } = lineCounts(lines);
  // C(5, 2) = 10 pairs; one is parallel, three meet in one point: 10 − 1 − 2 = 7 points.
  expect(counts).toEqual({ points: 7, edges: 20, regions: 14, most: 16 });
  expect(costs.map(({ kind, hyperplanes, cost }) => [kind, hyperplanes, cost])).toEqual([
    ["parallel", [1, 2], 1],
    ["concurrent", [1, 3, 4], 1],
  ]);
});

test("a line three times over costs what two more lines would cut", () => {
  const lines = readHyperplanes("1 0 = 0; 2 0 = 0; 0 1 = 0; -1 0 = 0");
  const { regions, most, costs } = lineCounts(lines);
  expect([regions, most]).toEqual([4, 11]);
  expect(costs.map(({ cost }) => cost)).toEqual([4 + 3]);
});

test("of any lines: Euler's formula gives the regions that are counted, and the costs add up", () => {
  fc.assert(
    fc.property(smallArrangements(2, 8, 2), (arrangement) => {
      const { regions, most, costs } = lineCounts(arrangement);
      expect(BigInt(regions)).toBe(arrangementCounts(arrangement).regions);
      expect(costs.reduce((sum, { cost }) => sum + cost, 0)).toBe(most - regions);
      for (const { cost } of costs) expect(cost).toBeGreaterThan(0);
    }),
  );
});

test("a line beside a sheet isn't on it, whatever its direction", () => {
  const sheet = sheetOf(readHyperplanes("1 0 = 0; 0 1 = 0"));
  for (const line of ["1 0 = 2", "0 1 = -2", "1 1 = 3"]) expect(sheetLines(readHyperplanes(line), sheet)).toEqual([]);
  expect(sheetLines(readHyperplanes("1 0 = 1/2"), sheet)).toHaveLength(1);
});

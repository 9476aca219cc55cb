/** Hyperplanes from text, layers and chance; their names, and what is special about them. */
import { describe, expect, test } from "vitest";
import { rationals } from "../../algebra/index.ts";
import { ndarray } from "../../graph/index.ts";
import { sidesOf, whole } from "./arrangements.test-helper.ts";
import {
  arrangementCounts,
  drawnLines,
  findRegions,
  layerArrangement,
  makeArrangement,
  randomHyperplanes,
  readHyperplanes,
  regionsOf,
  sheetOf,
  specialPositions,
} from "./index.ts";
import { labelOf } from "./labels.ts";
import { crossingsOf, planesOf } from "./plane.ts";

const texts = ({ hyperplanes }: ReturnType<typeof readHyperplanes>) =>
  hyperplanes.map(({ weights, threshold }) => [...weights, threshold].map(rationals.format).join(" "));

describe("reading", () => {
  test("text, exactly", () => {
    expect(texts(readHyperplanes("1 0 = 0.1; -1/2, 1e-3 = −2 # a comment; 7\n\n 3 4=5"))).toEqual([
      "1 0 1/10",
      "-1/2 1/1000 -2",
      "3 4 5",
    ]);
  });
  test("JSON, a list or an object with it", () => {
    const list = '[{"weights": [1, "1/3", 1e2], "threshold": 0.1}]';
    expect(texts(readHyperplanes(list))).toEqual(["1 1/3 100 1/10"]);
    expect(texts(readHyperplanes(`{"dimension": 3, "hyperplanes": ${list}}`))).toEqual(["1 1/3 100 1/10"]);
  });
  test.each([
    ["", "hyperplanes: received none"],
    ["1 2", 'hyperplane 1 "1 2": received 0 equals signs, expected weights and a threshold, as in "1 -1/2 = 0.25"'],
    ["1 0 = 1; x 1 = 0", 'hyperplane 2 "x 1 = 0": received "x" as a number'],
    ["= 1", 'hyperplane 1 "= 1": received no weights'],
    ["1 2 = 1 2", "received 2 thresholds"],
    ["1 2 = 1; 1 = 0", "hyperplane 2: received 1 weights, expected 2, the dimension"],
    ["1 2 = 1; 0 0 = 1", "hyperplane 2: all its weights are 0"],
    ["{", "hyperplanes: received what isn't JSON"],
    ['{"lines": []}', "hyperplanes: received an object without a list of that name"],
    ["[]", "hyperplanes: received none"],
    ["[[1, 2]]", "hyperplane 1: received no list of weights"],
    ['[{"weights": [1]}]', "hyperplane 1: received no threshold"],
    ['[{"weights": [1, null], "threshold": 0}]', "hyperplane 1: received null as a number"],
  ])("%j is refused", (text, message) => {
    expect(() => readHyperplanes(text)).toThrow(message);
  });
});

test("a layer's hyperplanes, by the exact values of its numbers", () => {
  const layer = layerArrangement(ndarray(Float64Array.of(1, 0.1, -2, 0), [2, 2]), [0.5, -1]);
  expect(texts(layer)).toEqual(["1 -2 1/2", `${rationals.format(rationals.fromNumber(0.1))} 0 -1`]);
  const weights = ndarray(Float64Array.of(1, 0, 2, 0), [2, 2]);
  expect(() => layerArrangement(weights, [0, 0])).toThrow("hyperplane 2: all its weights are 0");
  expect(() => layerArrangement(weights, [0])).toThrow("shape [2,2] and 1 thresholds, expected [d, n] and n");
  expect(() => layerArrangement(weights, [0, Number.NaN])).toThrow("received NaN");
});

test("an arrangement has a dimension", () => {
  expect(() => makeArrangement([])).toThrow("received no hyperplanes and no dimension");
  expect(() => makeArrangement([], 0)).toThrow("received 0, expected a dimension of at least 1");
});

test("labels go on after Z", () => {
  expect([0, 25, 26, 51, 52, 701, 702].map(labelOf)).toEqual(["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
});

test("regions are found by label or by signs", () => {
  const regions = regionsOf(
    whole([
      [1, 0, 0],
      [0, 1, 0],
      [1, 1, 1],
    ]),
  );
  expect(findRegions(regions, ["g", "-+−", "A", "G"]).map(({ label }) => label)).toEqual(["G", "E", "A"]);
  expect(() => findRegions(regions, ["H"])).toThrow('unknown region "H": 7 regions have the labels A to G');
  expect(() => findRegions(regions, ["+-"])).toThrow("received 2 signs, expected 3, one a hyperplane");
  expect(() => findRegions(regions, ["--+"])).toThrow(
    "no point lies on these sides; the nearest that has points is +-+, region B",
  );
});

test.each([1, 2, 3, 5, 8, 26])("%d lines made up cross each other on the sheet, in general position", (count) => {
  const lines = drawnLines(count);
  expect(drawnLines(count)).toEqual(lines);
  if (count > 1) expect(drawnLines(count, 2)).not.toEqual(lines);
  expect(arrangementCounts(lines).isGeneric).toBe(true);
  const { centre, half } = sheetOf(lines);
  const crossings = crossingsOf(planesOf(lines));
  expect(crossings).toHaveLength((count * (count - 1)) / 2);
  for (const { x, scale } of crossings) {
    x.forEach((part, k) => {
      const away = rationals.subtract(rationals.rational(part, scale), centre[k]!);
      expect(Math.abs(rationals.toNumber(away))).toBeLessThan(rationals.toNumber(half));
    });
  }
});

test("of five lines no region is small", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const lines = drawnLines(5, seed);
    const half = rationals.toNumber(sheetOf(lines).half);
    // The least distance from a crossing to a third line, by the sheet's side.
    const numbers = lines.hyperplanes.map(({ weights, threshold }) => [...weights, threshold].map(rationals.toNumber));
    const distances = crossingsOf(planesOf(lines)).flatMap(({ x, scale }) => {
      const at = x.map((part) => Number(part) / Number(scale));
      return numbers
        .map(([a, b, c]) => Math.abs(a! * at[0]! + b! * at[1]! - c!) / Math.hypot(a!, b!))
        .filter((distance) => distance > 1e-9);
    });
    expect(Math.min(...distances) / (2 * half)).toBeGreaterThan(0.04);
  }
});

test("random hyperplanes are those of their seed", () => {
  const random = randomHyperplanes(4, 3, 7);
  expect(randomHyperplanes(4, 3, 7)).toEqual(random);
  expect(randomHyperplanes(6, 3, 7).hyperplanes.slice(0, 4)).toEqual(random.hyperplanes);
  for (const { weights, threshold } of random.hyperplanes) {
    expect(Math.hypot(...weights.map(rationals.toNumber))).toBeCloseTo(1, 2);
    expect(Math.abs(rationals.toNumber(threshold))).toBeLessThanOrEqual(1);
  }
  expect(randomHyperplanes(0, 2).hyperplanes).toEqual([]);
  expect(() => randomHyperplanes(-1, 2)).toThrow("received -1");
  expect(() => randomHyperplanes(3, 0)).toThrow("received 0, expected a dimension of at least 1");
  expect(() => drawnLines(301)).toThrow("received 301, expected a whole number from 1 to 300");
});

test("what is special is named", () => {
  const special = specialPositions(
    whole([
      [1, 0, 0],
      [1, 0, 1],
      [0, 1, 0],
      [1, 1, 0],
      [-2, -2, 0],
      [1, -1, 3],
    ]),
  );
  expect(special.map(({ kind, hyperplanes }) => `${kind} ${hyperplanes}`)).toEqual([
    "coincident 4,5",
    "parallel 1,2",
    "concurrent 1,3,4",
  ]);
  expect(special[2]!.point).toEqual([rationals.zero, rationals.zero]);
  expect(specialPositions(drawnLines(6))).toEqual([]);
  expect(
    specialPositions(
      whole([
        [1, 0],
        [1, 1],
        [2, 2],
      ]),
    ),
  ).toEqual([{ kind: "coincident", hyperplanes: [2, 3] }]);
});

test("the sheet shows lines that don't cross, or cross in one point", () => {
  const centre = (rows: number[][]) => sheetOf(whole(rows, 2)).centre.map(rationals.toNumber);
  expect(centre([])).toEqual([0, 0]);
  expect(
    centre([
      [0, 1, 2],
      [0, 1, 4],
    ]),
  ).toEqual([0, 3]);
  expect(
    centre([
      [1, 0, 5],
      [0, 1, 7],
      [1, 1, 12],
    ]),
  ).toEqual([5, 7]);
  expect(() => sheetOf(randomHyperplanes(3, 3))).toThrow("received an arrangement in 3 dimensions, expected lines");
  expect(sidesOf(whole([[1, 0, 5]]), [rationals.rational(5), rationals.zero])).toBe("0");
});

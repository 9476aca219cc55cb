import { completeConfig, type LengthResult, rate } from "longhand";
import { expect, test } from "vitest";
import { accuracyCurves, lossCurves } from "./train-curves.ts";

const resultOf = (length: number, replica: number, right: number): LengthResult => ({
  length,
  replica,
  isTrained: false,
  isHeldOut: false,
  exact: rate(right, 4),
  symbol: rate(right, 4),
});

test("all networks, and the chosen one beside them", () => {
  const points = [1, 2, 3].map((step) => ({ step, losses: [1 / step, 2 / step], loss: 0, exactAccuracy: 0 }));
  const curves = lossCurves(points, 1)!;
  expect(curves.series.map(({ name, runs }) => [name, runs.length])).toEqual([
    ["all", 2],
    ["network 2", 1],
  ]);
  expect(curves.series[1]!.runs[0]).toEqual({ x: [1, 2, 3], y: [2, 1, 2 / 3] });
  expect(lossCurves([], 0)).toBeUndefined();
  const many = Array.from({ length: 1234 }, (_, k) => ({ step: k + 1, losses: [1], loss: 1, exactAccuracy: 0 }));
  const { x } = lossCurves(many, 0)!.series[0]!.runs[0]!;
  expect(x.length).toBeLessThanOrEqual(101);
  expect(x[x.length - 1]).toBe(1234);
});

test("shares of right answers by length, and how many are right at the longest", () => {
  const lengths = [5, 50].map((length) => [resultOf(length, 0, 4), resultOf(length, 1, 3)]);
  const config = completeConfig({ task: "binary-addition", population: 2 });
  const { curves, words } = accuracyCurves({ step: 300, samples: 4, lengths }, config, 0);
  expect(curves.series[0]!.runs.map(({ y }) => y)).toEqual([
    [100, 100],
    [75, 75],
  ]);
  expect(words).toContain("After 300 steps 1 of 2 make no error on 4 random problems of length 50.");
  expect(curves.marks).toEqual([{ x: 10, label: "trained up to here" }]);
});

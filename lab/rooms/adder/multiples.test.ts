import { expect, test } from "vitest";
import { lossPath, lossScale, standingOf } from "./multiples.ts";
import type { Outcome } from "./prove.job.ts";
import type { TrainPoint } from "./train.job.ts";

const pointOf = (step: number, ...losses: number[]): TrainPoint => ({ step, losses, loss: 0, exactAccuracy: 0 });
const box = { width: 100, height: 30 };

test("losses are drawn by their logarithm, on axes that all networks share", () => {
  const points = [pointOf(10, 1, 0.1), pointOf(20, 0.1, 0.01)];
  const scale = lossScale(points, 40);
  expect(scale).toEqual({ steps: 40, low: 0.01, high: 1 });
  expect(lossPath(points, 0, scale, box)).toBe("M25.0 0.0L50.0 15.0");
  expect(lossPath(points, 1, scale, box)).toBe("M25.0 15.0L50.0 30.0");
});

test("what isn't finite is a gap; what is hardly a loss any more lies at the bottom", () => {
  const points = [pointOf(1, 1), pointOf(2, Number.NaN), pointOf(3, 1e-9)];
  const scale = lossScale(points, 4);
  expect(scale.low).toBeCloseTo(1e-4, 12);
  expect(lossPath(points, 0, scale, box)).toBe("M25.0 0.0M75.0 30.0");
  expect(lossScale([], 4)).toEqual({ steps: 4, low: 0.1, high: 1 });
});

test("long curves are drawn with few points, the last one among them", () => {
  const points = Array.from({ length: 1000 }, (_, k) => pointOf(k + 1, 1 / (k + 1)));
  const path = lossPath(points, 0, lossScale(points, 1000), box);
  expect(path.split("L").length).toBeLessThan(65);
  expect(path.endsWith("L100.0 30.0")).toBe(true);
});

test("a verdict counts more than what was seen on the way", () => {
  const unknown: Outcome = { verdict: "unknown", blocked: "", tried: [], seconds: 0, visited: [] };
  expect(standingOf(unknown, null, true, true)).toBe("unknown");
  expect(standingOf(null, 7, true, false)).toBe("diverged");
  expect(standingOf(null, null, true, false)).toBe("solved");
  expect(standingOf(null, null, false, false)).toBe("learning");
  expect(standingOf(null, null, false, true)).toBe("unsolved");
  expect(standingOf(null, null, undefined, true)).toBe("learning");
});

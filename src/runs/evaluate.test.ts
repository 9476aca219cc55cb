import { expect, test } from "vitest";
import type { EvaluationProgress, LengthResult } from "../evaluation/index.ts";
import { evaluateTrained, lengthsFor } from "./evaluate.ts";
import { networkOf } from "./network.test-helper.ts";

test("lengths to look at: 1, 10 and 100 times the trained one; up to 401 of networks with as many steps as symbols", () => {
  expect(lengthsFor(networkOf({ task: "binary-addition" }))).toEqual([10, 100, 1000]);
  const bins = (task: string, lengths: number[]) =>
    networkOf({ task, model: { name: "dngpu", maps: 3 }, bins: { lengths }, lengths: [9, lengths.at(-1)!] });
  expect(lengthsFor(bins("binary-multiplication", [11, 15]))).toEqual([15, 101, 201, 401]);
  expect(lengthsFor(bins("decimal-multiplication-in-binary", [9, 41]))).toEqual([41, 97, 201, 401]);
  expect(lengthsFor(bins("binary-multiplication", [11, 201]))).toEqual([201, 401]);
});

test("random problems that are held out, then each structured kind; the progress counts all of them", async () => {
  const network = networkOf({
    task: "sort",
    model: { name: "dngpu", maps: 3 },
    lengths: [4, 6],
    bins: { lengths: [5, 6] },
  });
  const results: LengthResult[] = [];
  const parts: number[] = [];
  const at: EvaluationProgress[] = [];
  const found = evaluateTrained(network, {
    lengths: [5, 8],
    samples: 6,
    structured: 2,
    onProgress: (part, where) => {
      parts.push(part);
      at.push(where);
    },
  });
  for await (const [result] of found) results.push(result!);
  const kinds = ["equal", "one-different", "two-values", "sorted", "reversed"];
  expect(results.map((result) => [result.length, result.structured, result.exact.trials, result.isHeldOut])).toEqual(
    [5, 8].flatMap((length) => [
      [length, undefined, 6, true],
      ...kinds.map((kind) => [length, kind, 2, false] as const),
    ]),
  );
  expect(results.map(({ isTrained }) => isTrained)).toEqual([...Array(6).fill(true), ...Array(6).fill(false)]);
  expect(parts).toEqual([...parts].sort((a, b) => a - b));
  expect(parts.at(-1)).toBeCloseTo(1, 12);
  expect(at.at(-1)).toEqual({ length: 8, structured: "reversed", done: 2, samples: 2 });
});

test("how many problems where no number is given: all of short ones, structured ones too", async () => {
  const network = networkOf({
    task: "sort",
    model: { name: "dngpu", maps: 3 },
    lengths: [4, 6],
    bins: { lengths: [5, 6] },
  });
  const trials: number[] = [];
  for await (const [result] of evaluateTrained(network, { lengths: [3], structured: "some" })) {
    trials.push(result!.exact.trials);
  }
  expect(trials).toEqual([1024, 64, 64, 64, 64, 64]);
});

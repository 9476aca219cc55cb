/** The tasks that ask for marked numbers: adding, and storing. */
import { describe, expect, it } from "vitest";
import { randomSource } from "../../random/index.ts";
import { addingProblem } from "./adding-problem.ts";
import { drawnTaskProperties } from "./properties.test-helper.ts";
import { storingPreciseValues } from "./storing-precise-values.ts";

/** Asked after the last step only: what `of` makes of the marked numbers. */
const afterTheEnd = (of: (marked: number[]) => number) => (input: number[]) => {
  const marked = input.filter((_, k) => k % 2 === 0 && input[k + 1] === 1);
  return input.flatMap((_, k) => (k % 2 === 1 ? [] : k + 2 === input.length ? [of(marked)] : [Number.NaN]));
};

drawnTaskProperties(
  addingProblem,
  afterTheEnd(([a, b]) => a! + b!),
);
drawnTaskProperties(
  storingPreciseValues,
  afterTheEnd(([a]) => a!),
);

describe("where the marks are", () => {
  it.each([
    ["one in each half", addingProblem, [0, 1, 2], [3, 4, 5, 6]],
    ["one in the first half", storingPreciseValues, [0, 1, 2], []],
  ])("%s, at each of its steps about as often", (_, task, first, second) => {
    const { input } = task.draw(randomSource(5).stream("marks"), 7, 6000, "train");
    const marks = Array.from({ length: 7 }, (_, t) => {
      let count = 0;
      for (let k = 0; k < 6000; k++) count += input[2 * (7 * k + t) + 1]!;
      return count;
    });
    const allowed = (steps: readonly number[]) => (5 * Math.sqrt(6000)) / Math.sqrt(steps.length);
    for (const t of first) expect(Math.abs(marks[t]! - 6000 / first.length)).toBeLessThan(allowed(first));
    for (const t of second) expect(Math.abs(marks[t]! - 6000 / second.length)).toBeLessThan(allowed(second));
    for (let t = 0; t < 7; t++) if (![...first, ...second].includes(t)) expect(marks[t]).toBe(0);
  });
});

describe("what whoever always answers the mean gets wrong", () => {
  it.each([
    ["adding: variance of a sum of two uniform numbers", addingProblem, 1, 1 / 6],
    ["storing: of one", storingPreciseValues, 0.5, 1 / 12],
  ])("%s", (_, task, mean, variance) => {
    const { target } = task.draw(randomSource(6).stream("variance"), 4, 20_000, "train");
    const errors = Array.from(target).flatMap((number) => (Number.isNaN(number) ? [] : [(number - mean) ** 2]));
    expect(errors.length).toBe(20_000);
    expect(errors.reduce((sum, error) => sum + error) / 20_000).toBeCloseTo(variance, 2);
  });
});

it("is written step by step", () => {
  const problem = addingProblem.parse("0.5 0, 0.25 1, 0.75 0, 0.125 1");
  expect(addingProblem.formatAnswer(problem.target, problem)).toBe("0.375");
  expect(() => addingProblem.parse("0.5 0, 0.25")).toThrow(/step 2 is "0.25", expected 2 numbers: number mark/);
  expect(() => storingPreciseValues.parse("0.5 0, x 1")).toThrow(/step 2: "x" is no number/);
  expect(() => addingProblem.parse("")).toThrow(/step 1 is ""/);
});

/** Which parts a step has. */
import { expect, test } from "vitest";
import { randomSource } from "../../random/index.ts";
import { completeConfig } from "../config.ts";
import { planStep } from "./plan.ts";
import { initialRecipe } from "./recipe.ts";

const config = (bins: Record<string, unknown>, batch = 10, changes: Record<string, unknown> = {}) =>
  completeConfig({
    task: "sort",
    model: { name: "dngpu", maps: 3 },
    lengths: [3, 8],
    batch,
    bins: { lengths: [3, 5, 8], ahead: null, ...bins },
    solved: null,
    ...changes,
  });
const random = randomSource(5);

test("every bin's batch in parts of a chunk, the most work first, with the weights of a mean over bins", () => {
  const given = config({ chunk: 4 });
  const parts = planStep(given, initialRecipe(given), random, 1);
  expect(parts).toEqual([
    { length: 8, first: 0, count: 4, share: 4 / 10 / 3 },
    { length: 8, first: 4, count: 4, share: 4 / 10 / 3 },
    { length: 8, first: 8, count: 2, share: 2 / 10 / 3 },
    { length: 5, first: 0, count: 4, share: 4 / 10 / 3 },
    { length: 5, first: 4, count: 4, share: 4 / 10 / 3 },
    { length: 5, first: 8, count: 2, share: 2 / 10 / 3 },
    { length: 3, first: 0, count: 4, share: 4 / 10 / 3 },
    { length: 3, first: 4, count: 4, share: 4 / 10 / 3 },
    { length: 3, first: 8, count: 2, share: 2 / 10 / 3 },
  ]);
  // Work is length² · count: 2 problems of length 9 are more than 16 of length 3.
  const uneven = config({ lengths: [3, 9], chunk: 16 }, 18, { lengths: [3, 9] });
  const works = planStep(uneven, initialRecipe(uneven), random, 1).map(({ length, count }) => [length, count]);
  expect(works).toEqual([
    [9, 16],
    [9, 2],
    [3, 16],
    [3, 2],
  ]);
});

test.each([1, 3, 7, 16, 100])("parts of up to %i cover each bin once, and weigh 1", (chunk) => {
  const given = config({ chunk });
  const parts = planStep(given, initialRecipe(given), random, 3);
  expect(parts.reduce((sum, { share }) => sum + share!, 0)).toBeCloseTo(1, 14);
  for (const length of [3, 5, 8]) {
    const numbers = parts
      .filter((part) => part.length === length)
      .flatMap(({ first, count }) => Array.from({ length: count }, (_, k) => first + k));
    expect(numbers.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }
  for (const { count } of parts) expect(count).toBeLessThanOrEqual(chunk);
});

test("bins that wait aren't trained, and the others weigh more", () => {
  const given = config({ ahead: 1, chunk: 16 });
  const recipe = initialRecipe(given);
  expect(planStep(given, recipe, random, 1)).toEqual([
    { length: 5, first: 0, count: 10, share: 1 / 2 },
    { length: 3, first: 0, count: 10, share: 1 / 2 },
  ]);
  expect(planStep(given, { ...recipe, open: 3 }, random, 1).map(({ length }) => length)).toEqual([8, 5, 3]);
});

test("a curriculum trains one bin a step: mostly the longest it has reached, any in a fifth of the steps", () => {
  const given = config({ step: "curriculum", chunk: 4 }, 10, { curriculum: { start: 5 } });
  const recipe = initialRecipe(given);
  const counts = new Map<number, number>();
  const steps = 6000;
  for (let t = 1; t <= steps; t++) {
    const parts = planStep(given, recipe, random, t);
    const { length } = parts[0]!;
    expect(parts.map((part) => [part.length, part.first, part.count, part.share])).toEqual([
      [length, 0, 4, 0.4],
      [length, 4, 4, 0.4],
      [length, 8, 2, 0.2],
    ]);
    counts.set(length, (counts.get(length) ?? 0) + 1);
  }
  // Five standard deviations of a binomial distribution.
  for (const [length, share] of [
    [3, 0.2 / 3],
    [5, 0.8 + 0.2 / 3],
    [8, 0.2 / 3],
  ] as const) {
    const bound = 5 * Math.sqrt(steps * share * (1 - share));
    expect(Math.abs(counts.get(length)! - steps * share)).toBeLessThan(bound);
  }
  // The step alone decides which.
  expect(planStep(given, recipe, random, 77)).toEqual(planStep(given, recipe, randomSource(5), 77));
});

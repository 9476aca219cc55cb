/** What a training by bins decides, by sequences computed by hand. */
import { describe, expect, test } from "vitest";
import { completeConfig, type TrainingConfig } from "../config.ts";
import { type BinResult, hasStalled, initialRecipe, nextRecipe, type RecipeState, type StepResult } from "./recipe.ts";

const config = (changes: Record<string, unknown> = {}): TrainingConfig =>
  completeConfig({
    task: "sort",
    model: { name: "dngpu", maps: 3 },
    lengths: [3, 7],
    bins: { lengths: [3, 5, 7], ahead: null },
    schedule: { name: "plateau", every: 2 },
    solved: null,
    ...changes,
  });

const bin = (length: number, symbolAccuracy = 0.5, exactAccuracy = 0.25): BinResult => ({
  length,
  loss: 1,
  symbolAccuracy,
  exactAccuracy,
});

const step = (loss: number, saturation = 0, bins: readonly BinResult[] = [bin(3), bin(5), bin(7)]): StepResult => ({
  loss,
  saturation,
  bins,
});

/** The states after each of some steps. */
function statesAfter(given: TrainingConfig, steps: readonly StepResult[], learningRate = 0.01): RecipeState[] {
  const states: RecipeState[] = [];
  let state = initialRecipe(given);
  for (const result of steps) {
    state = nextRecipe(given, state, result, learningRate);
    states.push(state);
  }
  return states;
}

test("before the first step nothing is decided", () => {
  expect(initialRecipe(config({ saturation: { weight: 0.125 } }))).toEqual({
    rateFactor: 1,
    losses: [],
    period: { steps: 0, loss: 0, saturation: 0, exact: 0 },
    saturationWeight: 0.125,
    open: 3,
    accuracies: [0, 0, 0],
    pull: 0,
  });
});

describe("a loss stalls", () => {
  test("by the rule best: when the two last are both above the one before", () => {
    expect(hasStalled([], "best")).toBe(false);
    expect(hasStalled([1, 2], "best")).toBe(false);
    expect(hasStalled([1, 2, 3], "best")).toBe(true);
    expect(hasStalled([1, 3, 2], "best")).toBe(true);
    expect(hasStalled([1, 0.9, 3], "best")).toBe(false);
    expect(hasStalled([1, 3, 0.9], "best")).toBe(false);
    expect(hasStalled([1, 1, 2], "best")).toBe(false);
    // Only the last three count.
    expect(hasStalled([0, 3, 2, 1], "best")).toBe(false);
    expect(hasStalled([9, 1, 3, 2], "best")).toBe(true);
  });

  test("by the rule worst: when the last is above each of the three before", () => {
    expect(hasStalled([1, 2, 3], "worst")).toBe(false);
    expect(hasStalled([1, 2, 3, 4], "worst")).toBe(true);
    expect(hasStalled([1, 4, 3, 4], "worst")).toBe(false);
    expect(hasStalled([9, 1, 2, 3, 4], "worst")).toBe(true);
    expect(hasStalled([4, 1, 2, 3], "worst")).toBe(false);
  });
});

describe("at the end of a period", () => {
  test("the mean loss is remembered, and the rate falls by the factor when it stalls, down to the floor", () => {
    const given = config({ schedule: { name: "plateau", every: 2, factor: 0.5, floor: 0.2 }, saturation: null });
    // Mean losses 2, 3, 2.5 (stalled: the rate halves), 2.75, 3 (both above 2.5), 4, 5.
    const losses = [1, 3, 2, 4, 2.5, 2.5, 2.75, 2.75, 3, 3, 4, 4, 5, 5];
    const states = statesAfter(
      given,
      losses.map((loss) => step(loss)),
    );
    const ends = states.filter((_, k) => k % 2 === 1);
    expect(ends.map(({ losses: kept }) => kept.at(-1))).toEqual([2, 3, 2.5, 2.75, 3, 4, 5]);
    // The third is stalled by 2; of 3, 2.5, 2.75 the best is new; then each is worse than what came before.
    expect(ends.map(({ rateFactor }) => rateFactor)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.2, 0.2]);
    expect(ends.at(-1)!.losses).toEqual([2.75, 3, 4, 5]);
    // Within a period nothing changes but the sums.
    expect(states[0]!.period).toEqual({ steps: 1, loss: 1, saturation: 0, exact: 0.25 });
    for (const { period } of ends) expect(period).toEqual({ steps: 0, loss: 0, saturation: 0, exact: 0 });
    expect(states[4]!.rateFactor).toBe(1);
  });

  test("the numbers are the paper's where nothing else is said", () => {
    const { schedule, saturation } = completeConfig({ task: "binary-multiplication", schedule: { name: "plateau" } });
    expect(schedule).toEqual({ name: "plateau", every: 200, factor: 0.7, floor: 1 / 60, rule: "best" });
    expect(saturation).toEqual({ weight: 1e-3, follow: true });
    const steps = Array.from({ length: 600 }, (_, k) => step(k < 200 ? 1 : 2));
    const states = statesAfter(config({ schedule: { name: "plateau" } }), steps);
    expect(states[598]!.rateFactor).toBe(1);
    expect(states[599]!.rateFactor).toBe(0.7);
  });

  test("without the schedule the rate stays", () => {
    const given = config({ schedule: { name: "constant" } });
    const states = statesAfter(
      given,
      Array.from({ length: 800 }, (_, k) => step(k)),
    );
    expect(states.at(-1)!.rateFactor).toBe(1);
    expect(states.at(-1)!.losses).toEqual([99.5, 299.5, 499.5, 699.5]);
  });

  test("the saturation cost is weighted so that it is the learning rate times the loss", () => {
    // Mean loss 2, weighted saturation 2⁻¹⁰·32 = 2⁻⁵: w ← 2⁻¹⁰ · 2⁻⁴ · 2 / 2⁻⁵ = 2⁻⁸, above the first weight.
    // Then 2⁻¹⁰·512 = ½: w ← 2⁻¹⁰ · 2⁻⁴ · 2 / ½ = 2⁻¹².
    const given = config({ saturation: { weight: 2 ** -10 } });
    const [a, b, c, d] = statesAfter(given, [step(1, 16), step(3, 48), step(2, 512), step(2, 512)], 2 ** -4);
    expect(a!.saturationWeight).toBe(2 ** -10);
    expect(a!.period.saturation).toBe(2 ** -6);
    expect(b!.saturationWeight).toBe(2 ** -10);
    expect(c!.saturationWeight).toBe(2 ** -10);
    expect(d!.saturationWeight).toBeCloseTo(2 ** -12, 15);
    // What is weighted from now on is weighted by the new weight: 2⁻¹²·512 = 2⁻³ = learning rate · loss. It stays.
    const following = nextRecipe(given, nextRecipe(given, d!, step(2, 512), 2 ** -4), step(2, 512), 2 ** -4);
    expect(following.saturationWeight).toBeCloseTo(2 ** -12, 15);
    // Nothing saturated: back to the first weight. Without a loss: as good as none.
    const [, none] = statesAfter(given, [step(1, 0), step(1, 0)]);
    expect(none!.saturationWeight).toBe(2 ** -10);
    const [, perfect] = statesAfter(given, [step(0, 1), step(0, 1)]);
    expect(perfect!.saturationWeight).toBe(1e-20);
    const [, fixed] = statesAfter(config({ saturation: { weight: 2 ** -10, follow: false } }), [
      step(0, 1),
      step(0, 1),
    ]);
    expect(fixed!.saturationWeight).toBe(2 ** -10);
  });

  test("the pull grows after a period of few errors; at its end the sets become one", () => {
    const given: TrainingConfig = { ...config(), sharing: { pull: 2, growth: 3, below: 0.25, joinAt: 18 } };
    const exact = (...accuracies: readonly number[]) => accuracies.map((each) => step(1, 0, [bin(3, 1, each)]));
    // Of the two steps of a period the mean counts: 0.75 is not enough, 0.8125 is.
    const states = statesAfter(given, exact(1, 0.5, 0.625, 1, 0, 1, 1, 1, 1, 1));
    expect(states.map(({ pull }) => pull)).toEqual([2, 2, 2, 6, 6, 6, 6, 0, 0, 0]);
    // The mean is over bins too.
    const twoBins = [step(1, 0, [bin(3, 1, 1), bin(5, 1, 0.625)]), step(1, 0, [bin(3, 1, 1), bin(5, 1, 0.625)])];
    expect(statesAfter(given, twoBins).at(-1)!.pull).toBe(6);
  });
});

describe("bins", () => {
  test("are all open from the beginning unless some wait", () => {
    const [state] = statesAfter(config(), [step(1, 0, [bin(3, 0), bin(5, 0), bin(7, 0)])]);
    expect(state!.open).toBe(3);
  });

  test("open when the first unlearned one has only `ahead` behind it, and stay open", () => {
    const given = config({ bins: { lengths: [3, 5, 7], ahead: 1, learned: 0.5 }, schedule: { name: "constant" } });
    expect(initialRecipe(given).open).toBe(2);
    // The averages go a tenth of the way at each step: 1 − 0.9ᵏ of a bin that is always right passes ½ at step 7.
    const right = Array.from({ length: 7 }, () => step(1, 0, [bin(3, 1), bin(5, 0)]));
    const states = statesAfter(given, right);
    expect(states.map(({ open }) => open)).toEqual([2, 2, 2, 2, 2, 2, 3]);
    expect(states.at(-1)!.accuracies[0]).toBeCloseTo(1 - 0.9 ** 7, 14);
    expect(states.at(-1)!.accuracies.slice(1)).toEqual([0, 0]);
    const forgotten = nextRecipe(given, states.at(-1)!, step(1, 0, [bin(3, 0), bin(5, 0), bin(7, 0)]), 0.01);
    expect(forgotten.accuracies[0]).toBeLessThan(0.5);
    expect(forgotten.open).toBe(3);
    expect(initialRecipe(config({ bins: { lengths: [3, 5, 7], ahead: 0 } })).open).toBe(1);
    expect(initialRecipe(config({ bins: { lengths: [3, 5, 7], ahead: 9 } })).open).toBe(3);
  });

  test("that open make the remembered losses void: more and longer bins have larger ones", () => {
    const given = config({ bins: { lengths: [3, 5, 7], ahead: 0, learned: 0.0625 } });
    const only = (accuracy: number) => [bin(3, accuracy)];
    const [, before, , after] = statesAfter(given, [
      step(1, 0, only(0)),
      step(1, 0, only(0)),
      step(3, 0, only(0)),
      step(3, 0, only(1)),
    ]);
    expect(before).toMatchObject({ open: 1, losses: [1] });
    expect(after).toMatchObject({ open: 2, losses: [], period: { steps: 0, loss: 0 } });
  });

  test("of a curriculum begin with those up to its start, and grow when the longest is answered", () => {
    const given = config({
      bins: { lengths: [3, 5, 7], step: "curriculum" },
      curriculum: { start: 5, grow: 1, accuracy: 0.75 },
    });
    expect(initialRecipe(given).open).toBe(2);
    const [shorter, wrong, right, last] = statesAfter(given, [
      step(1, 0, [bin(3, 1, 1)]),
      step(1, 0, [bin(5, 1, 0.5)]),
      step(1, 0, [bin(5, 1, 0.75)]),
      step(1, 0, [bin(7, 1, 1)]),
    ]);
    expect([shorter, wrong, right, last].map((state) => state!.open)).toEqual([2, 2, 3, 3]);
    const fast = { ...given, curriculum: { start: 3, grow: 5, accuracy: 0.75 } };
    expect(initialRecipe(fast).open).toBe(1);
    expect(statesAfter(fast, [step(1, 0, [bin(3, 1, 1)])]).at(-1)!.open).toBe(3);
    // A longer bin than the curriculum has reached says nothing.
    expect(statesAfter(fast, [step(1, 0, [bin(7, 1, 1)])]).at(-1)!.open).toBe(1);
  });
});

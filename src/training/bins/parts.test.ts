/** The problems of parts, and the gradients of parts as parts of one gradient. */
import { describe, expect, test } from "vitest";
import type { NDArray } from "../../graph/index.ts";
import { input, program } from "../../graph/index.ts";
import { randomSource } from "../../random/index.ts";
import { compileReference, reference } from "../../runtime/reference/reference.ts";
import { exactTask, findTask, isHeldOut } from "../../tasks/index.ts";
import { completeConfig, configuredModel, type TrainingConfig } from "../config.ts";
import { layoutOf } from "../flat.ts";
import { type PartResult, type PartsOrder, partRunner } from "../parts/part.ts";
import { namedParameters } from "../state.ts";
import { initialState } from "../trainer.ts";
import { binParts, problemsOf } from "./parts.ts";
import { planStep } from "./plan.ts";
import { initialRecipe } from "./recipe.ts";

const config = (changes: Record<string, unknown> = {}): TrainingConfig =>
  completeConfig({
    task: "sort",
    model: { name: "dngpu", maps: 3 },
    lengths: [2, 7],
    batch: 6,
    bins: { lengths: [4, 7], ahead: null },
    solved: null,
    ...changes,
  });

/** Rows of an int array [count, length, …], without the padding. */
function rows({ data, shape }: NDArray): number[][] {
  const [count, length] = shape as [number, number];
  return Array.from({ length: count }, (_, k) =>
    Array.from(data.subarray(k * length, (k + 1) * length)).filter((symbol) => symbol >= 0),
  );
}

describe("problems", () => {
  const drawn = (given: TrainingConfig, step: number, length: number, first: number, count: number) =>
    problemsOf(findTask(given.task), given, randomSource(given.seed), step, { length, first, count });

  test("are never held out, are as many as `examples` at most of each length, and are answered", () => {
    const given = config({ bins: { lengths: [4, 7], examples: 150, shorter: 0.5 } });
    const task = findTask("sort");
    const distinct = new Map<number, Set<string>>();
    for (let step = 1; step <= 200; step++) {
      const { symbols, targets } = drawn(given, step, 7, 0, 20);
      const answers = rows(targets!);
      for (const [k, problem] of rows(symbols!).entries()) {
        expect(isHeldOut(Int32Array.from(problem))).toBe(false);
        expect(answers[k]).toEqual(Array.from(task.solve(Int32Array.from(problem))));
        const seen = distinct.get(problem.length) ?? new Set();
        distinct.set(problem.length, seen.add(problem.join(" ")));
      }
    }
    expect([...distinct.keys()].sort()).toEqual([2, 3, 4, 5, 6, 7]);
    for (const [length, { size }] of distinct) expect(size, `length ${length}`).toBeLessThanOrEqual(150);
    // All of them come: the numbers are drawn uniformly, 2,000 times for 150 of 73,000 problems.
    expect(distinct.get(7)!.size).toBeGreaterThan(145);
    const always = new Set<string>();
    const unlimited = config({ bins: { lengths: [4, 7], examples: null, shorter: 0 } });
    for (let step = 1; step <= 50; step++) {
      for (const problem of rows(drawn(unlimited, step, 7, 0, 20).symbols!)) {
        expect(isHeldOut(Int32Array.from(problem))).toBe(false);
        always.add(problem.join(" "));
      }
    }
    expect(always.size).toBeGreaterThan(980);
  });

  test("of a length and number are the same in every bin", () => {
    const given = config({ bins: { lengths: [4, 7], examples: 5, shorter: 0.9 } });
    const ofLength = (bin: number, length: number) =>
      new Set(
        Array.from({ length: 60 }, (_, step) => rows(drawn(given, step, bin, 0, 10).symbols!))
          .flat()
          .filter((problem) => problem.length === length)
          .map((problem) => problem.join(" ")),
      );
    expect(ofLength(7, 3)).toEqual(ofLength(4, 3));
  });

  test.each([0, 0.05, 0.3, 1])("are shorter than the longest that fits in a share of %d, evenly", (shorter) => {
    const given = config({ bins: { lengths: [4, 7], shorter } });
    const counts = new Array<number>(8).fill(0);
    const total = 4000;
    for (let step = 1; step <= total / 40; step++) {
      for (const problem of rows(drawn(given, step, 7, 0, 40).symbols!)) counts[problem.length]!++;
    }
    for (let length = 2; length <= 7; length++) {
      const share = length === 7 ? 1 - shorter : shorter / 5;
      const bound = 5 * Math.sqrt(total * share * (1 - share));
      expect(Math.abs(counts[length]! - total * share), `length ${length}`).toBeLessThanOrEqual(bound);
    }
  });

  test("are the same however a step is cut, each with −1 after its end", () => {
    const given = config({ bins: { lengths: [4, 7], shorter: 0.6 } });
    const { symbols, targets } = drawn(given, 3, 7, 0, 12);
    expect(symbols!.shape).toEqual([12, 7, 1]);
    expect(targets!.shape).toEqual([12, 7]);
    for (const chunk of [1, 4, 5]) {
      for (let first = 0; first < 12; first += chunk) {
        const count = Math.min(chunk, 12 - first);
        const part = drawn(given, 3, 7, first, count);
        expect(part.symbols!.data).toEqual(symbols!.data.slice(first * 7, (first + count) * 7));
        expect(part.targets!.data).toEqual(targets!.data.slice(first * 7, (first + count) * 7));
      }
    }
    for (const [k, problem] of rows(symbols!).entries()) {
      const padding = Array.from(symbols!.data.slice(k * 7 + problem.length, (k + 1) * 7));
      expect(padding).toEqual(padding.map(() => -1));
      expect(targets!.data.slice(k * 7 + problem.length, (k + 1) * 7)).toEqual(Int32Array.from(padding));
    }
    expect(drawn(given, 4, 7, 0, 12).symbols!.data).not.toEqual(symbols!.data);
    expect(drawn({ ...given, seed: 2 }, 3, 7, 0, 12).symbols!.data).not.toEqual(symbols!.data);
  });

  test("of a task with odd lengths alone are of those", () => {
    const given = completeConfig({
      task: "binary-multiplication",
      model: { name: "dngpu", maps: 3 },
      lengths: [3, 7],
      bins: { lengths: [8], shorter: 0.5 },
      solved: null,
    });
    const lengths = rows(drawn(given, 1, 8, 0, 200).symbols!).map(({ length }) => length);
    expect([...new Set(lengths)].sort()).toEqual([3, 5, 7]);
  });
});

/** The parts of step 1, computed. */
async function computed(given: TrainingConfig, weights: Record<string, number>, parameters: Float64Array) {
  const parts = planStep(given, initialRecipe(given), randomSource(given.seed), 1);
  await using runner = partRunner(binParts(given), reference);
  return { parts, results: await runner.run({ step: 1, parts, parameters, weights }) };
}

function sum(results: readonly PartResult[]): Float64Array {
  const total = new Float64Array(results[0]!.gradient.length);
  for (const { gradient } of results) for (let k = 0; k < total.length; k++) total[k]! += gradient[k]!;
  return total;
}

describe("gradients of parts", () => {
  const without = { model: { name: "dngpu", maps: 3, dropout: "none" }, saturation: {} };
  const weights = { saturation: 0.25 };
  const exact = (chunk: number, changes: Record<string, unknown> = {}) =>
    config({ ...without, ...changes, bins: { lengths: [4, 7], chunk, shorter: 0 } });
  const scaled = (given: TrainingConfig, factor: number) =>
    Float64Array.from(initialState(given, 64).parameters, (x) => factor * x);

  test("sum to the gradient of the whole step, however it is cut", async () => {
    // Larger parameters than at first, so that units saturate.
    const parameters = scaled(exact(6), 3);
    const whole = await computed(exact(6), weights, parameters);
    expect(whole.results[0]!.costs.saturation).toBeGreaterThan(0);
    const expected = sum(whole.results);
    const largest = Math.max(...expected.map(Math.abs));
    for (const chunk of [1, 4]) {
      const cut = await computed(exact(chunk), weights, parameters);
      sum(cut.results).forEach((value, k) => {
        expect(Math.abs(value - expected[k]!)).toBeLessThan(1e-13 * largest);
      });
      for (const of of [
        ({ loss }: PartResult) => loss,
        ({ symbolAccuracy }: PartResult) => symbolAccuracy,
        ({ exactAccuracy }: PartResult) => exactAccuracy,
        ({ costs }: PartResult) => costs.saturation!,
      ]) {
        const mean = ({ results }: typeof whole) =>
          results.reduce((total, result) => total + result.share * of(result), 0);
        expect(mean(cut)).toBeCloseTo(mean(whole), 13);
      }
    }
  });

  test("are the slope of the objective: the mean over bins and problems of −log p(answer), and the weighted cost", async () => {
    const given = exact(4);
    const { task, model } = configuredModel(given);
    const layout = layoutOf(model.parameters);
    const parameters = scaled(given, 3);
    const networks = given.bins!.lengths.map((length) => {
      const symbols = input("symbols", [6, length, 1], "int");
      const named = Object.fromEntries(
        Object.entries(model.parameters).map(([name, { shape }]) => [name, input(name, shape)]),
      );
      const { logits, costs } = model.apply(named, symbols);
      const network = compileReference(
        program("network", { symbols, ...named }, { logits, saturation: costs!.saturation! }),
      );
      const problems = problemsOf(exactTask(task), given, randomSource(given.seed), 1, { length, first: 0, count: 6 });
      return { length, network, problems };
    });
    const objective = (vector: Float64Array) =>
      networks.reduce((total, { length, network, problems }) => {
        const { logits, saturation } = network.run({
          symbols: problems.symbols!,
          ...namedParameters(vector, layout, 1),
        });
        const classes = logits!.shape[2]!;
        let loss = 0;
        // No problem is shorter and each symbol of a sorted sequence is asked: 6 · length answers.
        for (let k = 0; k < 6 * length; k++) {
          const z = Array.from(logits!.data.slice(k * classes, (k + 1) * classes));
          const all = z.reduce((partition, each) => partition + Math.exp(each), 0);
          loss += Math.log(all) - z[problems.targets!.data[k]!]!;
        }
        const bin = loss / (6 * length) + weights.saturation * saturation!.data[0]!;
        return total + bin / networks.length;
      }, 0);
    const gradient = sum((await computed(given, weights, parameters)).results);
    const h = 1e-6;
    const largest = Math.max(...gradient.map(Math.abs));
    parameters.forEach((_, k) => {
      const at = (shift: number) => objective(parameters.map((x, i) => (i === k ? x + shift : x)));
      const difference = (at(h) - at(-h)) / (2 * h);
      expect(Math.abs(difference - gradient[k]!), `parameter ${k}`).toBeLessThan(1e-6 * largest);
    });
  });

  test("have masks of their own with dropout, the same for the same step and part", async () => {
    const given = config({ bins: { lengths: [4, 7], chunk: 3 }, saturation: null });
    const parameters = scaled(given, 1);
    const a = await computed(given, {}, parameters);
    expect((await computed(given, {}, parameters)).results).toEqual(a.results);
    const kept = await computed({ ...given, model: { ...given.model, keep: 1 } }, {}, parameters);
    for (const [k, { gradient }] of a.results.entries()) expect(gradient).not.toEqual(kept.results[k]!.gradient);
    await using runner = partRunner(binParts(given), reference);
    const order: PartsOrder = { step: 1, parts: a.parts, parameters, weights: {} };
    expect(await runner.run({ ...order, parts: [...a.parts].reverse() })).toEqual([...a.results].reverse());
    expect((await runner.run({ ...order, step: 2 }))[0]!.gradient).not.toEqual(a.results[0]!.gradient);
  });

  test("that can't be compiled end with the reason", async () => {
    const given = config();
    const broken = { ...reference, compile: () => Promise.reject(new Error("no memory left")) };
    const run = async () => {
      await using runner = partRunner(binParts(given), broken);
      const parts = planStep(given, initialRecipe(given), randomSource(1), 1);
      await runner.run({ step: 1, parts, parameters: scaled(given, 1), weights: { saturation: 1 } });
    };
    await expect(run()).rejects.toThrow(/^no memory left$/);
  });
});

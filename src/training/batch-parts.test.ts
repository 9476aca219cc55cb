/** Batches that are cut: the same problems, gradient and training as with whole ones, but for rounding. */
import { describe, expect, test } from "vitest";
import { randomSource } from "../random/index.ts";
import { cRuntime } from "../runtime/c/node.ts";
import type { Arrays, Runtime } from "../runtime/contract.ts";
import { onnxNodeRuntime } from "../runtime/onnx/node.ts";
import { reference } from "../runtime/reference/reference.ts";
import { scalarArray } from "./arrays.ts";
import { batchParts, chunkFor, chunkOf, planBatch } from "./batch-parts.ts";
import { batchSource } from "./batches.ts";
import { completeConfig, configuredModel, type TrainingConfig } from "./config.ts";
import type { TrainingEvent } from "./events.ts";
import { layoutOf } from "./flat.ts";
import { noiseScale } from "./noise.ts";
import { partRunner } from "./parts/part.ts";
import { noiseWidths, trainingProgram } from "./program.ts";
import { initialState, type TrainOptions, train } from "./trainer.ts";

const LENGTH = 6;

/** A batch of 7, cut into 3, 3 and 1. */
const config = (changes: Record<string, unknown>): TrainingConfig =>
  completeConfig({
    model: { name: "lstm", hidden: 4 },
    batch: 7,
    steps: 8,
    lengths: [LENGTH, LENGTH],
    clip: null,
    stateNoise: null,
    solved: null,
    weightDecay: 0,
    ...changes,
  });

/** All kinds of problems: what is asked is the same for all examples of a batch, or isn't. */
const kinds: readonly (readonly [string, Record<string, unknown>])[] = [
  ["symbols", { task: "binary-addition" }],
  ["classes", { task: "base-4-addition", model: { name: "gru", hidden: 4 } }],
  ["symbols in squares", { task: "parity", model: { name: "rnn", hidden: 4 }, loss: "squares" }],
  ["noise on the state", { task: "binary-addition", stateNoise: { scale: 0.3, growth: 0 } }],
  ["numbers", { task: "adding-problem" }],
  ["yes or no", { task: "anbn" }],
  ["examples of several lengths", { task: "number-words" }],
  ["examples that ask more or less", { task: "digit-names" }],
  ["both directions", { task: "binary-addition", model: { name: "lstm", hidden: 4, bidirectional: true } }],
  ["a state that is learned", { task: "binary-addition", model: { name: "lstm", hidden: 4, learnedState: true } }],
];

/** The gradient of the whole batch of step 2: what a step of size 1 takes away. */
async function whole(given: TrainingConfig, runtime: Runtime) {
  const { task, model } = configuredModel(given);
  const layout = layoutOf(model.parameters);
  const plain: TrainingConfig = { ...given, optimizer: { name: "sgd" }, clip: null };
  await using executable = await runtime.compile(trainingProgram(model, plain).program);
  const noise = noiseWidths(model, given);
  const batches = batchSource(task, given, randomSource(given.seed), { noise });
  const arrays = batches.draw(2, LENGTH, noiseScale(given, 2));
  const { parameters } = initialState(given, runtime.precision);
  const results = await executable.run({
    ...arrays,
    parameters: { dtype: "float", shape: [layout.size], data: parameters },
    learningRate: scalarArray(1),
  });
  const gradient = Array.from(parameters, (before, k) => before - results.parameters!.data[k]!);
  const number = (name: string) => results[name]!.data[0]!;
  return { gradient, loss: number("loss"), symbol: number("symbolAccuracy"), exact: number("exactAccuracy") };
}

async function inParts(given: TrainingConfig, runtime: Runtime, chunk: number) {
  await using runner = partRunner(batchParts(given), runtime);
  const parts = planBatch(given.batch, chunk, LENGTH);
  const parameters = initialState(given, runtime.precision).parameters as Float64Array;
  const results = await runner.run({ step: 2, parts, parameters, weights: {} });
  const gradient = Array.from(parameters, (_, k) => results.reduce((sum, part) => sum + part.gradient[k]!, 0));
  const mean = (of: (part: (typeof results)[number]) => number) =>
    results.reduce((sum, part) => sum + part.share * of(part), 0);
  const exact = results.reduce((sum, { exactAccuracy }, k) => sum + (parts[k]!.count / given.batch) * exactAccuracy, 0);
  return {
    shares: results.map(({ share }) => share),
    gradient,
    loss: mean(({ loss }) => loss),
    symbol: mean(({ symbolAccuracy }) => symbolAccuracy),
    exact,
  };
}

describe.each(kinds)("%s", (_, changes) => {
  const given = config(changes);

  test("the gradient is that of the whole batch", async () => {
    const expected = await whole(given, reference);
    const largest = Math.max(...expected.gradient.map(Math.abs));
    expect(largest).toBeGreaterThan(1e-4);
    for (const chunk of [1, 3]) {
      const made = await inParts(given, reference, chunk);
      expect(made.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 14);
      made.gradient.forEach((value, k) => {
        expect(Math.abs(value - expected.gradient[k]!), `parameter ${k}`).toBeLessThan(1e-12 * Math.max(1, largest));
      });
      for (const name of ["loss", "symbol", "exact"] as const) expect(made[name]).toBeCloseTo(expected[name], 12);
    }
  });

  test("and so it is in float32", async () => {
    const runtime = await onnxNodeRuntime();
    const expected = await whole(given, reference);
    const made = await inParts(given, runtime, 3);
    const largest = Math.max(...expected.gradient.map(Math.abs));
    made.gradient.forEach((value, k) => {
      expect(Math.abs(value - expected.gradient[k]!), `parameter ${k}`).toBeLessThan(1e-6 * Math.max(1, largest));
    });
  });
});

test("parts have a share by what is asked of them, not by their examples", async () => {
  const { shares } = await inParts(config({ task: "digit-names" }), reference, 3);
  expect(shares).toHaveLength(3);
  expect(shares[0]! / shares[2]!).not.toBeCloseTo(3, 1);
  expect((await inParts(config({ task: "binary-addition" }), reference, 3)).shares).toEqual([3 / 7, 3 / 7, 1 / 7]);
});

type EventOf<Type extends TrainingEvent["type"]> = Extract<TrainingEvent, { type: Type }>;

async function eventsOf(given: TrainingConfig, options: Partial<TrainOptions> = {}): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of train(given, { runtime: reference, ...options })) events.push(event);
  return events;
}

function only<Type extends TrainingEvent["type"]>(events: readonly TrainingEvent[], type: Type): EventOf<Type>[] {
  return events.filter((event): event is EventOf<Type> => event.type === type);
}

/** All that a training of one network can have: lengths that are drawn and grow, noise, clipping, decay, looks. */
const everything = (changes: Record<string, unknown> = {}) =>
  config({
    task: "binary-addition",
    lengths: [2, 6],
    curriculum: { start: 3, grow: 1, accuracy: 0.05 },
    stateNoise: { scale: 0.3, growth: 0.5 },
    gradientNoise: { scale: 0.1 },
    schedule: { name: "cosine" },
    clip: 0.1,
    weightDecay: 0.01,
    solved: { length: 8, samples: 4, every: 4, stop: false },
    reportEvery: 1,
    checkpointEvery: 3,
    ...changes,
  });

const timeless = (event: TrainingEvent) =>
  "examplesPerSecond" in event ? { ...event, examplesPerSecond: 0, secondsLeft: 0 } : event;

describe("a training", () => {
  test("goes as it does with whole batches", async () => {
    const [cut, uncut] = [await eventsOf(everything({ chunk: 3 })), await eventsOf(everything())];
    expect(cut.map(({ type, step }) => `${type} ${step}`)).toEqual(uncut.map(({ type, step }) => `${type} ${step}`));
    const steps = only(uncut, "step");
    expect(steps).toHaveLength(8);
    only(cut, "step").forEach((step, k) => {
      for (const name of ["loss", "symbolAccuracy", "exactAccuracy", "gradientNorm", "learningRate"] as const) {
        expect(step[name], `${name} of step ${k + 1}`).toBeCloseTo(steps[k]![name], 11);
      }
      expect(step.length).toBe(steps[k]!.length);
    });
    const ends = [cut, uncut].map((events) => only(events, "done")[0]!.state);
    expect(ends[0]!.longest).toBe(ends[1]!.longest);
    ends[0]!.parameters.forEach((value, k) => {
      expect(value).toBeCloseTo(ends[1]!.parameters[k]!, 10);
    });
  });

  test.each([
    ["reference", async () => reference],
    ["ONNX Runtime", () => onnxNodeRuntime()],
    ["compiled C", () => cRuntime()],
  ] as const)("that goes on from a checkpoint ends with the same bits, on %s", async (_, open) => {
    const runtime = await open();
    const given = everything({ chunk: 3 });
    const all = await eventsOf(given, { runtime });
    for (const { state, step } of only(all, "checkpoint").slice(0, 2)) {
      const rest = await eventsOf(given, { runtime, state });
      const later = (events: readonly TrainingEvent[]) =>
        events.filter((event) => event.type !== "start" && event.step > step).map(timeless);
      expect(later(rest)).toEqual(later(all));
    }
  });

  test("whose numbers stop being finite says so", async () => {
    const given = config({ task: "adding-problem", model: { name: "rnn", hidden: 2 }, chunk: 3, learningRate: 1e300 });
    await expect(eventsOf({ ...given, optimizer: { name: "sgd" } })).rejects.toThrow(/^training stopped at step \d+: /);
  });
});

describe("a batch is cut", () => {
  const chunkFrom = (changes: Record<string, unknown>) => {
    const given = completeConfig({ task: "binary-addition", ...changes });
    const { task, model } = configuredModel(given);
    return chunkOf(given, task, () => trainingProgram(model, given).program);
  };
  const large = { model: { name: "lstm", hidden: 128 }, lengths: [150, 150] };

  test("into parts of 16 where a step is a lot of work, by its sizes alone", () => {
    expect(chunkFrom(large)).toBe(16);
    expect(chunkFrom({ ...large, batch: 17 })).toBe(16);
    expect(chunkFrom({ ...large, batch: 16 })).toBeUndefined();
    expect(chunkFrom({ ...large, lengths: [10, 10] })).toBeUndefined();
    expect(chunkFrom({ model: { name: "ilrnn" } })).toBeUndefined();
    expect([chunkFor(32, 999_999_999), chunkFor(32, 1e9), chunkFor(16, 1e12)]).toEqual([undefined, 16, undefined]);
  });

  test("as it is asked for, whatever the work", () => {
    expect(chunkFrom({ chunk: 5 })).toBe(5);
    expect(chunkFrom({ chunk: 31 })).toBe(31);
    expect(chunkFrom({ ...large, chunk: 32 })).toBeUndefined();
  });

  test("never where its examples can't be told apart", () => {
    expect(chunkFrom({ ...large, population: 2 })).toBeUndefined();
    const hard = { model: { name: "lstm", hidden: 128, gate: "hard-sigmoid" }, lengths: [150, 150] };
    expect(chunkFrom({ ...hard, saturation: { weight: 0.1, follow: false } })).toBeUndefined();
    expect(chunkFrom({ ...large, stateNoise: { scale: 0.1, growth: 0, kind: "worst" } })).toBeUndefined();
    const asked = (changes: Record<string, unknown>) => () =>
      completeConfig({ ...changes, task: "binary-addition", chunk: 8 });
    expect(asked({ population: 2 })).toThrow(
      "config, chunk: received 8, expected null: populations are trained in shards",
    );
    expect(asked({ ...hard, saturation: { weight: 0.1, follow: false } })).toThrow(
      "config, chunk: received 8, expected null: the saturation cost is a mean over the batch",
    );
    expect(asked({ stateNoise: { scale: 0.1, growth: 0, kind: "worst" } })).toThrow(
      "config, chunk: received 8, expected null: the worst noise is that of the whole batch",
    );
    expect(() => completeConfig({ task: "sort", model: { name: "dngpu" }, chunk: 8 })).toThrow(
      "config, chunk: received 8, expected null: bins are cut by bins.chunk",
    );
    expect(asked({ population: 2, batch: 8 })).not.toThrow();
  });

  test("in order, the last part with what is left", () => {
    expect(planBatch(7, 3, 5)).toEqual([
      { length: 5, first: 0, count: 3 },
      { length: 5, first: 3, count: 3 },
      { length: 5, first: 6, count: 1 },
    ]);
  });
});

test("parts read the rows of the whole batch, noise on the state too", () => {
  const given = config({ task: "binary-addition", stateNoise: { scale: 0.5, growth: 0 } });
  const { task, model } = configuredModel(given);
  const noise = noiseWidths(model, given);
  const all: Arrays = batchSource(task, given, randomSource(given.seed), { noise }).draw(
    1,
    LENGTH,
    noiseScale(given, 1),
  );
  const source = batchParts(given);
  const parameters = new Float64Array(0);
  const order = { step: 1, parts: [], parameters, weights: {} };
  const [first, last] = [
    source.inputs(order, { length: LENGTH, first: 0, count: 4 }).arrays,
    source.inputs(order, { length: LENGTH, first: 4, count: 3 }).arrays,
  ];
  expect(Object.keys(first).sort()).toEqual(Object.keys(all).sort());
  for (const [name, { data, shape }] of Object.entries(all)) {
    const steps = name.startsWith("noise") ? shape[0]! : 1;
    const row = data.length / steps / 7;
    const joined = Array.from({ length: steps }, (_, t) => [
      ...first[name]!.data.slice(t * 4 * row, (t + 1) * 4 * row),
      ...last[name]!.data.slice(t * 3 * row, (t + 1) * 3 * row),
    ]);
    expect(joined.flat(), name).toEqual([...data]);
  }
});

/** Training by bins as its consumers see it. */
import { describe, expect, test } from "vitest";
import { LonghandError } from "../../errors.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../files/index.ts";
import { mul, reduceSum, sub } from "../../graph/index.ts";
import { findModel, type Model, type ModelKind } from "../../models/index.ts";
import { randomSource } from "../../random/index.ts";
import { onnxNodeRuntime } from "../../runtime/onnx/node.ts";
import { reference } from "../../runtime/reference/reference.ts";
import { findTask, isHeldOut } from "../../tasks/index.ts";
import { checkpointOf, stateOf } from "../../trained/index.ts";
import { completeConfig, configuredModel, type TrainingConfig } from "../config.ts";
import type { TrainingEvent } from "../events.ts";
import { layoutOf } from "../flat.ts";
import { type PartResult, type PartRunner, partRunner } from "../parts/part.ts";
import { trainPopulation } from "../shards.ts";
import { namedParameters, type TrainingState, trainedParameters } from "../state.ts";
import { initialState, type TrainOptions } from "../trainer.ts";
import { binParts } from "./parts.ts";
import { trainBins } from "./trainer.ts";

type EventOf<Type extends TrainingEvent["type"]> = Extract<TrainingEvent, { type: Type }>;

/** All that has random numbers or a memory: dropout, noise, saturation, a rate that falls, bins that wait. */
const tiny = (changes: Record<string, unknown> = {}): TrainingConfig =>
  completeConfig({
    task: "sort",
    model: { name: "dngpu", maps: 3 },
    steps: 12,
    batch: 4,
    learningRate: 0.002,
    lengths: [2, 5],
    bins: { lengths: [3, 5], chunk: 3, shorter: 0.25, examples: 20, ahead: 0, learned: 0.125 },
    schedule: { name: "plateau", every: 2 },
    saturation: { weight: 1 },
    solved: { length: 6, samples: 4, every: 6, stop: false },
    checkpointEvery: 3,
    reportEvery: 1,
    ...changes,
  });

async function eventsOf(config: TrainingConfig, options: Partial<TrainOptions> = {}): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of trainBins(config, { runtime: reference, ...options })) events.push(event);
  return events;
}

function only<Type extends TrainingEvent["type"]>(events: readonly TrainingEvent[], type: Type): EventOf<Type>[] {
  return events.filter((event): event is EventOf<Type> => event.type === type);
}

const endOf = (events: readonly TrainingEvent[]) => only(events, "done")[0]!.state;

/** Events after a step, without times. */
const eventsAfter = (events: readonly TrainingEvent[], step: number) =>
  events
    .filter((event) => event.type !== "start" && event.step > step)
    .map((event) => ("examplesPerSecond" in event ? { ...event, examplesPerSecond: 0, secondsLeft: 0 } : event));

/** A state as it comes back from a checkpoint's bytes. */
async function storedAndRead(config: TrainingConfig, state: TrainingState): Promise<TrainingState> {
  const layout = layoutOf(configuredModel(config).model.parameters);
  const progress = { steps: config.steps, ends: null, configHash: "" };
  const bytes = await encodeCheckpoint(checkpointOf("run", state, layout, 1, progress));
  return stateOf(await decodeCheckpoint(bytes, { run: "run" }), layout, 1).state;
}

describe.each([
  ["reference", async () => reference],
  ["ONNX Runtime", () => onnxNodeRuntime()],
] as const)("on %s", (_, open) => {
  test("the same seed gives the same bits, also from any checkpoint on", async () => {
    const runtime = await open();
    const config = tiny();
    const whole = await eventsOf(config, { runtime });
    const end = endOf(whole);
    expect(eventsAfter(await eventsOf(config, { runtime: await open() }), 0)).toEqual(eventsAfter(whole, 0));
    expect(endOf(await eventsOf({ ...config, seed: 2 }, { runtime })).parameters).not.toEqual(end.parameters);
    expect(end.parameters.every(Number.isFinite)).toBe(true);
    // The recipe has decided something on the way.
    expect(end.recipe!.open).toBe(2);
    expect(end.recipe!.saturationWeight).toBeLessThan(config.saturation!.weight);
    const states = only(whole, "checkpoint").map(({ state }) => state);
    expect(states.map(({ step }) => step)).toEqual([3, 6, 9, 12]);
    for (const state of states.slice(0, 3)) {
      const read = await storedAndRead(config, state);
      expect(read).toEqual(state);
      const rest = await eventsOf(config, { runtime, state: read });
      expect(rest[0]).toMatchObject({ type: "start", step: state.step });
      expect(eventsAfter(rest, state.step)).toEqual(eventsAfter(whole, state.step));
    }
  });
});

test("events come in order; a step tells its bins, costs and weights", async () => {
  const config = tiny({
    steps: 5,
    checkpointEvery: 2,
    reportEvery: 3,
    bins: { lengths: [3, 5], chunk: 3, ahead: null },
    solved: { length: 6, samples: 2, every: 4 },
  });
  const events: TrainingEvent[] = [];
  for await (const event of trainPopulation(config, { runtime: reference })) events.push(event);
  expect(events.map(({ type, step }) => `${type} ${step}`)).toEqual([
    "start 0",
    "checkpoint 2",
    "step 3",
    "look 4",
    "checkpoint 4",
    "step 5",
    "look 5",
    "checkpoint 5",
    "done 5",
  ]);
  for (const { bins, loss, symbolAccuracy, exactAccuracy, losses, length, costs, weights } of only(events, "step")) {
    expect(bins!.map((bin) => bin.length)).toEqual([3, 5]);
    expect(loss).toBeCloseTo((bins![0]!.loss + bins![1]!.loss) / 2, 14);
    expect(symbolAccuracy).toBeCloseTo((bins![0]!.symbolAccuracy + bins![1]!.symbolAccuracy) / 2, 14);
    expect(exactAccuracy).toBeCloseTo((bins![0]!.exactAccuracy + bins![1]!.exactAccuracy) / 2, 14);
    expect({ losses, length }).toEqual({ losses: [loss], length: 5 });
    expect(costs!.saturation).toBeGreaterThan(0);
    expect(weights).toEqual({ saturation: expect.any(Number) });
  }
  expect(only(events, "checkpoint").map(({ ends }) => ends)).toEqual([null, null, "steps"]);
});

test("a step's results are means over its parts, whatever their sizes; parts are summed in their order", async () => {
  const config = tiny({ steps: 1, optimizer: { name: "sgd" }, learningRate: 0.5, gradientNoise: null, solved: null });
  const { size } = layoutOf(configuredModel(config).model.parameters);
  // The bin of length 3 alone, 4 problems in parts of 3 and 1; in float32 1 + 2⁻²⁵ − 1 depends on the order.
  const given = [1, 2 ** -25];
  const parts: PartRunner = {
    run: async ({ parts }) =>
      parts.map(({ count, share }, k) => ({
        share: share!,
        gradient: new Float32Array(size).fill(given[k]!),
        loss: count,
        symbolAccuracy: 1 / count,
        exactAccuracy: 0,
        costs: { saturation: count === 3 ? 8 : 16 },
      })),
    [Symbol.asyncDispose]: async () => undefined,
  };
  const events = await eventsOf(config, { parts });
  const [step] = only(events, "step");
  expect(step).toMatchObject({ loss: 0.75 * 3 + 0.25, costs: { saturation: 10 } });
  expect(step!.symbolAccuracy).toBeCloseTo(0.75 / 3 + 0.25, 14);
  expect(step!.bins![0]!.loss).toBe(2.5);
  const before = initialState(config, 64).parameters;
  endOf(events).parameters.forEach((value, k) => {
    expect(value).toBeCloseTo(before[k]! - 0.5 * (1 + 2 ** -25), 14);
  });
});

test("noise on the gradient is truncated normal, as large as `perRate` times the learning rate", async () => {
  const parametersWith = async (gradientNoise: { perRate: number } | null) => {
    const config = tiny({ steps: 1, optimizer: { name: "sgd" }, learningRate: 0.25, gradientNoise, solved: null });
    return endOf(await eventsOf(config)).parameters;
  };
  const [none, noisy] = [await parametersWith(null), await parametersWith({ perRate: 0.5 })];
  const expected = randomSource(1).stream("gradient noise", 1, 0).truncatedNormal(new Float32Array(none.length));
  noisy.forEach((value, k) => {
    // One step of gradient descent moves a parameter by −α (g + α · perRate · n).
    expect((none[k]! - value) / (0.25 * 0.25 * 0.5)).toBeCloseTo(expected[k]!, 10);
  });
});

test("a signal ends the training with a checkpoint, from which it goes on as if it had never stopped", async () => {
  const controller = new AbortController();
  const events: TrainingEvent[] = [];
  for await (const event of trainBins(tiny(), { runtime: reference, signal: controller.signal })) {
    events.push(event);
    if (event.type === "step" && event.step === 5) controller.abort();
  }
  expect(events.slice(-3).map(({ type, step }) => `${type} ${step}`)).toEqual(["step 5", "checkpoint 5", "done 5"]);
  expect(only(events, "done")[0]!.reason).toBe("aborted");
  const rest = await eventsOf(tiny(), { state: endOf(events) });
  expect(endOf(rest)).toEqual(endOf(await eventsOf(tiny())));
  const never = await eventsOf(tiny(), { signal: AbortSignal.abort() });
  expect(never.map(({ type }) => type)).toEqual(["start", "done"]);
});

describe("what computes the parts is closed", () => {
  const watched = (config: TrainingConfig, fails = false) => {
    let closed = 0;
    const inner = partRunner(binParts(config), reference);
    const parts: PartRunner = {
      run: (order) => (fails ? Promise.reject(new LonghandError("runtime", "a thread died")) : inner.run(order)),
      async [Symbol.asyncDispose]() {
        closed++;
        await inner[Symbol.asyncDispose]();
      },
    };
    return { parts, closed: () => closed };
  };

  test("at the end, where the consumer leaves early, and where it fails", async () => {
    const config = tiny({ steps: 2 });
    const whole = watched(config);
    await eventsOf(config, { parts: whole.parts });
    expect(whole.closed()).toBe(1);
    const left = watched(config);
    for await (const event of trainBins(config, { runtime: reference, parts: left.parts })) {
      if (event.type === "step") break;
    }
    expect(left.closed()).toBe(1);
    const failed = watched(config, true);
    await expect(eventsOf(config, { parts: failed.parts })).rejects.toThrow(/^a thread died$/);
    expect(failed.closed()).toBe(1);
  });
});

test("numbers that aren't finite end the training; the last good state is kept", async () => {
  const config = tiny({ solved: null, checkpointEvery: 100, bins: { lengths: [3], chunk: 4 }, lengths: [2, 3] });
  for (const [what, broken] of [
    ["loss", () => ({ loss: Number.NaN })],
    ["gradient", ({ gradient }: PartResult) => ({ gradient: gradient.map(() => Number.POSITIVE_INFINITY) })],
  ] as const) {
    const inner = partRunner(binParts(config), reference);
    const parts: PartRunner = {
      run: async (order) => {
        const results = await inner.run(order);
        return order.step < 4 ? results : results.map((result) => ({ ...result, ...broken(result) }));
      },
      [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
    };
    const events: TrainingEvent[] = [];
    const run = async () => {
      for await (const event of trainBins(config, { runtime: reference, parts })) events.push(event);
    };
    await expect(run(), what).rejects.toMatchObject({
      code: "not-finite",
      message: expect.stringMatching(/^training stopped at step 4: the loss is .*; the parameters of step 3 are kept/),
    });
    const [checkpoint] = only(events, "checkpoint");
    expect(events.at(-1)).toBe(checkpoint);
    const expected = endOf(await eventsOf({ ...config, steps: 3 }));
    expect(checkpoint).toMatchObject({ step: 3, ends: null });
    expect(checkpoint!.state).toEqual(expected);
  }
});

test("looks are at problems that are held out; the training never is", async () => {
  const sort = findTask("sort");
  let seen: Int32Array[] = [];
  const task = {
    ...sort,
    solve(problem: Int32Array) {
      seen.push(problem.slice());
      return sort.solve(problem);
    },
  };
  const config = tiny({ steps: 4, solved: { length: 5, samples: 9, every: 2, stop: false } });
  let looks = 0;
  for await (const { type } of trainBins(config, { runtime: reference, own: { task } })) {
    if (type === "look") {
      looks++;
      expect(seen.length).toBe(9);
      for (const problem of seen) expect(problem.length).toBe(5);
    }
    if (type === "look" || type === "step") {
      expect(seen.length).toBeGreaterThan(0);
      for (const problem of seen) expect(isHeldOut(problem)).toBe(type === "look");
      seen = [];
    }
  }
  expect(looks).toBe(2);
});

test("a training is solved at the symbol accuracy asked for, or without any error", async () => {
  const solved = { length: 5, samples: 16, every: 2, stop: true };
  const events = await eventsOf(tiny({ solved: { ...solved, symbolAccuracy: 0.01 } }));
  expect(events.slice(-3).map(({ type, step }) => `${type} ${step}`)).toEqual(["look 2", "checkpoint 2", "done 2"]);
  const [look] = only(events, "look");
  const { symbol, exact } = look!.accuracies![0]!;
  expect(look!.solved).toEqual([true]);
  expect(symbol).toBeGreaterThan(0.01);
  expect(exact).toBeLessThan(symbol);
  expect(only(events, "checkpoint").at(-1)).toMatchObject({ ends: "solved", state: { solvedAt: [2] } });
  expect(only(events, "done")[0]!.reason).toBe("solved");
  const stays = await eventsOf(tiny({ steps: 4, solved: { ...solved, symbolAccuracy: 0.01, stop: false } }));
  expect(only(stays, "look").map((each) => each.solved)).toEqual([[true], [true]]);
  expect(endOf(stays)).toMatchObject({ step: 4, solvedAt: [2] });
  const strict = await eventsOf(tiny({ steps: 4, solved }));
  expect(only(strict, "look").map((each) => each.solved)).toEqual([[false], [false]]);
  expect(endOf(strict)).toMatchObject({ step: 4, solvedAt: [null] });
});

/** A network of which two kernels are sets of one. */
const shared: ModelKind = {
  ...findModel("dngpu"),
  name: "shared",
  build(options, signature): Model {
    const model = findModel("dngpu").build(options, signature);
    return {
      ...model,
      joinSets(arrays) {
        const [a, b] = [arrays.Ur!, arrays.Uc!];
        const mean = { ...a, data: a.data.map((x, k) => (x + b.data[k]!) / 2) as typeof a.data };
        return { ...arrays, Ur: mean, Uc: mean };
      },
      apply(parameters, symbols, more) {
        const applied = model.apply(parameters, symbols, more);
        const apart = sub(parameters.Ur!, parameters.Uc!);
        return { ...applied, costs: { ...applied.costs, sharing: reduceSum(mul(apart, apart)) } };
      },
    };
  },
};

test("sets of shared parameters are pulled together, and once they are one they stay one", async () => {
  const given = tiny({
    steps: 8,
    checkpointEvery: 1,
    optimizer: { name: "adam" },
    saturation: null,
    solved: null,
  });
  const own = { model: shared };
  const config: TrainingConfig = {
    ...given,
    model: { ...given.model, name: "shared" },
    // Errors are always few enough: the pull doubles after every second step, and is tight at the third time.
    sharing: { pull: 1, growth: 2, below: 1, joinAt: 8 },
    bins: { ...given.bins!, lengths: [3], shorter: 0 },
  };
  const inner = partRunner(binParts(config, own), reference);
  const parts: PartRunner = {
    run: async (order) => (await inner.run(order)).map((result) => ({ ...result, exactAccuracy: 0.5 })),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
  const events = await eventsOf(config, { own, parts });
  const layout = layoutOf(configuredModel(config, own).model.parameters);
  const apart = only(events, "checkpoint").map(({ state }) => {
    const sets = [state.parameters, state.slots.m!, state.slots.v!].map((data) => {
      const { Ur, Uc } = namedParameters(data, layout, 1);
      return Math.max(...Ur!.data.map((x, k) => Math.abs(x - Uc!.data[k]!)));
    });
    return sets.map((distance) => distance > 0);
  });
  expect(apart).toEqual([...Array(5).fill([true, true, true]), ...Array(3).fill([false, false, false])]);
  expect(only(events, "step").map(({ weights }) => weights)).toEqual(
    [1, 1, 2, 2, 4, 4, 0, 0].map((sharing) => ({ sharing })),
  );
  for (const { costs } of only(events, "step").slice(6)) expect(costs!.sharing).toBe(0);
  expect(endOf(events).parameters).not.toEqual(only(events, "checkpoint").at(-2)!.state.parameters);
});

test("the moving average of the parameters is θ̄ ← d θ̄ + (1 − d) θ, and what is looked at", async () => {
  const config = tiny({ average: 0.75, steps: 4, checkpointEvery: 1, solved: null });
  const states = only(await eventsOf(config), "checkpoint").map(({ state }) => state);
  let average = [...initialState(config, 64).parameters];
  for (const { step, parameters, slots } of states) {
    // At first the average is younger: d = t/(t + 10).
    const decay = Math.min(0.75, step / (step + 10));
    average = average.map((value, k) => decay * value + (1 - decay) * parameters[k]!);
    slots.average!.forEach((value, k) => {
      expect(value).toBeCloseTo(average[k]!, 14);
    });
  }
  expect(states).toHaveLength(4);
  expect(trainedParameters(states[3]!)).toBe(states[3]!.slots.average);
  const plain = only(await eventsOf(tiny({ average: null, steps: 4, checkpointEvery: 1, solved: null })), "done")[0]!;
  expect(plain.state.slots.average).toBeUndefined();
  expect([...plain.state.parameters]).toEqual([...states[3]!.parameters]);
  expect(trainedParameters(plain.state)).toBe(plain.state.parameters);
});

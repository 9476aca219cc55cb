/** A population in shards is its parts, trained each by itself, and one stream of events. */
import { describe, expect, test } from "vitest";
import { reference } from "../runtime/reference/reference.ts";
import {
  completeConfig,
  initialState,
  shardsOf,
  type TrainingConfig,
  type TrainingEvent,
  type TrainingState,
  type TrainOptions,
  train,
  trainPopulation,
} from "./index.ts";

const small = (changes: Record<string, unknown> = {}): TrainingConfig =>
  completeConfig({
    task: "binary-addition",
    model: { name: "ilrnn", layers: [2] },
    population: 5,
    shard: 2,
    steps: 12,
    batch: 3,
    lengths: [2, 3],
    checkpointEvery: 4,
    reportEvery: 3,
    gradientNoise: { scale: 0.1 },
    solved: { length: 5, samples: 3, every: 6, stop: false },
    ...changes,
  });

async function collect(
  config: TrainingConfig,
  options: Partial<TrainOptions> = {},
  run: typeof trainPopulation = trainPopulation,
): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of run(config, { runtime: reference, ...options })) events.push(event);
  return events;
}

function endOf(events: readonly TrainingEvent[]): TrainingState {
  const last = events.at(-1)!;
  if (last.type !== "done") throw new Error(`ended with ${last.type}`);
  return last.state;
}

describe("shards", () => {
  test("are as even as can be and cover the population", () => {
    expect(shardsOf(small({ population: 101, shard: 50 }))).toEqual([
      { first: 0, count: 33 },
      { first: 33, count: 34 },
      { first: 67, count: 34 },
    ]);
    expect(shardsOf(small({ population: 100, shard: 50 })).map(({ count }) => count)).toEqual([50, 50]);
    expect(shardsOf(small({ population: 50, shard: 50 }))).toEqual([{ first: 0, count: 50 }]);
    // A curriculum looks at the whole population.
    expect(shardsOf(small({ curriculum: { start: 2 } }))).toEqual([{ first: 0, count: 5 }]);
  });

  test("are trained as if each were alone", async () => {
    const config = small();
    const whole = endOf(await collect(config));
    const parts: number[] = [];
    for (const { first, count } of shardsOf(config)) {
      const alone = endOf(await collect({ ...config, population: count }, { firstReplica: first }, train));
      parts.push(...alone.parameters);
      expect([...alone.slots.m!]).toEqual(
        [...whole.slots.m!].slice(parts.length - alone.parameters.length, parts.length),
      );
    }
    expect([...whole.parameters]).toEqual(parts);
    expect(whole.solvedAt).toHaveLength(5);
  });

  test("begin as the population would in one graph: each replica from streams of its own", () => {
    const whole = initialState(small(), 64).parameters;
    const last = initialState(small({ population: 2 }), 64, { firstReplica: 3 }).parameters;
    expect([...last]).toEqual([...whole].slice(-last.length));
  });

  test("make one stream of events, in the order of one graph", async () => {
    const kinds = (events: readonly TrainingEvent[]) => events.map(({ type, step }) => `${type} ${step}`);
    const sharded = await collect(small());
    expect(kinds(sharded)).toEqual(kinds(await collect(small({ shard: 5 }))));
    const steps = sharded.filter((event) => event.type === "step");
    for (const { loss, losses } of steps) {
      expect(losses).toHaveLength(5);
      expect(loss).toBeCloseTo(losses.reduce((sum, x) => sum + x, 0) / 5, 12);
    }
    const [look] = sharded.filter((event) => event.type === "look");
    expect(look!.solved).toHaveLength(5);
  });

  test("resume bit for bit from a state of the whole", async () => {
    const config = small();
    const events = await collect(config);
    const at = events.find((event) => event.type === "checkpoint" && event.step === 4);
    const resumed = endOf(
      await collect(config, { state: (at as Extract<TrainingEvent, { type: "checkpoint" }>).state }),
    );
    expect([...resumed.parameters]).toEqual([...endOf(events).parameters]);
    expect(resumed.solvedAt).toEqual(endOf(events).solvedAt);
  });

  test("stop together when told to, with a state of one step", async () => {
    const controller = new AbortController();
    const events: TrainingEvent[] = [];
    for await (const event of trainPopulation(small(), { runtime: reference, signal: controller.signal })) {
      events.push(event);
      if (event.type === "step" && event.step === 6) controller.abort();
    }
    const last = events.at(-1)!;
    expect(last).toMatchObject({ type: "done", reason: "aborted" });
    expect(last.step).toBeGreaterThanOrEqual(6);
    expect(last.step).toBeLessThan(12);
    expect(endOf(events).step).toBe(last.step);
    const resumed = endOf(await collect(small(), { state: endOf(events) }));
    expect([...resumed.parameters]).toEqual([...endOf(await collect(small())).parameters]);
  });

  test("end only when all replicas of all shards are solved", async () => {
    const config = small({
      model: { name: "ilrnn", layers: [8] },
      population: 3,
      steps: 1500,
      batch: 32,
      lengths: [5, 5],
      gradientNoise: null,
      stateNoise: null,
      solved: { length: 10, samples: 16, every: 50 },
    });
    const events = await collect(config);
    const looks = events.filter((event) => event.type === "look");
    for (const { solved } of looks.slice(0, -1)) expect(solved.every(Boolean)).toBe(false);
    expect(looks.at(-1)!.solved).toEqual([true, true, true]);
    expect(events.at(-1)).toMatchObject({ type: "done", reason: "solved" });
  });

  test("go on when one diverges, number it right, and end when none is left", async () => {
    const config = small({ steps: 8, solved: null, gradientNoise: null });
    const start = initialState(config, 64);
    const size = start.parameters.length / 5;
    const broken = (replicas: readonly number[]): TrainingState => ({
      ...start,
      parameters: start.parameters.map((x, k) => (replicas.includes(Math.floor(k / size)) ? Number.NaN : x)),
    });
    const events = await collect(config, { state: broken([3]) });
    expect(events.filter(({ type }) => type === "diverged")).toMatchObject([{ replica: 3, step: 1 }]);
    expect(endOf(events).divergedAt).toEqual([null, null, null, 1, null]);
    const healthy = endOf(await collect(config));
    expect([...endOf(events).parameters].slice(0, size)).toEqual([...healthy.parameters].slice(0, size));
    const before: TrainingEvent[] = [];
    const all = async () => {
      for await (const event of trainPopulation(config, { runtime: reference, state: broken([0, 1, 2, 3, 4]) }))
        before.push(event);
    };
    await expect(all()).rejects.toThrow(
      /^training stopped at step 1: .*replica 4.*; the last finite parameters are kept\./,
    );
    expect(before.filter(({ type }) => type === "diverged")).toHaveLength(5);
    expect(before.at(-1)).toMatchObject({ type: "checkpoint" });
  });
});

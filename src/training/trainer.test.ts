/** The trainer as its consumers see it: a stream of events, and what is in the states. */
import { describe, expect, test } from "vitest";
import { LonghandError } from "../errors.ts";
import { findModel } from "../models/index.ts";
import { cRuntime } from "../runtime/c/node.ts";
import { onnxNodeRuntime } from "../runtime/onnx/node.ts";
import { reference } from "../runtime/reference/reference.ts";
import { findTask } from "../tasks/index.ts";
import {
  completeConfig,
  configuredModel,
  initialState,
  layoutOf,
  type TrainingConfig,
  type TrainingEvent,
  type TrainingState,
  type TrainOptions,
  train,
} from "./index.ts";

type EventOf<Type extends TrainingEvent["type"]> = Extract<TrainingEvent, { type: Type }>;

const tiny = (changes: Record<string, unknown> = {}) =>
  completeConfig({
    task: "binary-addition",
    model: { name: "ilrnn", layers: [3] },
    steps: 30,
    batch: 4,
    lengths: [2, 5],
    checkpointEvery: 10,
    reportEvery: 5,
    solved: null,
    ...changes,
  });

/** All of a configuration's machinery that has random numbers or a memory. */
const everything = {
  population: 2,
  curriculum: { start: 2, grow: 1, accuracy: 0.05 },
  stateNoise: { scale: 0.3, growth: 0.5 },
  gradientNoise: { scale: 0.1 },
  schedule: { name: "cosine" },
  weightDecay: 0.001,
  solved: { length: 8, samples: 4, every: 10, stop: false },
};

async function eventsOf(config: TrainingConfig, options: Partial<TrainOptions> = {}): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of train(config, { runtime: reference, ...options })) events.push(event);
  return events;
}

function only<Type extends TrainingEvent["type"]>(events: readonly TrainingEvent[], type: Type): EventOf<Type>[] {
  return events.filter((event): event is EventOf<Type> => event.type === type);
}

const doneOf = (events: readonly TrainingEvent[]) => only(events, "done")[0]!;

/** What training ended with, the time it took left out. */
const endOf = (events: readonly TrainingEvent[]) => doneOf(events).state;

/** Runs a training that throws: the events before that, and the error. */
async function failure(config: TrainingConfig, options: Partial<TrainOptions> = {}) {
  const events: TrainingEvent[] = [];
  try {
    for await (const event of train(config, { runtime: reference, ...options })) events.push(event);
  } catch (error) {
    if (error instanceof LonghandError) return { events, error };
    throw error;
  }
  throw new Error("the training went through");
}

const runtimes = [
  ["reference", async () => reference],
  ["ONNX Runtime", () => onnxNodeRuntime()],
  ["compiled C", () => cRuntime()],
] as const;

describe.each(runtimes)("on %s", (_, open) => {
  test("the same configuration and seed give the same bits", async () => {
    const runtime = await open();
    const config = tiny(everything);
    const first = endOf(await eventsOf(config, { runtime }));
    expect(endOf(await eventsOf(config, { runtime: await open() }))).toEqual(first);
    expect(endOf(await eventsOf({ ...config, seed: 2 }, { runtime })).parameters).not.toEqual(first.parameters);
    const { parameters } = initialState(config, runtime.precision);
    expect(first.parameters).not.toEqual(parameters);
    expect(first.parameters.every(Number.isFinite)).toBe(true);
  });

  test("going on from any checkpoint gives the same bits as not stopping", async () => {
    const runtime = await open();
    const config = tiny(everything);
    const whole = await eventsOf(config, { runtime });
    const states = only(whole, "checkpoint").map(({ state }) => state);
    expect(states.map(({ step }) => step)).toEqual([10, 20, 30]);
    expect(states.map(({ longest }) => longest)).toEqual([...states.map(({ longest }) => longest)].sort());
    for (const state of states.slice(0, 2)) {
      const rest = await eventsOf(config, { runtime, state });
      expect(rest[0]).toMatchObject({ type: "start", step: state.step });
      expect(endOf(rest)).toEqual(endOf(whole));
      const told = (events: readonly TrainingEvent[]) =>
        only(events, "step")
          .filter(({ step }) => step > state.step)
          .map(({ step, loss, length }) => ({ step, loss, length }));
      expect(told(rest)).toEqual(told(whole));
    }
  });
});

test("the runtimes agree, but for rounding", async () => {
  const config = tiny({ steps: 10, stateNoise: null });
  const [a, b] = [endOf(await eventsOf(config)), endOf(await eventsOf(config, { runtime: await onnxNodeRuntime() }))];
  a.parameters.forEach((value, k) => {
    expect(b.parameters[k]).toBeCloseTo(value, 3);
  });
});

describe("events", () => {
  test("come in order", async () => {
    const config = tiny({ steps: 12, checkpointEvery: 5, reportEvery: 4, solved: { length: 8, samples: 2, every: 6 } });
    const events = await eventsOf(config);
    expect(events.map((event) => `${event.type} ${event.step}`)).toEqual([
      "start 0",
      "step 4",
      "checkpoint 5",
      "look 6",
      "step 8",
      "checkpoint 10",
      "step 12",
      "look 12",
      "checkpoint 12",
      "done 12",
    ]);
    expect(events[0]).toMatchObject({ steps: 12, runtime: reference.description });
    expect(doneOf(events).reason).toBe("steps");
    const { size } = layoutOf(configuredModel(config).model.parameters);
    expect(only(events, "start")[0]!.parameters).toBe(size);
    expect(endOf(events).parameters.length).toBe(size);
    expect(Object.keys(endOf(events).slots)).toEqual(["m", "v"]);
  });

  test("a step tells the means over the replicas and the learning rate of the schedule", async () => {
    const config = tiny({ population: 3, steps: 5, schedule: { name: "linear" }, learningRate: 0.5, reportEvery: 1 });
    const steps = only(await eventsOf(config), "step");
    expect(steps.map(({ learningRate }) => learningRate)).toEqual([0.5, 0.375, 0.25, 0.125, 0]);
    for (const { loss, losses, length, symbolAccuracy, exactAccuracy, gradientNorm } of steps) {
      expect(losses.length).toBe(3);
      expect(loss).toBeCloseTo(losses.reduce((a, b) => a + b, 0) / 3, 14);
      expect(length).toBeGreaterThanOrEqual(2);
      expect(length).toBeLessThanOrEqual(5);
      expect(symbolAccuracy).toBeGreaterThan(0);
      expect(exactAccuracy).toBeLessThanOrEqual(symbolAccuracy);
      expect(gradientNorm).toBeGreaterThan(0);
    }
  });

  test("a signal ends the training with a checkpoint", async () => {
    const controller = new AbortController();
    const events: TrainingEvent[] = [];
    for await (const event of train(tiny(), { runtime: reference, signal: controller.signal })) {
      events.push(event);
      if (event.type === "step" && event.step === 15) controller.abort();
    }
    expect(events.slice(-3).map((event) => `${event.type} ${event.step}`)).toEqual([
      "step 15",
      "checkpoint 15",
      "done 15",
    ]);
    expect(doneOf(events).reason).toBe("aborted");
    // What was saved goes on to where an uninterrupted training ends.
    const rest = await eventsOf(tiny(), { state: endOf(events) });
    expect(endOf(rest)).toEqual(endOf(await eventsOf(tiny())));
    const never = await eventsOf(tiny(), { signal: AbortSignal.abort() });
    expect(never.map(({ type }) => type)).toEqual(["start", "done"]);
  });
});

test("one replica is trained as it is in a population of one; its state has no other shape", async () => {
  const alone = endOf(await eventsOf(tiny({ population: 1 })));
  const two = endOf(await eventsOf(tiny({ population: 2 })));
  expect(two.parameters.length).toBe(2 * alone.parameters.length);
  expect(two.slots.m!.length).toBe(two.parameters.length);
  expect(two.solvedAt).toEqual([null, null]);
  const start = (population: number) => initialState(tiny({ population }), 64).parameters;
  expect(start(3).slice(0, alone.parameters.length)).toEqual(start(1));
  const state = endOf(await eventsOf(tiny({ steps: 5 })));
  const { error } = await failure(tiny({ population: 2 }), { state });
  expect(error.message).toContain(`the state has ${state.parameters.length} parameters, expected 2 ×`);
});

test("noise on the gradient falls as (1 + t)^(−decay)", async () => {
  // One step of gradient descent moves the parameters by −α (g + s_t n).
  const after = async (step: number, gradientNoise: { scale: number; decay: number } | null) => {
    const config = tiny({ optimizer: { name: "sgd" }, clip: null, stateNoise: null, gradientNoise, steps: step + 1 });
    return endOf(await eventsOf(config, { state: { ...initialState(config, 64), step } })).parameters;
  };
  for (const step of [0, 2]) {
    const none = await after(step, null);
    const even = await after(step, { scale: 0.5, decay: 0 });
    const falling = await after(step, { scale: 0.5, decay: 2 });
    none.forEach((value, k) => {
      expect(even[k]).not.toBe(value);
      expect((falling[k]! - value) * (step + 2) ** 2).toBeCloseTo(even[k]! - value, 12);
    });
  }
});

describe("numbers that aren't finite", () => {
  // Linear units with squares and steps far too long: each step makes the parameters larger by a power.
  const explosive = (changes: Record<string, unknown> = {}) =>
    tiny({
      model: { name: "ilrnn", layers: [3], activation: "identity" },
      loss: "squares",
      optimizer: { name: "sgd" },
      learningRate: 100,
      clip: null,
      stateNoise: null,
      checkpointEvery: 1000,
      reportEvery: 1000,
      ...changes,
    });

  test.each(runtimes)(
    "end the training, after a checkpoint of the last good state, on %s",
    async (runtimeName, open) => {
      const { events, error } = await failure(explosive(), { runtime: await open() });
      expect(error.code).toBe("not-finite");
      const [diverged] = only(events, "diverged");
      expect(events.map(({ type }) => type)).toEqual(["start", "diverged", "checkpoint"]);
      expect(diverged!.step).toBeGreaterThan(1);
      expect(error.message.startsWith(`training stopped at step ${diverged!.step}: ${diverged!.what};`)).toBe(true);
      // In float64 the norm of the gradient overflows first (it has squares), in float32 the parameters do.
      expect(diverged!.what).toMatch(
        runtimeName === "reference"
          ? /^the norm of the gradient of replica 0 is Infinity; its largest parameter is in (W|R)\d+, ±\d.*e\+\d+$/
          : /^parameter (W|R|b)\d+ of replica 0 became (NaN|-?Infinity)$/,
      );
      expect(error.message).toContain(`the parameters of step ${diverged!.step - 1} are kept`);
      const [checkpoint] = only(events, "checkpoint");
      expect(checkpoint!.step).toBe(diverged!.step - 1);
      expect(checkpoint!.state.step).toBe(diverged!.step - 1);
      expect(checkpoint!.state.parameters.every(Number.isFinite)).toBe(true);
      expect(checkpoint!.state.divergedAt).toEqual([diverged!.step]);
    },
  );

  test("are told of however many parameters there are, by the replica's number in the whole population", async () => {
    const config = explosive({
      model: { name: "rnn", hidden: 400 },
      lengths: [1, 1],
      batch: 1,
      steps: 1,
      clip: 1,
    });
    const start = initialState(config, 64);
    // The last parameter is the output's bias: its gradient is finite, the square of it isn't.
    const parameters = start.parameters.map((_, k) => (k === start.parameters.length - 1 ? 1e160 : 0));
    const events: TrainingEvent[] = [];
    for await (const event of train(config, { runtime: reference, firstReplica: 7, state: { ...start, parameters } })) {
      events.push(event);
    }
    expect(only(events, "diverged").map(({ what }) => what)).toEqual([
      "the loss of replica 7 is Infinity; its largest parameter is in c, ±1.00e+160",
    ]);
  });

  test("are seen where the update made them, not a step later", async () => {
    // The gradient is finite, its product with the learning rate isn't.
    const config = explosive({ learningRate: 1e308, optimizer: { name: "momentum" } });
    const { parameters } = initialState(config, 64);
    const state = { ...initialState(config, 64), parameters: parameters.map((x) => 1000 * x) };
    const { events, error } = await failure(config, { state });
    expect(only(events, "diverged")).toMatchObject([{ step: 1, replica: 0 }]);
    expect(error.message).toMatch(/step 1: parameter .* became -?Infinity; the parameters of step 0 are kept/);
  });

  test("freeze the replica that has them; the others go on as if it weren't there", async () => {
    const config = tiny({ population: 3, clip: null, checkpointEvery: 10 });
    const { size } = layoutOf(configuredModel(config).model.parameters);
    const healthy = initialState(config, 64);
    // Squares of these overflow.
    const parameters = healthy.parameters.map((x, k) => (k >= size && k < 2 * size ? 1e200 * (x || 1) : x));
    const hurt: TrainingState = { ...healthy, parameters };
    const linear = { ...config, model: { ...config.model, activation: "identity" } };
    const events = await eventsOf(linear, { state: hurt });
    const expected = endOf(await eventsOf(linear, { state: healthy }));
    const end = endOf(events);
    const rows = ({ parameters: data }: TrainingState, replica: number) =>
      data.slice(replica * size, (replica + 1) * size);
    expect(only(events, "diverged")).toMatchObject([{ step: 1, replica: 1 }]);
    expect(only(events, "diverged")[0]!.what).toContain("of replica 1 ");
    expect(end.divergedAt).toEqual([null, 1, null]);
    expect(rows(end, 1)).toEqual(rows(hurt, 1));
    for (const replica of [0, 2]) expect(rows(end, replica)).toEqual(rows(expected, replica));
    for (const { loss, losses } of only(events, "step")) {
      expect(loss).toBeCloseTo((losses[0]! + losses[2]!) / 2, 14);
    }
    // It stays frozen when the training is taken up again.
    const [checkpoint] = only(events, "checkpoint");
    const rest = await eventsOf(linear, { state: checkpoint!.state });
    expect(only(rest, "diverged")).toEqual([]);
    expect(endOf(rest)).toEqual(end);
  });

  test("name each replica that has them", async () => {
    const { events } = await failure(explosive({ population: 3 }));
    const diverged = only(events, "diverged");
    expect(diverged.map(({ replica }) => replica).sort()).toEqual([0, 1, 2]);
    for (const { replica, what } of diverged) expect(what).toContain(`of replica ${replica}`);
  });
});

describe("the curriculum", () => {
  const growing = (changes: Record<string, unknown>, accuracy = 0.01) =>
    tiny({
      steps: 60,
      batch: 16,
      reportEvery: 1,
      lengths: [1, 6],
      ...changes,
      curriculum: { start: 2, grow: 1, accuracy },
    });

  test("begins with problems up to `start`, grows where the longest are answered, and stops at the longest", async () => {
    const events = await eventsOf(growing({}));
    const lengths = only(events, "step").map(({ length }) => length);
    let longest = 2;
    for (const { length, exactAccuracy } of only(events, "step")) {
      expect(length).toBeLessThanOrEqual(longest);
      if (length === longest && exactAccuracy >= 0.01) longest = Math.min(6, longest + 1);
    }
    expect(endOf(events).longest).toBe(longest);
    expect(longest).toBeGreaterThan(3);
    expect(new Set(lengths).size).toBeGreaterThan(2);
  });

  test("stays where the accuracy isn't reached", async () => {
    const events = await eventsOf(growing({ learningRate: 1e-9, lengths: [2, 6] }, 1));
    expect(endOf(events).longest).toBe(2);
    for (const { length } of only(events, "step")) expect(length).toBe(2);
  });

  test("grows past lengths that the task doesn't have", async () => {
    // Expressions have odd lengths only; the curriculum begins at 2.
    const events = await eventsOf(growing({ task: "modular-arithmetic-2", lengths: [1, 6] }));
    expect(endOf(events).longest).toBe(6);
    expect(Math.max(...only(events, "step").map(({ length }) => length))).toBe(5);
  });
});

describe("learning", () => {
  // Solved means: no error on 64 problems ten times as long as the longest trained.
  test.each(["binary-addition", "binary-subtraction", "binary-increment", "parity"])(
    "an inter-layer network learns %s with the recommended settings",
    async (task) => {
      const config = completeConfig({ task, model: { name: "ilrnn" }, population: 4 });
      const runtime = await onnxNodeRuntime();
      const events = await eventsOf(config, { runtime });
      const [low, high] = config.lengths;
      expect(config.solved).toMatchObject({ samples: 64 });
      expect(config.solved!.length).toBeGreaterThanOrEqual(10 * high);
      expect(low).toBeGreaterThan(0);
      const looks = only(events, "look");
      const solved = looks.at(-1)!.solved;
      expect(solved.filter(Boolean).length).toBeGreaterThanOrEqual(3);
      const end = doneOf(events);
      expect(end.state.solvedAt.map((at) => at !== null)).toEqual(solved);
      if (solved.every(Boolean)) {
        expect(end.reason).toBe("solved");
        // The noise has to be fully grown first.
        expect(end.step).toBeGreaterThan(config.steps * config.stateNoise!.growth);
      }
    },
  );

  test.each([
    ["even-pairs", { model: { name: "ilrnn", layers: [16] }, lengths: [1, 10], learningRate: 0.01 }],
    ["base-4-addition", { model: { name: "rnn" } }],
  ] as const)("%s is learned with %j", async (task, changes) => {
    const config = completeConfig({ task, population: 4, ...changes });
    const solved = only(await eventsOf(config, { runtime: await onnxNodeRuntime() }), "look").at(-1)!.solved;
    expect(config.solved!.length).toBeGreaterThanOrEqual(10 * config.lengths[1]);
    expect(solved.filter(Boolean).length).toBeGreaterThanOrEqual(3);
  });
});

test("a task and a kind of model of one's own are trained in place of those with names", async () => {
  const task = { ...findTask("parity"), name: "my-parity" };
  const model = { ...findModel("rnn"), name: "my-rnn" };
  const changes = {
    model: { name: "my-rnn", hidden: 3, activation: "tanh" },
    steps: 4,
    batch: 2,
    lengths: [2, 4],
    solved: null,
  };
  const own = { task, model };
  const config = completeConfig(changes, own);
  expect(config.task).toBe("my-parity");
  const trained = endOf(await eventsOf(config, { own })).parameters;
  const named = completeConfig({ ...changes, task: "parity", model: { ...changes.model, name: "rnn" } });
  expect([...trained]).toEqual([...endOf(await eventsOf(named)).parameters]);
  await expect(eventsOf(config)).rejects.toThrow('unknown task "my-parity"');
});

test("settings are recommended for a task whose shortest problems are longer than usual", () => {
  const task = { ...findTask("parity"), defaultTrainLengths: [30, 30] as const };
  expect(completeConfig({}, { task }).lengths).toEqual([30, 30]);
});

test("sizes that no memory holds are refused before anything is made", () => {
  expect(() => tiny({ population: 10_000_000 })).toThrow(
    /population × batch × time: received 240000000, expected at most/,
  );
  const solved = { length: 100, samples: 1_000_000_000 };
  expect(() => tiny({ solved })).toThrow(/population × solved.samples × time: received 101000000000, expected at most/);
});

/** The jobs of training and proving, without a worker around them. */
import {
  completeConfig,
  configuredModel,
  evaluator,
  exactTask,
  fullAdder,
  initialState,
  type LengthResult,
  layoutOf,
  type Network,
  namedParameters,
  noisyParameters,
  randomSource,
  reference,
  type TrainingEvent,
  train,
} from "longhand";
import { expect, test } from "vitest";
import type { NetworkData } from "../../networks/data.ts";
import type { JobContext } from "../../work/contract.ts";
import { type ProveUpdate, job as prove } from "./prove.job.ts";
import { job as reach } from "./reach.job.ts";
import { type TrainUpdate, job as trainJob } from "./train.job.ts";

/** A job's surroundings: what it tells is kept, everything runs on the reference. */
function listening<Update>() {
  const told: Update[] = [];
  const context: JobContext<Update> = { progress: (update) => void told.push(update), open: async () => reference };
  return { told, context };
}

const dataOf = ({ task, model }: Network, parameters: Network["parameters"]): NetworkData => ({
  title: "",
  task: task.name,
  model: { ...model.options, name: model.name },
  parameters,
});

const config = completeConfig({
  task: "parity",
  model: { name: "rnn", hidden: 2 },
  population: 2,
  steps: 40,
  batch: 4,
  lengths: [3, 3],
  solved: { length: 4, every: 10, samples: 2, stop: false },
  checkpointEvery: 10,
  reportEvery: 5,
});

test("a training tells every reported step once, and ends where the library's does", async () => {
  const { told, context } = listening<TrainUpdate>();
  const { state, reason } = await trainJob({ config }, context);
  const events: TrainingEvent[] = [];
  for await (const event of train(config, { runtime: reference })) events.push(event);
  const steps = events.flatMap((event) => (event.type === "step" ? [event] : []));
  expect(told.flatMap(({ points }) => points)).toEqual(
    steps.map(({ step, loss, losses, exactAccuracy }) => ({ step, loss, losses, exactAccuracy })),
  );
  const done = events.at(-1);
  expect(done?.type === "done" && [done.state, done.reason]).toEqual([state, reason]);
  expect(told.at(-1)!.solved).toEqual(events.findLast((event) => event.type === "look")!.solved);
  expect(told.findLast((update) => update.state)!.state).toEqual(state);
});

test("a training goes on with the numbers of one that never stopped", async () => {
  // Noise would grow with the share of the steps that are done: half a training has other noise than half of a whole one.
  const calm = { ...config, stateNoise: null };
  const whole = await trainJob({ config: calm }, listening<TrainUpdate>().context);
  const half = await trainJob({ config: { ...calm, steps: 20 } }, listening<TrainUpdate>().context);
  const { told, context } = listening<TrainUpdate>();
  const rest = await trainJob({ config: calm, state: half.state }, context);
  expect(rest.state).toEqual(whole.state);
  expect(told.flatMap(({ points }) => points)[0]!.step).toBe(25);
});

test("proved, with the states that the network comes to", async () => {
  const { told, context } = listening<ProveUpdate>();
  const networks = [dataOf(fullAdder.network, fullAdder.network.parameters)];
  const [outcome] = await prove({ networks, budget: 1000, visits: true }, context);
  expect(outcome).toMatchObject({ verdict: "proved", certificate: { margin: 0 } });
  expect(outcome!.visited).toHaveLength(512);
  expect(told).toEqual([{ number: 0, outcome, doing: "" }]);
});

test("refuted by a sum", async () => {
  const noisy = noisyParameters(fullAdder.network.parameters, 1e-6, randomSource(1));
  const networks = [dataOf(fullAdder.network, noisy)];
  const { told, context } = listening<ProveUpdate>();
  const [outcome] = await prove({ networks, budget: 10_000, visits: false }, context);
  if (outcome?.verdict !== "refuted") throw new Error(outcome?.verdict);
  const { problem, answer, exact } = outcome.failing;
  const [a, b] = problem.split("+").map(Number);
  expect(exact).toBe(String(a! + b!));
  expect(answer).not.toBe(exact);
  expect(
    told.some(({ doing }) => doing.startsWith("no proof found; looking for a problem that fails: all inputs")),
  ).toBe(true);
  expect(outcome.visited).toEqual([]);
});

test("not decided where nothing may be tried, and what stood in the way", async () => {
  const noisy = noisyParameters(fullAdder.network.parameters, 1e-6, randomSource(1));
  const networks = [dataOf(fullAdder.network, noisy)];
  const [outcome] = await prove({ networks, budget: 1, visits: false }, listening<ProveUpdate>().context);
  expect(outcome).toMatchObject({ verdict: "unknown", blocked: expect.stringContaining("a wrong answer") });
});

test("shares of right answers are the evaluator's", async () => {
  const { task, model } = configuredModel(config);
  const { parameters } = initialState(config, 64);
  const lengths = [1, 4];
  const input = { config, parameters, step: 0, lengths, samples: 16 };
  const found = await reach(input, listening<never>().context);
  await using counting = await evaluator(model, exactTask(task), reference, 2);
  const expected: LengthResult[][] = [];
  const named = namedParameters(parameters, layoutOf(model.parameters), 2);
  for await (const results of counting.evaluate(named, { lengths, samples: 16, seed: config.seed }))
    expected.push(results);
  expect(found).toEqual({ step: 0, samples: 16, lengths: expected });
});

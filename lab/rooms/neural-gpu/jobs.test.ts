/** The room's jobs, as a worker runs them, on the reference. */
import { evaluator, findTask, reference, traceNetwork, trainBins } from "longhand";
import { expect, test } from "vitest";
import { networkOfData } from "../../networks/data.ts";
import type { JobContext } from "../../work/contract.ts";
import { type AccuracyProgress, job as measure } from "./accuracy.job.ts";
import { freshNetwork } from "./fresh.test-helper.ts";
import { job as trace } from "./trace.job.ts";
import { type Look, job as train } from "./train.job.ts";
import { trainFields, trainingOf } from "./training.ts";

function context<Progress>(told: Progress[] = []): JobContext<Progress> {
  return { progress: (update) => told.push(update), open: async () => reference };
}
const task = findTask("reverse");

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test("a trace is the library's, without its values where they are too many", async () => {
  const network = freshNetwork("reverse", 6);
  const { model, parameters } = networkOfData(network);
  const found = await trace({ network, problem: "3 1 2", gates: true }, context());
  const expected = await traceNetwork({ task, model, parameters }, task.parse("3 1 2"), {
    open: async () => reference,
    gates: true,
  });
  expect(found.trace).toEqual(expected);
  expect(found.runtime).toBe(reference.description);
  const few = await trace({ network, problem: "3 1 2", gates: false, most: 6 * 3 * 4 - 1 }, context());
  expect(few.trace).toBeUndefined();
  expect(few).toMatchObject({
    prediction: expected.prediction,
    input: expected.input,
    answer: expected.answer,
    exact: expected.exact,
  });
});

test("the first Neural GPU is traced too: a grid is one row of numbers at each position", async () => {
  const network = freshNetwork("reverse", 3, 1, "neural-gpu");
  const { trace: found } = await trace({ network, problem: "3 1 2", gates: true }, context());
  // Four rows of three maps.
  expect(found!.values.state!.shape).toEqual([4, 3, 12]);
  expect(found!.values.update!.shape).toEqual([3, 3, 12]);
  expect(found!.readout!.shape).toEqual([4, 3]);
});

test("accuracies are those of the library's evaluation, at the nearest lengths there are", async () => {
  const network = freshNetwork("binary-multiplication", 6);
  const { task: of, model, parameters } = networkOfData(network);
  const told: AccuracyProgress[] = [];
  const found = await measure({ network, lengths: [4, 5, 9], samples: 4, kind: "random" }, context(told));
  await using prepared = await evaluator(model, of, reference);
  const expected = await all(prepared.evaluate(parameters, { lengths: [3, 5, 9], samples: 4, side: "test" }));
  expect(found).toEqual(expected.flat());
  expect(told.at(-1)!.done).toBeCloseTo(1, 12);
  const powers = await measure({ network, lengths: [9], samples: 4, kind: "powers" }, context());
  expect(powers[0]!.structured).toBe("powers");
});

test("a training tells its state and its trace, and goes on from there as if it had never stopped", async () => {
  const defaults = Object.fromEntries(Object.entries(trainFields).map(([name, { fallback }]) => [name, fallback]));
  const values = { ...(defaults as Parameters<typeof trainingOf>[0]), maps: 3, longest: 5, batch: 2, steps: 10 };
  const looks: Look[] = [];
  const whole = await train({ config: trainingOf(values), problem: "3 1 2" }, context(looks));
  expect(looks.map(({ state }) => state.step)).toEqual([5, 10]);
  const first = looks[0]!;
  expect(first.event!.step).toBe(5);
  expect(first.trace.prediction).toMatchObject({ input: "3 1 2", exact: "2 1 3" });
  expect(first.trace.values.state!.shape).toEqual([4, 3, 3]);
  const config = trainingOf({ ...values, steps: 5 }, 5);
  expect(await train({ config, problem: "3 1 2", state: first.state }, context())).toEqual(whole);
  // The library's own.
  const events = await all(trainBins(trainingOf(values), { runtime: reference }));
  expect(events.at(-1)).toEqual({ type: "done", step: 10, reason: "steps", state: whole });
});

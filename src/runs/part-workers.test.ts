/** Threads that compute parts: what happens where one fails. */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reference } from "../runtime/reference/reference.ts";
import type { Engine } from "../trained/index.ts";
import {
  completeConfig,
  initialState,
  type Part,
  type PartRunner,
  type PartsOrder,
  partRunner,
  partsOf,
  trainBins,
  trainPopulation,
} from "../training/index.ts";
import { threadedRunner } from "./part-threads.ts";
import { type PartWorkerData, partWorkers } from "./part-workers.ts";

const config = completeConfig({
  task: "sort",
  model: { name: "dngpu", maps: 3 },
  lengths: [3, 5],
  bins: { lengths: [4, 5] },
  steps: 2,
  batch: 4,
  solved: null,
});
const engine: Engine = { name: "reference", precision: 64, threads: 1 };
const built = new URL("../../dist/src/runs/part-worker.js", import.meta.url);
const order = (...parts: Part[]): PartsOrder => ({
  step: 1,
  parts,
  parameters: initialState(config, 64).parameters as Float64Array,
  weights: { saturation: 0.5 },
});
const part = (length: number, first = 0): Part => ({ length, first, count: 2, share: 0.25 });
/** No problem is as short as this. */
const impossible = part(2);

const workers = (program: URL = built, threads = 2) => partWorkers(config, engine, { threads, program });
const runnerHere = () => partRunner(partsOf(config), reference);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "longhand-threads-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A program for threads that does something as soon as it is asked for parts. */
async function programThat(does: string): Promise<URL> {
  const path = join(folder, `${does.replaceAll(/\W/g, "")}.mjs`);
  await writeFile(
    path,
    `import { parentPort } from "node:worker_threads";
    parentPort.on("message", () => { ${does} });`,
  );
  return pathToFileURL(path);
}

test.each([2, 4])("results come in the order of the parts, the same from %d threads as from one", async (count) => {
  const all = order(part(5), part(4), part(5, 2), part(4, 2));
  await using threads = await workers(built, count);
  await using here = runnerHere();
  // A runner writes its gradients again at the next run.
  const expected = structuredClone(await here.run(all));
  expect(await threads.run(all)).toEqual(expected);
  expect(await threads.run(order(...[...all.parts].reverse()))).toEqual([...expected].reverse());
  const fewer = order(part(4, 2), part(5));
  expect(await threads.run(fewer)).toEqual([expected[3], expected[0]]);
});

test("the other threads take parts while this one is at work", async () => {
  await using inner = runnerHere();
  let computedHere = 0;
  const here: PartRunner = {
    async run(given) {
      computedHere++;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return inner.run(given);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const workerData: PartWorkerData = { config, engine };
  await using threads = threadedRunner(here, [new Worker(built, { workerData })]);
  const parts = Array.from({ length: 12 }, (_, k) => part(4 + (k % 2), 2 * (k % 3)));
  await threads.run(order(part(4), part(5)));
  computedHere = 0;
  await threads.run(order(...parts));
  expect(computedHere).toBeLessThan(parts.length);
});

test("this thread does all of it where one is enough, or no program is built", async () => {
  await using here = runnerHere();
  const all = order(part(5), part(4, 2));
  const expected = structuredClone(await here.run(all));
  for (const options of [
    { threads: 1, program: built },
    { threads: 2, program: new URL("none.js", built) },
    { threads: 2, program: new URL("https://example.org/a.js") },
  ]) {
    await using alone = await partWorkers(config, engine, options);
    expect(await alone.run(all)).toEqual(expected);
  }
});

describe("an error is told of, and nothing hangs", () => {
  test("where a part fails while others are computed; nothing is ordered after it", async () => {
    await using threads = await workers();
    const run = threads.run(order(part(5), impossible, part(4), part(5, 2)));
    await expect(run).rejects.toMatchObject({ name: "LonghandError", code: "argument" });
    await expect(threads.run(order(part(5)))).rejects.toMatchObject({ code: "argument" });
  });

  test("where the engine can't be opened, here or in a thread", async () => {
    const other = { ...engine, name: "abacus" } as unknown as Engine;
    const expected = { code: "unknown-name", message: expect.stringContaining('unknown runtime "abacus"') };
    await expect(partWorkers(config, other, { threads: 2, program: built })).rejects.toMatchObject(expected);
    const workerData: PartWorkerData = { config, engine: other };
    await using threads = threadedRunner(runnerHere(), [new Worker(built, { workerData })]);
    await expect(threads.run(order(part(5), part(4)))).rejects.toMatchObject(expected);
  });

  test.each([
    ["ends", "process.exit(7);", /^a training thread ended with status 7$/],
    ["throws", "throw new RangeError('no room');", /^a training thread failed: no room$/],
  ])("where a thread %s", async (_, does, message) => {
    await using threads = await workers(await programThat(does));
    const run = threads.run(order(part(4, 2), part(5)));
    await expect(run).rejects.toMatchObject({ code: "runtime", message: expect.stringMatching(message) });
    // It doesn't come back.
    await expect(threads.run(order(part(4), part(4)))).rejects.toThrow(message);
  });

  test("where a thread that has worked before dies at a part that it took", async () => {
    const path = join(folder, "dies-later.mjs");
    const inBuild = (name: string) => JSON.stringify(new URL(`../${name}`, built).href);
    await writeFile(
      path,
      `import { workerData } from "node:worker_threads";
      import { reference } from ${inBuild("runtime/reference/reference.js")};
      import { servePartThread } from ${inBuild("runs/serve-parts.js")};
      import { partRunner, partsOf } from ${inBuild("training/index.js")};
      const inner = partRunner(partsOf(workerData.config), reference);
      const run = (order) => (order.step === 2 ? process.exit(7) : inner.run(order));
      servePartThread(Promise.resolve({ run }));`,
    );
    const workerData: PartWorkerData = { config, engine };
    const worker = new Worker(pathToFileURL(path), { workerData });
    const gone = once(worker, "exit");
    await using inner = runnerHere();
    const here: PartRunner = {
      async run(given) {
        // One part is left to the thread.
        if (given.step === 2) await gone;
        return inner.run(given);
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
    await using threads = threadedRunner(here, [worker]);
    const both = order(part(5), part(4));
    expect(await threads.run(both)).toEqual(structuredClone(await inner.run(both)));
    await expect(threads.run({ ...both, step: 2 })).rejects.toThrow(/^a training thread ended with status 7$/);
  });

  test("where a thread dies while it has nothing to do", async () => {
    const workerData: PartWorkerData = { config, engine };
    const worker = new Worker(built, { workerData });
    await using threads = threadedRunner(runnerHere(), [worker]);
    await threads.run(order(part(5), part(4)));
    await worker.terminate();
    await expect(threads.run(order(part(5), part(4)))).rejects.toThrow(/^a training thread ended with status/);
  });

  test("where the program can't be loaded", async () => {
    const path = join(folder, "broken.mjs");
    await writeFile(path, 'import "./missing.mjs";');
    await using threads = await workers(pathToFileURL(path));
    await expect(threads.run(order(part(4), part(5)))).rejects.toThrow(/^a training thread failed: Cannot find module/);
  });

  test("where a training meets it, which ends the threads", async () => {
    const threads = await workers(await programThat("process.exit(7);"));
    const run = async () => {
      for await (const _ of trainBins(config, { runtime: reference, parts: threads }));
    };
    await expect(run()).rejects.toThrow(/^a training thread ended with status 7$/);
    await expect(threads.run(order(part(4)))).rejects.toThrow(/a training thread ended/);
  });
});

const batches = completeConfig({
  task: "parity",
  model: { name: "rnn", hidden: 3 },
  lengths: [3, 5],
  steps: 3,
  batch: 4,
  chunk: 2,
  reportEvery: 1,
  solved: null,
});

describe.each([
  ["by bins", { ...config, reportEvery: 1 }],
  ["by batches in parts", batches],
])("threads end with a training %s", (_, given) => {
  const begun = (more: Partial<typeof given> = {}) => {
    const training = { ...given, ...more };
    const workerData: PartWorkerData = { config: training, engine };
    const worker = new Worker(built, { workerData });
    const parts = threadedRunner(partRunner(partsOf(training), reference), [worker]);
    return { worker, parts, events: trainPopulation(training, { runtime: reference, parts }) };
  };
  const isGone = ({ threadId }: Worker) => threadId === -1;

  test.each(["start", "step", "none, but goes to its end"])("that is left at %s", async (last) => {
    const { worker, parts, events } = begun();
    for await (const { type } of events) {
      expect(isGone(worker)).toBe(false);
      if (type === last) break;
    }
    expect(isGone(worker)).toBe(true);
    await expect(parts.run(order(part(4)))).rejects.toThrow(/^the threads of this training have ended$/);
  });

  test("that is stopped from outside", async () => {
    const { worker, parts } = begun();
    const signal = AbortSignal.abort();
    const seen: string[] = [];
    for await (const { type } of trainPopulation(given, { runtime: reference, parts, signal })) seen.push(type);
    expect(seen).not.toContain("step");
    expect(isGone(worker)).toBe(true);
  });

  test("that fails", async () => {
    const { worker, events } = begun({ learningRate: 1e308, optimizer: { name: "sgd" } });
    const run = async () => {
      for await (const _ of events);
    };
    await expect(run()).rejects.toMatchObject({ code: "not-finite" });
    expect(isGone(worker)).toBe(true);
  });
});

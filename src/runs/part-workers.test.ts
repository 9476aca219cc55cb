/** Threads that compute parts: what happens where one fails. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reference } from "../runtime/reference/reference.ts";
import type { Engine } from "../trained/index.ts";
import { completeConfig, initialState, type Part, type PartsOrder, partRunner, trainBins } from "../training/index.ts";
import { partWorkers } from "./part-workers.ts";

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

const workers = (program: URL = built, threads = 2, given = engine) =>
  partWorkers(config, given, { threads, program })!;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "longhand-threads-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A program for threads that answers a part of length 4 (after that: nothing), and does something else at one of length 5. */
async function programThat(does: string): Promise<URL> {
  const path = join(folder, `${does.replaceAll(/\W/g, "")}.mjs`);
  await writeFile(
    path,
    `import { parentPort } from "node:worker_threads";
    parentPort.on("message", ({ parts: [{ length, first }] }) => {
      if (length === 5) { ${does} }
      else if (first === 0) parentPort.postMessage({ results: ["done"] });
    });`,
  );
  return pathToFileURL(path);
}

test("results come in the order of the parts, the same as from one thread", async () => {
  const all = order(part(5), part(4), part(5, 2), part(4, 2));
  await using threads = workers();
  await using here = partRunner(config, reference);
  const expected = await here.run(all);
  expect(await threads.run(all)).toEqual(expected);
  expect(await threads.run(order(...[...all.parts].reverse()))).toEqual([...expected].reverse());
});

test("there are none where one thread is enough, or no program is built", () => {
  expect(partWorkers(config, engine, { threads: 1, program: built })).toBeUndefined();
  expect(partWorkers(config, engine, { threads: 2, program: new URL("none.js", built) })).toBeUndefined();
  expect(partWorkers(config, engine, { threads: 2, program: new URL("https://example.org/a.js") })).toBeUndefined();
});

describe("an error is told of, and nothing hangs", () => {
  test("where a part fails while others are computed", async () => {
    await using threads = workers();
    const run = threads.run(order(part(5), impossible, part(4), part(5, 2)));
    await expect(run).rejects.toMatchObject({ name: "LonghandError", code: "argument" });
  });

  test("where the engine can't be opened", async () => {
    const other = { ...engine, name: "abacus" } as unknown as Engine;
    await using threads = workers(built, 2, other);
    await expect(threads.run(order(part(5)))).rejects.toMatchObject({
      code: "unknown-name",
      message: expect.stringContaining('unknown runtime "abacus"'),
    });
  });

  test.each([
    ["ends", "process.exit(7);", /^a training thread ended with status 7$/],
    ["throws", "throw new RangeError('no room');", /^a training thread failed: no room$/],
  ])("where a thread %s, also while the other works", async (_, does, message) => {
    const program = await programThat(does);
    await using threads = workers(program);
    // One thread never answers its part of length 4.
    const run = threads.run(order(part(4, 2), part(5)));
    await expect(run).rejects.toMatchObject({ code: "runtime", message: expect.stringMatching(message) });
    // It doesn't come back.
    await expect(threads.run(order(part(4), part(4)))).rejects.toThrow(message);
  });

  test("where the program can't be loaded", async () => {
    const path = join(folder, "broken.mjs");
    await writeFile(path, 'import "./missing.mjs";');
    await using threads = workers(pathToFileURL(path));
    await expect(threads.run(order(part(4)))).rejects.toThrow(/^a training thread failed: Cannot find module/);
  });

  test("where a training meets it, which ends the threads", async () => {
    const threads = workers(await programThat("process.exit(7);"));
    const run = async () => {
      for await (const _ of trainBins(config, { runtime: reference, parts: threads }));
    };
    await expect(run()).rejects.toThrow(/^a training thread ended with status 7$/);
    await expect(threads.run(order(part(4)))).rejects.toThrow(/a training thread ended/);
  });
});

test("threads end with the training, also when it is left early", async () => {
  for (const leaves of [false, true]) {
    const threads = workers();
    for await (const { type } of trainBins({ ...config, reportEvery: 1 }, { runtime: reference, parts: threads })) {
      if (leaves && type === "step") break;
    }
    await expect(threads.run(order(part(4)))).rejects.toThrow(/^a training thread ended with status 1$/);
  }
});

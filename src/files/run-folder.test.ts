import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ndarray } from "../graph/array.ts";
import { encodeCheckpoint } from "./checkpoint.ts";
import { type FileSystem, nodeFileSystem } from "./file-system.ts";
import { createRun, openRun, type Run, readRun } from "./run-folder.ts";

let base: string;
let folder: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-run-"));
  folder = join(base, "deep", "run");
});
afterEach(() => rm(base, { recursive: true }));

const at = (run: { run: string }, step: number): Promise<Uint8Array> =>
  encodeCheckpoint({ run: run.run, state: { step }, tensors: { W: ndarray(new Float32Array([step]), []) } });

async function save(run: Run, ...steps: number[]): Promise<void> {
  for (const step of steps) await run.saveCheckpoint(await at(run, step), step);
}

const saved = (): Promise<string[]> => readdir(join(folder, "checkpoints")).then((names) => names.sort());
const pathOf = (step: number): string => join(folder, "checkpoints", `${String(step).padStart(8, "0")}.safetensors`);

test("a run is made once, says what it is, and opens again", async () => {
  const config = { task: "addition", lengths: [1, 2], absent: undefined };
  const run = await createRun(folder, config, { versions: { longhand: "0.1.0", runtime: "reference" } });
  expect(run.config).toEqual({ task: "addition", lengths: [1, 2] });
  await run.close();
  await run.close();
  expect(await readdir(folder)).toEqual(["checkpoints", "config.json"]);
  const written: unknown = JSON.parse(await readFile(join(folder, "config.json"), "utf8"));
  expect(written).toEqual({
    format: "longhand-run",
    formatVersion: 1,
    run: run.run,
    created: run.created,
    versions: { node: process.versions.node, longhand: "0.1.0", runtime: "reference" },
    config: { task: "addition", lengths: [1, 2] },
  });
  await using again = await openRun(folder);
  const { run: id, created, versions, config: read } = again;
  expect({ id, created, versions, read }).toEqual({
    id: run.run,
    created: run.created,
    versions: run.versions,
    read: run.config,
  });
});

test("nothing is overwritten", async () => {
  await (await createRun(folder, { a: 1 })).close();
  await expect(createRun(folder, { a: 2 })).rejects.toMatchObject({
    code: "file",
    message:
      `can't make a run in ${folder}: the folder isn't empty (config.json), and nothing is overwritten. ` +
      "To go on with the run in it, resume it.",
  });
  const other = join(base, "other");
  await mkdir(other);
  await writeFile(join(other, "notes.txt"), "mine");
  await expect(createRun(other, {})).rejects.toThrow("the folder isn't empty (notes.txt)");
  expect(await readdir(other)).toEqual(["notes.txt"]);
  await expect(createRun(join(other, "notes.txt"), {})).rejects.toMatchObject({ code: "file" });
});

test("a run that another process makes in the middle of making one isn't overwritten either", async () => {
  const overtaken: FileSystem = {
    ...nodeFileSystem,
    async makeFolder(path) {
      await (await createRun(folder, { first: true })).close();
      await nodeFileSystem.makeFolder(path);
    },
  };
  await expect(createRun(folder, { first: false }, { fileSystem: overtaken })).rejects.toThrow("isn't empty");
  expect((await readRun(folder)).config).toEqual({ first: true });
});

test("what a killed createRun left behind doesn't stand in the way", async () => {
  await mkdir(join(folder, "checkpoints"), { recursive: true });
  await writeFile(join(folder, "lock-4194999-1-0123abcd"), "");
  await writeFile(join(folder, "config.json.77-0123abcd.tmp"), "{");
  await (await createRun(folder, {})).close();
  expect(await readdir(folder)).toEqual(["checkpoints", "config.json"]);
});

test("a config that JSON would change is refused, and leaves no run", async () => {
  await expect(createRun(folder, { rate: Number.NaN })).rejects.toMatchObject({
    code: "argument",
    message: expect.stringContaining("config.rate is NaN"),
  });
  await expect(createRun(folder, {}, { keep: 0 })).rejects.toThrow("keep is 0, expected a whole number ≥ 1");
  await (await createRun(folder, {})).close();
});

test.each<[string, string | undefined, string, string]>([
  ["no config.json", undefined, "file", "is no run folder: it has no config.json"],
  ["corrupt JSON", '{"format":', "format", "config.json is corrupt"],
  ["another program's", '{"name":"x"}', "format", "belongs to no Longhand run"],
  ["a list", "[]", "format", "it has no object"],
  ["a newer format", '{"format":"longhand-run","formatVersion":2}', "format", "newer format version 2"],
  ["a broken version", '{"format":"longhand-run","formatVersion":"1"}', "format", 'formatVersion is "1", expected 1'],
  ["no id", '{"format":"longhand-run","formatVersion":1}', "format", "run is undefined"],
])("a folder with %s is no run", async (_, text, code, message) => {
  await mkdir(folder, { recursive: true });
  if (text !== undefined) await writeFile(join(folder, "config.json"), text);
  for (const open of [openRun, readRun]) {
    await expect(open(folder)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  }
});

test("a missing folder is named", async () => {
  await expect(openRun(folder)).rejects.toMatchObject({
    code: "file",
    message: `can't open run ${folder}: it doesn't exist (ENOENT)`,
  });
});

test("the newest checkpoints stay, and those kept by name", async () => {
  await using run = await createRun(folder, {}, { keep: 2 });
  await expect(run.loadCheckpoint()).rejects.toMatchObject({ code: "file" });
  await run.saveCheckpoint(await at(run, 10), 10, { as: ["best"] });
  await save(run, 20, 30, 40);
  expect(await saved()).toEqual(["00000030.safetensors", "00000040.safetensors", "best-00000010.safetensors"]);
  await run.saveCheckpoint(await at(run, 50), 50, { as: ["best", "final"] });
  expect(await saved()).toEqual([
    "00000040.safetensors",
    "00000050.safetensors",
    "best-00000050.safetensors",
    "final-00000050.safetensors",
  ]);
  expect((await run.loadCheckpoint()).step).toBe(50);
  const { step, path, checkpoint } = await run.loadCheckpoint({ step: 40 });
  expect([step, path, checkpoint.state]).toEqual([40, pathOf(40), { step: 40 }]);
  expect((await run.loadCheckpoint({ name: "best" })).step).toBe(50);
  await expect(run.loadCheckpoint({ step: 30 })).rejects.toThrow("no checkpoint of step 30");
  await expect(run.loadCheckpoint({ step: 30 })).rejects.toThrow("there are: 50, 40");
  expect(await run.checkpointSteps()).toEqual([50, 40]);
});

test("going back to an earlier step leaves later checkpoints only until the next is saved", async () => {
  await using run = await createRun(folder, {}, { keep: 3 });
  await save(run, 10, 20, 30);
  await save(run, 15);
  expect(await run.checkpointSteps()).toEqual([15, 10]);
  expect((await run.loadCheckpoint()).checkpoint.state).toEqual({ step: 15 });
  await expect(run.saveCheckpoint(new Uint8Array(), -1)).rejects.toMatchObject({ code: "argument" });
});

test("a damaged newest checkpoint is named, with the way out", async () => {
  await using run = await createRun(folder, {}, { keep: 4 });
  await save(run, 10, 20, 30, 40);
  const whole = await readFile(pathOf(40));
  await writeFile(pathOf(40), whole.subarray(0, 100));
  await writeFile(pathOf(20), await at({ run: "another" }, 20));
  await expect(run.loadCheckpoint()).rejects.toMatchObject({
    code: "format",
    message: expect.stringMatching(
      /^can't use .*00000040\.safetensors: .*truncated.* Earlier ones that are good: step 30, step 10\. To go on from step 30, add --previous-checkpoint\.$/,
    ),
  });
  expect((await run.loadCheckpoint({ previous: true })).step).toBe(30);
  expect((await run.loadCheckpoint({ step: 20, previous: true })).step).toBe(10);
  await expect(run.loadCheckpoint({ step: 20 })).rejects.toThrow('checkpoint of another run: it belongs to "another"');
  await writeFile(pathOf(10), "");
  await expect(run.loadCheckpoint({ step: 20, previous: true })).rejects.toThrow("no earlier one that is good");
  await writeFile(pathOf(40), whole);
  expect((await run.loadCheckpoint({ previous: true })).step).toBe(40);
});

test("metrics wait for flush, a checkpoint or the end", async () => {
  const run = await createRun(folder, {});
  const lines = (): Promise<string> => readFile(join(folder, "metrics.jsonl"), "utf8");
  expect(await (await readRun(folder)).readMetrics()).toEqual([]);
  run.appendMetrics({ step: 1, loss: 0.5 });
  run.appendMetrics({ step: 2, loss: Number.NaN });
  await expect(lines()).rejects.toMatchObject({ code: "ENOENT" });
  await run.flush();
  expect(await lines()).toBe('{"step":1,"loss":0.5}\n{"step":2,"loss":null}\n');
  run.appendMetrics({ step: 3 });
  await save(run, 3);
  expect(await lines()).toMatch(/"step":3}\n$/);
  run.appendMetrics({ step: 4, text: "ü\n" });
  expect(await run.readMetrics()).toHaveLength(4);
  run.appendMetrics({ step: 5 });
  await run.close();
  const records = [{ step: 1, loss: 0.5 }, { step: 2, loss: null }, { step: 3 }, { step: 4, text: "ü\n" }, { step: 5 }];
  expect(await (await readRun(folder)).readMetrics()).toEqual(records);
  expect(() => run.appendMetrics({ step: 6 })).toThrow("is closed");
  await expect(run.flush()).rejects.toThrow("is closed");
});

test("a resumed run drops the metrics after its checkpoint", async () => {
  await using run = await createRun(folder, {});
  for (const step of [1, 2, 2, 3, 4]) run.appendMetrics({ step, at: step / 3 });
  await run.truncateMetrics(2);
  run.appendMetrics({ step: 3, again: true });
  expect(await run.readMetrics()).toEqual([
    { step: 1, at: 1 / 3 },
    { step: 2, at: 2 / 3 },
    { step: 2, at: 2 / 3 },
    { step: 3, again: true },
  ]);
  expect(() => run.appendMetrics({ step: 0.5 })).toThrow("step is 0.5");
});

test("a line torn by a crash is dropped, at whatever byte it broke", async () => {
  await (await createRun(folder, {})).close();
  const path = join(folder, "metrics.jsonl");
  const last = Buffer.from('{"step":2,"text":"é"}');
  for (let length = 0; length <= last.length; length++) {
    await writeFile(path, '{"step":1}\n');
    await appendFile(path, last.subarray(0, length));
    expect(await (await readRun(folder)).readMetrics()).toEqual([{ step: 1 }]);
    const run = await openRun(folder);
    run.appendMetrics({ step: 2 });
    await run.close();
    expect(await readFile(path, "utf8")).toBe('{"step":1}\n{"step":2}\n');
  }
});

test("a broken line before the last is corruption", async () => {
  await (await createRun(folder, {})).close();
  await writeFile(join(folder, "metrics.jsonl"), '{"step":1}\n{"st\n{"step":3}\n');
  const message = expect.stringContaining('metrics.jsonl, line 2: "{\\"st" is no JSON object with a step');
  await expect(openRun(folder)).rejects.toMatchObject({ code: "format", message });
  await expect((await readRun(folder)).readMetrics()).rejects.toMatchObject({ code: "format", message });
  expect(await readdir(folder)).toEqual(["checkpoints", "config.json", "metrics.jsonl"]); // and no lock is left
});

/** The real file system, except that one operation fails, having done half its work. */
function failing(): { fs: FileSystem; fail: (operation: string | undefined, code?: string) => void } {
  let failing: string | undefined;
  let code = "";
  const step = (operation: string): void => {
    if (operation === failing) throw Object.assign(new Error(`${code}: made to fail`), { code });
  };
  const fs: FileSystem = {
    ...nodeFileSystem,
    async open(path, flags) {
      step("open");
      const file = await nodeFileSystem.open(path, flags);
      return {
        async write(bytes) {
          if (failing === "write") await file.write(bytes.subarray(0, bytes.length / 2));
          step("write");
          await file.write(bytes);
        },
        async sync() {
          step("sync");
          await file.sync();
        },
        async close() {
          await file.close();
          step("close");
        },
      };
    },
    async rename(from, to) {
      step("rename");
      await nodeFileSystem.rename(from, to);
    },
    async syncFolder(path) {
      step("syncFolder");
      await nodeFileSystem.syncFolder(path);
    },
    async remove(path) {
      step("remove");
      await nodeFileSystem.remove(path);
    },
  };
  return {
    fs,
    fail: (operation, why = "ENOSPC") => {
      failing = operation;
      code = why;
    },
  };
}

test.each([
  ["open", "EACCES", "permission denied (EACCES)"],
  ["write", "ENOSPC", "the disk is full (ENOSPC)"],
  ["sync", "EIO", "the device failed (EIO)"],
  ["close", "EDQUOT", "the disk quota is used up (EDQUOT)"],
  ["rename", "EROFS", "the file system is read-only (EROFS)"],
  ["syncFolder", "EIO", "the device failed (EIO)"],
])("a checkpoint whose %s fails costs no earlier one", async (operation, code, reason) => {
  const { fs, fail } = failing();
  await using run = await createRun(folder, {}, { keep: 2, fileSystem: fs });
  await save(run, 10, 20);
  const before = [await readFile(pathOf(10)), await readFile(pathOf(20))];
  const bytes = await at(run, 30);
  fail(operation, code);
  const failure = await run.saveCheckpoint(bytes, 30).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "file", message: `can't write ${pathOf(30)}: ${reason}` });
  expect([await readFile(pathOf(10)), await readFile(pathOf(20))]).toEqual(before);
  expect((await saved()).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  fail(undefined);
  expect((await run.loadCheckpoint()).step).toBe(operation === "syncFolder" ? 30 : 20);
  await run.saveCheckpoint(bytes, 30);
  expect(await run.checkpointSteps()).toEqual([30, 20]);
});

test.each(["open", "write", "sync", "close"])(
  "metrics whose %s fails are written later, once and whole",
  async (op) => {
    const { fs, fail } = failing();
    await using run = await createRun(folder, {}, { fileSystem: fs });
    run.appendMetrics({ step: 1 });
    await run.flush();
    run.appendMetrics({ step: 2 });
    fail(op);
    for (let i = 0; i < 2; i++) {
      await expect(run.flush()).rejects.toMatchObject({
        code: "file",
        message: `can't write ${join(folder, "metrics.jsonl")}: the disk is full (ENOSPC)`,
      });
    }
    fail(undefined);
    run.appendMetrics({ step: 3 });
    await run.flush();
    expect(await readFile(join(folder, "metrics.jsonl"), "utf8")).toBe('{"step":1}\n{"step":2}\n{"step":3}\n');
  },
);

test.each(["open", "write", "sync", "rename", "syncFolder"])(
  "a run whose %s fails isn't made, and can be",
  async (op) => {
    const { fs, fail } = failing();
    fail(op);
    await expect(createRun(folder, {}, { fileSystem: fs })).rejects.toMatchObject({ code: "file" });
    // After a failed fsync of the folder the run is there, but nobody promises that it survives a power loss.
    await (await (op === "syncFolder" ? openRun(folder) : createRun(folder, {}))).close();
  },
);

test("a close that can't write gives the lock back all the same", async () => {
  const { fs, fail } = failing();
  const run = await createRun(folder, {}, { fileSystem: fs });
  run.appendMetrics({ step: 1 });
  fail("write");
  await expect(run.close()).rejects.toThrow("the disk is full");
  await (await openRun(folder)).close();
});

test("work handed in without waiting is done in order", async () => {
  await using run = await createRun(folder, {}, { keep: 5 });
  const checkpoints = await Promise.all([1, 2, 3].map((step) => at(run, step)));
  const work = checkpoints.flatMap((bytes, i) => {
    run.appendMetrics({ step: i + 1 });
    return [run.saveCheckpoint(bytes, i + 1), run.flush()];
  });
  await Promise.all(work);
  expect(await run.checkpointSteps()).toEqual([3, 2, 1]);
  expect(await run.readMetrics()).toEqual([{ step: 1 }, { step: 2 }, { step: 3 }]);
});

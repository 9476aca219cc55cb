/** What `kill -9` in the middle of saving leaves behind: always a run that opens and a newest checkpoint that is whole. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRun, openRun, readRun } from "./run-folder.ts";

/** Goes on from the newest checkpoint and saves one after another as fast as it can, for ever. */
const program = `
import { encodeCheckpoint } from "./checkpoint.ts";
import { openRun } from "./run-folder.ts";

const run = await openRun(process.argv[2]);
let step = (await run.checkpointSteps())[0] ?? 0;
if (step > 0) step = (await run.loadCheckpoint()).step;
await run.truncateMetrics(step);
for (;;) {
  step++;
  for (let i = 0; i < 20; i++) run.appendMetrics({ step, i });
  const data = new Float32Array(50_000).fill(step);
  const tensors = { W: { dtype: "float", shape: [data.length], data } };
  await run.saveCheckpoint(await encodeCheckpoint({ run: run.run, state: { step }, tensors }), step);
  process.stdout.write(step + "\\n");
}
`;

let base: string;
let script: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-kill-"));
  script = join(base, "child.mjs");
  await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL(".", import.meta.url)), loader: "ts" },
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
});
afterAll(() => rm(base, { recursive: true }));

/** Starts the program and waits until it has saved once; resolves with what to kill and the last step it told of. */
async function start(folder: string): Promise<{ child: ChildProcess; told: () => number }> {
  const child = spawn(process.execPath, [script, folder]);
  let output = "";
  let errors = "";
  child.stdout.on("data", (text: Buffer) => {
    output += text;
  });
  child.stderr.on("data", (text: Buffer) => {
    errors += text;
  });
  await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  if (output === "") throw new Error(`the program ended: ${errors}`);
  return { child, told: () => Number(output.trimEnd().split("\n").at(-1)) };
}

test("the newest checkpoint is always whole", async () => {
  const folder = join(base, "run");
  await (await createRun(folder, {})).close();
  let newest = 0;
  for (let round = 0; round < 12; round++) {
    const { child, told } = await start(folder);
    await expect(openRun(folder)).rejects.toThrow(`is being written by process ${child.pid}`);
    await new Promise((resolve) => setTimeout(resolve, (round * 7) % 30)); // other places of the loop each round
    const ended = once(child, "close"); // all that it wrote is read by then
    child.kill("SIGKILL");
    await ended;

    const reader = await readRun(folder);
    const { step, checkpoint } = await reader.loadCheckpoint();
    expect(step).toBeGreaterThan(newest);
    expect(step).toBeGreaterThanOrEqual(told()); // what it said was saved is there
    newest = step;
    expect(checkpoint.state).toEqual({ step });
    expect(checkpoint.tensors.W?.data).toEqual(new Float32Array(50_000).fill(step));
    const steps = await reader.checkpointSteps();
    for (const step of steps) await reader.loadCheckpoint({ step });
    expect(steps.length).toBeGreaterThanOrEqual(Math.min(3, step));
    const metrics = await reader.readMetrics();
    expect(metrics.slice(0, step * 20)).toEqual(
      Array.from({ length: step * 20 }, (_, i) => ({ step: Math.floor(i / 20) + 1, i: i % 20 })),
    );
  }
  await (await openRun(folder)).close();
  const left = [...(await readdir(folder)), ...(await readdir(join(folder, "checkpoints")))];
  expect(left.filter((name) => name.endsWith(".tmp") || name.startsWith("lock"))).toEqual([]);
});

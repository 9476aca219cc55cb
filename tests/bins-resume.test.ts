/** Parts of steps computed in threads make the same numbers as in one thread, also after being killed again and again. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { completeConfig, decodeSafetensors, randomSource, type TrainingEvent, trainPopulation } from "../src/index.ts";
import { partWorkers } from "../src/runs/part-workers.ts";
import { onnxNodeRuntime } from "../src/runtime/onnx/node.ts";
import { longhand, start } from "./command-line.ts";

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-bins-"));
});
afterAll(() => rm(base, { recursive: true }));

/** Small, with all that a training by bins has: dropout, noise, saturation, a rate that falls, bins that wait, looks. */
const changes = {
  model: { name: "dngpu", maps: 6 },
  seed: 3,
  steps: 120,
  batch: 4,
  lengths: [2, 7],
  bins: { lengths: [4, 7], chunk: 2, examples: 50, shorter: 0.2, ahead: 0, learned: 0.3 },
  learningRate: 0.005,
  schedule: { name: "plateau", every: 10 },
  saturation: { weight: 1 },
  solved: { length: 8, samples: 4, every: 30, stop: false },
  checkpointEvery: 10,
  reportEvery: 5,
};
const settings = Object.entries(changes).flatMap(([name, value]) =>
  ["model", "bins", "solved", "schedule", "saturation"].includes(name)
    ? Object.entries(value).flatMap(([key, inner]) => ["--set", `${name}.${key}=${JSON.stringify(inner)}`])
    : ["--set", `${name}=${JSON.stringify(value)}`],
);
const flags = ["train", "sort", "--runtime=onnx", ...settings];

/** An event as metrics have it, without times. */
const timeless = ({ examplesPerSecond: _, secondsLeft: __, ...rest }: Record<string, unknown>) => rest;

/** The tensors of the final checkpoint, the rest of the state, and the metrics without times. */
async function outcome(folder: string) {
  const names = await readdir(join(folder, "checkpoints"));
  const final = names.find((name) => name.startsWith("final-"));
  expect(final, `${folder} has no final checkpoint`).toBeDefined();
  const { tensors, metadata } = decodeSafetensors(await readFile(join(folder, "checkpoints", final!)));
  const lines = (await readFile(join(folder, "metrics.jsonl"), "utf8")).trimEnd().split("\n");
  return {
    tensors: Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, [...data]])),
    state: JSON.parse(metadata.state!) as Record<string, unknown>,
    metrics: lines.map((line) => timeless(JSON.parse(line) as Record<string, unknown>)),
  };
}

test("threads change no bit, and neither do kills at any moment", async () => {
  const whole = join(base, "whole");
  const uninterrupted = await longhand([...flags, "--run", whole]);
  expect(uninterrupted.status, uninterrupted.stderr).not.toBe(2);
  const expected = await outcome(whole);

  // In this thread, and in three.
  const config = completeConfig({ task: "sort", ...changes });
  for (const threads of [1, 3]) {
    const events: TrainingEvent[] = [];
    const parts = await partWorkers(
      config,
      { name: "onnx", precision: 32, threads: 1 },
      { threads, program: new URL("../dist/src/runs/part-worker.js", import.meta.url) },
    );
    const run = trainPopulation(config, { runtime: await onnxNodeRuntime(), parts });
    for await (const event of run) events.push(event);
    const told = events.filter(({ type }) => type === "step" || type === "look");
    expect(JSON.parse(JSON.stringify(told.map((event) => timeless({ ...event }))))).toEqual(expected.metrics);
    const { state } = events.at(-1) as Extract<TrainingEvent, { type: "done" }>;
    expect(state.recipe).toEqual(expected.state.recipe);
    expect(state.recipe!.open).toBe(2);
    const parameters = Object.entries(expected.tensors).flatMap(([name, data]) =>
      name.startsWith("parameters/") ? data : [],
    );
    expect([...state.parameters].sort()).toEqual(parameters.sort());
  }

  const killed = join(base, "killed");
  const moments = randomSource(8).stream("moments").uniform(new Float64Array(4));
  let resumed = 0;
  for (const [round, moment] of moments.entries()) {
    const isRun = (await readdir(killed).catch((): string[] => [])).includes("config.json");
    if (isRun) resumed++;
    const { child, ended, says } = start(isRun ? ["train", "--resume", killed] : [...flags, "--run", killed]);
    // Once at any moment of the start, otherwise while it trains.
    if (round !== 1) await says(" · loss ");
    await new Promise((resolve) => setTimeout(resolve, moment * (round === 1 ? 600 : 80)));
    child.kill("SIGKILL");
    const { signal, stderr } = await ended;
    expect(signal, `round ${round} had ended before it could be killed: ${stderr}`).toBe("SIGKILL");
  }
  expect(resumed).toBe(3);
  const last = await longhand(["train", "--resume", killed]);
  expect(last.status, last.stderr).toBe(uninterrupted.status);
  expect(last.stderr).toMatch(/from step \d+ on to 120/);
  expect(await outcome(killed)).toEqual(expected);
}, 240_000);

test("Ctrl+C ends the training and its threads in order", async () => {
  const folder = join(base, "stopped");
  const { child, ended, says } = start([...flags, "--run", folder]);
  await says(" · loss ");
  child.kill("SIGINT");
  const { status, signal, stderr } = await ended;
  expect({ status, signal }, stderr).toEqual({ status: 1, signal: null });
  expect(stderr).toContain("stopping: the step is finished and a checkpoint written");
}, 120_000);

test("a second signal ends it at once, whatever its threads are at", async () => {
  const { child, ended, says } = start([...flags, "--run", join(base, "ended")]);
  await says(" · loss ");
  child.kill("SIGINT");
  child.kill("SIGTERM");
  const { status, signal, stderr } = await ended;
  expect(status, stderr).toBeNull();
  expect(["SIGINT", "SIGTERM"]).toContain(signal);
  expect(stderr).not.toContain("terminate called");
}, 120_000);

/** Batches that are cut make the same numbers on any number of threads, also after being stopped. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { completeConfig, decodeSafetensors, type TrainingEvent, trainPopulation } from "../src/index.ts";
import { partWorkers } from "../src/runs/part-workers.ts";
import { cRuntime } from "../src/runtime/c/node.ts";
import { onnxNodeRuntime } from "../src/runtime/onnx/node.ts";
import { longhand, start } from "./command-line.ts";

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-cut-"));
});
afterAll(() => rm(base, { recursive: true }));

const changes = {
  model: { name: "lstm", hidden: 8 },
  seed: 3,
  steps: 400,
  batch: 10,
  chunk: 3,
  lengths: [3, 6],
  stateNoise: { scale: 0.2 },
  gradientNoise: { scale: 0.1 },
  solved: { length: 8, samples: 4, every: 100, stop: false },
  checkpointEvery: 100,
  reportEvery: 50,
};
const settings = Object.entries(changes).flatMap(([name, value]) =>
  typeof value === "object" && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]) => ["--set", `${name}.${key}=${JSON.stringify(inner)}`])
    : ["--set", `${name}=${JSON.stringify(value)}`],
);

/** An event as metrics have it, without times. */
const timeless = ({ examplesPerSecond: _, secondsLeft: __, ...rest }: Record<string, unknown>) => rest;

/** What a run ended with, its engine, and its metrics without times. */
async function outcome(folder: string) {
  const names = await readdir(join(folder, "checkpoints"));
  const final = names.find((name) => name.startsWith("final-"))!;
  const { tensors } = decodeSafetensors(await readFile(join(folder, "checkpoints", final)));
  const lines = (await readFile(join(folder, "metrics.jsonl"), "utf8")).trimEnd().split("\n");
  const { config } = JSON.parse(await readFile(join(folder, "config.json"), "utf8")) as { config: { engine: unknown } };
  return {
    tensors: Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, [...data]])),
    engine: config.engine,
    metrics: lines.map((line) => timeless(JSON.parse(line) as Record<string, unknown>)),
  };
}

test.each([
  ["onnx", () => onnxNodeRuntime()],
  ["c", () => cRuntime()],
] as const)(
  "threads change no bit, and neither does a stop, on the runtime %s",
  async (name, open) => {
    const flags = ["train", "binary-addition", `--runtime=${name}`];
    const whole = join(base, `${name}-whole`);
    const uninterrupted = await longhand([...flags, ...settings, "--run", whole]);
    expect(uninterrupted.status, uninterrupted.stderr).not.toBe(2);
    const expected = await outcome(whole);
    // Each part has an engine of one thread.
    expect(expected.engine).toEqual({ name, precision: 32, threads: 1 });

    const config = completeConfig({ task: "binary-addition", ...changes });
    const program = new URL("../dist/src/runs/part-worker.js", import.meta.url);
    for (const threads of [1, 2, 5]) {
      const parts = await partWorkers(config, { name, precision: 32, threads: 1 }, { threads, program });
      const events: TrainingEvent[] = [];
      for await (const event of trainPopulation(config, { runtime: await open(), parts })) events.push(event);
      const told = events.filter(({ type }) => type === "step" || type === "look");
      expect(JSON.parse(JSON.stringify(told.map((event) => timeless({ ...event }))))).toEqual(expected.metrics);
      const { state } = events.at(-1) as Extract<TrainingEvent, { type: "done" }>;
      const parameters = Object.entries(expected.tensors).flatMap(([name, data]) =>
        name.startsWith("parameters/") ? data : [],
      );
      expect([...state.parameters].sort()).toEqual(parameters.sort());
    }

    const stopped = join(base, `${name}-stopped`);
    const { child, ended, says } = start([...flags, ...settings, "--run", stopped]);
    await says(" · loss ");
    child.kill("SIGINT");
    expect((await ended).stderr).toContain("stopping: the step is finished and a checkpoint written");
    const last = await longhand(["train", "--resume", stopped]);
    expect(last.status, last.stderr).toBe(uninterrupted.status);
    expect(last.stderr).toMatch(/from step \d+ on to 400/);
    expect(await outcome(stopped)).toEqual(expected);
  },
  120_000,
);

/** A training that is killed again and again ends with the same numbers as one that isn't. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeSafetensors, randomSource } from "../src/index.ts";
import { longhand, start } from "./command-line.ts";

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-resume-"));
});
afterAll(() => rm(base, { recursive: true }));

/** Small, with all that a state holds: slots, a curriculum that grows, noise, looks, a population. */
const settings = (runtime: string, steps: number): string[] => [
  "train",
  "binary-addition",
  "--population=2",
  "--seed=11",
  `--steps=${steps}`,
  `--runtime=${runtime}`,
  ...[
    "model.layers=[4]",
    "lengths=[1,6]",
    'curriculum={"start":2,"accuracy":0.3}',
    "batch=4",
    "gradientNoise.scale=0.01",
    'solved={"length":8,"samples":4,"every":50,"stop":false}',
    "checkpointEvery=20",
    "reportEvery=10",
  ].flatMap((setting) => ["--set", setting]),
];

/** The tensors of the final checkpoint, the rest of the state, and the metrics without times. */
async function outcome(folder: string) {
  const names = await readdir(join(folder, "checkpoints"));
  const final = names.find((name) => name.startsWith("final-"));
  expect(final, `${folder} has no final checkpoint`).toBeDefined();
  const { tensors, metadata } = decodeSafetensors(await readFile(join(folder, "checkpoints", final!)));
  const metrics = (await readFile(join(folder, "metrics.jsonl"), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => {
      const { examplesPerSecond: _, secondsLeft: __, ...rest } = JSON.parse(line) as Record<string, unknown>;
      return rest;
    });
  return { tensors, state: metadata.state, metrics };
}

describe.each([
  ["reference", 5, 3000],
  ["onnx", 6, 3000],
] as const)("on the runtime %s", (runtime, seed, steps) => {
  test("killed 20 times, it ends bit for bit like an uninterrupted run", async () => {
    const whole = join(base, `${runtime}-whole`);
    const killed = join(base, `${runtime}-killed`);
    const uninterrupted = await longhand([...settings(runtime, steps), "--run", whole]);
    expect(uninterrupted.status, uninterrupted.stderr).not.toBe(2);

    const moments = randomSource(seed).stream("moments").uniform(new Float64Array(20), 0, 1);
    let resumed = 0;
    for (const [round, moment] of moments.entries()) {
      const isRun = (await readdir(killed).catch((): string[] => [])).includes("config.json");
      if (isRun) resumed++;
      const command = isRun ? ["train", "--resume", killed] : [...settings(runtime, steps), "--run", killed];
      const { child, ended, says } = start(command);
      // Every fifth time at any moment of the start, otherwise while it trains.
      if (round % 5 !== 0) await says(" · loss ");
      await new Promise((resolve) => setTimeout(resolve, moment * (round % 5 === 0 ? 400 : 60)));
      child.kill("SIGKILL");
      const { signal, stderr } = await ended;
      expect(signal, `round ${round} had ended before it could be killed: ${stderr}`).toBe("SIGKILL");
    }
    expect(resumed).toBeGreaterThan(15);
    const last = await longhand(["train", "--resume", killed]);
    expect(last.status, last.stderr).toBe(uninterrupted.status);
    expect(Number(/from step ([\d,]+) on to 3,000/.exec(last.stderr)?.[1]?.replace(",", ""))).toBeGreaterThan(100);
    expect(await outcome(killed)).toEqual(await outcome(whole));
  }, 240_000);
});

describe("a damaged newest checkpoint", () => {
  let run: string;
  let names: string[];
  beforeAll(async () => {
    run = join(base, "sound");
    await longhand([...settings("reference", 100), "--run", run]);
    names = (await readdir(join(run, "checkpoints"))).filter((name) => /^\d/.test(name)).sort();
    expect(names).toEqual(["00000060.safetensors", "00000080.safetensors", "00000100.safetensors"]);
  });

  test.each([
    ["truncated", async (bytes: Buffer) => bytes.subarray(0, bytes.length - 100), /truncated/],
    [
      "with one bit flipped",
      async (bytes: Buffer) => {
        const flipped = Buffer.from(bytes);
        flipped[bytes.length - 40]! ^= 4;
        return flipped;
      },
      /damaged checkpoint: its contents have the SHA-256/,
    ],
    [
      "of another run",
      async () => {
        const other = join(base, "other");
        await longhand([...settings("reference", 20), "--run", other]);
        return readFile(join(other, "checkpoints", "00000020.safetensors"));
      },
      /checkpoint of another run/,
    ],
    ["of another program", async () => Buffer.from("GIF89a, not a checkpoint at all"), /not a valid safetensors file/],
  ] as const)(
    "%s is refused with the reason; the one before it is used when asked for",
    async (kind, damage, reason) => {
      const damaged = join(base, `damaged ${kind}`);
      await cp(run, damaged, { recursive: true });
      const newest = join(damaged, "checkpoints", names.at(-1)!);
      await writeFile(newest, await damage(await readFile(newest)));
      const refused = await longhand(["train", "--resume", damaged]);
      expect(refused.status).toBe(2);
      expect(refused.stderr).toMatch(reason);
      expect(refused.stderr).toContain("Earlier ones that are good: step 80, step 60.");
      expect(refused.stderr).not.toMatch(/\n\s+at /);
      const resumed = await longhand(["train", "--resume", damaged, "--previous-checkpoint"]);
      expect(resumed.stderr).toContain(
        "note: the newest checkpoint, of step 100, can't be used; going on from step 80",
      );
      expect(await outcome(damaged)).toEqual(await outcome(run));
    },
  );
});

test("a run that has ended isn't trained further, unless more steps are asked for", async () => {
  const run = join(base, "ended");
  await longhand([...settings("reference", 40), "--run", run]);
  const before = await outcome(run);
  const again = await longhand(["train", "--resume", run]);
  expect(again.stderr).toContain("it has ended at step 40 already. --steps N goes on");
  expect(await outcome(run)).toEqual(before);
  const further = await longhand(["train", "--resume", run, "--steps", "70"]);
  expect(further.stderr).toContain("note: 70 steps in place of 40: schedules and noise are stretched over them");
  expect(JSON.parse((await outcome(run)).state!)).toMatchObject({ step: 70, steps: 70, ends: "steps" });
  const fewer = await longhand(["train", "--resume", run, "--steps", "50"]);
  expect(fewer).toMatchObject({ status: 2, stderr: expect.stringContaining("has done 70 already") });
});

test("another runtime goes on with the run, and says that the result isn't the same", async () => {
  const run = join(base, "moved");
  await longhand([...settings("reference", 40), "--run", run]);
  const moved = await longhand(["train", "--resume", run, "--steps", "60", "--runtime", "onnx"]);
  expect(moved.stderr).toContain("note: runtime onnx in place of reference: the result won't be bit-identical");
  expect((await outcome(run)).tensors["parameters/W1"]?.data).toBeInstanceOf(Float32Array);
});

test("Ctrl+C ends a training in order: it goes on as if it had never stopped", async () => {
  const run = join(base, "stopped");
  const whole = join(base, "not-stopped");
  const uninterrupted = await longhand([...settings("reference", 2000), "--run", whole]);
  const { child, ended, says } = start([...settings("reference", 2000), "--run", run, "--json"]);
  await says("step   200 of 2,000");
  child.kill("SIGINT");
  const { status, signal, stdout, stderr } = await ended;
  expect({ status, signal }).toEqual({ status: 1, signal: null });
  expect(stderr).toContain("stopping: the step is finished and a checkpoint written");
  const result = JSON.parse(stdout) as { reason: string; steps: number };
  expect(result.reason).toBe("aborted");
  expect(result.steps).toBeLessThan(2000);
  const [newest] = (await readdir(join(run, "checkpoints"))).sort().reverse();
  expect(Number.parseInt(newest!, 10)).toBe(result.steps);
  expect((await readdir(run)).filter((name) => name.startsWith("lock"))).toEqual([]);
  expect((await longhand(["train", "--resume", run])).status).toBe(uninterrupted.status);
  expect(await outcome(run)).toEqual(await outcome(whole));
});

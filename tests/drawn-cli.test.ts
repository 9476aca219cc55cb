/** The command line with tasks that are drawn with their answers. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { longhand } from "./command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "longhand-drawn-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const run = join(folder, "adding");

test("train, eval, predict", async () => {
  const trained = await longhand([
    ...["train", "adding-problem", "--set", "lengths=[8,8]", "--set", "learningRate=0.01", "--steps", "600"],
    ...["--set", "solved=null", "--run", run, "--json"],
  ]);
  expect(trained.status).toBe(0);
  const { finding } = JSON.parse(trained.stdout) as { finding: { results: { cost: number }[] } };
  expect(finding.results[0]!.cost).toBeLessThan(0.05);

  const evaluated = await longhand(["eval", run, "--lengths", "8", "--samples", "512", "--json"]);
  const { results } = JSON.parse(evaluated.stdout) as { results: { cost: number; isHeldOut: boolean }[] };
  expect(results[0]!.cost).toBeLessThan(0.05);
  expect((await longhand(["eval", run, "--lengths", "8"])).stdout).toMatch(/numbers +squared error/);

  const predicted = await longhand(["predict", run, "0.5 0, 0.25 1, 0.75 0, 0.1 0, 0 0, 0 0, 0.5 1, 0 0", "--json"]);
  const [prediction] = (JSON.parse(predicted.stdout) as { predictions: { answer: string; exact: string }[] })
    .predictions;
  expect(prediction!.exact).toBe("0.75");
  expect(Math.abs(Number(prediction!.answer) - 0.75)).toBeLessThan(0.4);
});

test("what needs exact answers says so, with status 2", async () => {
  expect(existsSync(run)).toBe(true);
  for (const args of [
    ["prove", run],
    ["refute", run],
    ["extract", run],
  ]) {
    const { status, stderr } = await longhand(args);
    expect(status, args[0]).toBe(2);
    expect(stderr).toContain("task adding-problem: its problems are drawn with their answers");
  }
});

test.each([
  [
    ["--set", "loss=cross-entropy"],
    'loss: received "cross-entropy", expected "squares": adding-problem asks for numbers',
  ],
  [["--model", "dngpu"], "model dngpu: the task has numbers"],
  [
    ["--model", "ilrnn"],
    "model ilrnn: the task has numbers in place of aligned symbols, expected a network of recurrent cells",
  ],
  [["--set", "saturation={}"], "saturation, follow: received true, expected false"],
  [["--set", "saturation.follow=false"], "lstm with these options has no hard gates"],
])("%j is refused", async (args, message) => {
  const { status, stderr } = await longhand(["train", "adding-problem", ...args, "--run", join(folder, "never")]);
  expect(stderr).toContain(message);
  expect(status).toBe(2);
  expect(existsSync(join(folder, "never"))).toBe(false);
});

test("trace draws each state's units over the steps", async () => {
  const traced = await longhand(["trace", run, "0.5 1, 0.25 0, 0.75 1", "-o", join(folder, "t.svg"), "--json"]);
  expect(traced.stderr).toBe("");
  const { files, prediction } = JSON.parse(traced.stdout) as {
    files: { file: string }[];
    prediction: { exact: string };
  };
  expect(files.map(({ file }) => file)).toEqual(["h", "c", "output"].map((name) => join(folder, `t-${name}.svg`)));
  expect(prediction.exact).toBe("1.25");
  expect(await readFile(join(folder, "t-output.svg"), "utf8")).toContain(">sum<");
});

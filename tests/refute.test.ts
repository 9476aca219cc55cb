/** Refuting by the command line. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fullAdder, makeNetwork, noisyParameters, randomSource, threeUnitAdder } from "../src/index.ts";
import { writeNetworkRun } from "../src/node.ts";
import { json, longhand } from "./command-line.ts";

let folder = "";
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "longhand-refute-"));
  const parameters = noisyParameters(fullAdder.network.parameters, 1e-6, randomSource(3));
  await writeNetworkRun(at("brittle"), makeNetwork({ ...fullAdder.network, parameters }), { origin: "a test" });
  await writeNetworkRun(at("exact"), threeUnitAdder.network, { origin: "a test" });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("an input that the network gets wrong, with status 1; predict says so too", async () => {
  const found = await json(["refute", at("brittle")], 1);
  expect(found).toMatchObject({ task: "binary-addition", replica: 0, seed: 1, refuted: true, isShortest: true });
  expect(found.covered).toBe(found.step);
  const { predictions } = await json(["predict", at("brittle"), found.input as string, "--check"], 1);
  expect(predictions).toMatchObject([{ answer: found.answer, exact: found.exact, isRight: false }]);
  const { status, stdout } = await longhand(["refute", at("brittle"), "--runtime", "reference"]);
  expect(status).toBe(1);
  expect(stdout).toMatch(
    /^refuted: the network errs\n {6}\d+\+\d+\n {4}= \d+\nexact \d+\n\n {2}first wrong at step \d/,
  );
  expect(stdout).toContain("found by all inputs up to length");
}, 60_000);

test("no error is found, with status 0", async () => {
  expect(await json(["refute", at("exact"), "--budget", "10000"])).toMatchObject({ refuted: false, covered: "all" });
  expect((await longhand(["refute", at("exact")])).stdout).toMatch(
    /^no error of the network found in \d+ steps\n {2}in this arithmetic \(float32\) inputs of every length lead to states/,
  );
  const { stdout } = await longhand(["refute", at("exact"), "--budget", "20", "--max-length", "12"]);
  expect(stdout).toContain("all inputs of up to 1 steps were tried; of longer ones this proves nothing");
}, 60_000);

test("bad input", async () => {
  const { status, stderr } = await longhand(["refute", at("exact"), "--max-length", "0"]);
  expect(status).toBe(2);
  expect(stderr).toBe('longhand: --max-length: received "0", expected a whole number of at least 1\n');
  expect((await longhand(["refute", at("exact"), "--replica", "1"])).status).toBe(2);
}, 60_000);

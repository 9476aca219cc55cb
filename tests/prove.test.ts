/** Training, proving and checking by the command line. */
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Certificate } from "../src/index.ts";
import { json, longhand } from "./command-line.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "longhand-prove-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

describe("a population is trained and proved", () => {
  const certificate = (replica: number) => at(`adders/certificates/replica-${replica}.json`);

  test("train --prove writes a certificate of every network", async () => {
    const result = await json([
      ..."train binary-addition --population 4 --seed 1 --prove --run".split(" "),
      at("adders"),
    ]);
    const proofs = result.proofs as { proved: number; verdicts: { replica: number; file: string; margin: number }[] };
    expect(proofs.proved).toBe(4);
    expect(proofs.verdicts.map(({ file }) => file)).toEqual([0, 1, 2, 3].map(certificate));
    for (const { margin } of proofs.verdicts) expect(margin).toBeGreaterThan(0);
  }, 120_000);

  test("check accepts them, and knows whose weights they speak of", async () => {
    for (const replica of [0, 1, 2, 3]) {
      expect(await json(["check", certificate(replica)])).toMatchObject({ accepted: true, task: "binary-addition" });
    }
    const own = ["check", certificate(2), "--run", at("adders"), "--replica"];
    expect(await json([...own, "2"])).toMatchObject({ accepted: true });
    expect(await json([...own, "1"], 1)).toMatchObject({ accepted: false });
  }, 60_000);

  test("what was changed is rejected, with status 1", async () => {
    const text = readFileSync(certificate(0), "utf8");
    const changed = async (change: (certificate: Certificate) => unknown) => {
      const value = JSON.parse(text) as Certificate;
      writeFileSync(at("changed.json"), JSON.stringify({ ...value, ...(change(value) as object) }));
      return (await json(["check", at("changed.json")], 1)).reason as string;
    };
    expect(await changed(({ moves }) => ({ moves: moves.slice(1) }))).toMatch(/./);
    expect(await changed(() => ({ task: "binary-subtraction" }))).toContain(
      "its machine is not what binary-subtraction",
    );
    expect(
      await changed(({ network }) => ({ network: { ...network, model: { ...network.model, activation: "tanh" } } })),
    ).toContain("its equations are not");
  }, 60_000);

  test("prove of the run says the same again", async () => {
    const { verdicts } = await json(["prove", at("adders"), "--replica", "3", "-o", at("three.json")]);
    expect(verdicts).toMatchObject([{ replica: 3, verdict: "proved" }]);
    expect(readFileSync(at("three.json"), "utf8")).toBe(readFileSync(certificate(3), "utf8"));
  }, 60_000);
});

describe("a network that errs is refuted", () => {
  test("the paper's adder with 1e-6 of noise on its weights", async () => {
    await longhand([..."build full-adder --noise 1e-6 --seed 3 --run".split(" "), at("brittle")]);
    const { verdicts } = await json(["prove", at("brittle")], 1);
    const [refuted] = verdicts as [Record<string, unknown>];
    expect(refuted).toMatchObject({ verdict: "refuted", isShortest: true });
    expect(refuted.answer).not.toBe(refuted.exact);
    const { status } = await longhand(["predict", at("brittle"), refuted.input as string, "--check"]);
    expect(status).toBe(1);
  }, 60_000);
});

describe("bad input", () => {
  const bad: readonly (readonly [string, readonly string[], string])[] = [
    ["a certificate that isn't there", ["check", "/nowhere.json"], "can't read /nowhere.json"],
    ["what isn't JSON", ["check", "README.md"], "README.md isn't JSON"],
    ["a run that isn't there", ["prove", "/nowhere"], "/nowhere"],
    [
      "a task without a machine",
      ["train", "binary-multiplication", "--prove"],
      "no finite machine answers binary-multi",
    ],
    ["a replica without its run", ["check", "x.json", "--replica", "1"], "expected --run <folder> too"],
    ["letters to remember that are no numbers", ["prove", "x", "--recent", "a"], 'received "a"'],
  ];
  test.each(bad)("%s", async (_, args, message) => {
    const { status, stderr, stdout } = await longhand(args);
    expect(stderr).toContain(message);
    expect([status, stdout]).toEqual([2, ""]);
  });
});

test("sharpen writes a run whose networks have larger pre-activations", async () => {
  await longhand([..."build three-unit-adder --run".split(" "), at("three")]);
  const made = await json(["sharpen", at("three"), "--by", "4", "--run", at("sharp")]);
  expect(made).toMatchObject({ folder: at("sharp"), factor: 4, population: 1 });
  const { verdicts } = await json(["prove", at("sharp")]);
  // ½ from the threshold, four times as far.
  expect(verdicts).toMatchObject([{ verdict: "proved", margin: 2 }]);
  const { status, stderr } = await longhand(["sharpen", at("three"), "--by", "0"]);
  expect([status, stderr]).toEqual([2, 'longhand: --by: received "0", expected a positive number\n']);
}, 60_000);

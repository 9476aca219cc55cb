/** The command line with networks built by hand: what it lists, writes, draws and refuses. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { flaw } from "../src/pictures/svg.test-helper.ts";
import { json, longhand } from "./command-line.ts";

let base: string;
const inBase = (...parts: string[]) => join(base, ...parts);
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-built-"));
});
afterAll(() => rm(base, { recursive: true }));

/** Bad input: exit status 2, and why on standard error. */
async function refused(args: readonly string[], why: string): Promise<void> {
  const { status, stdout, stderr } = await longhand(args, { cwd: base });
  expect(stderr).toContain(why);
  expect(status).toBe(2);
  expect(stdout).toBe("");
}

describe("build", () => {
  test("lists the networks", async () => {
    const { stdout, status } = await longhand(["build"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^full-adder +binary-addition +2-3-2-4-2 +the full adder circuit/m);
    const { networks } = (await json(["build"])) as { networks: { name: string; units: number[] }[] };
    expect(networks.find(({ name }) => name === "parity")).toMatchObject({ units: [1, 2, 1], task: "parity" });
  });

  test("writes a run that other verbs read, and that a training goes on from", async () => {
    const run = inBase("adder");
    const built = await json(["build", "full-adder", "--run", run]);
    expect(built).toMatchObject({ folder: run, noise: 0, answers: "right" });
    const number = 12345678901234567890n;
    const predicted = await json(["predict", run, `${number}+${number}`, "--check"]);
    expect(predicted).toMatchObject({ predictions: [{ answer: `${2n * number}`, isRight: true }] });
    const { results } = (await json(["eval", run, "--lengths", "300", "--samples", "20"])) as {
      results: { exact: { value: number } }[];
    };
    expect(results[0]!.exact.value).toBe(1);
    const resumed = await longhand(["train", "--resume", run, "--steps", "300"]);
    expect(resumed.status, resumed.stderr).toBeLessThan(2);
    const { wiring } = (await json(["circuit", run, "-o", inBase("trained.svg")])) as {
      wiring: { connections: unknown[]; inputs: string[]; layers: { name: string }[][] };
    };
    // Training moves the connections that were zero too; the units keep their names.
    expect(wiring.connections.length).toBeGreaterThan(20);
    expect(wiring.layers[3]!.map(({ name }) => name)).toEqual(["sum", "carry"]);
  });

  test("with noise, which breaks the printed adder", async () => {
    const run = inBase("noisy");
    const { status, stdout } = await longhand(["build", "full-adder", "--run", run, "--noise", "1e-6", "--seed", "4"]);
    expect(status).toBe(0);
    expect(stdout).toContain("normal noise of deviation 0.000001 added, seed 4");
    expect(stdout).toContain("binary-addition: does not compute its task exactly");
    const config = JSON.parse(await readFile(join(run, "config.json"), "utf8")) as { config: { origin: string } };
    expect(config.config.origin).toBe(
      "full-adder, built by hand (papers/000, figure 2), normal noise of deviation 0.000001 added, seed 4",
    );
  });

  test("refuses", async () => {
    await refused(["build", "full-ader"], 'Did you mean "full-adder"?');
    await refused(["build", "parity", "--noise", "-1"], '--noise: received "-1", expected a number of at least 0');
    await refused(["build", "--noise", "1"], "build: received --noise, expected the name of a network too");
    await refused(["build", "parity", "--run", inBase("noisy")], "the folder isn't empty");
  });
});

describe("circuit", () => {
  test("draws a network", async () => {
    const file = inBase("adder.svg");
    const { status, stdout } = await longhand(["circuit", "full-adder", "-o", file]);
    expect(status).toBe(0);
    expect(stdout).toBe(`${file}: full-adder, built by hand (papers/000, figure 2)\n`);
    const svg = await readFile(file, "utf8");
    expect(flaw(svg)).toBeUndefined();
    expect(svg).toContain("p ∧ ¬c");
  });

  test("steps through a problem: 3 + 1", async () => {
    const file = inBase("film.svg");
    const args = ["circuit", "three-unit-adder", "3+1", "-o", file];
    const { stdout } = await longhand(args);
    expect(stdout).toContain("3+1 = 4\n\nstep ");
    expect(stdout).toMatch(/^≥ 1 +1 {2}1 {2}1$/m);
    expect(stdout).toMatch(/^≥ 2, carry +1 {2}1 {2}0$/m);
    expect(stdout).toMatch(/^answer +0 {2}0 {2}1$/m);
    expect((await readFile(file, "utf8")).match(/class="caption"/g)).toHaveLength(3);
    const { steps, answer, exact } = await json([...args, "--step", "2"]);
    expect({ answer, exact }).toEqual({ answer: "4", exact: "4" });
    expect((steps as unknown[])[1]).toEqual({ step: 2, inputs: [1, 0], units: [[1, 1, 0], [0]], answer: "0" });
    expect((await readFile(file, "utf8")).match(/class="caption"[^<]*/g)).toEqual([
      expect.stringContaining("step 2: 1 + 0 → 0"),
    ]);
  });

  test("refuses", async () => {
    await refused(["circuit", "nothing"], "nothing");
    await refused(["circuit", "parity", "-o", "x.png"], 'circuit: received "x.png", expected a name ending in .svg');
    await refused(["circuit", "parity", "--step", "1"], "circuit: received --step 1, expected a problem too");
    await refused(["circuit", "parity", "101", "--step", "4"], "--step: received 4, expected 1 to 3");
    await refused(["circuit", "parity", "102"], '"2"');
  });
});

describe("noise", () => {
  test("the share of exact copies by level, and a picture", async () => {
    const file = inBase("noise.svg");
    const args = [
      "noise",
      "full-adder",
      "full-adder-with-margin",
      "--draws",
      "30",
      "--levels",
      "0.2,1e-6,0",
      "-o",
      file,
    ];
    const { status, stdout } = await longhand(args);
    expect(status).toBe(0);
    expect(stdout).toContain("Exact at every length, of 30 noisy copies; noise on all connections");
    expect(stdout).toMatch(/^ +0 +100% +100%$/m);
    expect(stdout).toMatch(/^0\.000001 +0% +100%$/m);
    expect(stdout).toMatch(/^ +0\.2 +0% +0%$/m);
    expect(flaw(await readFile(file, "utf8"))).toBeUndefined();
    const { results } = (await json([
      "noise",
      "parity",
      "--draws",
      "30",
      "--levels",
      "0.2",
      "--connections",
      "present",
    ])) as {
      results: { points: { deviation: number; exact: { trials: number; low: number } }[] }[];
    };
    expect(results[0]!.points).toMatchObject([{ deviation: 0.2, exact: { trials: 30 }, undecided: 0 }]);
  });

  test("refuses", async () => {
    await refused(["noise"], "missing required argument 'network'");
    await refused(["noise", "parity", "--levels", "0,x"], '--levels: received "x", expected a number of at least 0');
    await refused(["noise", "parity", "--connections", "some"], "--connections: received");
    await refused(["noise", "parity", "-o", "x.png"], 'noise: received "x.png", expected a name ending in .svg');
  });
});

/** `longhand regions`: its sources, pictures, networks, counts, and what it says to bad input. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { elements, flaw } from "../src/pictures/svg.test-helper.ts";
import { decodeModel } from "../src/runtime/onnx/proto.ts";
import { json, longhand } from "./command-line.ts";

const regions = (...args: string[]) => longhand(["regions", ...args]);

let folder: string;
const file = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "longhand-regions-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Found {
  readonly label: string;
  readonly signs: string;
  readonly isBounded: boolean;
  readonly point: readonly string[];
}

test("papers/002, exercise 3a to 3f: five lines, 16 regions, a network for A, D and G", async () => {
  const names = ["regions.svg", "net.svg", "net.onnx"].map(file) as [string, string, string];
  const ended = await regions("--lines", "5", "--mark", "A,D,G", "-o", names[0], "--network", names[1], "-o", names[2]);
  expect(ended.status, ended.stderr).toBe(0);
  expect(ended.stdout).toMatch(/^5 lines \(made up, seed 1\): 16 regions, 10 unbounded and 6 bounded$/m);
  expect(ended.stdout).toContain("as many as in general position: 16 = Σ C(5, k) for k ≤ 2\n");
  expect(ended.stdout).toContain("a network of 5 + 3 + 1 units, g(a) = 1 where a > 0, otherwise 0:\n");
  expect(ended.stdout).toContain("class = g(A + D + G − 0.5)\n");
  expect(ended.stdout.match(/^right in all 16 regions/gm)).toHaveLength(2);
  const picture = readFileSync(names[0], "utf8");
  expect(flaw(picture)).toBeUndefined();
  expect(elements(picture, "path").filter(({ at }) => at.class === "region shaded")).toHaveLength(3);
  const circuit = readFileSync(names[1], "utf8");
  expect(flaw(circuit)).toBeUndefined();
  expect(elements(circuit, "desc")[0]!.text).toBe("2-5-3-1 units, 28 connections, 0 of them recurrent.");
  expect(decodeModel(readFileSync(names[2])).graph.outputs.map(({ name }) => name)).toEqual([
    "hyperplanes",
    "regions",
    "class",
  ]);
});

test("--json holds all of it, and can be read again", async () => {
  const found = await json(["regions", "--lines", "6", "--seed", "3", "--mark", "b"]);
  expect(found).toMatchObject({
    dimension: 2,
    count: 22,
    bounded: 10,
    isGeneric: true,
    coefficients: ["1", "6", "15"],
  });
  expect(found).toMatchObject({ special: [], network: { regions: ["B"], units: [6, 1, 1] }, files: [] });
  expect((found.network as { tried: object[] }).tried).toEqual([
    { how: expect.stringContaining("reference"), wrong: [] },
  ]);
  const all = found.regions as Found[];
  expect(all.map(({ label }) => label)).toEqual([..."ABCDEFGHIJKLMNOPQRSTUV"]);
  writeFileSync(file("again.json"), JSON.stringify(found));
  const again = await json(["regions", "--lines", file("again.json")]);
  expect(again.regions).toEqual(found.regions);
});

test("special lines: what is special is said", async () => {
  const data = "1 0 = 0; 1 0 = 1; 0 1 = 0; 1 1 = 0; 2 2 = 0";
  const { status, stdout } = await regions("--data", data);
  expect(status).toBe(0);
  expect(stdout).toContain("5 lines (given): 9 regions, 8 unbounded and 1 bounded\n");
  expect(stdout).toContain("fewer than the 16 of general position: Σ C(5, k) for k ≤ 2\n");
  for (const line of ["lines 4, 5 are the same", "lines 1, 2 are parallel", "lines 1, 3, 4 meet in (0, 0)"]) {
    expect(stdout).toContain(`  ${line}\n`);
  }
  writeFileSync(file("lines.txt"), `# a comment\n${data.replaceAll(";", "\n")}`);
  expect(await json(["regions", "--lines", file("lines.txt")])).toMatchObject({ count: 9, isGeneric: false });
  const piped = await longhand(["regions", "--lines", "-"], { stdin: data });
  expect(piped.stdout).toBe(stdout);
});

test("regions are marked by their signs too, in any dimension", async () => {
  const found = await json(["regions", "--data", "1 0 0 = 0; 0 1 0 = 0; 0 0 1 = 0", "--mark", "+++,---"]);
  expect(found).toMatchObject({ count: 8, bounded: 0, network: { units: [3, 2, 1] } });
  const line = await regions("--random", "3", "--dimension", "1", "--mark", "A", "--runtime", "onnx");
  expect(line.stdout).toContain("3 points (random, seed 1): 4 regions, 2 unbounded and 2 bounded\n");
  expect(line.stdout).toMatch(/^right in all 4 regions \(.*ONNX Runtime.*\)$/m);
});

test("the units of a network's first layer", async () => {
  const { status, stdout, stderr } = await regions("full-adder");
  expect(status).toBe(0);
  expect(stdout).toContain("3 lines (first layer of full-adder, built by hand (papers/000, figure 2)): 4 regions");
  expect(stdout).toContain("x₁ + x₂ > 1");
  expect(stderr).toBe("");
  const parity = await json(["regions", "parity"]);
  expect(parity.dimension).toBe(1);
});

test("a region too thin for float64 makes the network wrong: status 1", async () => {
  const data = "1 = 1152921504606846976; 1 = 1152921504606846977";
  const { status, stdout } = await regions("--data", data, "--mark", "+-");
  expect(status).toBe(1);
  expect(stdout).toMatch(/^wrong in \d region.*B.*, too thin for its precision \(reference/m);
});

test("counts: exercise 3h, and how the number grows", async () => {
  const picture = file("growth.svg");
  const { status, stdout } = await regions("--count", "--dimension", "10", "--units", "20", "-o", picture);
  expect(status).toBe(0);
  expect(stdout).toContain("20 hyperplanes in 10 dimensions: 616,666 regions, 92,378 of them bounded\n");
  expect(stdout).toContain(
    "estimate n^d = 20^10 = 10,240,000,000,000, about 10^13: 16,605,423 times the exact number\n",
  );
  expect(flaw(readFileSync(picture, "utf8"))).toBeUndefined();
  const many = await json(["regions", "--count", "--dimension", "2,100", "--units", "5,1000"]);
  const counts = many.counts as { units: number; dimension: number; regions: string }[];
  expect(counts.map(({ units, dimension }) => [units, dimension])).toEqual([
    [5, 2],
    [5, 100],
    [1000, 2],
    [1000, 100],
  ]);
  expect(counts.map(({ regions: number }) => number.length)).toEqual([2, 2, 6, 140]);
  expect(await json(["regions", "--count", "--random", "12", "--dimension", "6"])).toEqual({
    dimension: 6,
    units: 12,
    regions: "2510",
    bounded: "462",
    isGeneric: true,
    coefficients: ["1", "12", "66", "220", "495", "792", "924"],
  });
});

describe("bad input ends with status 2 and a message", () => {
  test.each([
    [[], "received no hyperplanes, expected one of --lines, --data, --random, a network, and --count with --units"],
    [["--lines", "3", "--data", "1 = 0"], "received --lines and --data"],
    [["--lines", "0"], '--lines: received "0", expected a whole number of at least 1'],
    [["--lines", "301"], "lines: received 301, expected a whole number from 1 to 300"],
    [["--lines", "/no such file"], "can't read /no such file"],
    [["--data", "1 0 = 1; 0 0 = 1"], "hyperplane 2: all its weights are 0"],
    [["--data", "1 0"], 'hyperplane 1 "1 0": received 0 equals signs'],
    [["--lines", "5", "--mark", "A,Q"], 'unknown region "Q": 16 regions have the labels A to P'],
    [["--lines", "5", "--mark", "A,,B"], '--mark: received "A,,B"'],
    [["--lines", "5", "--mark", "+-"], "received 2 signs, expected 5"],
    [["--lines", "5", "--network", "net.svg"], "received net.svg for a network without --mark"],
    [["--lines", "5", "-o", "net.onnx"], "received net.onnx for a network without --mark"],
    [["--lines", "5", "-o", "a.png"], 'received "a.png", expected a name ending in .svg or .onnx'],
    [["--lines", "5", "--dimension", "3"], "--dimension: received --lines, expected one number with --random"],
    [["--random", "5", "--dimension", "2,3"], "--dimension: received 2 of them, expected one number"],
    [["--data", "1 = 0", "--seed", "2"], "--seed: goes with --random and with a number of --lines, not with --data"],
    [["--random", "4", "--dimension", "3", "-o", "a.svg"], "received a.svg for a space of 3 dimensions"],
    [
      ["--random", "20", "--dimension", "10"],
      "more than 100,000 of 20 hyperplanes in 10 dimensions, which have up to 616,666; expected fewer, or a higher limit; --count counts them without finding them",
    ],
    [["--lines", "5", "--units", "5"], "--units goes with --count"],
    [["--count"], "--count: received neither --units nor hyperplanes"],
    [
      ["--count", "--units", "5", "--lines", "5"],
      "--units counts by the formula for general position, not with --lines",
    ],
    [["--count", "--units", "5", "--mark", "A"], "--mark needs the regions themselves"],
    [["--count", "--units", "5", "-o", "a.png"], 'received "a.png", expected a name ending in .svg'],
    [["--count", "--lines", "5", "-o", "a.svg"], "--count draws a picture only with --units"],
  ])("%j", async (args, message) => {
    const { status, stderr } = await regions(...args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});

/** `longhand extract`: the machine of a run or a certificate, what it says, and its diagram. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeNetwork, ndarray, prove, threeUnitAdder } from "../src/index.ts";
import { writeNetworkRun } from "../src/node.ts";
import { json, longhand } from "./command-line.ts";

let base: string;
let exact: string;
/** An adder whose carry stays once it has come. */
let broken: string;
let certificate: string;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-extract-"));
  exact = join(base, "exact");
  broken = join(base, "broken");
  certificate = join(base, "certificate.json");
  const { network } = threeUnitAdder;
  const R11 = ndarray(Float64Array.of(0, 0, 0, 1, 2, 1, 0, 0, 0), [3, 3]);
  await writeNetworkRun(exact, network, { origin: "by hand" });
  await writeNetworkRun(broken, makeNetwork({ ...network, parameters: { ...network.parameters, R11 } }), {
    origin: "by hand",
  });
  const verdict = await prove(network);
  if (verdict.verdict !== "proved") throw new Error("the adder isn't proved");
  await writeFile(certificate, JSON.stringify(verdict.certificate));
});
afterAll(() => rm(base, { recursive: true }));

test("an adder is the machine of addition", async () => {
  const file = join(base, "adder.svg");
  const { status, stdout, stderr } = await longhand(["extract", exact, "-o", file]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toBe(`binary-addition: 4 states of the network, 2 in its minimal machine

state     letters  answer  next
--------  -------  ------  --------
no carry  00       0       no carry
          01, 10   1       no carry
          11       0       carry
carry     00       1       no carry
          01, 10   0       carry
          11       1       carry

It is the minimal machine of binary-addition.

${file}
`);
  expect(await readFile(file, "utf8")).toContain("The minimal machine of binary-addition");
});

test("a broken one is another, and the shortest sum shows it", async () => {
  const file = join(base, "broken.svg");
  const { status, stdout } = await longhand(["extract", broken, "-o", file]);
  expect(status).toBe(1);
  expect(stdout).toContain(`It is not the minimal machine of binary-addition, which has 2 states; they first differ on
  letters  11 00
  network   0  0
  exact     0  1
`);
  expect(await readFile(file, "utf8")).toContain('<g class="wrong">');
  expect(await json(["extract", broken], 1)).toMatchObject({
    folder: broken,
    replica: 0,
    by: "states",
    isMinimal: false,
    machine: { states: ["ε", "11"], letters: ["00", "01", "10", "11"] },
    difference: { word: ["11", "00"], answer: [0, 0], exact: [0, 1] },
  });
});

test("certificates are checked and extracted", async () => {
  expect(await json(["extract", certificate])).toMatchObject({
    certificate,
    task: "binary-addition",
    by: "proof",
    needed: 2,
    isMinimal: true,
    machine: {
      states: ["no carry", "carry"],
      initial: 0,
      next: [
        [0, 0, 0, 1],
        [0, 1, 1, 1],
      ],
      output: [
        [0, 1, 1, 0],
        [1, 0, 0, 1],
      ],
    },
    difference: null,
  });
  const other = join(base, "other.json");
  await writeFile(other, (await readFile(certificate, "utf8")).replace(/"sha256":"../, '"sha256":"zz'));
  const ended = await longhand(["extract", other]);
  expect(ended).toMatchObject({ status: 2, stdout: "" });
  expect(ended.stderr).toContain(`${other} is no certificate that holds: `);
});

test.each([
  [() => [exact, "-o", "adder.png"], 'extract: received "adder.png", expected a name ending in .svg'],
  [() => [broken, "--states", "2"], "extraction: more than 2 states: not a finite network, or not by this limit"],
  [() => [exact, "--replica", "1"], "replica 1 of run"],
  [() => [certificate, "--replica", "0"], "extract: --replica and a certificate came"],
  [() => [join(base, "none")], "it doesn't exist"],
])("bad input %#", async (args, message) => {
  const ended = await longhand(["extract", ...args()]);
  expect(ended).toMatchObject({ status: 2, stdout: "" });
  expect(ended.stderr).toContain(message);
});

/** `longhand groebner`: its three sources, verdicts, exit statuses, limits, and what it says to bad input. */
import { describe, expect, test } from "vitest";
import { json, longhand } from "./command-line.ts";

const groebner = (...args: string[]) => longhand(["groebner", ...args]);

test("exclusive or has no linear solution, and it says why", async () => {
  const { status, stdout } = await groebner("--data", "xor");
  expect(status).toBe(1);
  expect(stdout).toBe(`4 equations in 5 unknowns: W1[1,1], W1[2,1], b1, W2, b2
4 more unknowns that no equation asks for: R11, R21, R12, R22

  0 0:  b1*W2 + b2 = 0
  0 1:  W1[2,1]*W2 + b1*W2 + b2 - 1 = 0
  1 0:  W1[1,1]*W2 + b1*W2 + b2 - 1 = 0
  1 1:  W1[1,1]*W2 + W1[2,1]*W2 + b1*W2 + b2 = 0

Reduced Gröbner basis over the rationals (grevlex), 1 polynomial:

  1

no solution: the basis is {1}, so no values make all equations true, complex numbers included
because a sum of the left sides, in which all unknowns cancel, is 1 and would have to be 0:
       1/2 · (0 0)
      -1/2 · (0 1)
      -1/2 · (1 0)
       1/2 · (1 1)
`);
});

test("a task, with the problems that show all it does or given ones", async () => {
  const all = await json(["groebner", "binary-addition"], 1);
  expect(all).toMatchObject({ task: "binary-addition", verdict: "no solution", basis: ["1"], order: "grevlex" });
  expect((all.equations as unknown[]).length).toBeGreaterThan(8);
  const one = await json(["groebner", "binary-addition", "--examples", "1+0", "--layers", "none", "--known", "b*=0"]);
  expect(one).toMatchObject({
    unknowns: ["W1[1,1]", "R11"],
    free: ["W1[2,1]"],
    equations: [
      { polynomial: "W1[1,1] - 1", place: "1+0, step 1" },
      { polynomial: "W1[1,1]*R11", place: "1+0, step 2" },
    ],
    verdict: "solvable",
    basis: ["W1[1,1] - 1", "R11"],
    dimension: 0,
    count: 1,
    rational: { solutions: [{ "W1[1,1]": "1", R11: "0" }], isComplete: true },
  });
  const rnn = await json(["groebner", "parity", "--model", "rnn", "--set", "model.hidden=2"], 1);
  expect(rnn).toMatchObject({ verdict: "no solution", refutation: expect.any(Array) });
});

test("a linear recurrence is solved", async () => {
  const { status, stdout } = await groebner(
    "--data",
    "1, 0, 0 = 1, 1/2, 1/4",
    "--known",
    "b*=0 R12=0",
    "--known",
    "R2*=0",
  );
  expect(status).toBe(0);
  expect(stdout).toContain("  example 1, step 3:  W1*R11^2*W2 - 1/4 = 0\n");
  expect(stdout).toContain("  W1*W2 - 1\n  R11 - 1/2\n");
  expect(stdout).toContain(
    "solvable over the complex numbers: a set of solutions of dimension 1\na rational one, among others:\n",
  );
  expect(stdout).toContain("  W1 = 1, R11 = 1/2, W2 = 1\n");
});

test("a system from standard input, in another order, as LaTeX", async () => {
  const stdin = "# a circle and a line\nx^2 + y^2 = 25\nx - y = 1\n";
  const { status, stdout } = await longhand(["groebner", "--system", "-", "--order", "lex"], { stdin });
  expect(status).toBe(0);
  expect(stdout).toContain("  x - y - 1\n  y^2 + y - 12\n");
  expect(stdout).toContain("2 solutions, counted with multiplicity\n2 rational ones:\n");
  expect(stdout).toContain("  x = 4, y = 3\n");
  const latex = await longhand(["groebner", "--system", "-", "--latex"], { stdin });
  expect(latex.stdout).toContain("equation 1:  x^{2} + y^{2} - 25 = 0\n");
});

test("limits are said, with status 1", async () => {
  const fibonacci = ["groebner", "--data", "fibonacci"];
  expect(await json([...fibonacci, "--limit", "pairs=20"], 1)).toMatchObject({
    verdict: "undecided",
    reached: { limit: "pairs", value: 20 },
    spent: { pairs: 21 },
  });
  const { status, stdout } = await longhand([...fibonacci, "--limit", "degree=5 work=1000"]);
  expect(status).toBe(1);
  expect(stdout).toMatch(
    /^undecided: the limit of [\d,]+ on (work|degree) was reached after .*; --limit \w+=… goes further$/m,
  );
  const large = await groebner("binary-addition", "--layers", "3,2", "--limit", "terms=1000");
  expect(large.status).toBe(2);
  expect(large.stderr).toMatch(/takes [\d,]+ products of terms for one element, the limit is 1000 terms/);
});

describe("bad input ends with status 2 and a message", () => {
  test.each([
    [[], "neither a task nor --data nor --system came"],
    [["parity", "--data", "xor"], "the task parity and --data came"],
    [["parity", "--examples", "2"], 'character "2" at position 1'],
    [["parity", "--set", "steps=3"], '--set: received "steps", expected an option of the model'],
    [["parity", "--model", "rnn", "--layers", "2"], "--layers goes with the model ilrnn, not with the model rnn"],
    [["--data", "xr"], 'unknown training set "xr". Did you mean "xor"?'],
    [["--data", "xor", "--examples", "1"], "--examples goes with a task, not with --data"],
    [["--data", "xor", "--known", "b1"], '--known: received "b1", expected name=number'],
    [["--data", "xor", "--order", "grevlx"], 'unknown order "grevlx". Did you mean "grevlex"?'],
    [["--data", "xor", "--limit", "time=1"], 'unknown limit "time"'],
    [["--data", "xor", "--limit", "degree=40000"], "expected a whole number from 1 to 32767"],
    [["--system", "/no such file"], "can't read /no such file"],
  ])("%j", async (args, message) => {
    const { status, stderr } = await groebner(...args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});

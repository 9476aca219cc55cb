/** The command line of constraint solving: what it finds, what it proves there is not, and what it refuses. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { json, longhand, start } from "./command-line.ts";

let base: string;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-solve-"));
});
afterAll(() => rm(base, { recursive: true }));

const minutes = 120_000;

test(
  "the smallest network that adds: none with fewer hidden units, and a run of it that the other verbs read",
  async () => {
    const run = join(base, "adder");
    const { status, stdout, stderr } = await longhand(["solve", "binary-addition", "--run", run]);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^none exists: binary-addition, layers \[\] \(1 question, .*\)$/m);
    expect(stdout).toMatch(/^none exists: binary-addition, layers \[1\] /m);
    expect(stdout).toContain("answers even 4 words of binary-addition right (00, 01, 10, 11), with any real weights");
    expect(stdout).toMatch(/^found and proved: binary-addition, layers \[2\] /m);
    expect(stdout).toMatch(/^ {2}h2 = \[.* > .*\]$/m);
    expect(stdout).toMatch(/^ {2}W2 = \[\[-?\d\], \[-?\d\]\]$/m);
    expect(stderr).toMatch(/^1: any weights · no weights · 4 steps · /m);
    expect((await longhand(["predict", run, "387+18", "--check"])).stdout).toBe("405\n");
    // 20,000 digits, all carries: as whole numbers add them.
    const digits = `${2n ** 20_000n - 1n}`;
    const long = await longhand(["predict", run, "--file", "-", "--check"], { stdin: `${digits}+1\n` });
    expect(long.status, long.stderr).toBe(0);
    expect(long.stdout).toBe(`${2n ** 20_000n}\n`);
  },
  minutes,
);

test("--help", async () => {
  const { status, stdout } = await longhand(["solve", "--help"]);
  expect(status).toBe(0);
  expect(stdout).toContain("--margin <m>");
});

test(
  "--json and --smt",
  async () => {
    const smt = join(base, "none.smt2");
    const made = await json(["solve", "parity", "--layers", "1", "--margin", "0.25", "--smt", smt], 1);
    expect(made).toMatchObject({
      task: "parity",
      verdict: "none",
      margin: "1/4",
      tried: [{ layers: [1], verdict: "none", stages: [{ stage: "any weights", verdict: "none" }] }],
      stopped: false,
    });
    const text = await readFile(smt, "utf8");
    expect(text).toMatch(/^; parity, layers \[1\]: any weights; unsat\n\(set-logic QF_LRA\)\n/);
    expect(text).toMatch(/\n\(check-sat\)\n$/);
  },
  minutes,
);

test(
  "time is kept; Ctrl+C ends it",
  async () => {
    const late = await longhand(["solve", "cycle-navigation", "--layers", "4", "--timeout", "0.5"]);
    expect(late.status, late.stderr).toBe(1);
    expect(late.stdout).toMatch(/^not decided: cycle-navigation, layers \[4\] \(within 500 ms; /);
    const { child, ended, says } = start(["solve", "cycle-navigation", "--layers", "4", "--timeout", "100"]);
    await says("1: any weights");
    child.kill("SIGINT");
    const { status, stdout, stderr } = await ended;
    expect(status, stderr).toBe(130);
    expect(stdout).toMatch(/^not decided: .* \(interrupted; /);
  },
  minutes,
);

test.each([
  [["sort"], "no finite machine"],
  [["binary-additon"], 'unknown task "binary-additon". Did you mean "binary-addition"?'],
  [["parity", "--layers", "2,x"], '--layers: received "x", expected a whole number of at least 1'],
  [["parity", "--layers", "0"], '--layers: received "0"'],
  [["parity", "--margin", "0"], '--margin: received "0", expected a number above 0 such as 2, 0.5 or 1/2'],
  [["parity", "--max-weight", "1/0"], '--max-weight: received "1/0"'],
  [["parity", "--timeout", "-1"], '--timeout: received "-1"'],
  [["parity", "--smt", "/nowhere/at/all", "--layers", "1"], "can't write /nowhere/at/all"],
])(
  "bad usage: %j",
  async (args, message) => {
    const { status, stderr } = await longhand(["solve", ...args]);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  },
  minutes,
);

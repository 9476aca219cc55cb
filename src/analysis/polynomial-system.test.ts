import { expect, test } from "vitest";
import { decideSystem, formatPolynomial, polynomials, rationals } from "../algebra/index.ts";
import { findModel } from "../models/index.ts";
import { decimalAddition, parity, binaryAddition as sums, type Task, tasks } from "../tasks/index.ts";
import { coveringProblems, namedExamples, readExamples } from "./examples.ts";
import { numberSystem, type PolynomialSystem, type SystemOptions, taskSystem } from "./polynomial-system.ts";

const shown = ({ equations }: PolynomialSystem) => equations.map(({ polynomial }) => formatPolynomial(polynomial));
const places = ({ equations }: PolynomialSystem) => equations.map(({ place }) => place);
const decide = ({ equations }: PolynomialSystem) => decideSystem(equations.map(({ polynomial }) => polynomial));
const named = (name: string, layers: number[], options?: SystemOptions) =>
  numberSystem(layers, readExamples(namedExamples[name]!), options);

function network(task: Task, options: object, name = "ilrnn") {
  const signature = { channels: task.channels.map(({ length }) => length), answers: task.output.length };
  return findModel(name).build({ activation: "identity", ...options }, signature);
}

test("exclusive or with one hidden linear unit, by hand", () => {
  const system = named("xor", [1]);
  expect(shown(system)).toEqual([
    "b1*W2 + b2",
    "W1[2,1]*W2 + b1*W2 + b2 - 1",
    "W1[1,1]*W2 + b1*W2 + b2 - 1",
    "W1[1,1]*W2 + W1[2,1]*W2 + b1*W2 + b2",
  ]);
  expect(places(system)).toEqual(["0 0", "0 1", "1 0", "1 1"]);
  // One step: nothing is fed back yet.
  expect(system.free).toEqual(["R11", "R21", "R12", "R22"]);
});

test.each([[[]], [[1]], [[2]], [[3, 2, 4]]])(
  "exclusive or has no linear solution with hidden layers %j, for a simple reason",
  (layers) => {
    const decision = decide(named("xor", layers));
    expect(decision).toMatchObject({ verdict: "no solution" });
    if (decision.verdict !== "no solution") return;
    expect(formatPolynomial(decision.basis.polynomials[0]!)).toBe("1");
    // f(0,0) − f(0,1) − f(1,0) + f(1,1) is 0 for whatever is affine, and 0 − 1 − 1 + 0 for the targets.
    expect(decision.refutation!.map(rationals.format)).toEqual(["1/2", "-1/2", "-1/2", "1/2"]);
  },
);

test("what a linear unit can compute is solved: and of one-bit differences", () => {
  const decision = decide(numberSystem([], readExamples("0 0 = 0; 0 1 = -1; 1 0 = 1; 1 1 = 0")));
  expect(decision).toMatchObject({ verdict: "solvable", dimension: 0, count: 1 });
  const [solution] = decision.verdict === "solvable" ? decision.rational.solutions : [];
  expect(Object.entries(solution!).map(([name, value]) => `${name}=${rationals.format(value)}`)).toEqual([
    ..."W1[1,1]=1 W1[2,1]=-1 b1=0".split(" "),
  ]);
});

test("the full adder, all 8 transitions at one step and by a network of the paper's shape 2-3-2-4-2, has no linear solution", () => {
  const adder = named("full-adder", [3, 2, 4]);
  expect(adder.equations).toHaveLength(16);
  expect(adder.variables).toHaveLength(42);
  expect(decide(adder)).toMatchObject({ verdict: "no solution", refutation: expect.anything() });
});

test("binary addition over time, all 8 transitions: no linear recurrent network of few units", () => {
  const problems = coveringProblems(sums);
  for (const layers of [[], [1], [2]]) {
    expect(decide(taskSystem(sums, network(sums, { layers }), problems))).toMatchObject({ verdict: "no solution" });
  }
  // The paper's shape, its carry unit included, on one digit: exclusive or is enough.
  const paper = network(sums, { layers: [3, 2, 4], unread: 1 });
  const system = taskSystem(sums, paper, ["0+0", "0+1", "1+0", "1+1"].map(sums.parse), { known: { "R*": 0 } });
  expect(decide(system)).toMatchObject({ verdict: "no solution" });
});

test("the problems make every transition, and are few", () => {
  expect(coveringProblems(sums).map(sums.format).length).toBeLessThan(8);
  const small = tasks.filter(({ machine, channels }) => machine && channels.every(({ length }) => length <= 4));
  expect(small.length).toBeGreaterThan(4);
  for (const task of small) {
    const seen = new Set<string>();
    for (const problem of coveringProblems(task)) {
      let state = task.machine!.initial;
      for (let at = 0; at < problem.length; at += task.channels.length) {
        const letter = [...problem.slice(at, at + task.channels.length)];
        seen.add(`${state}:${letter}`);
        state = task.machine!.next(state, letter).state;
      }
    }
    const all = task.machine!.states.flatMap((_, state) => task.machine!.letters(state));
    expect(seen.size, task.name).toBe(all.length);
  }
  const sort = tasks.find(({ name }) => name === "sort")!;
  expect(() => coveringProblems(sort)).toThrow("sort: no finite machine answers this task");
});

test("a linear recurrence is found: h ← a h + b x, y = c h", () => {
  const known = { "b*": 0, "R2*": 0, R12: 0 };
  const system = numberSystem([1], readExamples("1, 0, 0, 0 = 1, 1/2, 1/4, 1/8"), { known });
  expect(shown(system)).toEqual(["W1*W2 - 1", "W1*R11*W2 - 1/2", "W1*R11^2*W2 - 1/4", "W1*R11^3*W2 - 1/8"]);
  expect(places(system)[1]).toBe("example 1, step 2");
  const decision = decide(system);
  expect(decision).toMatchObject({ verdict: "solvable", dimension: 1 });
  if (decision.verdict !== "solvable") return;
  expect(decision.basis!.polynomials.map((p) => formatPolynomial(p))).toEqual(["W1*W2 - 1", "R11 - 1/2"]);
  expect(decision.rational.solutions[0]!.R11).toEqual(rationals.rational(1, 2));
});

test("a running sum has one solution", () => {
  const decision = decide(numberSystem([], readExamples("1, 2, 3, 4 = 1, 3, 6, 10")));
  expect(decision).toMatchObject({ verdict: "solvable", dimension: 0, count: 1, rational: { isComplete: true } });
  if (decision.verdict !== "solvable") return;
  const values = Object.entries(decision.rational.solutions[0]!).map(
    ([name, value]) => `${name}=${rationals.format(value)}`,
  );
  expect(values).toEqual(["W1=1", "R11=1", "b1=0"]);
});

test("Fibonacci's numbers: not by one unit, by two", () => {
  expect(decide(named("fibonacci", []))).toMatchObject({ verdict: "no solution", refutation: undefined });
  const system = named("fibonacci", [1], { known: { "b*": 0 } });
  const decision = decide(system);
  expect(decision).toMatchObject({ verdict: "solvable", dimension: 2 });
  if (decision.verdict !== "solvable") return;
  const [solution] = decision.rational.solutions;
  for (const { polynomial } of system.equations) {
    expect(polynomials.isZero(polynomials.substitute(polynomial, solution!))).toBe(true);
  }
  // The transition matrix has trace 1 and determinant −1: that of Fibonacci's recurrence. Its element of layer 2 is
  // R22 + R12 W2 as layer 2 sees layer 1 at the same time.
  const shownBasis = decision.basis!.polynomials.map((p) => formatPolynomial(p));
  expect(shownBasis).toContain("R21*W2 + R11 + R22 - 1");
  expect(shownBasis).toContain("R11*R22 + 1");
});

test("targets: one of two symbols is itself, of more a unit each; equal equations once", () => {
  const two = taskSystem(parity, network(parity, { hidden: 1 }, "rnn"), ["0", "1", "10", "11"].map(parity.parse), {
    known: { "b*": 0, c: 0 },
  });
  expect(shown(two)).toEqual(["0", "W*V - 1", "W*U*V - 1", "W*U*V + W*V"]);
  expect(places(two)).toEqual(["0", "1", "10, step 2", "11, step 2"]);
  const known = { "W*": 0, "R*": 0 };
  const many = taskSystem(decimalAddition, network(decimalAddition, { layers: [] }), [decimalAddition.parse("3+4")], {
    known,
  });
  expect(many.equations).toHaveLength(12);
  expect(shown(many).slice(6, 9)).toEqual(["b1[7]", "b1[8] - 1", "b1[9]"]);
});

test("what is wrong is named", () => {
  expect(() => taskSystem(parity, network(parity, { activation: "tanh", layers: [1] }), [parity.parse("1")])).toThrow(
    "program ilrnn: Tanh of unknowns is no polynomial",
  );
  expect(() => taskSystem(parity, network(parity, { layers: [1] }), [])).toThrow("no answer is asked");
  expect(() => numberSystem([], [])).toThrow("input");
  expect(() => numberSystem([], readExamples("1 = 1; 1 2 = 1"))).toThrow(
    "example 2: received steps of 2 inputs and of 1 targets",
  );
  const rows = Array.from({ length: 20 }, () => readExamples(namedExamples.xor!)).flat();
  expect(numberSystem([1], rows).equations).toHaveLength(4);
  expect(() => numberSystem([1], rows, { exponents: 9 * 100 })).toThrow(
    "system of ilrnn: more than 100 terms in 9 unknowns",
  );
  expect(() => numberSystem([1], rows, { exponents: 9 * 14 })).toThrow(
    "program ilrnn: more than 14 terms in 9 unknowns",
  );
  expect(() => taskSystem(parity, network(parity, { layers: [40] }), [parity.parse("1")])).toThrow(
    "parameters: received 1802 unknowns, expected at most 1000",
  );
  const fails = (text: string) => expect(() => readExamples(text));
  fails("  ").toThrow("received no example, expected inputs = targets");
  fails("1 2").toThrow('example "1 2": received 0 equals signs, expected one between inputs and targets');
  fails("1, 2 = 3").toThrow("received 2 steps of inputs and 1 of targets");
  fails("1 ? = 3").toThrow('received "?" among the inputs');
  fails("1 = a").toThrow('received "a", expected a number such as 2, -3/4 or 0.25');
  fails("= 1").toThrow("received nothing, expected a number");
  expect(readExamples("1, 2 = ?, 0.5\n")[0]!.targets).toEqual([[undefined], [rationals.rational(1, 2)]]);
});

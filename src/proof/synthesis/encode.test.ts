import { expect, test } from "vitest";
import { compare, rational } from "../../algebra/rational.ts";
import { ilrnnModel } from "../../models/index.ts";
import { randomSource } from "../../random/index.ts";
import { binaryAddition, parity } from "../../tasks/index.ts";
import { exactAnswers, exactParameters, type StepNetwork, stepNetwork } from "../exact/step-network.ts";
import { encode, type Move, movesOfMachine, movesOfWords, unknownsOf } from "./encode.ts";
import { openSolver } from "./solver.ts";

const margin = rational(1, 2);
const unit = ilrnnModel.build({ layers: [], activation: "step" }, { channels: [2], answers: 2 });

test("one unit, one word of two letters", () => {
  const moves = movesOfWords(parity.machine!, [[[1], [0]]]);
  expect(encode(unit, moves, { margin })).toBe(
    `${[
      "(set-logic QF_LRA)",
      "(declare-const W1_0_0 Real)",
      "(declare-const R11_0_0 Real)",
      "(declare-const b1_0 Real)",
      "(declare-const s0_1_0 Bool)",
      "(assert (=> s0_1_0 (>= (+ b1_0 W1_0_0 0.0) (/ 1.0 2.0))))",
      "(assert (=> (not s0_1_0) (<= (+ b1_0 W1_0_0 0.0) (- (/ 1.0 2.0)))))",
      "(assert s0_1_0)",
      "(declare-const s1_1_0 Bool)",
      "(assert (=> s1_1_0 (>= (+ b1_0 (ite s0_1_0 R11_0_0 0.0) 0.0) (/ 1.0 2.0))))",
      "(assert (=> (not s1_1_0) (<= (+ b1_0 (ite s0_1_0 R11_0_0 0.0) 0.0) (- (/ 1.0 2.0)))))",
      "(assert s1_1_0)",
    ].join("\n")}\n`,
  );
});

test("bounds on the weights, not on the biases", () => {
  const bounded = encode(unit, [], { margin, maxWeight: rational(3, 2), connections: 1 });
  expect(bounded).toContain("(assert (<= (- (/ 3.0 2.0)) R11_0_0 (/ 3.0 2.0)))");
  expect(bounded).toContain("(assert (<= (+ (ite (= W1_0_0 0.0) 0.0 1.0) (ite (= R11_0_0 0.0) 0.0 1.0)) 1.0))");
  const whole = encode(unit, [], { margin, maxWeight: rational(1), whole: true });
  expect(whole).toContain("(assert (or (= W1_0_0 (- 1.0)) (= W1_0_0 0.0) (= W1_0_0 1.0)))");
  expect(`${bounded}${whole}`).not.toMatch(/assert.*b1_0/);
});

test("of units of a hidden layer that can change places, one order", () => {
  const model = ilrnnModel.build({ layers: [3, 1], activation: "step" }, { channels: [2], answers: 3 });
  const text = encode(model, [], { margin });
  expect(text.match(/assert/g)).toHaveLength(2);
  expect(text).toContain("(assert (>= b1_0 b1_1))");
  expect(text).toContain("(assert (>= b1_1 b1_2))");
});

test("several answers: the right sum is larger than the others; units that no answer is read from are free", () => {
  const model = ilrnnModel.build({ layers: [], unread: 1, activation: "step" }, { channels: [2], answers: 3 });
  const text = encode(
    model,
    [
      { letter: [1], to: "a", answer: 1 },
      { letter: [0], to: "b", answer: -1 },
    ],
    { margin },
  );
  const sum = (k: number) => `(+ b1_${k} W1_0_${k} 0.0)`;
  expect(text.split("\n").filter((line) => line.includes("(- (+"))).toEqual([
    `(assert (>= (- ${sum(1)} ${sum(0)}) (/ 1.0 2.0)))`,
    `(assert (>= (- ${sum(1)} ${sum(2)}) (/ 1.0 2.0)))`,
  ]);
});

test("words that begin alike share steps; all words at once are each letter after each pair", () => {
  const { machine } = binaryAddition;
  const words = [
    [
      [0, 1],
      [1, 1],
    ],
    [
      [0, 1],
      [1, 0],
    ],
    [[0, 1]],
  ];
  const moves = movesOfWords(machine!, words);
  expect(moves.map(({ from, answer }) => [from, answer])).toEqual([
    [undefined, 1],
    [" 0,1", 0],
    [" 0,1", 1],
  ]);
  const all = movesOfMachine(machine!);
  expect(all).toHaveLength(4 + 8 * 4);
  expect(all).toContainEqual({ from: "0: 1,1", letter: [0, 0], to: "1: 0,0", answer: 1 });
});

test("an unknown for each element of a parameter", () => {
  expect(unknownsOf(unit)).toEqual([
    { name: "W1", unknowns: ["W1_0_0"] },
    { name: "R11", unknowns: ["R11_0_0"] },
    { name: "b1", unknowns: ["b1_0"] },
  ]);
});

/** A network whose weights are halves and whose biases are a quarter off: no sum is nearer to 0 than a quarter. */
function randomNetwork(seed: number, layers: readonly number[]): StepNetwork {
  const random = randomSource(seed);
  const model = ilrnnModel.build({ layers, activation: "step" }, { channels: [2, 2], answers: 2 });
  const parameters = Object.entries(model.parameters).map(([name, { shape }]) => {
    const drawn = new Int32Array(shape.reduce((a, b) => a * b, 1));
    const halves = Array.from(random.stream(name).integers(drawn, -4, 5), (k) =>
      rational(2 * k + Number(name.startsWith("b")), 4),
    );
    // In the order that is looked at.
    return [name, name.startsWith("b") ? halves.sort((a, b) => compare(b, a)) : halves] as const;
  });
  return stepNetwork(binaryAddition, model, Object.fromEntries(parameters));
}

test("the weights of a network solve what it does itself, and nothing else", async () => {
  await using solver = await openSolver();
  const options = { unknowns: [], seconds: 30 };
  for (const [seed, layers] of [
    [1, []],
    [2, [2]],
    [3, [3]],
    [4, [2, 2]],
    [5, [1, 2]],
  ] as const) {
    const network = randomNetwork(seed, layers);
    const exact = exactParameters(network);
    const fixed = unknownsOf(network.model).flatMap(({ name, unknowns }) =>
      unknowns.map((unknown, k) => {
        const { numerator, denominator } = exact[name]![k]!;
        return `(assert (= (* ${denominator}.0 ${unknown}) ${numerator < 0n ? `(- ${-numerator}.0)` : `${numerator}.0`}))`;
      }),
    );
    const input = binaryAddition.sample(randomSource(seed).stream("input"), 9);
    const answers = exactAnswers(network, input);
    const moves = Array.from(answers, (answer, t): Move => {
      return {
        ...(t > 0 && { from: `${t - 1}` }),
        letter: Array.from(input.subarray(2 * t, 2 * t + 2)),
        to: `${t}`,
        answer,
      };
    });
    const problem = (asked: readonly Move[]) =>
      encode(network.model, asked, { margin: rational(1, 4), maxWeight: rational(2) }) + fixed.join("\n");
    expect(await solver.check(problem(moves), options), `seed ${seed}`).toMatchObject({ answer: "sat" });
    const other = moves.map((move, t) => (t === 4 + seed ? { ...move, answer: 1 - move.answer } : move));
    expect(await solver.check(problem(other), options), `seed ${seed}`).toEqual({ answer: "unsat" });
  }
}, 60_000);

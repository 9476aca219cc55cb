import fc from "fast-check";
import { expect, test } from "vitest";
import { format, rational } from "../../algebra/rational.ts";
import { ndarray } from "../../graph/index.ts";
import { applyProgram, ilrnnModel } from "../../models/index.ts";
import { randomSource } from "../../random/index.ts";
import { compileReference } from "../../runtime/reference/reference.ts";
import { binaryAddition, findTask, parity, type Task } from "../../tasks/index.ts";
import { numberFromDigits } from "../../tasks/numbers.ts";
import { centreThresholds, exploreProduct } from "./product.ts";
import { stepEquations, stepMatrices } from "./step-equations.ts";
import { exactAnswers, exactNetwork, networkOfSteps, type StepNetwork, stepNetwork } from "./step-network.ts";

function networkOf(
  task: Task,
  layers: readonly number[],
  parameters: Record<string, number[]>,
  unread = 0,
): StepNetwork {
  const signature = { channels: task.channels.map((names) => names.length), answers: task.output.length };
  const model = ilrnnModel.build({ layers, unread, activation: "step" }, signature);
  const all = Object.entries(model.parameters).map(([name, { shape }]) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    return [name, ndarray(Float64Array.from(parameters[name] ?? new Array<number>(size).fill(0)), shape)] as const;
  });
  return exactNetwork({ task, model, parameters: Object.fromEntries(all) });
}

/** h₁ = [a + b − c ≥ 1], h₂ = [a + b + c ≥ 2], y = [h₁ − h₂ + c ≥ 1], where the carry c is h₂ one step before. */
const adder = (bias = -0.5) =>
  networkOf(binaryAddition, [2], {
    W1: [1, 1, 1, 1],
    R11: [0, 0, -1, 1],
    b1: [bias, bias - 1],
    W2: [1, -1],
    R12: [0, 1],
    b2: [bias],
  });

test("nine connections add: every pair of states, by hand", () => {
  const product = exploreProduct(adder(), rational(1, 2));
  expect(product.flaw).toBeUndefined();
  expect(format(product.margin)).toBe("1/2");
  // h₁, h₂ and y are what x₁ + x₂ is with c: 000 (none), 101, 010+carry, and with c 001, 010, 111.
  expect(product).toMatchObject({ pairs: 6, states: 6, steps: 24 });
  const sums = product.ranges.map(({ off, on }) => [format(off!), format(on!)]);
  expect(sums).toEqual(Array.from({ length: 3 }, () => ["-1/2", "1/2"]));
});

test("it adds numbers of 2,000 digits as whole numbers do", () => {
  const input = binaryAddition.sample(randomSource(3).stream("digits"), 2000);
  const digit = (channel: number) => input.filter((_, k) => k % 2 === channel);
  const [a, b] = [digit(0), digit(1)].map((digits) => numberFromDigits(digits, 2)) as [bigint, bigint];
  expect(numberFromDigits(exactAnswers(adder(), input), 2)).toBe(a + b);
});

test("sums at their thresholds are off: right, with no margin", () => {
  const product = exploreProduct(adder(-1 + 2 ** -40));
  expect(product.flaw).toBeUndefined();
  expect(product.margin).toEqual(rational(1, 2n ** 40n));
  const brittle = networkOf(parity, [2], { W1: [1, 1], R21: [1, 1], b1: [0, -1], W2: [1, -1] });
  expect(exploreProduct(brittle)).toMatchObject({ flaw: undefined, margin: rational(0) });
  const flaw = exploreProduct(brittle, rational(1, 100)).flaw;
  expect(flaw).toEqual({ word: [[0]], kind: "margin" });
  const centred = centreThresholds(brittle, exploreProduct(brittle));
  expect(format(exploreProduct(centred).margin)).toBe("1/2");
});

test("the first wrong answer is the shortest", () => {
  const flaw = exploreProduct(adder(-1)).flaw;
  expect(flaw).toEqual({ word: [[0, 1]], kind: "answer" });
  const forgetful = networkOf(binaryAddition, [2], { W1: [1, 1, 1, 1], b1: [-0.5, -1.5], W2: [1, -1], b2: [-0.5] });
  expect(exploreProduct(forgetful).flaw).toEqual({
    word: [
      [1, 1],
      [0, 0],
    ],
    kind: "answer",
  });
});

test("several logits: the largest answers, and the margin is its distance from the others too", () => {
  // The last symbol of each move, as far as a network without memory knows it: wrong after two moves.
  const blind = networkOf(findTask("cycle-navigation-3"), [], { W1: [2, 0, 0, 0, 2, 0, 0, 0, 2], b1: [-1, -1.25, -1] });
  const { flaw, ranges } = exploreProduct(blind);
  expect(flaw).toEqual({ word: [[1], [0]], kind: "answer" });
  expect(format(ranges[1]!.on!)).toBe("3/4");
  // Without a move that is seen, the first of equal logits answers.
  const constant = networkOf(findTask("cycle-navigation-3"), [], { b1: [1, 1, 0] });
  expect(exactAnswers(constant, Int32Array.of(0, 1))).toEqual(Int32Array.of(0, 0));
  const first = exploreProduct(constant);
  expect(first.flaw).toEqual({ word: [[1]], kind: "answer" });
});

test("exact arithmetic is the model's, on random networks of halves", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.constantFrom([2], [1, 2], []),
      fc.constantFrom(0, 2),
      async (seed, layers, unread) => {
        const task = findTask(seed % 2 ? "cycle-navigation-3" : "binary-addition");
        const random = randomSource(seed);
        const draw = (size: number, name: string) =>
          Array.from(random.stream(name).integers(new Int32Array(size), -4, 5), (k) => k / 2);
        const empty = networkOf(task, layers, {}, unread).model;
        const network = networkOf(
          task,
          layers,
          Object.fromEntries(
            Object.entries(empty.parameters).map(([name, { shape }]) => [
              name,
              draw(
                shape.reduce((a, b) => a * b, 1),
                name,
              ),
            ]),
          ),
          unread,
        );
        const input = task.sample(random.stream("problem"), 12);
        const { model, parameters } = networkOfSteps(network);
        const steps = input.length / task.channels.length;
        const symbols = ndarray(input, [1, steps, task.channels.length]);
        const { answer } = compileReference(applyProgram(model)).run({ ...parameters, symbols });
        expect(exactAnswers(network, input)).toEqual(Int32Array.from(answer!.data));
      },
    ),
    { numRuns: 40 },
  );
});

test("weights that are no float32 are multiplied by their denominator", () => {
  const { model } = adder();
  const thirds = Object.entries(model.parameters).map(
    ([name, { shape }]) =>
      [name, Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => rational(k, 3))] as const,
  );
  const { parameters } = networkOfSteps(stepNetwork(binaryAddition, model, Object.fromEntries(thirds)));
  expect(parameters.W1!.data).toEqual(Float64Array.of(0, 1, 2, 3));
});

test("as people write it", () => {
  expect(stepEquations(adder())).toEqual([
    "h1 = [x1 + x2 − h2′ > 1/2]",
    "h2 = [x1 + x2 + h2′ > 3/2]",
    "y = [h1 − h2 + h2′ > 1/2]",
  ]);
  expect(stepMatrices(adder())).toContain("R11 = [[0, 0], [-1, 1]]");
  expect(stepMatrices(adder()).join()).not.toContain("R22");
  const many = networkOf(findTask("cycle-navigation-3"), [1, 1], {
    W1: [0, -1.5, 0],
    b3: [0, -1, 0.5],
    R33: [2, 0, 0, 0, 0, 0, 0, 0, 0],
  });
  expect(stepEquations(many)).toEqual([
    "h1.1 = [−3/2 (x=1) > 0]",
    "h2.1 = [0 > 0]",
    "z1 = 2 y1′,  y1 = [z1 > 0]",
    "z2 = −1,  y2 = [z2 > 0]",
    "z3 = 1/2,  y3 = [z3 > 0]",
  ]);
});

test("networks of other units are refused", () => {
  const model = ilrnnModel.build({ layers: [2] }, { channels: [2], answers: 2 });
  expect(() => exactNetwork({ task: parity, model, parameters: {} })).toThrow("whose units all are steps");
});

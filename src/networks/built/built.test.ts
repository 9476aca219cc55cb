/** Networks built by hand compute exactly: the equations mean what is meant by them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { input, ndarray, program } from "../../graph/index.ts";
import { decodeLogits } from "../../models/index.ts";
import { compileReference } from "../../runtime/reference/reference.ts";
import { binaryAddition } from "../../tasks/index.ts";
import { stepperOf } from "../stepper.ts";
import { builtNetwork } from "./built.ts";
import {
  type BuiltNetwork,
  builtNetworks,
  findBuilt,
  fullAdder,
  fullAdderWithMargin,
  incrementNetwork,
  parityNetwork,
  threeUnitAdder,
} from "./index.ts";

/** The answers [steps] to a problem. */
function answerer({ network: { task, model, parameters } }: BuiltNetwork): (problem: Int32Array) => Int32Array {
  const channels = task.channels.length;
  const symbols = input("symbols", ["batch", "time", channels], "int");
  const given = Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape }]) => [name, input(name, shape)]),
  );
  const answer = decodeLogits(model.apply(given, symbols).logits);
  const { run } = compileReference(program("answers", { ...given, symbols }, { answer }));
  return (problem) =>
    Int32Array.from(
      run({ ...parameters, symbols: ndarray(problem, [1, problem.length / channels, channels]) }).answer!.data,
    );
}

/** W, R and b as the sum of what reaches each unit: layers of a step, from the values of all layers of the step before. */
function preActivations(
  { network: { parameters } }: BuiltNetwork,
  x: readonly number[],
  before: number[][],
): number[][] {
  const made: number[][] = [];
  const rounds: number[][] = [];
  let below = x;
  before.forEach((_, n) => {
    const z = Array.from(parameters[`b${n + 1}`]!.data, (bias, unit) => {
      const from = (name: string, values: readonly number[]) => {
        const { shape, data } = parameters[name]!;
        return values.reduce((sum, value, k) => sum + value * data[k * shape[1]! + unit]!, 0);
      };
      return bias + from(`W${n + 1}`, below) + before.reduce((sum, h, m) => sum + from(`R${m + 1}${n + 1}`, h), 0);
    });
    rounds.push(z);
    below = z.map((value) => (value > 0 ? 1 : 0));
    made.push([...below]);
  });
  return rounds;
}

/** All pre-activations of an adder's eight transitions, the carry given as the second unit of a layer. */
function ofAllTransitions(built: BuiltNetwork, layer: number): { z: number[]; digits: number[]; carries: number[] } {
  const found = { z: [] as number[], digits: [] as number[], carries: [] as number[] };
  for (const [a, b, c] of [0, 1, 2, 3, 4, 5, 6, 7].map((k) => [(k >> 2) & 1, (k >> 1) & 1, k & 1] as const)) {
    const before = built.units.map((names, n) => names.map((_, unit) => (n === layer && unit === 1 ? c : 0)));
    const z = preActivations(built, [a, b], before);
    const on = (value: number) => (value > 0 ? 1 : 0);
    found.z.push(...z.flat());
    found.digits.push(on(z.at(-1)![0]!) - ((a + b + c) % 2));
    found.carries.push(on(z[layer]![1]!) - (a + b + c > 1 ? 1 : 0));
  }
  return found;
}

describe.each([
  [fullAdder, 3],
  [fullAdderWithMargin, 3],
  [threeUnitAdder, 0],
] as const)("the adder $name", (built, layer) => {
  test("has all eight transitions: digit and carry", () => {
    const { digits, carries } = ofAllTransitions(built, layer);
    expect(digits).toEqual(new Array(8).fill(0));
    expect(carries).toEqual(new Array(8).fill(0));
  });

  test("adds numbers of any length", () => {
    const answers = answerer(built);
    const number = fc
      .integer({ min: 1, max: 300 })
      .chain((digits) => fc.bigInt({ min: 0n, max: (1n << BigInt(digits)) - 1n }));
    fc.assert(
      fc.property(number, number, (a, b) => {
        const problem = binaryAddition.parse(`${a}+${b}`);
        expect(binaryAddition.formatAnswer(answers(problem), problem)).toBe(`${a + b}`);
      }),
      { seed: 3, numRuns: 60 },
    );
  });
});

test("the printed adder's pre-activations lie on the threshold 48 times of 88; with the margin at least ½ from it", () => {
  const printed = ofAllTransitions(fullAdder, 3).z;
  expect(printed).toHaveLength(88);
  expect(printed.filter((z) => z === 0)).toHaveLength(48);
  expect(ofAllTransitions(fullAdderWithMargin, 3).z).toEqual(printed.map((z) => z - 0.5));
  for (const z of ofAllTransitions(threeUnitAdder, 0).z) expect(Math.abs(z)).toBeGreaterThanOrEqual(0.5);
});

test("three recurrent connections are all that the printed adder has", () => {
  const { parameters } = fullAdder.network;
  const recurrent = Object.entries(parameters).filter(([name]) => name.startsWith("R"));
  expect(recurrent).toHaveLength(16);
  expect(recurrent.flatMap(([, { data }]) => [...data].filter((weight) => weight !== 0))).toEqual([-1, 1, 1]);
});

test.each([parityNetwork, incrementNetwork])("$name answers any problem", (built) => {
  const { task } = built.network;
  const answers = answerer(built);
  const bits = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(bits, (drawn) => {
      // The last step of an increment reads 0.
      const problem = Int32Array.from(built === incrementNetwork ? [...drawn, 0] : drawn);
      expect(answers(problem)).toEqual(task.solve(problem));
    }),
    { seed: 4, numRuns: 60 },
  );
  for (const state of [0, 1]) {
    for (const x of [0, 1]) {
      const feedback = built === parityNetwork ? [[0, 0], [state]] : [[state, 0], [0]];
      for (const z of preActivations(built, [x], feedback).flat()) expect(Math.abs(z)).toBeGreaterThanOrEqual(0.5);
    }
  }
});

test("units that no answer is read from are part of the state, and of nothing else", () => {
  const { model, parameters } = fullAdder.network;
  expect(model.state).toEqual({ h1: 3, h2: 2, h3: 4, h4: 2 });
  // 1 + 1: the sum is 0, the carry 1.
  const [moved] = stepperOf(model)(parameters, [{ values: null, letter: [1, 1] }]);
  expect([...moved!.values.slice(-2)]).toEqual([0, 1]);
  expect(moved!.answer).toBe(0);
  const symbols = input("symbols", ["batch", "time", 2], "int");
  const given = Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape }]) => [name, input(name, shape)]),
  );
  const { logits, outputs } = model.apply(given, symbols);
  expect(logits.shape.at(-1)).toBe(1);
  expect(outputs.shape.at(-1)).toBe(1);
});

test("names", () => {
  for (const built of builtNetworks) {
    expect(findBuilt(built.name)).toBe(built);
    const { model, task } = built.network;
    expect(built.inputs).toHaveLength(task.channels.length);
    expect(built.units.map((names) => names.length)).toEqual(Object.values(model.state));
  }
  expect(() => findBuilt("full-ader")).toThrow('Did you mean "full-adder"?');
});

test("weights that the units don't have are refused", () => {
  const of = (weights: Parameters<typeof builtNetwork>[0]["weights"]) => () =>
    builtNetwork({ ...threeUnitAdder, task: binaryAddition, weights });
  expect(of({ W3: [[1]] })).toThrow('unknown parameter "W3"');
  expect(of({ W2: [[1], [1]] })).toThrow("parameter W2 has shape [2,1], expected [3,1]");
  expect(of({ W1: [[1, 1, 1], [1]] })).toThrow("weights W1: rows of 3,1, expected as many each");
});

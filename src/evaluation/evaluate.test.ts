import { describe, expect, test } from "vitest";
import { threeUnitAdder } from "../../tests/adders.ts";
import { type NDArray, ndarray } from "../graph/index.ts";
import { ilrnnModel, type Model, rnnModel } from "../models/index.ts";
import { randomSource } from "../random/index.ts";
import type { Runtime } from "../runtime/contract.ts";
import { onnxNodeRuntime } from "../runtime/onnx/node.ts";
import { reference } from "../runtime/reference/reference.ts";
import { binaryAddition, drawBatch, findTask, modularArithmetic, type Task } from "../tasks/index.ts";
import { drawParameters, layoutOf, namedParameters } from "../training/index.ts";
import { checkLengths, type EvaluateOptions, evaluator, type LengthResult } from "./index.ts";

const signatureOf = (task: Task) => ({
  channels: task.channels.map((alphabet) => alphabet.length),
  answers: task.output.length,
});

const adder = threeUnitAdder().parameters;
const adderModel = ilrnnModel.build({ layers: [3], activation: "step" }, signatureOf(binaryAddition));

async function evaluate(
  model: Model,
  task: Task,
  parameters: Readonly<Record<string, NDArray>>,
  options: EvaluateOptions,
  population = 1,
  runtime: Runtime = reference,
): Promise<LengthResult[][]> {
  await using made = await evaluator(model, task, runtime, population);
  const results: LengthResult[][] = [];
  for await (const ofLength of made.evaluate(parameters, options)) results.push(ofLength);
  return results;
}

/** The same parameters with one of them changed. */
function changed(parameters: Readonly<Record<string, NDArray>>, name: string, values: readonly number[]) {
  return { ...parameters, [name]: ndarray(Float64Array.from(values), parameters[name]!.shape) };
}

/** Replicas side by side. */
function population(replicas: readonly Readonly<Record<string, NDArray>>[]): Record<string, NDArray> {
  return Object.fromEntries(
    Object.entries(replicas[0]!).map(([name, { shape }]) => {
      const rows = replicas.flatMap((replica) => [...replica[name]!.data]);
      return [name, ndarray(Float64Array.from(rows), [replicas.length, ...shape])];
    }),
  );
}

/** Says 0 to every problem: no weight at all and a bias below 0. */
const sayZero = changed(
  Object.fromEntries(
    Object.entries(adder).map(([name, { shape, data }]) => [name, ndarray(new Float64Array(data.length), shape)]),
  ),
  "b2",
  [-1],
);

describe("the adder built by hand", () => {
  test.each([
    ["reference", async () => reference],
    ["ONNX Runtime", () => onnxNodeRuntime()],
  ] as const)("is right at every length on %s", async (_, open) => {
    const options = { lengths: [1, 10, 500], samples: 50, trained: [2, 10] as const };
    const results = (await evaluate(adderModel, binaryAddition, adder, options, 1, await open())).flat();
    expect(results.map(({ length, isTrained }) => [length, isTrained])).toEqual([
      [1, false],
      [10, true],
      [500, false],
    ]);
    for (const { length, exact, symbol } of results) {
      expect(exact).toMatchObject({ value: 1, successes: 50, trials: 50, high: 1 });
      expect(symbol).toMatchObject({ successes: 50 * (length + 1), trials: 50 * (length + 1) });
    }
  });

  test("without its carry it is wrong where a carry comes in", async () => {
    const broken = changed(adder, "R11", Array<number>(9).fill(0));
    const [[result]] = (await evaluate(adderModel, binaryAddition, broken, { lengths: [20], samples: 200 })) as [
      [LengthResult],
    ];
    // A carry comes into half of the digits above the lowest, in the long run; it flips the digit.
    let wrong = 0;
    let exact = 0;
    for (let problem = 0; problem < 200; problem++) {
      const stream = randomSource(1).stream("evaluation", "binary-addition", 20, problem);
      const { input, target } = drawBatch(binaryAddition, stream, 20, 1);
      const mistakes = target.filter((digit, k) => digit !== (input[2 * k]! + input[2 * k + 1]!) % 2).length;
      wrong += mistakes;
      if (mistakes === 0) exact++;
    }
    expect(wrong).toBeGreaterThan(1500);
    expect(result.symbol).toMatchObject({ trials: 200 * 21, successes: 200 * 21 - wrong });
    expect(result.exact).toMatchObject({ trials: 200, successes: exact });
  });
});

test("each replica has its own results, for the same problems", async () => {
  const replicas = [adder, sayZero, changed(adder, "b2", [0.5]), adder];
  const options = { lengths: [3, 12], samples: 40, seed: 5 };
  const together = await evaluate(adderModel, binaryAddition, population(replicas), options, replicas.length);
  expect(together.map((results) => results.map(({ replica }) => replica))).toEqual([
    [0, 1, 2, 3],
    [0, 1, 2, 3],
  ]);
  for (const [replica, parameters] of replicas.entries()) {
    const alone = await evaluate(adderModel, binaryAddition, parameters, options);
    alone.forEach(([result], k) => {
      expect(together[k]![replica]).toEqual({ ...result, replica });
    });
  }
  expect(together[1]![0]!.exact.value).toBe(1);
  expect(together[1]![1]!.exact.value).toBe(0);
});

test("positions at which nothing is asked don't count", async () => {
  // Numbers and operators take turns: of 9 tokens 5 are asked. A network without weights says 0.
  const model = rnnModel.build({ hidden: 1 }, signatureOf(modularArithmetic));
  const zeros = Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape }]) => {
      return [name, ndarray(new Float64Array(shape.reduce((a, b) => a * b, 1)), shape)];
    }),
  );
  const [[result]] = (await evaluate(model, modularArithmetic, zeros, { lengths: [9], samples: 300 })) as [
    [LengthResult],
  ];
  let right = 0;
  let exact = 0;
  for (let problem = 0; problem < 300; problem++) {
    const stream = randomSource(1).stream("evaluation", "modular-arithmetic", 9, problem);
    const { target } = drawBatch(modularArithmetic, stream, 9, 1);
    const answers = target.filter((answer) => answer >= 0);
    right += answers.filter((answer) => answer === 0).length;
    if (answers.every((answer) => answer === 0)) exact++;
  }
  expect(result.symbol).toMatchObject({ trials: 300 * 5, successes: right });
  expect(result.exact).toMatchObject({ trials: 300, successes: exact });
});

describe("the problems of a length", () => {
  const task = findTask("modular-arithmetic");
  const model = rnnModel.build({ hidden: 4 }, signatureOf(task));
  const layout = layoutOf(model.parameters);
  const draw = (count: number) =>
    namedParameters(drawParameters(model.parameters, count, randomSource(3)), layout, count);

  test("are the same whatever other lengths are asked for, and in whatever order", async () => {
    const options = { samples: 60 };
    const alone = await evaluate(model, task, draw(1), { ...options, lengths: [11] });
    const among = await evaluate(model, task, draw(1), { ...options, lengths: [21, 11, 1] });
    expect(among[1]).toEqual(alone[0]);
  });

  test("are other ones for another seed", async () => {
    const by = (seed: number) => evaluate(model, task, draw(1), { lengths: [101], samples: 60, seed });
    expect((await by(1))[0]![0]!.symbol).not.toEqual((await by(2))[0]![0]!.symbol);
  });

  test("don't depend on how batches are cut", async () => {
    // The more replicas, the fewer problems fit in a run: of length 20,001, a hundred for one replica and two for 50.
    const tiny = rnnModel.build({ hidden: 1 }, signatureOf(task));
    const replicas = 50;
    const parameters = drawParameters(tiny.parameters, replicas, randomSource(4));
    const runs: number[] = [];
    const options = {
      lengths: [20_001],
      samples: 5,
      onProgress: (done: number) => {
        runs.push(done);
      },
    };
    const own = layoutOf(tiny.parameters);
    const many = namedParameters(parameters, own, replicas);
    const onnx = await onnxNodeRuntime();
    const [together] = await evaluate(tiny, task, many, options, replicas, onnx);
    expect(runs).toEqual([0.4, 0.8, 1]);
    runs.length = 0;
    for (const replica of [0, 49]) {
      const one = namedParameters(parameters.slice(replica * own.size, (replica + 1) * own.size), own, 1);
      const [[alone]] = (await evaluate(tiny, task, one, options, 1, onnx)) as [[LengthResult]];
      expect({ ...alone, replica }).toEqual(together![replica]);
    }
    expect(runs).toEqual([1, 1]);
  });
});

test("an evaluation ends when its signal says so", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(evaluate(adderModel, binaryAddition, adder, { lengths: [3], signal })).rejects.toThrow("enough");
});

test("lengths that a task doesn't have are refused", () => {
  expect(() => checkLengths(modularArithmetic, [3, 5])).not.toThrow();
  for (const length of [4, 0, -1, 2.5, 1e9, Number.NaN]) {
    expect(() => checkLengths(modularArithmetic, [3, length])).toThrow(
      `modular-arithmetic: no problems of length ${length}; expected a whole number`,
    );
  }
});

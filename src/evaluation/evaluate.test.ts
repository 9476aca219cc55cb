import { describe, expect, test } from "vitest";
import { type NDArray, ndarray } from "../graph/index.ts";
import { dngpuModel, type Model, rnnModel } from "../models/index.ts";
import { threeUnitAdder } from "../networks/index.ts";
import { randomSource } from "../random/index.ts";
import { cRuntime } from "../runtime/c/node.ts";
import type { Runtime } from "../runtime/contract.ts";
import { onnxNodeRuntime } from "../runtime/onnx/node.ts";
import { reference } from "../runtime/reference/reference.ts";
import {
  binaryAddition,
  binaryMultiplication,
  drawBatch,
  drawSide,
  findTask,
  isHeldOut,
  modularArithmetic,
  type Task,
} from "../tasks/index.ts";
import { drawParameters, layoutOf, namedParameters } from "../training/index.ts";
import {
  checkLengths,
  type EvaluateOptions,
  evaluator,
  type LengthResult,
  mistakesProgram,
  nearLengths,
  problemsARun,
} from "./index.ts";

const signatureOf = (task: Task) => ({
  channels: task.channels.map((alphabet) => alphabet.length),
  answers: task.output.length,
});

const adder = threeUnitAdder.network.parameters;
const adderModel = threeUnitAdder.network.model;

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
    ["compiled C", () => cRuntime()],
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

describe("a network whose state has positions", () => {
  const task = findTask("sort");
  const model = dngpuModel.build({ maps: 4 }, signatureOf(task));
  const layout = layoutOf(model.parameters);
  const parameters = namedParameters(drawParameters(model.parameters, 1, randomSource(5)), layout, 1);
  const symbolsOf = (text: string) => text.split(" ").map(Number);

  test("counts the same mistakes whether its length is known or open", async () => {
    const { input, target } = drawBatch(task, randomSource(2).stream("problems"), 7, 20);
    const arrays = {
      ...parameters,
      symbols: { dtype: "int", shape: [20, 7, 1], data: input },
      targets: { dtype: "int", shape: [20, 7], data: target },
    } as const;
    const run = async (time: number | "time") => {
      await using executable = await reference.compile(mistakesProgram(model, 1, time));
      const { wrong, answer } = await executable.run(arrays);
      const mistakes = Array.from({ length: 20 }, (_, k) => k).map(
        (k) => Array.from({ length: 7 }, (_, i) => 7 * k + i).filter((i) => answer!.data[i] !== target[i]).length,
      );
      expect(Array.from(wrong!.data)).toEqual(mistakes);
      return mistakes;
    };
    const known = await run(7);
    expect(known).toEqual(await run("time"));
    expect(Math.max(...known)).toBeGreaterThan(0);
  });

  test("tells its first mistake as text", async () => {
    const [[result]] = (await evaluate(model, task, parameters, { lengths: [6], samples: 5 })) as [[LengthResult]];
    expect(result.exact.successes).toBe(0);
    const stream = randomSource(1).stream("evaluation", "sort", 6, 0);
    const { input, target } = drawBatch(task, stream, 6, 1);
    const { mistake } = result;
    expect(symbolsOf(mistake!.input)).toEqual(Array.from(input));
    expect(symbolsOf(mistake!.exact)).toEqual(Array.from(target));
    expect(mistake!.answer).not.toBe(mistake!.exact);
    expect(mistake!.answer.split(" ")).toHaveLength(6);
  });

  test("structured problems are of the kind asked for, and not the random ones", async () => {
    const seen: number[][] = [];
    const spy: Runtime = {
      ...reference,
      async compile(program) {
        const inner = await reference.compile(program);
        return {
          ...inner,
          run: (inputs) => {
            const { data } = inputs.symbols!;
            for (let k = 0; k < data.length; k += 6) seen.push(Array.from(data.subarray(k, k + 6)));
            return inner.run(inputs);
          },
        };
      },
    };
    const options = { lengths: [6], samples: 12, side: "test" as const, structured: "equal" };
    const [[result]] = (await evaluate(model, task, parameters, options, 1, spy)) as [[LengthResult]];
    expect(result).toMatchObject({ structured: "equal", isHeldOut: false, exact: { trials: 12 } });
    expect(seen).toHaveLength(12);
    for (const problem of seen) expect(new Set(problem).size).toBe(1);
    await expect(evaluate(model, task, parameters, { lengths: [6], structured: "equl" })).rejects.toThrow(
      'unknown structured problems of sort: "equl". Did you mean "equal"? Known: equal, one-different',
    );
  });

  /** The reference runtime with room for so many problems. */
  const small = (room: number, sizes: number[], error: () => Error): Runtime => ({
    ...reference,
    async compile(program) {
      const inner = await reference.compile(program);
      return {
        ...inner,
        async run(inputs) {
          const [batch] = inputs.symbols!.shape;
          sizes.push(batch!);
          if (batch! > room) throw error();
          return inner.run(inputs);
        },
      };
    },
  });
  const engineError = () =>
    new Error("program evaluate: can't be run", { cause: new Error("Failed to allocate memory for requested buffer") });

  test.each([
    ["a RangeError", () => new RangeError("Array buffer allocation failed")],
    ["the engine's error", engineError],
  ])("batches are halved until they fit in memory: %s", async (_, error) => {
    const sizes: number[] = [];
    const changes: object[] = [];
    const options = { lengths: [5], samples: 10, onSmallerBatch: (change: object) => changes.push(change) };
    const halved = await evaluate(model, task, parameters, options, 1, small(3, sizes, error));
    expect(sizes).toEqual([10, 5, 2, 2, 2, 2, 2]);
    expect(changes).toEqual([
      { length: 5, from: 10, to: 5 },
      { length: 5, from: 5, to: 2 },
    ]);
    expect(halved).toEqual(await evaluate(model, task, parameters, { lengths: [5], samples: 10 }));
  });

  test("one problem that doesn't fit in memory is an error, and so is any other failure at once", async () => {
    const options = { lengths: [5], samples: 4 };
    await expect(evaluate(model, task, parameters, options, 1, small(0, [], engineError))).rejects.toThrow(
      "dngpu on sort: not enough memory for one problem of length 5; expected a shorter one",
    );
    const sizes: number[] = [];
    const other = small(0, sizes, () => new Error("no such operator"));
    await expect(evaluate(model, task, parameters, options, 1, other)).rejects.toThrow("no such operator");
    expect(sizes).toEqual([4]);
  });

  test("an evaluation that is stopped tells what it knows of the current length", async () => {
    const controller = new AbortController();
    const results: LengthResult[] = [];
    // Only what is counted matters: an engine that finds no mistake.
    const engine: Runtime = {
      ...reference,
      async compile(program) {
        const inner = await reference.compile(program);
        const run: typeof inner.run = async ({ symbols }) => ({
          wrong: ndarray(new Float64Array(symbols!.shape[0]!), [symbols!.shape[0]!]),
        });
        return { ...inner, run };
      },
    };
    await using made = await evaluator(model, task, engine);
    const evaluation = made.evaluate(parameters, {
      lengths: [3, 60, 9],
      samples: 2_000,
      signal: controller.signal,
      onProgress: (_, { length }) => {
        if (length === 60) controller.abort(new Error("enough"));
      },
    });
    const all = async () => {
      for await (const [result] of evaluation) results.push(result!);
    };
    await expect(all()).rejects.toThrow("enough");
    expect(results.map((result) => [result.length, result.exact.trials])).toEqual([
      [3, 2_000],
      [60, problemsARun(model, 60)],
    ]);
  });
});

describe("problems held out of trainings by bins", () => {
  const model = dngpuModel.build({ maps: 3 }, signatureOf(binaryMultiplication));
  const layout = layoutOf(model.parameters);
  const parameters = namedParameters(drawParameters(model.parameters, 1, randomSource(6)), layout, 1);

  test("are all that is tested, but of lengths that have none", async () => {
    const seen = new Map<number, Int32Array[]>();
    const spy: Runtime = {
      ...reference,
      async compile(program) {
        const inner = await reference.compile(program);
        return {
          ...inner,
          run: (inputs) => {
            const [count, steps] = inputs.symbols!.shape as [number, number];
            const rows = Array.from({ length: count }, (_, k) =>
              Int32Array.from(inputs.symbols!.data.subarray(k * steps, (k + 1) * steps)),
            );
            seen.set(steps, [...(seen.get(steps) ?? []), ...rows]);
            return inner.run(inputs);
          },
        };
      },
    };
    const options = { lengths: [3, 11], samples: 20, side: "test" as const };
    const results = await evaluate(model, binaryMultiplication, parameters, options, 1, spy);
    // The four products of one binary digit are all to train on.
    expect(() => drawSide(binaryMultiplication, randomSource(1).stream("any"), 3, "test")).toThrow("no problem");
    expect(results.flat().map(({ length, isHeldOut, exact }) => [length, isHeldOut, exact.trials])).toEqual([
      [3, false, 20],
      [11, true, 20],
    ]);
    expect(seen.get(3)!.some((problem) => !isHeldOut(problem))).toBe(true);
    expect(seen.get(11)!.every(isHeldOut)).toBe(true);
  });
});

test("batches are cut to the size of the state", () => {
  const wide = dngpuModel.build({ maps: 96 }, signatureOf(binaryMultiplication));
  // 2^18 numbers: 96 at each of 41 positions.
  expect(problemsARun(wide, 41)).toBe(66);
  expect(problemsARun(wide, 41, 2)).toBe(33);
  expect(problemsARun(wide, 4001)).toBe(1);
});

test("lengths that a task has near others", () => {
  expect(nearLengths(binaryMultiplication, 100)).toEqual([99, 101]);
  expect(nearLengths(binaryMultiplication, 401)).toEqual([401]);
  expect(nearLengths(findTask("decimal-multiplication-in-binary"), 101)).toEqual([97, 105]);
  expect(nearLengths(binaryMultiplication, 1)).toEqual([3]);
  expect(nearLengths(binaryMultiplication, Number.NaN)).toEqual([]);
  expect(() => checkLengths(binaryMultiplication, [100])).toThrow("that the task has, such as 99 or 101");
});

test("lengths that a task doesn't have are refused", () => {
  expect(() => checkLengths(modularArithmetic, [3, 5])).not.toThrow();
  for (const length of [4, 0, -1, 2.5, 1e9, Number.NaN]) {
    expect(() => checkLengths(modularArithmetic, [3, length])).toThrow(
      `modular-arithmetic: no problems of length ${length}; expected a whole number`,
    );
  }
});

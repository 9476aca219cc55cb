/** Problems of tasks that are drawn with their answers: as arrays, and judged. */
import { describe, expect, test } from "vitest";
import { floats, ints, runGraph } from "../../tests/run-graph.ts";
import { cast } from "../graph/index.ts";
import { findModel } from "../models/index.ts";
import { randomSource } from "../random/index.ts";
import { reference } from "../runtime/reference/reference.ts";
import { type DrawnTask, drawnTasks, findAnyTask, findTask, signatureOf } from "../tasks/index.ts";
import { evaluator } from "./evaluate.ts";
import { askedSum, judge, problemArrays } from "./problems.ts";

const none = Number.NaN;

test("what a task asks of a model", () => {
  expect(signatureOf(findTask("binary-addition"))).toEqual({ channels: [2, 2], answers: 2 });
  expect(signatureOf(findAnyTask("adding-problem"))).toEqual({
    ...{ channels: [], features: 2 },
    ...{ answers: 0, values: 1, tolerance: 0.04 },
  });
});

test("numbers that aren't asked for are 0 in the targets and in asked", () => {
  const signature = { channels: [], features: 1, answers: 0, values: 2 };
  const batch = { input: Float32Array.of(1, 2, 3, 4), target: Float32Array.of(none, none, 5, 6, 7, 8, none, none) };
  const arrays = problemArrays(signature, batch, 2, [], 2);
  expect([arrays.targets!.shape, [...arrays.targets!.data]]).toEqual([
    [2, 2, 2],
    [0, 0, 5, 6, 7, 8, 0, 0],
  ]);
  expect([arrays.asked!.shape, [...arrays.asked!.data]]).toEqual([
    [2, 2],
    [0, 1, 1, 0],
  ]);
  expect(problemArrays(signature, batch, 2, [2], 2).symbols!.shape).toEqual([2, 1, 2, 1]);
});

test("in tasks with padding a problem is present up to its own end", () => {
  const signature = { channels: [3], answers: 3, padded: true as const };
  const batch = {
    input: Int32Array.of(0, 1, -1, 2, 2, 2),
    target: Int32Array.of(-1, 1, -1, -1, -1, 2),
    lengths: Int32Array.of(2, 3),
  };
  expect([...problemArrays(signature, batch, 3, [], 2).present!.data]).toEqual([1, 1, 0, 1, 1, 1]);
});

describe("judged by hand", () => {
  test("numbers: right within the tolerance, all of a step; cost is the squared error", () => {
    const signature = { channels: [], features: 1, answers: 0, values: 2, tolerance: 0.1 };
    const given = {
      y: floats([1, 2, 3, 4, 0, 0], [1, 3, 2]),
      targets: floats([1.05, 2, 3, 4.2, 9, 9], [1, 3, 2]),
      asked: floats([1, 1, 0], [1, 3]),
    };
    const made = runGraph(given, ({ y, targets, asked }) => {
      const judged = judge(signature, y!, { symbols: y!, targets: targets!, asked: asked! });
      return { right: cast(judged.right, "float"), cost: askedSum(judged.cost, judged.asked) };
    });
    expect([...made.right!.data]).toEqual([1, 0, 1]);
    expect(made.cost!.data[0]).toBeCloseTo(0.05 ** 2 + 0.2 ** 2, 12);
  });

  test("symbols: cross-entropy in nats of what is asked", () => {
    const signature = { channels: [3], answers: 3 };
    const given = { z: floats([0, 0, 0, 1, 2, 3], [1, 2, 3]), targets: ints([-1, 2], [1, 2]) };
    const made = runGraph(given, ({ z, targets }) => {
      const judged = judge(signature, z!, { symbols: z!, targets: targets! });
      return { right: cast(judged.right, "float"), cost: askedSum(judged.cost, judged.asked) };
    });
    expect([...made.right!.data]).toEqual([1, 1]);
    expect(made.cost!.data[0]).toBeCloseTo(Math.log(1 + Math.exp(-1) + Math.exp(-2)), 12);
  });
});

test("evaluating numbers: mean squared error and share within the tolerance, as counted one by one", async () => {
  const task = findAnyTask("adding-problem") as DrawnTask;
  const model = findModel("rnn").build({ hidden: 1, activation: "identity" }, signatureOf(task));
  // h sums the numbers, marks aside; the answer is that sum.
  const parameters = {
    ...{ W: floats([1, 0], [2, 1]), U: floats([1], [1, 1]), b: floats([0], [1]) },
    ...{ V: floats([1], [1, 1]), c: floats([0], [1]) },
  };
  await using made = await evaluator(model, task, reference);
  const random = randomSource(5);
  let squares = 0;
  let near = 0;
  for (let k = 0; k < 200; k++) {
    const { input, target } = task.draw(random.stream("evaluation", task.name, 3, k), 3, 1, "test");
    const error = input[0]! + input[2]! + input[4]! - target[2]!;
    squares += error * error;
    if (Math.abs(error) <= 0.04) near++;
  }
  expect(near).toBeGreaterThan(0);
  for await (const [result] of made.evaluate(parameters, { lengths: [3], samples: 200, seed: 5 })) {
    expect(result!.exact).toMatchObject({ successes: near, trials: 200 });
    expect(result!.cost).toBeCloseTo(squares / 200, 6);
  }
});

describe.each(drawnTasks.map((task) => [task.name, task] as const))("%s", (_, task) => {
  const [low, high] = task.defaultTrainLengths;
  const length = [low, high, Math.min(high, low + 5)].find((candidate) => task.validLength(candidate))!;
  const draw = (seed: number, count: number, side: "train" | "test" = "train") =>
    task.draw(randomSource(seed).stream("batch"), length, count, side);
  const steps = task.steps(length);

  test("equal streams give equal problems, of the shape that is said", () => {
    const batch = draw(1, 3);
    expect(draw(1, 3)).toEqual(batch);
    const isTheOnlyOne = task.heldOut?.(length).target.length === steps * (task.values?.length ?? 1);
    if (isTheOnlyOne) expect(draw(2, 3)).toEqual(batch);
    else expect(draw(2, 3)).not.toEqual(batch);
    expect(batch.input.length).toBe(3 * steps * (task.features?.length ?? task.channels.length));
    expect(batch.target.length).toBe(3 * steps * (task.values?.length ?? 1));
    expect(batch.lengths?.length).toBe(task.padded ? 3 : undefined);
    for (const end of batch.lengths ?? []) expect(end >= 1 && end <= steps).toBe(true);
  });

  test("symbols are known ones, and something is asked of each problem", () => {
    const { input, target } = draw(3, 8);
    if (!task.features)
      input.forEach((symbol, k) => {
        expect(symbol).toBeLessThan(task.channels[k % task.channels.length]!.length);
      });
    if (!task.values)
      target.forEach((symbol) => {
        expect(symbol).toBeLessThan(task.output.length);
      });
    for (let k = 0; k < 8; k++) {
      const own = [...target.slice((k * target.length) / 8, ((k + 1) * target.length) / 8)];
      expect(own.some((answer) => (task.values ? !Number.isNaN(answer) : answer >= 0))).toBe(true);
    }
  });

  test("the example is read, with its answer", () => {
    const problem = task.parse(task.example);
    expect(task.formatAnswer(problem.target, problem).length).toBeGreaterThan(0);
    expect(task.format(problem).length).toBeGreaterThan(0);
  });

  test.each([0, -1, 1.5])("length %d is refused", (wrong) => {
    expect(task.validLength(wrong)).toBe(false);
    expect(() => task.draw(randomSource(1).stream("batch"), wrong, 1, "train")).toThrow(task.name);
  });
});

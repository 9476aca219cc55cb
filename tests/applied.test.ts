/** Each way to apply a recurrent network is learned: small trainings, seeded; and what padding must not change. */
import { describe, expect, test } from "vitest";
import { evaluator, mistakesProgram, problemArrays } from "../src/evaluation/index.ts";
import { randomSource } from "../src/random/index.ts";
import { onnxNodeRuntime } from "../src/runtime/onnx/node.ts";
import { compileReference } from "../src/runtime/reference/reference.ts";
import { type DrawnBatch, type DrawnTask, findAnyTask, isDrawn } from "../src/tasks/index.ts";
import {
  completeConfig,
  configuredModel,
  drawParameters,
  layoutOf,
  namedParameters,
  train,
} from "../src/training/index.ts";

function drawnTask(name: string): DrawnTask {
  const task = findAnyTask(name);
  if (!isDrawn(task)) throw new Error(name);
  return task;
}

/** What a short training comes to on what is held out. */
async function learned(task: string, length: number, settings: Record<string, unknown>) {
  const config = completeConfig({ task, ...settings, checkpointEvery: 100_000, reportEvery: 100_000 });
  const { model } = configuredModel(config);
  const runtime = await onnxNodeRuntime({ threads: 1 });
  for await (const event of train(config, { runtime })) {
    if (event.type !== "done") continue;
    const parameters = namedParameters(event.state.parameters, layoutOf(model.parameters), 1);
    await using evaluation = await evaluator(model, drawnTask(task), runtime);
    for await (const [result] of evaluation.evaluate(parameters, { lengths: [length], samples: 512 })) return result!;
  }
  throw new Error("no result");
}

describe("small trainings", () => {
  test("one to one: digits", async () => {
    const { exact } = await learned("digits", 1, { model: { name: "lstm", hidden: 16 }, steps: 200 });
    expect(exact.trials).toBe(359);
    expect(exact.value).toBeGreaterThan(0.9);
  });

  test("many to one: digits row by row", async () => {
    const { exact } = await learned("digit-rows", 8, { model: { name: "gru", hidden: 32 }, steps: 250 });
    expect(exact.trials).toBe(359);
    expect(exact.value).toBeGreaterThan(0.85);
  });

  test("one to many: the names of digits", async () => {
    const { exact, symbol } = await learned("digit-names", 6, { model: { name: "gru", hidden: 32 }, steps: 300 });
    expect(exact.trials).toBe(359);
    // Every answer is asked to its full stop: 50 letters and stops over ten digits.
    expect(symbol.trials).toBeGreaterThan(359 * 4.5);
    expect(exact.value).toBeGreaterThan(0.7);
  });

  test("many to many after reading: numbers up to 99 in words", async () => {
    const { exact } = await learned("number-words", 2, {
      model: { name: "lstm", hidden: 32 },
      ...{ lengths: [1, 2], steps: 700, batch: 32, learningRate: 0.01 },
    });
    expect(exact.value).toBeGreaterThan(0.9);
  });

  test("many to many in step: the next character, better than by how often each comes", async () => {
    const settings = { model: { name: "gru", hidden: 32 }, lengths: [32, 32], batch: 16, steps: 250 };
    const { cost } = await learned("next-character", 32, { ...settings, learningRate: 0.01, stateNoise: null });
    expect(cost! / Math.LN2).toBeLessThan(4);
  });
});

describe.each([false, true])("padding, bidirectional: %j", (bidirectional) => {
  const task = drawnTask("number-words");
  const { model } = configuredModel(
    completeConfig({ task: task.name, model: { name: "gru", hidden: 6, bidirectional }, steps: 1 }),
  );
  const layout = layoutOf(model.parameters);
  const parameters = namedParameters(drawParameters(model.parameters, 1, randomSource(2)), layout, 1);
  const program = compileReference(mistakesProgram(model, 1, "time", { withCost: true }));
  const run = (batch: DrawnBatch, count: number) =>
    program.run({
      ...parameters,
      ...problemArrays(model.signature, batch, batch.target.length / count, [], count),
    });

  test("a padded batch costs what its problems cost one by one", () => {
    const count = 6;
    const batch = task.draw(randomSource(3).stream("padding"), 4, count, "test");
    const steps = task.steps(4);
    expect(new Set(batch.lengths).size).toBeGreaterThan(2);
    const all = run(batch, count);
    for (let k = 0; k < count; k++) {
      const end = k * steps + batch.lengths![k]!;
      const alone = run(
        {
          input: batch.input.slice(k * steps, end) as Int32Array,
          target: batch.target.slice(k * steps, end) as Int32Array,
          lengths: Int32Array.of(batch.lengths![k]!),
        },
        1,
      );
      expect(all.cost!.data[k]).toBeCloseTo(alone.cost!.data[0]!, 12);
      expect(all.wrong!.data[k]).toBe(alone.wrong!.data[0]);
    }
  });
});

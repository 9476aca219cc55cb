import { describe, expect, test } from "vitest";
import { expectClose, type Nested, readGolden, toArray } from "../../../tests/golden.ts";
import { input, type NDArray, program } from "../../graph/index.ts";
import { cRuntime } from "../../runtime/c/node.ts";
import { onnxNodeRuntime } from "../../runtime/onnx/node.ts";
import { reference } from "../../runtime/reference/reference.ts";
import { makeOptimizer, type Optimizer, optimizerConfig } from "./index.ts";

interface Golden {
  readonly start: Nested;
  readonly gradients: readonly Nested[];
  readonly after: Readonly<Record<string, readonly Nested[]>>;
}

const golden = readGolden<Golden>("optimizers");
const cases = [
  ["sgd", { name: "sgd" }, 0.1],
  ["sgd-momentum", { name: "momentum" }, 0.1],
  ["adam", { name: "adam" }, 0.01],
  ["adamax", { name: "adamax" }, 0.01],
  ["rmsprop", { name: "rmsprop" }, 0.01],
  ["adamax-clipped", { name: "adamax-clipped" }, 0.005],
] as const;

const scalarArray = (value: number): NDArray => ({ dtype: "float", shape: [], data: Float64Array.of(value) });

function stepProgram(optimizer: Optimizer, shape: readonly number[]) {
  const named = (names: readonly string[], extents: readonly number[]) =>
    Object.fromEntries(names.map((name) => [name, input(name, extents)]));
  const parameters = input("parameters", shape);
  const gradient = input("gradient", shape);
  const slots = named(optimizer.slots, shape);
  const learningRate = input("learningRate", []);
  const scalars = named(Object.keys(optimizer.scalars(1)), []);
  const updated = optimizer.update(parameters, gradient, slots, { learningRate, ...scalars });
  return program(
    optimizer.name,
    { parameters, gradient, learningRate, ...slots, ...scalars },
    { parameters: updated.parameters, ...updated.slots },
  );
}

describe.each([
  ["reference", 1e-10, async () => reference],
  ["ONNX Runtime", 1e-5, () => onnxNodeRuntime()],
  ["compiled C", 1e-5, () => cRuntime()],
] as const)("%s", (_, tolerance, open) => {
  test.each(cases)("%s takes the five steps that PyTorch took", async (file, config, rate) => {
    const optimizer = makeOptimizer(optimizerConfig.parse(config));
    const start = toArray(golden.start);
    const { shape } = start;
    const zeros = { dtype: "float" as const, shape, data: new Float64Array(start.data.length) };
    await using executable = await (await open()).compile(stepProgram(optimizer, shape));
    let now: Record<string, NDArray> = {
      parameters: start,
      ...Object.fromEntries(optimizer.slots.map((name) => [name, zeros])),
    };
    const path = golden.after[file]!;
    expect(path.length).toBe(5);
    for (const [k, expected] of path.entries()) {
      const scalars = Object.entries(optimizer.scalars(k + 1)).map(([name, value]) => [name, scalarArray(value)]);
      now = await executable.run({
        ...now,
        ...Object.fromEntries(scalars),
        gradient: toArray(golden.gradients[k]!),
        learningRate: scalarArray(rate),
      });
      expectClose(now.parameters!, expected, tolerance, `parameters after step ${k + 1}`);
    }
  });
});

/** One step of one number from θ = 1 with gradient g. */
async function oneStep(config: unknown, t: number, g: number, slots: Record<string, number>) {
  const optimizer = makeOptimizer(optimizerConfig.parse(config));
  const executable = await reference.compile(stepProgram(optimizer, []));
  const numbers = { parameters: 1, gradient: g, learningRate: 0.1, ...slots, ...optimizer.scalars(t) };
  const results = await executable.run(
    Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, scalarArray(value)])),
  );
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data[0]!]));
}

test("constants other than the defaults, by hand", async () => {
  const adam = await oneStep({ name: "adam", beta1: 0.5, beta2: 0.75, epsilon: 0.25 }, 2, 2, { m: 1, v: 5 });
  // m = ½·1 + ½·2 = 1.5, v = ¾·5 + ¼·4 = 4.75; m̂ = 1.5/(1 − ¼) = 2, v̂ = 4.75/(1 − 9/16)
  expect(adam.m).toBeCloseTo(1.5, 14);
  expect(adam.v).toBeCloseTo(4.75, 14);
  expect(adam.parameters).toBeCloseTo(1 - (0.1 * 2) / (Math.sqrt(4.75 / 0.4375) + 0.25), 14);
  const adamax = await oneStep({ name: "adamax", beta1: 0.5, beta2: 0.75, epsilon: 0.5 }, 2, -2, { m: 1, v: 5 });
  expect(adamax.v).toBeCloseTo(3.75, 14);
  expect(adamax.parameters).toBeCloseTo(1 - (0.1 * -0.5) / (0.75 * 3.75), 14);
  expect((await oneStep({ name: "adamax", beta2: 0.75, epsilon: 0.5 }, 2, -2, { m: 1, v: 3 })).v).toBeCloseTo(2.5, 14);
  const rmsprop = await oneStep({ name: "rmsprop", decay: 0.5, epsilon: 1 }, 3, 4, { v: 2 });
  expect(rmsprop.parameters).toBeCloseTo(1 - (0.1 * 4) / (3 + 1), 14);
  const momentum = await oneStep({ name: "momentum", momentum: 0.5 }, 3, 4, { v: 2 });
  expect(momentum.v).toBe(5);
  expect(momentum.parameters).toBeCloseTo(0.5, 14);
});

test("adamax-clipped forgets ever more slowly, and cuts what exceeds the largest so far by a fifth", async () => {
  const decay = (t: number) => makeOptimizer({ name: "adamax-clipped" }).scalars(t).decay!;
  expect(decay(2000)).toBeCloseTo(1 - 0.005, 14);
  expect(decay(4000)).toBeCloseTo(1 - 0.0025, 14);
  expect(decay(20_000)).toBe(1 - 5e-4);
  const step = await oneStep({ name: "adamax-clipped" }, 20_000, 10, { m: 0, v: 1 });
  expect(step.v).toBeCloseTo(1.2001, 14);
  expect(step.m).toBeCloseTo(0.12001, 14);
  expect((await oneStep({ name: "adamax-clipped" }, 20_000, -10, { m: 0, v: 1 })).m).toBeCloseTo(-0.12001, 14);
});

test("a constant out of its range is refused", () => {
  expect(optimizerConfig.safeParse({ name: "adam", beta1: 1 }).success).toBe(false);
  expect(optimizerConfig.safeParse({ name: "adam", epsilon: 0 }).success).toBe(false);
  expect(optimizerConfig.safeParse({ name: "sgd", momentum: 0.9 }).success).toBe(false);
});

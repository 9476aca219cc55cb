/** The step that all gradients together make. */
import { expect, test } from "vitest";
import { expectClose, type Nested, readGolden, toArray } from "../../../tests/golden.ts";
import type { NDArray } from "../../graph/index.ts";
import { randomSource } from "../../random/index.ts";
import { onnxNodeRuntime } from "../../runtime/onnx/node.ts";
import { reference } from "../../runtime/reference/reference.ts";
import { completeConfig } from "../config.ts";
import { updateProgram } from "./update.ts";

const config = completeConfig({
  task: "sort",
  model: { name: "dngpu", maps: 3 },
  lengths: [3, 4],
  bins: { lengths: [4] },
  solved: null,
});

const vector = (data: ArrayLike<number>): NDArray => ({
  dtype: "float",
  shape: [data.length],
  data: Float64Array.from(data),
});
const scalar = (value: number): NDArray => ({ dtype: "float", shape: [], data: Float64Array.of(value) });
const scalars = (values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, scalar(value)]));

test.each([
  ["reference", 1e-10, async () => reference],
  ["ONNX Runtime", 1e-5, () => onnxNodeRuntime()],
] as const)("adamax-clipped with noise, before it cuts, takes the golden steps on %s", async (_, tolerance, open) => {
  const golden = readGolden<{
    start: Nested;
    gradients: readonly Nested[];
    after: Readonly<Record<string, readonly Nested[]>>;
  }>("optimizers");
  const start = toArray(golden.start).data;
  const given = { ...config, clip: null, weightDecay: 0, gradientNoise: { perRate: 0.5 } };
  expect(given.optimizer.name).toBe("adamax-clipped");
  const { program, optimizer } = updateProgram(given, start.length);
  await using executable = await (await open()).compile(program);
  let now: Record<string, NDArray> = {
    parameters: vector(start),
    m: vector(start.map(() => 0)),
    v: vector(start.map(() => 0)),
  };
  for (const [k, expected] of golden.after["adamax-clipped"]!.entries()) {
    // Gradient and noise together are the golden gradient; cut apart from the noise they would be something else.
    const noise = randomSource(k).stream("noise").truncatedNormal(new Float64Array(start.length));
    const scale = 0.25;
    const gradient = toArray(golden.gradients[k]!).data.map((g, i) => g - scale * noise[i]!);
    const { gradientNorm, ...updated } = await executable.run({
      ...now,
      gradient: vector(gradient),
      gradientNoise: vector(noise),
      ...scalars({ learningRate: 0.005, gradientNoiseScale: scale, ...optimizer.scalars(k + 1) }),
    });
    now = updated;
    expectClose(now.parameters!, vector(toArray(expected).data), tolerance, `parameters after step ${k + 1}`);
    expect(gradientNorm!.data[0]).toBeCloseTo(Math.hypot(...gradient), 5);
  }
});

test("noise comes before the norm is cut, and weight decay after it, by hand", async () => {
  const given = {
    ...config,
    optimizer: { name: "sgd" } as const,
    clip: 1,
    weightDecay: 0.5,
    gradientNoise: { perRate: 1 },
  };
  const { program } = updateProgram(given, 2);
  await using executable = await reference.compile(program);
  // (1, 2) + 2·(1, 1) = (3, 4), cut to (0.6, 0.8), and half of the parameters: (1.1, 1.8); a tenth of that is the step.
  const { parameters, gradientNorm } = await executable.run({
    parameters: vector([1, 2]),
    gradient: vector([1, 2]),
    gradientNoise: vector([1, 1]),
    ...scalars({ learningRate: 0.1, gradientNoiseScale: 2 }),
  });
  expectClose(parameters!, [0.89, 1.82], 1e-14);
  expect(gradientNorm!.data[0]).toBeCloseTo(Math.sqrt(5), 14);
});

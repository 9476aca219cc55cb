/** The step that all gradients together make. */
import { expect, test } from "vitest";
import { expectClose, type Nested, readGolden, toArray } from "../../../tests/golden.ts";
import type { NDArray } from "../../graph/index.ts";
import { randomSource } from "../../random/index.ts";
import { cRuntime } from "../../runtime/c/node.ts";
import type { Runtime } from "../../runtime/contract.ts";
import { onnxNodeRuntime } from "../../runtime/onnx/node.ts";
import { reference } from "../../runtime/reference/reference.ts";
import { floatArray } from "../arrays.ts";
import { completeConfig } from "../config.ts";
import type { PartRunner } from "./part.ts";
import { partsStepper } from "./step.ts";
import type { UpdateConfig } from "./update.ts";

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
/** Takes steps along given gradients, from `now` on. */
async function steps(
  given: UpdateConfig,
  runtime: Runtime,
  start: ArrayLike<number>,
  taken: readonly {
    readonly gradients: readonly ArrayLike<number>[];
    readonly scalars: Record<string, number>;
    readonly noise?: Record<string, NDArray>;
  }[],
) {
  const size = start.length;
  let step = 0;
  const parts: PartRunner = {
    run: async () =>
      taken[step]!.gradients.map((gradient) => ({
        gradient: gradient instanceof Float32Array ? gradient : Float64Array.from(gradient),
        ...{ share: 1, loss: 0, symbolAccuracy: 0, exactAccuracy: 0, costs: {} },
      })),
    [Symbol.asyncDispose]: async () => undefined,
  };
  await using stepper = partsStepper({ parts, runtime, config: given, size });
  const empty = () => floatArray(runtime.precision, [size]);
  const names = ["parameters", ...stepper.optimizer.slots];
  let current = Object.fromEntries(names.map((name) => [name, empty()]));
  current.parameters!.data.set(Array.from(start));
  let next = Object.fromEntries(names.map((name) => [name, empty()]));
  const norms: number[] = [];
  const after: Record<string, number[]>[] = [];
  for (const one of taken) {
    const order = {
      step: step + 1,
      parts: [],
      weights: {},
      scalars: one.scalars,
      ...(one.noise && { noise: one.noise }),
    };
    norms.push((await stepper.take(order, current, next)).gradientNorm);
    [current, next] = [next, current];
    after.push(Object.fromEntries(Object.entries(current).map(([name, { data }]) => [name, [...data]])));
    step++;
  }
  return { norms, after };
}

test.each([
  ["reference", 1e-10, async () => reference],
  ["ONNX Runtime", 1e-5, () => onnxNodeRuntime()],
  ["compiled C", 1e-5, () => cRuntime()],
] as const)("adamax-clipped with noise, before it cuts, takes the golden steps on %s", async (_, tolerance, open) => {
  const golden = readGolden<{
    start: Nested;
    gradients: readonly Nested[];
    after: Readonly<Record<string, readonly Nested[]>>;
  }>("optimizers");
  const start = toArray(golden.start).data;
  const given = { ...config, clip: null, weightDecay: 0, gradientNoise: { perRate: 0.5 } };
  expect(given.optimizer.name).toBe("adamax-clipped");
  const scale = 0.25;
  const expected = golden.after["adamax-clipped"]!;
  // Gradient and noise together are the golden gradient; cut apart from the noise they would be something else.
  const taken = expected.map((_, k) => {
    const noise = randomSource(k).stream("noise").truncatedNormal(new Float64Array(start.length));
    const gradient = Array.from(toArray(golden.gradients[k]!).data, (g, i) => g - scale * noise[i]!);
    const halves = [gradient.map((g) => g / 4), gradient.map((g) => (3 * g) / 4)];
    return {
      gradients: halves,
      scalars: { learningRate: 0.005, gradientNoiseScale: scale },
      noise: { gradientNoise: vector(noise) },
      norm: Math.hypot(...gradient),
    };
  });
  const { norms, after } = await steps(given, await open(), start, taken);
  expected.forEach((one, k) => {
    expectClose(vector(after[k]!.parameters!), vector(toArray(one).data), tolerance, `parameters after step ${k + 1}`);
    expect(norms[k]).toBeCloseTo(taken[k]!.norm, 5);
  });
});

test("noise comes before the norm is cut, and weight decay after it, by hand", async () => {
  const given = {
    ...config,
    optimizer: { name: "sgd" } as const,
    clip: 1,
    weightDecay: 0.5,
    gradientNoise: { perRate: 1 },
  };
  // (1, 2) + 2·(1, 1) = (3, 4), cut to (0.6, 0.8), and half of the parameters: (1.1, 1.8); a tenth of that is the step.
  const { norms, after } = await steps(
    given,
    reference,
    [1, 2],
    [
      {
        gradients: [
          [0.5, 3],
          [0.5, -1],
        ],
        scalars: { learningRate: 0.1, gradientNoiseScale: 2 },
        noise: { gradientNoise: vector([1, 1]) },
      },
    ],
  );
  expectClose(vector(after[0]!.parameters!), [0.89, 1.82], 1e-14);
  expect(norms[0]).toBeCloseTo(Math.sqrt(5), 14);
});

test("gradients are summed in their order, in memory that is shared or not", async () => {
  const plain: UpdateConfig = {
    ...config,
    optimizer: { name: "sgd" },
    clip: null,
    weightDecay: 0,
    gradientNoise: null,
  };
  const shared = new Float32Array(new SharedArrayBuffer(8));
  shared.set([2 ** -25, 3]);
  // In float32 1 + 2⁻²⁵ − 1 depends on the order: added to 1 first, 2⁻²⁵ is lost.
  const [one, minusOne] = [Float32Array.of(1, 1), Float32Array.of(-1, 2)];
  const taken = [
    { gradients: [one, shared, minusOne], scalars: { learningRate: 1 } },
    { gradients: [one, minusOne, shared], scalars: { learningRate: 1 } },
  ];
  const { norms, after } = await steps(plain, await onnxNodeRuntime(), [0, 0], taken);
  expect(after[0]!.parameters).toEqual([0, -6]);
  expect(after[1]!.parameters).toEqual([-(2 ** -25), -12]);
  expect(norms).toEqual([6, 6]);
});

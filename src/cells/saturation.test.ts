import fc from "fast-check";
import { expect, test } from "vitest";
import { floats, runGraph } from "../../tests/run-graph.ts";
import { gradient, input, mul, type NDArray, program, scan } from "../graph/index.ts";
import { onnxNodeRuntime } from "../runtime/onnx/node.ts";
import { saturation } from "./index.ts";

const costs = (z: NDArray, limit?: number) =>
  runGraph({ z }, (inputs) => {
    const cost = saturation(inputs.z!, limit);
    return { cost, slope: gradient(cost, [inputs.z!])[0]! };
  });

test("by hand: Σ max(0, |z| − 0.9), its derivative the sign of z outside ±0.9", () => {
  const { cost, slope } = costs(floats([-2, -0.9, -0.5, 0, 0.25, 0.9, 1, 1.5], [2, 4]));
  expect(cost!.shape).toEqual([]);
  expect(cost!.data[0]).toBeCloseTo(1.1 + 0.1 + 0.6, 14);
  expect([...slope!.data]).toEqual([-1, 0, 0, 0, 0, 0, 1, 1]);
});

test("another limit; inside it nothing costs", () => {
  const { cost, slope } = costs(floats([-0.75, -0.25, 0.5, 0.625]), 0.5);
  expect(cost!.data[0]).toBe(0.25 + 0.125);
  expect([...slope!.data]).toEqual([-1, 0, 0, 1]);
  expect(costs(floats([-0.9, 0.3, 0.899])).cost!.data[0]).toBe(0);
});

test("any numbers", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1 }), (z) => {
      const { cost, slope } = costs(floats(z));
      expect(cost!.data[0]).toBeCloseTo(
        z.reduce((sum, x) => sum + Math.max(0, Math.abs(x) - 0.9), 0),
        10,
      );
      for (const [k, x] of z.entries()) {
        // Nearer to the limit than 2⁻⁵⁹, where float64 numbers near 0.9 aren't, the slope may be smaller.
        expect(slope!.data[k]! + 0).toBe(Math.abs(x) > 0.9 ? Math.sign(x) : 0);
      }
    }),
  );
});

test("in 32 bits the slope is the sign at the next number beyond the limit", async () => {
  const limit = Math.fround(0.9);
  const step = 2 ** -24;
  const z = floats([limit + step, limit + 2 * step, -limit - 2 * step, limit - 2 * step, 1e30]);
  const x = input("z", z.shape);
  const [slope] = gradient(saturation(x), [x]);
  await using executable = await (await onnxNodeRuntime()).compile(program("saturation", { z: x }, { slope: slope! }));
  const results = await executable.run({ z });
  expect([...results.slope!.data]).toEqual([1, 1, -1, 0, 1]);
});

test("along a recurrence", () => {
  // z ← 2z from 0.5: 0.5, 1, 2, 4 cost 0 + 0.1 + 1.1 + 3.1, and ∂/∂z₀ = 2 + 4 + 8.
  const { cost, slope } = runGraph({ z: floats([0.5]) }, ({ z }) => {
    const { outputs } = scan({
      steps: 4,
      state: { z: z! },
      step: (now) => ({ state: { z: mul(now.z, 2) }, outputs: { z: now.z } }),
    });
    const cost = saturation(outputs.z);
    return { cost, slope: gradient(cost, [z!])[0]! };
  });
  expect(cost!.data[0]).toBeCloseTo(4.3, 12);
  expect([...slope!.data]).toEqual([14]);
});

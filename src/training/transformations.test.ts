import { describe, expect, test } from "vitest";
import { floats, runGraph } from "../../tests/run-graph.ts";
import { input, program, vectorize } from "../graph/index.ts";
import { onnxNodeRuntime } from "../runtime/onnx/node.ts";
import { reference } from "../runtime/reference/reference.ts";
import { addGradientNoise, clipByGlobalNorm, decayWeights, globalNorm } from "./index.ts";

const clip = (gradient: readonly number[], limit: number) => {
  const results = runGraph({ g: floats(gradient) }, ({ g }) => {
    const norm = globalNorm(g!);
    return { clipped: clipByGlobalNorm(g!, norm, limit), norm };
  });
  return { clipped: [...results.clipped!.data], norm: results.norm!.data[0]! };
};

describe("clipping by global norm (papers/004, eq. 8)", () => {
  test("below the limit nothing changes", () => {
    expect(clip([3, -4], 6)).toEqual({ clipped: [3, -4], norm: 5 });
  });

  test("above it the direction stays and the norm becomes the limit", () => {
    const { clipped, norm } = clip([3, -4], 2);
    expect(norm).toBe(5);
    expect(clipped[0]).toBeCloseTo(1.2, 15);
    expect(clipped[1]).toBeCloseTo(-1.6, 15);
  });

  test("just above it too", () => {
    const { clipped } = clip([3, -4], 4.999);
    expect(clipped[0]).toBeCloseTo(3 * 0.9998, 14);
    expect(clipped[1]).toBeCloseTo(-4 * 0.9998, 14);
  });

  test("exactly at the limit nothing changes", () => {
    expect(clip([3, -4], 5).clipped).toEqual([3, -4]);
  });

  test("a zero gradient stays zero", () => {
    expect(clip([0, 0, 0], 1)).toEqual({ clipped: [0, 0, 0], norm: 0 });
  });

  test.each([
    ["reference", async () => reference],
    ["ONNX Runtime", () => onnxNodeRuntime()],
  ] as const)("each replica for itself, on %s", async (_, open) => {
    const g = input("g", [2]);
    const all = input("all", [3, 2]);
    const [clipped, norm] = vectorize([clipByGlobalNorm(g, globalNorm(g), 2), globalNorm(g)], new Map([[g, all]]), 3);
    await using executable = await (await open()).compile(program("clip", { all }, { clipped: clipped!, norm: norm! }));
    const results = await executable.run({ all: floats([3, -4, 0.25, 1, 0, 0], [3, 2]) });
    expect(results.clipped!.shape).toEqual([3, 2]);
    for (const [k, expected] of [1.2, -1.6, 0.25, 1, 0, 0].entries()) {
      expect(results.clipped!.data[k]).toBeCloseTo(expected, 6);
    }
    expect(results.norm!.data[1]).toBeCloseTo(Math.sqrt(1.0625), 6);
  });
});

test("noise on the gradient: g + s n", () => {
  const { y } = runGraph({ g: floats([1, -2]), n: floats([10, 20]), s: floats([0.25], []) }, ({ g, n, s }) => ({
    y: addGradientNoise(g!, n!, s!),
  }));
  expect([...y!.data]).toEqual([3.5, 3]);
});

test("weight decay: g + λ θ", () => {
  const { y } = runGraph({ g: floats([1, -2]), p: floats([8, 4]) }, ({ g, p }) => ({ y: decayWeights(g!, p!, 0.125) }));
  expect([...y!.data]).toEqual([2, -1.5]);
});

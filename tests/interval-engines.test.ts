/**
 * What the interval runtime assumes of engines, measured: the error of ONNX Runtime's functions over float32 numbers of
 * all magnitudes, and bounds of random programs against what ONNX Runtime computes.
 */
import fc from "fast-check";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { APPROXIMATION } from "../src/graph/rounding.ts";
import { randomBoxes, randomPoint } from "../src/runtime/interval/boxes.test-helper.ts";
import { compileInterval } from "../src/runtime/interval/interval.ts";
import { onnxNodeRuntime } from "../src/runtime/onnx/node.ts";
import { encodeModel } from "../src/runtime/onnx/proto.ts";
import { generator, gradientProgram, type RandomGraph, randomProgram } from "./random-graph.ts";

/** Runs one ONNX operator on float32 rows. */
async function run(opType: string, data: Float32Array, columns: number): Promise<Float32Array> {
  const model = encodeModel({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 17 }],
    producerName: "longhand",
    producerVersion: "",
    docString: "",
    metadata: {},
    graph: {
      name: opType,
      nodes: [{ opType, name: opType, inputs: ["x"], outputs: ["y"], attributes: {} }],
      inputs: [{ name: "x", elementType: "FLOAT", shape: ["rows", columns] }],
      outputs: [{ name: "y", elementType: "FLOAT", shape: ["rows", columns] }],
      initializers: [],
      valueInfo: [],
    },
  });
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const { y } = await session.run({ x: new Tensor("float32", data, [data.length / columns, columns]) });
  await session.release();
  return y!.data as Float32Array;
}

/** Every 2^13-th float32 between bounds (each magnitude, 1024 numbers an octave), and a fine grid between −20 and 20. */
function sweep(accepts: (x: number) => boolean): Float32Array {
  const bits = Uint32Array.from({ length: 2 ** 19 }, (_, k) => k * 2 ** 13 + (k % 8191));
  const numbers = [
    ...new Float32Array(bits.buffer),
    ...Array.from({ length: 2 ** 17 }, (_, k) => Math.fround((k - 2 ** 16) / 3276.8)),
  ];
  return Float32Array.from(numbers.filter((x) => Number.isFinite(x) && accepts(x)));
}

/** The largest error relative to 1 + |y|, and where. */
function worst(
  x: Float32Array,
  y: Float32Array,
  exact: (x: number) => number,
): { error: number; at: number; got: number } {
  let found = { error: 0, at: 0, got: 0 };
  for (let k = 0; k < x.length; k++) {
    const wanted = exact(x[k]!);
    const got = y[k]!;
    // Beyond float32, infinity and the largest number are both right.
    if (Math.abs(wanted) > 3.4e38 && Math.abs(got) > 3.4e38 && Math.sign(wanted) === Math.sign(got)) continue;
    const error = Object.is(wanted, got) ? 0 : Math.abs(got - wanted) / (1 + Math.abs(wanted));
    if (!(error <= found.error)) found = { error, at: x[k]!, got };
  }
  return found;
}

const functions: Readonly<Record<string, readonly [exact: (x: number) => number, accepts: (x: number) => boolean]>> = {
  Tanh: [Math.tanh, () => true],
  Sigmoid: [(x) => 1 / (1 + Math.exp(-x)), () => true],
  Exp: [Math.exp, () => true],
  Log: [Math.log, (x) => x >= 0],
  Softplus: [(x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), () => true],
  Sin: [Math.sin, (x) => Math.abs(x) < 1e4],
  Cos: [Math.cos, (x) => Math.abs(x) < 1e4],
};

describe("functions err by at most half of what the bounds allow", () => {
  for (const [opType, [exact, accepts]] of Object.entries(functions)) {
    test(opType, async () => {
      const x = sweep(accepts);
      expect(x.length).toBeGreaterThan(2 ** 17);
      const { error, at, got } = worst(x, await run(opType, x, 1), exact);
      expect(error, `${opType}(${at}) is ${exact(at)}, received ${got}`).toBeLessThanOrEqual(APPROXIMATION / 2);
    });
  }

  test("Sin and Cos of any number stay within −1 … 1", async () => {
    const x = sweep(() => true);
    for (const opType of ["Sin", "Cos"]) {
      for (const y of await run(opType, x, 1)) {
        if (!(Math.abs(y) <= 1 + APPROXIMATION)) expect.fail(`${opType} gives ${y}`);
      }
    }
  });

  test("Sqrt and Reciprocal round correctly", async () => {
    for (const [opType, accepts, exact] of [
      ["Sqrt", (x: number) => x >= 0, Math.sqrt],
      ["Reciprocal", (x: number) => x !== 0, (x: number) => 1 / x],
    ] as const) {
      const x = sweep(accepts);
      const y = await run(opType, x, 1);
      const wrong = x.findIndex((value, k) => y[k] !== Math.fround(exact(value)));
      expect(wrong, `${opType}(${x[wrong]}) gives ${y[wrong]}`).toBe(-1);
    }
  });

  test("Softmax and LogSoftmax of rows of 2, 5 and 33 numbers", async () => {
    const random = generator(1);
    for (const columns of [2, 5, 33]) {
      const scale = (k: number) => [1e-3, 1, 10, 80, 1e4][Math.floor(k / columns) % 5]!;
      const x = Float32Array.from({ length: columns * 4000 }, (_, k) => scale(k) * (2 * random() - 1));
      const [softmax, logSoftmax] = [await run("Softmax", x, columns), await run("LogSoftmax", x, columns)];
      let [worstShare, worstLogarithm] = [0, 0];
      for (let start = 0; start < x.length; start += columns) {
        const row = Array.from(x.subarray(start, start + columns));
        const largest = Math.max(...row);
        const total = row.reduce((sum, value) => sum + Math.exp(value - largest), 0);
        row.forEach((value, k) => {
          const logarithm = value - largest - Math.log(total);
          worstShare = Math.max(worstShare, Math.abs(softmax[start + k]! - Math.exp(logarithm)));
          const error = Math.abs(logSoftmax[start + k]! - logarithm) / (1 + Math.abs(logarithm));
          worstLogarithm = Math.max(worstLogarithm, error);
        });
      }
      expect(worstShare).toBeLessThanOrEqual(APPROXIMATION / 2);
      expect(worstLogarithm).toBeLessThanOrEqual(APPROXIMATION / 2);
    }
  });
});

describe("what ONNX Runtime computes lies within the bounds", async () => {
  const runtime = await onnxNodeRuntime();
  for (const [what, programOf, numRuns] of [
    ["random programs", ({ program }: RandomGraph) => program, 60],
    ["derivatives of random programs", (graph: RandomGraph) => gradientProgram(graph), 30],
  ] as const) {
    test(what, async () => {
      await fc.assert(
        fc.asyncProperty(randomProgram(), fc.nat(), fc.constantFrom(0, 1e-4, 0.1), async (graph, seed, radius) => {
          const compiled = programOf(graph);
          const random = generator(seed);
          const boxes = randomBoxes(graph.inputs, random, radius);
          const bounds = compileInterval(compiled).run(boxes);
          await using executable = await runtime.compile(compiled);
          for (const where of ["corner", "anywhere"] as const) {
            const results = await executable.run(randomPoint(boxes, random, where));
            for (const [name, { lower, upper }] of Object.entries(bounds)) {
              results[name]!.data.forEach((value, k) => {
                const [low, high] = [lower.data[k]!, upper.data[k]!];
                if (!(low <= value && value <= high))
                  expect.fail(`${name}[${k}] is ${value}, outside ${low} … ${high}`);
              });
            }
          }
        }),
        { seed: 41, numRuns },
      );
    });
  }
});

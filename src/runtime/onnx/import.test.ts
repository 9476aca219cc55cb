import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generator, gradientProgram, randomProgram } from "../../../tests/random-graph.ts";
import type { NDArray } from "../../graph/index.ts";
import { compileReference } from "../reference/reference.ts";
import { decodeModel } from "./decode.ts";
import { encodeModel } from "./encode.ts";
import { type ImportOptions, importModel } from "./import.ts";
import { lower } from "./lowering.ts";
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, ValueInfo } from "./model.ts";
import type { OnnxTensor } from "./tensor.ts";

const info = (
  name: string,
  shape?: ValueInfo["shape"],
  elementType: ValueInfo["elementType"] = "FLOAT",
): ValueInfo => ({
  name,
  elementType,
  ...(shape && { shape }),
});
const float = (values: readonly number[], shape: readonly number[] = [values.length]): NDArray => ({
  dtype: "float",
  shape,
  data: Float64Array.from(values),
});
const ints = (name: string, values: readonly number[]): OnnxTensor => ({
  name,
  elementType: "INT64",
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});
const list = (...value: number[]): OnnxAttribute => ({ type: "ints", value });
const one = (value: number): OnnxAttribute => ({ type: "int", value });

function node(
  opType: string,
  inputs: string[],
  outputs: string[],
  attributes: Record<string, OnnxAttribute> = {},
): OnnxNode {
  return { opType, name: "", inputs, outputs, attributes };
}

function modelOf(
  nodes: OnnxNode[],
  inputs: ValueInfo[],
  outputs: string[],
  version = 17,
  initializers: OnnxTensor[] = [],
): OnnxModel {
  const graph: OnnxGraph = {
    name: "g",
    nodes,
    inputs,
    outputs: outputs.map((name) => info(name)),
    initializers,
    valueInfo: [],
  };
  const opsetImport = [{ domain: "", version }];
  return { irVersion: 8, opsetImport, producerName: "", producerVersion: "", docString: "", metadata: {}, graph };
}

const run = (model: OnnxModel, inputs: Record<string, NDArray>, options?: ImportOptions) =>
  compileReference(importModel(model, options)).run(inputs);

const x23 = float([1, 2, 3, 4, 5, 6], [2, 3]);

describe("what Longhand writes, it reads", () => {
  for (const [what, graphOf] of [
    ["programs", ({ program }: RandomGraph) => program],
    ["gradients", (graph: RandomGraph) => gradientProgram(graph)],
  ] as const) {
    test(`random ${what} through the bytes of a file`, () => {
      fc.assert(
        fc.property(randomProgram(), (graph) => {
          const original = graphOf(graph);
          const imported = importModel(decodeModel(encodeModel(lower(original))));
          const expected = Object.values(compileReference(original).run(graph.inputs));
          const actual = Object.values(compileReference(imported).run(graph.inputs));
          expected.forEach(({ shape, data }, k) => {
            expect(actual[k]!.shape).toEqual(shape);
            // Constants became 32 bits wide in the file.
            data.forEach((value, i) => {
              expect(Math.abs(actual[k]!.data[i]! - value)).toBeLessThan(1e-5 * (1 + Math.abs(value)));
            });
          });
        }),
        { seed: 3, numRuns: 100 },
      );
    });
  }
});
type RandomGraph = ReturnType<ReturnType<typeof randomProgram>["generate"]>["value"];

describe("Scan", () => {
  const body: OnnxGraph = {
    name: "body",
    nodes: [
      node("Mul", ["sum", "outer"], ["half"]),
      node("Add", ["half", "item"], ["next"]),
      node("Identity", ["next"], ["out"]),
    ],
    inputs: [info("sum"), info("item")],
    outputs: [info("next"), info("out")],
    initializers: [],
    valueInfo: [],
  };
  const scanned = (attributes: Record<string, OnnxAttribute>) =>
    modelOf(
      [
        node("Scan", ["zero", "x"], ["final", "all"], {
          body: { type: "graph", value: body },
          num_scan_inputs: one(1),
          ...attributes,
        }),
      ],
      [info("zero", [2]), info("x", [undefined, 2]), info("outer", [])],
      ["final", "all"],
    );
  // s ← 10 s + item, for two columns: 1 3 5 and 2 4 6.
  const inputs = { zero: float([0, 0]), x: float([1, 2, 3, 4, 5, 6], [3, 2]), outer: float([10], []) };

  test("forward, with a value of the graph around", () => {
    const { final, all } = run(scanned({}), inputs);
    expect([...final!.data]).toEqual([135, 246]);
    expect([...all!.data]).toEqual([1, 2, 13, 24, 135, 246]);
  });

  test("backward: results are appended in the order of the steps unless they are prepended", () => {
    const backward = run(scanned({ scan_input_directions: list(1) }), inputs);
    expect([...backward.final!.data]).toEqual([531, 642]);
    expect([...backward.all!.data]).toEqual([5, 6, 53, 64, 531, 642]);
    const both = run(scanned({ scan_input_directions: list(1), scan_output_directions: list(1) }), inputs);
    expect([...both.all!.data]).toEqual([531, 642, 53, 64, 5, 6]);
    const prepended = run(scanned({ scan_output_directions: list(1) }), inputs);
    expect([...prepended.all!.data]).toEqual([135, 246, 13, 24, 1, 2]);
  });

  test("along other axes", () => {
    const model = scanned({ scan_input_axes: list(1), scan_output_axes: list(-1) });
    const columns = {
      ...model,
      graph: { ...model.graph, inputs: [info("zero", [2]), info("x", [2, "n"]), info("outer", [])] },
    };
    const { all } = run(columns, { ...inputs, x: float([1, 3, 5, 2, 4, 6], [2, 3]) });
    expect(all!.shape).toEqual([2, 3]);
    expect([...all!.data]).toEqual([1, 13, 135, 2, 24, 246]);
  });

  test("sequences read in two directions at once", () => {
    const pair: OnnxGraph = {
      ...body,
      nodes: [node("Mul", ["p", "q"], ["out"]), node("Add", ["sum", "out"], ["next"])],
      inputs: [info("sum"), info("p"), info("q")],
    };
    const model = modelOf(
      [
        node("Scan", ["zero", "x", "x"], ["final", "all"], {
          body: { type: "graph", value: pair },
          num_scan_inputs: one(2),
          scan_input_directions: list(0, 1),
        }),
      ],
      [info("zero", []), info("x", ["n"])],
      ["final", "all"],
    );
    const { final, all } = run(model, { zero: float([0], []), x: float([1, 2, 3]) });
    expect([...all!.data]).toEqual([3, 4, 3]);
    expect([...final!.data]).toEqual([10]);
  });
});

describe("forms of older operator sets", () => {
  test("Softmax before 13 joins the axes from 1 on", () => {
    const x = [info("x", [2, 3, 1])];
    const { y } = run(modelOf([node("Softmax", ["x"], ["y"])], x, ["y"], 11), {
      x: float([0, 0, Math.log(2), 1, 1, 1], [2, 3, 1]),
    });
    for (const [k, value] of [0.25, 0.25, 0.5, 1 / 3, 1 / 3, 1 / 3].entries())
      expect(y!.data[k]).toBeCloseTo(value, 12);
    const now = run(modelOf([node("Softmax", ["x"], ["y"])], x, ["y"], 13), {
      x: float([0, 0, 5, 1, 1, 1], [2, 3, 1]),
    });
    expect([...now.y!.data]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test("Clip, Slice, Pad, Unsqueeze and ReduceMean with attributes", () => {
    const nodes = [
      node("Clip", ["x"], ["a"], { min: { type: "float", value: 2 }, max: { type: "float", value: 5 } }),
      node("Slice", ["x"], ["b"], { starts: list(0, -2), ends: list(1, 1000), axes: list(0, 1) }),
      node("Pad", ["x"], ["c"], { pads: list(0, 1, 1, -1), value: { type: "float", value: 9 } }),
      node("Unsqueeze", ["x"], ["d"], { axes: list(0, 3) }),
      node("ReduceMean", ["x"], ["e"], { axes: list(1), keepdims: one(0) }),
    ];
    const results = run(modelOf(nodes, [info("x", [2, 3])], ["a", "b", "c", "d", "e"], 9), { x: x23 });
    expect([...results.a!.data]).toEqual([2, 2, 3, 4, 5, 5]);
    expect([...results.b!.data]).toEqual([2, 3]);
    expect(results.c!.shape).toEqual([3, 3]);
    expect([...results.c!.data]).toEqual([9, 1, 2, 9, 4, 5, 9, 9, 9]);
    expect(results.d!.shape).toEqual([1, 2, 3, 1]);
    expect([...results.e!.data]).toEqual([2, 5]);
  });

  test("Add before 7 broadcasts from the axis that is named", () => {
    const inputs = [info("x", [2, 3]), info("y", [2])];
    const added = node("Add", ["x", "y"], ["z"], { broadcast: one(1), axis: one(0) });
    const { z } = run(modelOf([added], inputs, ["z"], 6), { x: x23, y: float([10, 20]) });
    expect([...z!.data]).toEqual([11, 12, 13, 24, 25, 26]);
  });

  test("Gemm: α A Bᵀ + β C", () => {
    const gemm = node("Gemm", ["a", "b", "c"], ["y"], {
      alpha: { type: "float", value: 0.5 },
      beta: { type: "float", value: 2 },
      transB: one(1),
    });
    const inputs = [info("a", ["n", 3]), info("b", [2, 3]), info("c", [2])];
    const { y } = run(modelOf([gemm], inputs, ["y"]), { a: float([1, 2, 3], [1, 3]), b: x23, c: float([1, 1]) });
    expect([...y!.data]).toEqual([7 + 2, 16 + 2]);
  });
});

test("shapes that the model computes stay open", () => {
  // [n, 3] → [3n] by Shape, Gather, Mul, Concat and by −1.
  const nodes = [
    node("Shape", ["x"], ["shape"]),
    node("Gather", ["shape", "first"], ["n"]),
    node("Mul", ["n", "three"], ["size"]),
    node("Concat", ["size"], ["target"], { axis: one(0) }),
    node("Reshape", ["x", "target"], ["a"]),
    node("Reshape", ["x", "minus"], ["b"]),
    node("Add", ["a", "b"], ["y"]),
  ];
  const initializers = [ints("first", [0]), ints("three", [3]), ints("minus", [-1])];
  const program = importModel(modelOf(nodes, [info("x", ["n", 3])], ["y"], 17, initializers));
  expect(program.outputs.y!.shape).toEqual(["3*n"]);
  const random = generator(1);
  const x = float(Array.from({ length: 12 }, random), [4, 3]);
  expect([...compileReference(program).run({ x }).y!.data]).toEqual([...x.data].map((value) => 2 * value));
});

describe("what can't be read is named with the reason", () => {
  const refused = (model: OnnxModel, code: string, ...words: string[]) => {
    for (const word of words) {
      expect(() => importModel(model)).toThrow(
        expect.objectContaining({ code, message: expect.stringContaining(word) }),
      );
    }
  };
  const x = [info("x", [2, 3])];

  test("operators, domains, forms", () => {
    refused(modelOf([node("Einsum", ["x"], ["y"])], x, ["y"]), "unsupported", "Einsum", "isn't supported");
    const foreign = { ...node("Add", ["x", "x"], ["y"]), domain: "com.microsoft" };
    refused(modelOf([foreign], x, ["y"]), "unsupported", "Add", "com.microsoft");
    const reshaped = modelOf([node("Reshape", ["x", "s"], ["y"])], [...x, info("s", [1], "INT64")], ["y"]);
    refused(reshaped, "unsupported", "Reshape", '"s" is computed');
    refused(modelOf([node("Cast", ["x"], ["y"], { to: one(10) })], x, ["y"]), "unsupported", "Cast", "FLOAT16");
    refused(modelOf([node("Scan", ["", "x"], ["y"])], x, ["y"], 8), "unsupported", "Scan", "batch axis");
    refused(modelOf([], [info("x")], ["x"]), "unsupported", '"x"', "unknown rank");
  });

  test("names that nothing makes", () => {
    refused(modelOf([node("Tanh", ["z"], ["y"])], x, ["y"]), "format", "Tanh", '"z"');
    refused(modelOf([], x, ["y"]), "format", '"y"');
  });

  test("no property of a table is taken for an operator", () => {
    refused(modelOf([node("constructor", ["x"], ["y"])], x, ["y"]), "unsupported", "constructor");
  });
});

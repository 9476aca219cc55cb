/** Programs as ONNX models: what is written where, and under which names. */
import { describe, expect, test } from "vitest";
import {
  add,
  constant,
  expand,
  gradient,
  input,
  matmul,
  mul,
  ndarray,
  place,
  program,
  reduceSum,
  reshape,
  scan,
  sigmoid,
  stopGradient,
  straightThroughStep,
  type Tensor,
  tanh,
} from "../../graph/index.ts";
import { encodeModel } from "./encode.ts";
import { lower } from "./lowering.ts";
import type { OnnxGraph, OnnxNode } from "./model.ts";

const types = (nodes: readonly OnnxNode[]) => nodes.map(({ opType }) => opType);

function bodyOf({ nodes }: OnnxGraph, index = 0): OnnxGraph {
  const scans = nodes.filter(({ opType }) => opType === "Scan");
  const body = scans[index]!.attributes.body!;
  if (body.type !== "graph") throw new Error("the body of a Scan must be a graph");
  return body.value;
}

/** An Elman network over [time, batch, 2] with 3 hidden units. */
function recurrent() {
  const x = input("x", ["time", "batch", 2]);
  const h0 = input("h0", ["batch", 3]);
  const W = input("W", [2, 3]);
  const U = input("U", [3, 3]);
  const { state, outputs } = scan({
    state: { h: h0 },
    sequences: { x },
    step({ h }, items) {
      const next = tanh(add(matmul(items.x, W), matmul(h, U)));
      return { state: { h: next }, outputs: { y: next } };
    },
  });
  return { inputs: { x, h0, W, U }, final: state.h, y: outputs.y };
}

test("a model of operator set 17 and IR version 8 with the program's inputs, open dimensions and outputs", () => {
  const x = input("x", ["batch", 2]);
  const unused = input("unused", ["length+2"], "int");
  const y = place("net > layer 1", () => tanh(mul(x, x)));
  const { irVersion, opsetImport, graph, producerName, docString } = lower(
    program("p", { unused, x, length: input("length", ["length"]) }, { y }),
    { doc: "a square" },
  );
  expect({ irVersion, opsetImport, producerName, docString }).toEqual({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 17 }],
    producerName: "longhand",
    docString: "a square",
  });
  expect(graph.inputs.map(({ name, elementType, shape }) => [name, elementType, shape])).toEqual([
    ["unused", "INT32", ["length+2"]],
    ["x", "FLOAT", ["batch", 2]],
    ["length", "FLOAT", ["length"]],
  ]);
  expect(graph.outputs).toEqual([{ name: "y", elementType: "FLOAT", shape: ["batch", 2] }]);
  expect(graph.nodes.map(({ name }) => name)).toEqual(["net/layer 1/Mul_1", "net/layer 1/Tanh_1"]);
});

describe("outputs", () => {
  const x = input("x", [2]);
  const y = tanh(x);

  test("that are inputs, constants, or one value twice, are copies", () => {
    const one = constant(ndarray(Float64Array.of(1, 2), [2]));
    const { nodes } = lower(program("p", { x }, { a: y, b: y, c: x, d: one })).graph;
    expect(nodes.map(({ opType, inputs, outputs }) => [opType, ...inputs, ...outputs])).toEqual([
      ["Tanh", "x", "a"],
      ["Identity", "a", "b"],
      ["Identity", "x", "c"],
      ["Identity", "constant_1", "d"],
    ]);
  });

  test("named like an input get another name", () => {
    const { outputs } = lower(program("p", { x, y: input("y", []) }, { x: y, y })).graph;
    expect(outputs.map(({ name }) => name)).toEqual(["x_1", "y_1"]);
  });
});

describe("scans", () => {
  test("capture weights by name; every value of the body has its shape", () => {
    const { inputs, y, final } = recurrent();
    const { graph } = lower(program("p", inputs, { y, final }));
    expect(graph.nodes.map(({ inputs: given, outputs }) => [given, outputs])).toEqual([
      [
        ["h0", "x"],
        ["final", "y"],
      ],
    ]);
    const body = bodyOf(graph);
    expect(body.inputs.map(({ name, shape }) => [name, shape])).toEqual([
      ["Scan/h", ["batch", 3]],
      ["Scan/x", ["batch", 2]],
    ]);
    expect(body.outputs.map(({ shape }) => shape)).toEqual([
      ["batch", 3],
      ["batch", 3],
    ]);
    // The same value as next state and output: the second is a copy.
    expect(types(body.nodes)).toEqual(["MatMul", "MatMul", "Add", "Tanh", "Identity"]);
    expect(body.nodes[0]!.inputs).toEqual(["Scan/x", "W"]);
    expect(body.nodes[1]!.inputs).toEqual(["Scan/h", "U"]);
  });

  test("run backwards by directions, outputs too", () => {
    const x = input("x", ["time"]);
    const { outputs } = scan({
      state: { sum: expand(reduceSum(x), []) },
      sequences: { x },
      reverse: true,
      step: ({ sum }, items) => ({ state: { sum: add(sum, items.x) }, outputs: { y: sum } }),
    });
    const { attributes } = lower(program("p", { x }, { y: outputs.y })).graph.nodes.at(-1)!;
    expect({ ...attributes, body: undefined }).toEqual({
      body: undefined,
      num_scan_inputs: { type: "int", value: 1 },
      scan_input_directions: { type: "ints", value: [1] },
      scan_output_directions: { type: "ints", value: [1] },
    });
  });

  test("copy next states and outputs that no node of the body makes", () => {
    const x = input("x", ["time", 2]);
    const c = input("c", [2]);
    const { state, outputs } = scan({
      state: { a: c, b: c },
      sequences: { x },
      step: ({ a, b }, items) => ({ state: { a: b, b: a }, outputs: { item: items.x, captured: c } }),
    });
    const body = bodyOf(lower(program("p", { x, c }, { a: state.a, b: state.b, ...outputs })).graph);
    expect(body.nodes.map(({ opType, inputs }) => [opType, ...inputs])).toEqual([
      ["Identity", "Scan/b"],
      ["Identity", "Scan/a"],
      ["Identity", "Scan/x"],
      ["Identity", "c"],
    ]);
    expect(new Set(body.outputs.map(({ name }) => name)).size).toBe(4);
  });

  test("what depends on neither state nor item is computed outside, whole scans included", () => {
    const x = input("x", ["time", 2]);
    const w = input("w", ["count", 2]);
    const zero = input("zero", [2]);
    const { state } = scan({
      state: { h: zero },
      sequences: { x },
      step({ h }, items) {
        const inner = scan({
          state: { s: zero },
          sequences: { w },
          step: ({ s }, row) => ({ state: { s: add(s, tanh(row.w)) } }),
        });
        return { state: { h: add(mul(h, sigmoid(inner.state.s)), items.x) } };
      },
    });
    const { graph } = lower(program("p", { x, w, zero }, { h: state.h }));
    expect(types(graph.nodes)).toEqual(["Scan", "Sigmoid", "Scan"]);
    expect(types(bodyOf(graph, 1).nodes)).toEqual(["Mul", "Add"]);
  });

  test("an inner scan that uses the outer state stays inside", () => {
    const x = input("x", ["time", 2]);
    const w = input("w", ["count", 2]);
    const zero = input("zero", [2]);
    const { state } = scan({
      state: { h: zero },
      sequences: { x },
      step({ h }, items) {
        const inner = scan({
          state: { s: zero },
          sequences: { w },
          step: ({ s }, row) => ({ state: { s: add(s, mul(row.w, h)) } }),
        });
        return { state: { h: add(inner.state.s, items.x) } };
      },
    });
    const { graph } = lower(program("p", { x, w, zero }, { h: state.h }));
    expect(types(graph.nodes)).toEqual(["Scan"]);
    expect(types(bodyOf(graph).nodes)).toEqual(["Scan", "Add"]);
    expect(types(bodyOf(bodyOf(graph)).nodes)).toEqual(["Mul", "Add"]);
  });
});

describe("what nothing needs isn't written", () => {
  test("residuals that a derivative would read", () => {
    const { inputs, y, final } = recurrent();
    const before = lower(program("p", inputs, { y, final }));
    gradient(reduceSum(y), Object.values(inputs));
    expect(lower(program("p", inputs, { y, final }))).toEqual(before);
  });

  test("states, items and outputs of a scan that are only computed for others", () => {
    const x = input("x", ["time"]);
    const z = input("z", ["time"]);
    const zero = constant(ndarray(Float64Array.of(0), []));
    const { state } = scan({
      state: { a: zero, b: zero },
      sequences: { x, z },
      step: ({ a, b }, items) => ({
        state: { a: add(a, items.x), b: add(b, items.z) },
        outputs: { product: mul(a, b) },
      }),
    });
    const { graph } = lower(program("p", { x, z }, { a: state.a }));
    expect(graph.nodes[0]!.inputs).toEqual(["constant_1", "x"]);
    expect(types(bodyOf(graph).nodes)).toEqual(["Add"]);
  });

  test("a scan keeps a sequence to count its steps by", () => {
    const x = input("x", ["time"]);
    const one = constant(ndarray(Float64Array.of(1), []));
    const { state } = scan({
      state: { power: one },
      sequences: { x },
      step: ({ power }) => ({ state: { power: add(power, power) } }),
    });
    const [node] = lower(program("p", { x }, { power: state.power })).graph.nodes;
    expect(node!.inputs).toEqual(["constant_1", "x"]);
  });

  test("proxies of surrogates, and identities", () => {
    const x = input("x", [2]);
    const y = stopGradient(straightThroughStep(tanh(x)));
    expect(types(lower(program("p", { x }, { y })).graph.nodes)).toEqual(["Tanh", "Greater", "Where"]);
  });

  test("constants: each once, only those in use, floats 32 bits wide", () => {
    const x = input("x", [2]);
    const half = () => constant(ndarray(Float64Array.of(0.1), []));
    const minusZero = constant(ndarray(Float64Array.of(-0), []));
    const zero = constant(ndarray(Float64Array.of(0), []));
    const y = add(add(mul(x, half()), mul(x, half())), mul(minusZero, zero));
    const { graph } = lower(program("p", { x }, { y }));
    expect(graph.initializers.map(({ elementType, data }) => [elementType, ...data])).toEqual([
      ["FLOAT", Math.fround(0.1)],
      ["FLOAT", -0],
      ["FLOAT", 0],
    ]);
    // Equal nodes are one as well.
    expect(types(graph.nodes)).toEqual(["Mul", "Add", "Mul", "Add"]);
  });
});

describe("open dimensions", () => {
  const shapeNodes = (build: (x: Tensor) => Tensor) => {
    const x = input("x", ["batch", "time", 2]);
    const { graph } = lower(program("p", { x }, { y: build(x) }));
    const integers = graph.initializers.filter(({ elementType }) => elementType === "INT64");
    return {
      nodes: types(graph.nodes),
      integers: integers.map(({ data }) => Array.from(data as BigInt64Array, Number)),
    };
  };

  test("one open extent of a reshape is −1", () => {
    expect(shapeNodes((x) => reshape(x, ["batch*time", 2]))).toEqual({ nodes: ["Reshape"], integers: [[-1, 2]] });
  });

  test("shapes are computed from the shapes of inputs", () => {
    const { nodes, integers } = shapeNodes((x) => expand(reduceSum(x), ["2*batch*time+3", 1, 5, "time"]));
    expect(nodes).toEqual(["ReduceSum", "Shape", "Shape", "Mul", "Mul", "Add", "Concat", "Expand"]);
    expect(integers).toContainEqual([1, 5]);
  });

  test("outside of the loop", () => {
    const x = input("x", ["time", "batch", 2]);
    const zero = input("zero", ["batch"]);
    const { outputs } = scan({
      state: { h: zero },
      sequences: { x },
      step({ h }, items) {
        const next = add(h, reduceSum(items.x, { axes: [1] }));
        return { state: { h: next }, outputs: { y: expand(reshape(next, ["batch", 1]), ["batch", "batch"]) } };
      },
    });
    const { graph } = lower(program("p", { x, zero }, { y: outputs.y }));
    expect(types(graph.nodes)).toEqual(["Shape", "Concat", "Scan"]);
    expect(types(bodyOf(graph).nodes)).toEqual(["ReduceSum", "Add", "Reshape", "Expand"]);
  });
});

test("the same program gives the same bytes", () => {
  const bytes = () => {
    const { inputs, y } = recurrent();
    const derivatives = gradient(reduceSum(mul(y, y)), Object.values(inputs));
    const named = Object.fromEntries(derivatives.map((tensor, k) => [`d${k}`, tensor]));
    return encodeModel(lower(program("p", inputs, named)));
  };
  expect(bytes()).toEqual(bytes());
});

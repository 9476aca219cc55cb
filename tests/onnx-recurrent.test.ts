/** ONNX's recurrent operators: what ONNX Runtime makes of them, what we make of them, and ours written as them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type NDArray, ndarray } from "../src/graph/index.ts";
import { randomSource } from "../src/random/index.ts";
import { importModel } from "../src/runtime/onnx/import.ts";
import { lower } from "../src/runtime/onnx/lowering.ts";
import type { OnnxAttribute, OnnxModel } from "../src/runtime/onnx/proto.ts";
import { compileReference } from "../src/runtime/reference/reference.ts";
import { operatorsOf, runModel } from "./onnx-engine.ts";

type Arrays = Record<string, NDArray>;
type OpType = "RNN" | "LSTM" | "GRU";

interface Case {
  readonly opType: OpType;
  readonly direction: "forward" | "reverse" | "bidirectional";
  readonly sizes: { readonly time: number; readonly batch: number; readonly input: number; readonly hidden: number };
  readonly seed: number;
  /** Which optional inputs are there. */
  readonly has: {
    readonly B: boolean;
    readonly lengths: boolean;
    readonly h: boolean;
    readonly c: boolean;
    readonly P: boolean;
  };
  readonly activations?: readonly string[] | undefined;
  readonly alpha?: readonly number[];
  readonly beta?: readonly number[];
  readonly clip?: number | undefined;
  readonly linearBeforeReset?: boolean;
}

const gatesOf = { RNN: 1, LSTM: 4, GRU: 3 };
const inputNames = ["X", "W", "R", "B", "lengths", "h", "c", "P"];

/** A model of one recurrent operator whose inputs are all inputs of the graph, and numbers for them. */
function modelOf(one: Case): { model: OnnxModel; inputs: Arrays } {
  const { opType, direction, sizes, seed, has } = one;
  const { time, batch, input, hidden } = sizes;
  const D = direction === "bidirectional" ? 2 : 1;
  const rows = gatesOf[opType] * hidden;
  const shapes: Record<string, readonly number[]> = {
    X: [time, batch, input],
    W: [D, rows, input],
    R: [D, rows, hidden],
    ...(has.B && { B: [D, 2 * rows] }),
    ...(has.lengths && { lengths: [batch] }),
    ...(has.h && { h: [D, batch, hidden] }),
    ...(opType === "LSTM" && has.c && { c: [D, batch, hidden] }),
    ...(opType === "LSTM" && has.P && { P: [D, 3 * hidden] }),
  };
  const source = randomSource(seed);
  const inputs = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const stream = source.stream(name);
      const size = shape.reduce((a, b) => a * b, 1);
      if (name === "lengths") {
        return [
          name,
          ndarray(
            Int32Array.from({ length: size }, (_, k) => (k === 0 ? time : 1 + (k % time))),
            shape,
          ),
        ];
      }
      return [
        name,
        ndarray(
          Float32Array.from(stream.normal(new Float64Array(size)), (value) => value / 2),
          shape,
        ),
      ];
    }),
  );
  const attributes: Record<string, OnnxAttribute> = {
    hidden_size: { type: "int", value: hidden },
    direction: { type: "string", value: direction },
    ...(one.activations && { activations: { type: "strings", value: one.activations } }),
    ...(one.alpha && { activation_alpha: { type: "floats", value: one.alpha } }),
    ...(one.beta && { activation_beta: { type: "floats", value: one.beta } }),
    ...(one.clip !== undefined && { clip: { type: "float", value: one.clip } }),
    ...(opType === "GRU" && one.linearBeforeReset && { linear_before_reset: { type: "int", value: 1 } }),
  };
  const outputs = ["Y", "Y_h", ...(opType === "LSTM" ? ["Y_c"] : [])];
  const given = inputNames.map((name) => (shapes[name] ? name : "")).slice(0, opType === "LSTM" ? 8 : 6);
  const info = (name: string, shape: readonly number[]) => {
    return { name, elementType: name === "lengths" ? ("INT32" as const) : ("FLOAT" as const), shape };
  };
  const final = [D, batch, hidden];
  const model: OnnxModel = {
    irVersion: 8,
    opsetImport: [{ domain: "", version: 17 }],
    producerName: "",
    producerVersion: "",
    docString: "",
    metadata: {},
    graph: {
      name: "one",
      nodes: [{ opType, name: "", inputs: given, outputs, attributes }],
      inputs: Object.entries(shapes).map(([name, shape]) => info(name, shape)),
      outputs: outputs.map((name) => info(name, name === "Y" ? [time, D, batch, hidden] : final)),
      initializers: [],
      valueInfo: [],
    },
  };
  return { model, inputs };
}

function expectSame(received: Arrays, expected: Arrays, what: string): void {
  for (const [name, { shape, data }] of Object.entries(expected)) {
    const got = received[name]!;
    expect(got.shape, `${what}, ${name}`).toEqual(shape);
    data.forEach((value, k) => {
      const difference = Math.abs(got.data[k]! - value);
      if (!(difference <= 2e-5 * Math.max(1, Math.abs(value)))) {
        expect.fail(`${what}: ${name}[${k}] is ${got.data[k]}, expected ${value}`);
      }
    });
  }
}

/** Compares ONNX Runtime's operator with ours on the reference and on ONNX Runtime, as a loop and as the operator. */
async function compare(one: Case): Promise<string[]> {
  const { model, inputs } = modelOf(one);
  const expected = await runModel(model, inputs);
  const program = importModel(model);
  expectSame(compileReference(program).run(inputs), expected, "reference");
  const native = lower(program, { recurrence: "native" });
  expectSame(await runModel(lower(program), inputs), expected, "as a loop");
  expectSame(await runModel(native, inputs), expected, "written natively");
  return operatorsOf(native.graph);
}

const sizes = { time: 4, batch: 3, input: 2, hidden: 3 };
const all = { B: true, lengths: true, h: true, c: true, P: true };
const none = { B: false, lengths: false, h: false, c: false, P: false };

const cases = fc.record({
  opType: fc.constantFrom<OpType>("RNN", "LSTM", "GRU"),
  direction: fc.constantFrom("forward" as const, "reverse" as const, "bidirectional" as const),
  sizes: fc.record({
    time: fc.integer({ min: 1, max: 5 }),
    batch: fc.integer({ min: 1, max: 3 }),
    input: fc.integer({ min: 1, max: 3 }),
    hidden: fc.integer({ min: 1, max: 4 }),
  }),
  seed: fc.nat(1000),
  has: fc.record({ B: fc.boolean(), lengths: fc.boolean(), h: fc.boolean(), c: fc.boolean(), P: fc.boolean() }),
  linearBeforeReset: fc.boolean(),
});

test("any of them, with any of the optional inputs, is ours and is written as itself", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const written = await compare(one);
      const isMasked = one.has.lengths;
      expect(written.filter((opType) => opType === one.opType).length).toBe(one.direction === "bidirectional" ? 2 : 1);
      // Only what counts the steps for lengths remains a loop.
      expect(written.filter((opType) => opType === "Scan").length).toBe(isMasked ? 1 : 0);
    }),
    { numRuns: 60 },
  );
});

describe("functions", () => {
  const functionsOf = { RNN: 1, LSTM: 3, GRU: 2 };
  const chosen = [
    ["Relu", [], []],
    ["Sigmoid", [], []],
    ["Softsign", [], []],
    ["Softplus", [], []],
    ["Affine", [0.5, 0.75, -0.5], [0.125, 0.25, 0]],
    ["LeakyRelu", [0.1, 0.2, 0.3], []],
    ["ThresholdedRelu", [0.1, 0.2, 0.3], []],
    ["ScaledTanh", [0.5, 0.75, 1.5], [0.5, 2, 1]],
    ["HardSigmoid", [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]],
    ["HardSigmoid", [0.25, 0.5, 1], [0.5, 0.25, 0]],
    ["Elu", [0.5, 0.25, 2], []],
    // Where nothing is said of α and β.
    ["LeakyRelu", [], []],
    ["HardSigmoid", [], []],
    ["Elu", [], []],
    // In the order of the functions that have them: not of all.
    ["mixed", [0.25, 2], [0.75]],
  ] as const;
  for (const opType of ["RNN", "LSTM", "GRU"] as const) {
    test.each(chosen)(`${opType}: %s, α [%s], β [%s]`, async (name, alpha, beta) => {
      const count = functionsOf[opType];
      if (name === "mixed" && opType !== "LSTM") return;
      const activations = name === "mixed" ? ["HardSigmoid", "Tanh", "Elu"] : new Array<string>(count).fill(name);
      const written = await compare({
        ...{ opType, direction: "forward", sizes, seed: 3, has: all, activations },
        ...(alpha.length > 0 && { alpha: alpha.slice(0, name === "mixed" ? 2 : count) }),
        ...(beta.length > 0 && { beta: beta.slice(0, name === "mixed" ? 1 : count) }),
      });
      const isOurs = ["Relu", "Sigmoid"].includes(name) || alpha.join() === "0.5,0.5,0.5";
      expect(written.includes(opType)).toBe(isOurs);
    });
  }

  test("α and β of Affine and ThresholdedRelu are 1, 0 and 1 where nothing is said, as those operators have them", () => {
    // ONNX Runtime takes 0 for all of them.
    for (const [name, alpha, beta] of [
      ["Affine", [1], [0]],
      ["ThresholdedRelu", [1], []],
    ] as const) {
      const one = { opType: "RNN", direction: "forward", sizes, seed: 3, has: all, activations: [name] } as const;
      const { model, inputs } = modelOf(one);
      const said = modelOf({ ...one, alpha, ...(beta.length > 0 && { beta }) }).model;
      expect(compileReference(importModel(model)).run(inputs)).toEqual(compileReference(importModel(said)).run(inputs));
    }
  });

  test.each(["RNN", "LSTM", "GRU"] as const)("%s: clipped before its functions", async (opType) => {
    for (const linearBeforeReset of [false, true]) {
      const written = await compare({
        ...{ opType, direction: "bidirectional", sizes, seed: 5, has: all, clip: 0.4, linearBeforeReset },
      });
      expect(written).not.toContain(opType);
    }
  });
});

test("what can't be read is refused by name", () => {
  const { model } = modelOf({ opType: "LSTM", direction: "forward", sizes, seed: 1, has: none });
  const [node] = model.graph.nodes;
  const changed = (attributes: Record<string, OnnxAttribute>, opType = "LSTM") => ({
    ...model,
    graph: { ...model.graph, nodes: [{ ...node!, opType, attributes: { ...node!.attributes, ...attributes } }] },
  });
  const read = (attributes: Record<string, OnnxAttribute>) => () => importModel(changed(attributes));
  expect(read({ input_forget: { type: "int", value: 1 } })).toThrow("LSTM (operator set 17): input_forget");
  expect(read({ direction: { type: "string", value: "up" } })).toThrow('its direction is "up"');
  expect(read({ activations: { type: "strings", value: ["Tanh"] } })).toThrow("[Tanh], expected 3 names");
  expect(read({ activations: { type: "strings", value: ["Tanh", "Tanh", "Swish"] } })).toThrow("activation Swish");
  expect(read({ hidden_size: { type: "int", value: 4 } })).toThrow(
    'ONNX node LSTM: input 1 "W" is W [1, 12, 2], expected [1, 16, 2]',
  );
});

/** Networks out of ONNX files that PyTorch wrote: their weights, and what is refused. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeSafetensors } from "../../files/index.ts";
import { findModel } from "../../models/index.ts";
import { decodeModel, type OnnxModel, type OnnxNode, type OnnxTensor } from "../../runtime/onnx/proto.ts";
import { foreignModel, foreignParameters } from "./foreign.ts";
import { readOnnx } from "./onnx.ts";
import { readTorch } from "./torch.ts";

const folder = new URL("../../../tests/golden/torch/", import.meta.url);
const onnxFile = (name: string) => decodeModel(readFileSync(new URL(`${name}.onnx`, folder)));
const torchFile = (name: string) => decodeSafetensors(readFileSync(new URL(`${name}.safetensors`, folder))).tensors;

test.each([
  ["lstm-bidirectional", "lstm"],
  ["gru", "gru"],
  ["rnn-relu", "rnn"],
  ["rnn-without-biases", "rnn"],
])("%s: the same network as in the file of its weights", (name, kind) => {
  const fromOnnx = readOnnx(onnxFile(name));
  const fromTorch = readTorch(torchFile(name));
  const model = foreignModel(fromOnnx);
  expect(model).toMatchObject({ name: kind, hidden: foreignModel(fromTorch).hidden });
  if (kind === "rnn") expect(model.activation).toBe(name === "rnn-relu" ? "relu" : "tanh");
  const { name: _, ...options } = model;
  const built = findModel(kind).build(options, { channels: [], features: 2, answers: 0, values: 3 });
  const received = foreignParameters(fromOnnx, built);
  const expected = foreignParameters(fromTorch, built);
  expect(Object.keys(received).sort()).toEqual(Object.keys(expected).sort());
  for (const [key, { shape, data }] of Object.entries(expected)) {
    expect(received[key]!.shape, key).toEqual(shape);
    for (const [k, value] of data.entries()) expect(received[key]!.data[k], `${key}[${k}]`).toBeCloseTo(value, 6);
  }
});

describe("what is no chain of layers is refused, with the operator", () => {
  const gru = onnxFile("gru");
  const { graph } = gru;
  const change = (parts: Partial<OnnxModel["graph"]>): OnnxModel => ({ ...gru, graph: { ...graph, ...parts } });
  const node = (
    opType: string,
    inputs: string[],
    output: string,
    attributes: OnnxNode["attributes"] = {},
  ): OnnxNode => {
    return { opType, name: "", inputs, outputs: [output], attributes };
  };
  const [output] = graph.outputs;
  /** With one more operator after the last. */
  const ending = (opType: string, attributes: OnnxNode["attributes"] = {}) =>
    change({
      nodes: [...graph.nodes, node(opType, [output!.name], "end", attributes)],
      outputs: [{ ...output!, name: "end" }],
    });
  const layers = graph.nodes.filter(({ opType }) => opType === "GRU");
  const numbers = (name: string, dims: number[], ...values: number[]): OnnxTensor => {
    return { name, elementType: "FLOAT", dims, data: Float32Array.from(values) };
  };
  const withLayer = (parts: Partial<OnnxNode>, more: OnnxTensor[] = []) =>
    change({
      nodes: graph.nodes.map((one) => (one === layers[0] ? { ...one, ...parts } : one)),
      initializers: [...graph.initializers, ...more],
    });

  test("the file itself is read", () => expect(readOnnx(gru).hidden).toEqual([3, 3]));

  test("at the end", () => {
    expect(() => readOnnx(ending("Softmax"))).toThrow(
      "the operator Softmax is no part of a chain X → RNN, LSTM or GRU",
    );
    expect(() => readOnnx(ending("Sigmoid"))).toThrow("the operator Sigmoid is no part");
    expect(() => readOnnx(ending("Conv"))).toThrow("ONNX node Conv (operator set 20): this operator isn't supported");
  });

  test("before the layers and between them", () => {
    const [x] = graph.inputs;
    const squashed = [node("Tanh", [x!.name], "squashed"), ...graph.nodes].map((one, k) =>
      k === 0 ? one : { ...one, inputs: one.inputs.map((name) => (name === x!.name ? "squashed" : name)) },
    );
    expect(() => readOnnx(change({ nodes: squashed }))).toThrow("the operator Tanh is no part");
    const [first] = layers[1]!.inputs;
    const between = graph.nodes.flatMap((one) =>
      one === layers[1]
        ? [node("Relu", [first!], "positive"), { ...one, inputs: ["positive", ...one.inputs.slice(1)] }]
        : [one],
    );
    expect(() => readOnnx(change({ nodes: between }))).toThrow("the operator Relu is no part");
  });

  test("no layer at all", () => {
    const x = graph.inputs[0]!.name;
    const nodes = [node("MatMul", [x, "V"], "end")];
    const model = change({ nodes, outputs: [{ ...output!, name: "end" }], initializers: [numbers("V", [2, 1], 1, 2)] });
    expect(() => readOnnx(model)).toThrow(`the input ${x} is no part`);
  });

  test("an initial state, lengths, functions, weights that aren't known", () => {
    const { inputs } = layers[0]!;
    const start = numbers("start", [1, 1, 3], 0, 1, 0);
    const expanded = withLayer({ inputs: [...inputs.slice(0, 5), "start"] }, [start]);
    const fixed: OnnxModel = {
      ...expanded,
      graph: { ...expanded.graph, inputs: [{ ...graph.inputs[0]!, shape: ["time", 1, 2] }] },
    };
    expect(() => readOnnx(fixed)).toThrow("GRU with an initial state, expected none or zeros");
    const lens: OnnxTensor = { name: "lens", elementType: "INT32", dims: [1], data: Int32Array.of(4) };
    const padded = withLayer({ inputs: [...inputs.slice(0, 4), "lens"] }, [lens]);
    const one = { ...padded, graph: { ...padded.graph, inputs: fixed.graph.inputs } };
    expect(() => readOnnx(one)).toThrow("GRU with sequence_lens, expected examples without padding");
    const attributes = (name: string) => ({
      ...layers[0]!.attributes,
      activations: { type: "strings" as const, value: ["Sigmoid", name] },
    });
    expect(() => readOnnx(withLayer({ attributes: attributes("Softsign") }))).toThrow("none of RNN, LSTM and GRU");
    expect(() => readOnnx(withLayer({ attributes: attributes("Relu") }))).toThrow("layers of GRU that differ in their");
    const W = graph.initializers.find(({ name }) => name === inputs[1])!;
    const asked = change({
      initializers: graph.initializers.filter((tensor) => tensor !== W),
      inputs: [...graph.inputs, { name: W.name, elementType: "FLOAT", shape: W.dims }],
    });
    expect(() => readOnnx(asked)).toThrow("W of GRU is no constant of the file");
  });

  test("the right operators in a wrong order: what they compute decides", () => {
    // Time and units change places before the readout: the shapes fit where there are as many.
    const model = change({ inputs: [{ ...graph.inputs[0]!, shape: [3, 3, 2] }] });
    const readout = graph.nodes.find(({ opType }) => opType === "MatMul")!;
    const turn = node("Transpose", [readout.inputs[0]!], "turned", { perm: { type: "ints", value: [2, 1, 0] } });
    const nodes = graph.nodes.flatMap((one) =>
      one === readout ? [turn, { ...one, inputs: ["turned", readout.inputs[1]!] }] : [one],
    );
    expect(() => readOnnx({ ...model, graph: { ...model.graph, nodes } })).toThrow("computes something else");
    expect(readOnnx(model).hidden).toEqual([3, 3]);
  });
});

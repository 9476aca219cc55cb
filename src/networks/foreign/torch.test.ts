/** Weights under PyTorch's names, against numbers that PyTorch computed. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { expectClose, type Nested, readGolden, toArrays } from "../../../tests/golden.ts";
import { decodeSafetensors, encodeSafetensors } from "../../files/index.ts";
import { input, type NDArray, ndarray, program, slice, squeeze, transpose } from "../../graph/index.ts";
import { findModel, type Model, parameterInputs, type Signature } from "../../models/index.ts";
import { randomSource } from "../../random/index.ts";
import { compileReference } from "../../runtime/reference/reference.ts";
import { foreignModel, foreignParameters } from "./foreign.ts";
import { readTorch, writeTorch } from "./torch.ts";

type Arrays = Record<string, NDArray>;

/** The model of a file, for numbers in and out, and its parameters. */
function read(tensors: Arrays, more: Readonly<Record<string, unknown>> = {}, name?: string) {
  const foreign = readTorch(tensors);
  const { name: kind, ...options } = foreignModel(foreign, name) as { name: string };
  const signature: Signature = {
    channels: [],
    features: foreign.features,
    answers: 0,
    values: foreign.readout.c.shape[0]!,
  };
  const model = findModel(kind).build({ ...options, ...more }, signature);
  return { model, parameters: foreignParameters(foreign, model) };
}

/** What a model makes of x [time, batch, features], from an initial state [layers, batch, hidden] by name. */
function outputs(model: Model, parameters: Arrays, x: NDArray, initial: Arrays = {}): NDArray {
  const P = parameterInputs(model);
  const given = input("x", x.shape);
  const states = Object.fromEntries(Object.entries(initial).map(([name, { shape }]) => [name, input(name, shape)]));
  const start = Object.keys(model.state).flatMap((name) => {
    const layer = Number(/^(\d+)\./.exec(name)?.[1] ?? 1) - 1;
    const all = states[`${name.at(-1)}0`];
    return all ? [[name, squeeze(slice(all, { axis: 0, start: layer, end: layer + 1 }), [0])] as const] : [];
  });
  const options = start.length > 0 ? { initial: Object.fromEntries(start) } : {};
  const { logits } = model.apply(P, transpose(given, [1, 0, 2]), options);
  const y = transpose(logits, [1, 0, 2]);
  return compileReference(program("y", { ...P, x: given, ...states }, { y })).run({ ...parameters, x, ...initial }).y!;
}

/** A file's bytes and back. */
const filed = (tensors: Arrays): Arrays => decodeSafetensors(encodeSafetensors(tensors)).tensors;

describe("torch.nn in float64", () => {
  test.each([
    ["rnn-tanh-1-layer", {}],
    ["rnn-tanh-2-layer", {}],
    ["rnn-relu-2-layer", { activation: "relu" }],
    ["lstm-1-layer", {}],
    ["lstm-2-layer", {}],
    ["gru-reset-after-2-layer", {}],
  ])("%s", (name, options) => {
    interface Golden {
      readonly sizes: { readonly hidden: number };
      readonly inputs: Readonly<Record<string, Nested>>;
      readonly parameters: Readonly<Record<string, Nested>>;
      readonly outputs: { readonly y: Nested };
    }
    const golden = readGolden<Golden>(name);
    const { hidden } = golden.sizes;
    const identity = Float64Array.from({ length: hidden * hidden }, (_, k) => (k % (hidden + 1) === 0 ? 1 : 0));
    const module = Object.entries(toArrays(golden.parameters)).map(([key, value]) => [`net.${key}`, value] as const);
    const tensors = filed({
      ...Object.fromEntries(module),
      "fc.weight": ndarray(identity, [hidden, hidden]),
      "fc.bias": ndarray(new Float64Array(hidden), [hidden]),
    });
    const { model, parameters } = read(tensors, options);
    const { x, ...initial } = toArrays(golden.inputs) as { x: NDArray } & Arrays;
    expectClose(outputs(model, parameters, x, initial), golden.outputs.y, 1e-10, name);
  });
});

const folder = new URL("../../../tests/golden/torch/", import.meta.url);
const torchFile = (name: string) => decodeSafetensors(readFileSync(new URL(`${name}.safetensors`, folder))).tensors;
type Cases = Readonly<Record<string, { readonly x: Nested; readonly y: Nested }>>;
const cases = JSON.parse(readFileSync(new URL("outputs.json", folder), "utf8")) as Cases;

describe("files that PyTorch wrote", () => {
  test.each([
    ["lstm-bidirectional", {}, "lstm", [3, 3]],
    ["gru", {}, "gru", [3, 3]],
    ["rnn-relu", { activation: "relu" }, "rnn", 3],
    ["rnn-without-biases", {}, "rnn", 3],
  ])("%s", (name, options, kind, hidden) => {
    const { model, parameters } = read(torchFile(name), options);
    expect([model.name, model.options.hidden]).toEqual([kind, hidden]);
    const { x, y } = toArrays(cases[name] as never) as { x: NDArray; y: NDArray };
    expectClose(outputs(model, parameters, x), y, 1e-6, name);
  });

  test("are written as they were read, but for their biases, which are sums", () => {
    for (const name of ["lstm-bidirectional", "gru"]) {
      const { model, parameters } = read(torchFile(name));
      const written = writeTorch(model, parameters);
      const tail = (key: string) =>
        /((weight|bias)_(ih|hh)_l\d(_reverse)?|[^.]*\.(weight|bias))$/.exec(key)![0].replace(/^\w+\./, "fc.");
      const expected = Object.fromEntries(Object.entries(torchFile(name)).map(([key, value]) => [tail(key), value]));
      expect(Object.keys(written).map(tail).sort()).toEqual(Object.keys(expected).sort());
      for (const [key, value] of Object.entries(written)) {
        if (/bias_/.test(key)) continue;
        expect({ ...value, data: Float32Array.from(value.data) }, key).toEqual(expected[tail(key)]);
      }
      const again = read(filed(written));
      expect(again.parameters).toEqual(parameters);
    }
  });
});

test("parameters of any network survive being written and read", () => {
  for (const [name, options] of [
    ["rnn", { hidden: 3, activation: "relu" }],
    ["lstm", { hidden: [2, 2], bidirectional: true }],
    ["gru", { hidden: [4, 4, 4] }],
  ] as const) {
    const model = findModel(name).build(options, { channels: [2, 3], answers: 5 });
    const random = randomSource(3);
    const parameters = Object.fromEntries(
      Object.entries(model.parameters).map(([key, { shape }]) => {
        const size = shape.reduce((a, b) => a * b, 1);
        return [key, ndarray(random.stream(key).normal(new Float64Array(size)), shape)];
      }),
    );
    const foreign = readTorch(filed(writeTorch(model, parameters)));
    expect(foreignModel(foreign)).toMatchObject({ name, hidden: options.hidden });
    expect(foreignParameters(foreign, model)).toEqual(parameters);
  }
});

test("two outputs for two answers are one logit: the second less the first", () => {
  const gru = torchFile("gru");
  const rows = ndarray(Float64Array.of(1, 2, 3, 5, 7, 11), [2, 3]);
  const foreign = readTorch({ ...gru, "fc.weight": rows, "fc.bias": ndarray(Float64Array.of(0.25, 1), [2]) });
  const model = findModel("gru").build({ hidden: [3, 3] }, { channels: [2, 2], answers: 2 });
  const { V, c } = foreignParameters(foreign, model);
  expect(V).toEqual(ndarray(Float64Array.of(4, 5, 8), [3, 1]));
  expect(c).toEqual(ndarray(Float64Array.of(0.75), [1]));
});

describe("what doesn't fit is refused by name", () => {
  const gru = torchFile("gru");
  const without = (name: string) => Object.fromEntries(Object.entries(gru).filter(([key]) => key !== name));
  const array = (...shape: number[]) => ndarray(new Float64Array(shape.reduce((a, b) => a * b, 1)), shape);

  test.each([
    ["encoder.gru.bias_hh_l1", '"encoder.gru.bias_hh_l1" is missing, expected [9]'],
    ["encoder.gru.weight_ih_l1", '"encoder.gru.weight_ih_l1" is missing, expected [9, 3]'],
    ["encoder.gru.weight_hh_l0", '"encoder.gru.weight_hh_l0" is missing'],
    ["encoder.gru.weight_ih_l0", 'expected one recurrent module, whose first tensor is "…weight_ih_l0"'],
    ["fc.bias", '"fc.bias" is missing, expected [3]'],
    ["fc.weight", "no linear readout"],
  ])("%s missing", (name, message) => {
    expect(() => readTorch(without(name))).toThrow(message);
  });

  test.each([
    [{ "embedding.weight": array(5, 2) }, '"fc.weight", "embedding.weight", expected one linear readout'],
    [{ "norm.gamma": array(3) }, '"norm.gamma" belongs to no part of one GRU of 2 layers'],
    [{ "encoder.gru.weight_hr_l0": array(3, 3) }, '"encoder.gru.weight_hr_l0" belongs'],
    [{ "second.weight_ih_l0": array(9, 2) }, '"encoder.gru.weight_ih_l0", "second.weight_ih_l0", expected one'],
    [{ "encoder.gru.bias_ih_l0": array(8) }, '"encoder.gru.bias_ih_l0" is [8], expected [9]'],
    [
      { "encoder.gru.weight_ih_l0": array(7, 2) },
      '"encoder.gru.weight_ih_l0" is [7, 2], expected [3, …] (RNN), [12, …]',
    ],
    [{ "encoder.gru.weight_hh_l0": array(3) }, '"encoder.gru.weight_hh_l0" is [3], expected a matrix'],
    [{ "fc.weight": array(3, 4) }, '"fc.weight" is [3, 4], expected [3, 3]'],
  ])("%#", (more, message) => {
    expect(() => readTorch({ ...gru, ...more })).toThrow(message);
  });

  test("features and answers that the task hasn't", () => {
    const foreign = readTorch(gru);
    const build = (signature: Signature) => findModel("gru").build({ hidden: [3, 3] }, signature);
    expect(() => foreignParameters(foreign, build({ channels: [2], answers: 3 }))).toThrow(
      "the network reads 2 features a step, expected 1: a bit as 0 or 1",
    );
    expect(() => foreignParameters(foreign, build({ channels: [2, 2], answers: 2 }))).toThrow(
      "the network gives 3 outputs a step, expected 1: the task has 2 answers, which one logit tells apart",
    );
    expect(() => foreignModel(foreign, "lstm")).toThrow("received model lstm for a network of gru cells");
  });

  test("models that PyTorch has no module for", () => {
    const refused = (name: string, options: object) => {
      const model = findModel(name).build(options, { channels: [2], answers: 2 });
      return () => writeTorch(model, {});
    };
    expect(refused("dcm", {})).toThrow("no module for the model dcm, expected rnn, lstm, gru");
    expect(refused("rnn", { activation: "step" })).toThrow("rnn with activation step, expected tanh or relu");
    expect(refused("gru", { candidate: "hard-tanh" })).toThrow("gru with candidate hard-tanh, expected tanh");
    expect(refused("lstm", { learnedState: true })).toThrow("lstm with learnedState");
    expect(refused("gru", { hidden: [2, 3] })).toThrow("gru with layers of 2, 3 units");
  });
});

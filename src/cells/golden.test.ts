/** Recurrent cells along time against PyTorch in float64: values and every gradient. */
import { describe, expect, test } from "vitest";
import { expectClose, type Nested, readGolden, toArrays } from "../../tests/golden.ts";
import {
  add,
  gradient,
  input,
  mul,
  type NDArray,
  program,
  reduceSum,
  reshape,
  scalar,
  slice,
  type Tensor,
} from "../graph/index.ts";
import { unroll } from "../models/index.ts";
import { cRuntime } from "../runtime/c/node.ts";
import { onnxNodeRuntime } from "../runtime/onnx/node.ts";
import { reference } from "../runtime/reference/reference.ts";
import {
  type ActivationName,
  type Cell,
  dcm,
  gru,
  gruResetBefore,
  ilrnn,
  lstm,
  lstmPeephole,
  rnn,
  unpack,
} from "./index.ts";

type Named = Readonly<Record<string, Nested>>;

interface Golden {
  readonly sizes: { readonly time: number; readonly batch: number; readonly layers: number | readonly number[] };
  readonly inputs: Named;
  readonly parameters: Named;
  readonly weight: Nested;
  readonly stateWeight?: Nested;
  readonly outputs: { readonly y: Nested; readonly final: Nested | Named; readonly objective: number };
  readonly gradients: Named;
}

const runtimes = [
  ["reference", 1e-10, async () => reference],
  ["ONNX Runtime", 1e-5, () => onnxNodeRuntime()],
  ["compiled C", 1e-5, () => cRuntime()],
] as const;

/** Named arrays of a golden file as the inputs of a graph, under their own names. */
function graphInputs(named: Readonly<Record<string, NDArray>>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(named).map(([name, { shape }]) => [name, input(name, shape)]));
}

type Get = (name: string) => Tensor;

/** A layer of PyTorch as a cell: its matrices are [gates · out, in], and it has a bias on each of the two products. */
const torchGates = (get: Get, hidden: number, gates: readonly string[], apart?: string) => {
  const packed = { W: get("weight_ih"), R: get("weight_hh"), Wb: get("bias_ih"), Rb: get("bias_hh") };
  return unpack(packed, { gates, ...(apart !== undefined && { apart }) }, hidden);
};
type Layer = (input: number, hidden: number, get: Get) => { cell: Cell; parameters: Record<string, Tensor> };
const torchRnn =
  (activation: ActivationName): Layer =>
  (input, hidden, get) => ({ cell: rnn({ input, hidden, activation }), parameters: torchGates(get, hidden, [""]) });
const torchLstm: Layer = (input, hidden, get) => ({
  cell: lstm({ input, hidden }),
  parameters: torchGates(get, hidden, ["i", "f", "g", "o"]),
});
const torchGru: Layer = (input, hidden, get) => ({
  cell: gru({ input, hidden }),
  parameters: torchGates(get, hidden, ["r", "z", "n"], "n"),
});

const torchLayers = [
  ["rnn-tanh-1-layer", 1, torchRnn("tanh")],
  ["rnn-tanh-2-layer", 2, torchRnn("tanh")],
  ["rnn-relu-1-layer", 1, torchRnn("relu")],
  ["rnn-relu-2-layer", 2, torchRnn("relu")],
  ["lstm-1-layer", 1, torchLstm],
  ["lstm-2-layer", 2, torchLstm],
  ["gru-reset-after-1-layer", 1, torchGru],
  ["gru-reset-after-2-layer", 2, torchGru],
] as const;

const writtenOut = [
  ["lstm-peephole", lstmPeephole],
  ["gru-reset-before", gruResetBefore],
  ["dcm", dcm],
] as const;

describe.each(runtimes)("%s", (_, tolerance, open) => {
  test.each(torchLayers)("torch.nn: %s", async (file, layers, cellOf) => {
    const golden = readGolden<Golden & { sizes: { input: number; hidden: number } }>(file);
    const { batch, hidden } = golden.sizes;
    const given = toArrays({ ...golden.inputs, ...golden.parameters });
    const fixed = toArrays({ weight: golden.weight });
    const stateWeights = (golden.stateWeight as readonly Nested[]).map((weight, k) => [`stateWeight ${k}`, weight]);
    Object.assign(fixed, toArrays(Object.fromEntries(stateWeights)));
    const tensors = graphInputs(given);
    const weights = graphInputs(fixed);
    let below = tensors.x!;
    let objective = scalar(0);
    const finals: Record<string, Tensor> = {};
    for (let layer = 0; layer < layers; layer++) {
      const { cell, parameters } = cellOf(layer === 0 ? golden.sizes.input : hidden, hidden, (name) => {
        return tensors[`${name}_l${layer}`]!;
      });
      const ofLayer = (tensor: Tensor) => {
        return reshape(slice(tensor, { axis: 0, start: layer, end: layer + 1 }), [batch, hidden]);
      };
      const names = Object.keys(cell.state);
      const initial = Object.fromEntries(names.map((name) => [name, ofLayer(tensors[`${name}0`]!)]));
      const made = unroll(cell, parameters, below, { initial });
      below = made.outputs;
      names.forEach((name, k) => {
        finals[`final ${k} ${layer}`] = made.final[name]!;
        objective = add(objective, reduceSum(mul(ofLayer(weights[`stateWeight ${k}`]!), made.final[name]!)));
      });
    }
    objective = add(objective, reduceSum(mul(weights.weight!, below)));
    const names = Object.keys(given);
    const gradients = gradient(
      objective,
      names.map((name) => tensors[name]!),
    );
    await using executable = await (await open()).compile(
      program(
        file,
        { ...tensors, ...weights },
        {
          y: below,
          objective,
          ...finals,
          ...Object.fromEntries(names.map((name, k) => [`gradient ${name}`, gradients[k]!])),
        },
      ),
    );
    const results = await executable.run({ ...given, ...fixed });
    expectClose(results.y!, golden.outputs.y, tolerance, "y");
    expectClose(results.objective!, golden.outputs.objective, tolerance, "objective");
    const expectedFinals = golden.outputs.final as readonly (readonly Nested[])[];
    expectedFinals.forEach((ofState, k) => {
      ofState.forEach((expected, layer) => {
        expectClose(results[`final ${k} ${layer}`]!, expected, tolerance, `final state ${k} of layer ${layer}`);
      });
    });
    expect(Object.keys(golden.gradients).sort()).toEqual([...names].sort());
    for (const [name, expected] of Object.entries(golden.gradients)) {
      expectClose(results[`gradient ${name}`]!, expected, tolerance, `gradient of ${name}`);
    }
  });

  test.each(writtenOut)("written out: %s", async (file, make) => {
    const golden = readGolden<Golden & { sizes: { input: number; hidden: number } }>(file);
    const cell: Cell = make({ input: golden.sizes.input, hidden: golden.sizes.hidden });
    expect(Object.keys(cell.parameters).sort()).toEqual(Object.keys(golden.parameters).sort());
    const given = toArrays({ ...golden.inputs, ...golden.parameters });
    const tensors = graphInputs(given);
    const fixed = toArrays({ weight: golden.weight });
    const { weight } = graphInputs(fixed) as { weight: Tensor };
    const { outputs, final } = unroll(cell, tensors, tensors.x!, { initial: tensors });
    const objective = reduceSum(mul(weight, outputs));
    await checkAll(file, golden, { given, tensors, fixed, weight, outputs, final, objective });
  });

  test("the inter-layer network, three layers of sigmoids", async () => {
    const golden = readGolden<Golden>("ilrnn");
    const [width, ...layers] = golden.sizes.layers as readonly number[];
    const cell = ilrnn({ input: width!, layers, activation: "sigmoid" as ActivationName });
    expect(Object.keys(cell.parameters).sort()).toEqual(Object.keys(golden.parameters).sort());
    const given = toArrays({ ...golden.inputs, ...golden.parameters });
    const tensors = graphInputs(given);
    const fixed = toArrays({ weight: golden.weight });
    const { weight } = graphInputs(fixed) as { weight: Tensor };
    const { outputs, final } = unroll(cell, tensors, tensors.x!, { initial: tensors });
    const objective = reduceSum(mul(weight, outputs));
    await checkAll("ilrnn", golden, { given, tensors, fixed, weight, outputs, final, objective });
  });

  interface Made {
    readonly given: Readonly<Record<string, NDArray>>;
    readonly tensors: Readonly<Record<string, Tensor>>;
    readonly fixed: Readonly<Record<string, NDArray>>;
    readonly weight: Tensor;
    readonly outputs: Tensor;
    readonly final: Readonly<Record<string, Tensor>>;
    readonly objective: Tensor;
  }

  /** Compares outputs, final state, objective and every gradient. */
  async function checkAll(name: string, golden: Golden, made: Made): Promise<void> {
    const { given, tensors, fixed, weight, outputs, final, objective } = made;
    const names = Object.keys(given);
    const gradients = gradient(
      objective,
      names.map((name) => tensors[name]!),
    );
    await using executable = await (await open()).compile(
      program(
        name,
        { ...tensors, weight },
        {
          y: outputs,
          objective,
          ...Object.fromEntries(Object.entries(final).map(([name, tensor]) => [`final ${name}`, tensor])),
          ...Object.fromEntries(names.map((name, k) => [`gradient ${name}`, gradients[k]!])),
        },
      ),
    );
    const results = await executable.run({ ...given, ...fixed });
    expectClose(results.y!, golden.outputs.y, tolerance, "y");
    expectClose(results.objective!, golden.outputs.objective, tolerance, "objective");
    for (const [name, expected] of Object.entries(golden.outputs.final as Named)) {
      expectClose(results[`final ${name}`]!, expected, tolerance, `final ${name}`);
    }
    expect(Object.keys(golden.gradients).sort()).toEqual([...names].sort());
    for (const [name, expected] of Object.entries(golden.gradients)) {
      expectClose(results[`gradient ${name}`]!, expected, tolerance, `gradient of ${name}`);
    }
  }
});

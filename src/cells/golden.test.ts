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
  slice,
  swapLastAxes,
  type Tensor,
} from "../graph/index.ts";
import { unroll } from "../models/index.ts";
import { onnxNodeRuntime } from "../runtime/onnx/node.ts";
import { reference } from "../runtime/reference/reference.ts";
import { type ActivationName, ilrnn, rnn } from "./index.ts";

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
] as const;

/** Named arrays of a golden file as the inputs of a graph, under their own names. */
function graphInputs(named: Readonly<Record<string, NDArray>>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(named).map(([name, { shape }]) => [name, input(name, shape)]));
}

describe.each(runtimes)("%s", (_, tolerance, open) => {
  test.each([
    ["rnn-tanh-1-layer", "tanh", 1],
    ["rnn-tanh-2-layer", "tanh", 2],
    ["rnn-relu-1-layer", "relu", 1],
    ["rnn-relu-2-layer", "relu", 2],
  ] as const)("torch.nn.RNN: %s", async (file, activation, layers) => {
    const golden = readGolden<Golden & { sizes: { input: number; hidden: number } }>(file);
    const { batch, hidden } = golden.sizes;
    const given = toArrays({ ...golden.inputs, ...golden.parameters });
    const fixed = toArrays({ weight: golden.weight, stateWeight: golden.stateWeight! });
    const tensors = graphInputs(given);
    const weights = graphInputs(fixed);
    let below = tensors.x!;
    let objective: Tensor | undefined;
    const finals: Record<string, Tensor> = {};
    for (let layer = 0; layer < layers; layer++) {
      const cell = rnn({ input: layer === 0 ? golden.sizes.input : hidden, hidden, activation });
      // PyTorch's matrices are [out, in], and it has a bias on each of the two products.
      const parameters = {
        W: swapLastAxes(tensors[`weight_ih_l${layer}`]!),
        U: swapLastAxes(tensors[`weight_hh_l${layer}`]!),
        b: add(tensors[`bias_ih_l${layer}`]!, tensors[`bias_hh_l${layer}`]!),
      };
      const pick = (tensor: Tensor, axis: number) => slice(tensor, { axis, start: layer, end: layer + 1 });
      const h = reshape(pick(tensors.h0!, 0), [batch, hidden]);
      const made = unroll(cell, parameters, below, { initial: { h } });
      below = made.outputs;
      const final = made.final.h!;
      finals[`final ${layer}`] = final;
      const share = reduceSum(mul(reshape(pick(weights.stateWeight!, 1), [batch, hidden]), final));
      objective = objective ? add(objective, share) : share;
    }
    objective = add(objective!, reduceSum(mul(weights.weight!, below)));
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
    const [expectedFinals] = golden.outputs.final as readonly (readonly Nested[])[];
    for (let layer = 0; layer < layers; layer++) {
      expectClose(results[`final ${layer}`]!, expectedFinals![layer]!, tolerance, `final state of layer ${layer}`);
    }
    expect(Object.keys(golden.gradients).sort()).toEqual([...names].sort());
    for (const [name, expected] of Object.entries(golden.gradients)) {
      expectClose(results[`gradient ${name}`]!, expected, tolerance, `gradient of ${name}`);
    }
  });

  test("the inter-layer network, three layers of sigmoids", async () => {
    const golden = readGolden<Golden>("ilrnn");
    const [width, ...layers] = golden.sizes.layers as readonly number[];
    const cell = ilrnn({ input: width!, layers, activation: "sigmoid" as ActivationName });
    expect(Object.keys(cell.parameters).sort()).toEqual(Object.keys(golden.parameters).sort());
    const given = toArrays({ ...golden.inputs, ...golden.parameters });
    const tensors = graphInputs(given);
    const fixed = toArrays({ weight: golden.weight });
    const weights = graphInputs(fixed);
    const { outputs, final } = unroll(cell, tensors, tensors.x!, { initial: tensors });
    const objective = reduceSum(mul(weights.weight!, outputs));
    const names = Object.keys(given);
    const gradients = gradient(
      objective,
      names.map((name) => tensors[name]!),
    );
    await using executable = await (await open()).compile(
      program(
        "ilrnn",
        { ...tensors, ...weights },
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
  });
});

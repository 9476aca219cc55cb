/** Recurrent networks through ONNX Runtime: values and gradients that PyTorch computed in float64. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  add,
  gradient,
  input,
  matmul,
  mul,
  type NDArray,
  program,
  reduceSum,
  relu,
  reshape,
  scan,
  sigmoid,
  slice,
  swapLastAxes,
  type Tensor,
  tanh,
} from "../../graph/index.ts";
import { onnxNodeRuntime } from "./node.ts";

type Nested = number | readonly Nested[];

interface Golden {
  readonly sizes: { readonly layers: number };
  readonly inputs: Readonly<Record<string, Nested>>;
  readonly parameters: Readonly<Record<string, Nested>>;
  readonly weight: Nested;
  readonly stateWeight: Nested;
  readonly outputs: { readonly y: Nested; readonly final: Nested; readonly objective: number };
  readonly gradients: Readonly<Record<string, Nested>>;
}

function golden(name: string): Golden {
  return JSON.parse(readFileSync(new URL(`../../../tests/golden/${name}.json`, import.meta.url), "utf8")) as Golden;
}

function array(nested: Nested): NDArray {
  const shape: number[] = [];
  for (let part: Nested | undefined = nested; Array.isArray(part); part = part[0]) shape.push(part.length);
  return { dtype: "float", shape, data: Float64Array.from([nested].flat(9) as number[]) };
}

const runtime = await onnxNodeRuntime();

/** Runs the objective and its gradients, with time and batch open, and compares all with what PyTorch says. */
async function expectGolden(
  file: Golden,
  build: (given: Readonly<Record<string, Tensor>>) => { objective: Tensor; y: Tensor; final?: Tensor },
): Promise<void> {
  const weights = { weight: file.weight, ...(file.stateWeight !== undefined && { stateWeight: file.stateWeight }) };
  const arrays = Object.fromEntries(
    Object.entries({ ...file.inputs, ...file.parameters, ...weights }).map(([name, nested]) => [name, array(nested)]),
  );
  const open: Readonly<Record<string, readonly [number, string][]>> = {
    x: [
      [0, "time"],
      [1, "batch"],
    ],
    weight: [
      [0, "time"],
      [1, "batch"],
    ],
    h0: [[1, "batch"]],
  };
  const given = Object.fromEntries(
    Object.entries(arrays).map(([name, { shape }]) => {
      const openHere = new Map(open[name] ?? (/^h\d$/.test(name) ? [[0, "batch"]] : []));
      const isState = name === "stateWeight";
      return [
        name,
        input(
          name,
          shape.map((extent, axis) => (isState && axis === 2 ? "batch" : (openHere.get(axis) ?? extent))),
        ),
      ];
    }),
  );
  const { objective, y, final } = build(given);
  const names = Object.keys(file.gradients);
  const gradients = gradient(
    objective,
    names.map((name) => given[name]!),
  );
  await using executable = await runtime.compile(
    program("golden", given, {
      objective,
      y,
      ...(final && { final }),
      ...Object.fromEntries(names.map((name, k) => [`d ${name}`, gradients[k]!])),
    }),
  );
  const results = await executable.run(arrays);
  const expectClose = (received: NDArray, wanted: Nested) => {
    const { data } = array(wanted);
    expect(received.data.length).toBe(data.length);
    const scale = Math.max(...Array.from(data, Math.abs));
    data.forEach((value, k) => {
      expect(Math.abs(received.data[k]! - value)).toBeLessThanOrEqual(1e-5 * scale);
    });
  };
  expectClose(results.objective!, file.outputs.objective);
  expectClose(results.y!, file.outputs.y);
  if (final) expectClose(results.final!, file.outputs.final);
  for (const name of names) expectClose(results[`d ${name}`]!, file.gradients[name]!);
}

describe.each([
  ["tanh", 1],
  ["tanh", 2],
  ["relu", 1],
  ["relu", 2],
] as const)("a recurrent network with %s and %i layers", (activation, layers) => {
  test("values and gradients", async () => {
    const file = golden(`rnn-${activation}-${layers}-layer`);
    await expectGolden(file, (given) => {
      const activate = activation === "tanh" ? tanh : relu;
      let sequence = given.x!;
      const finals: Tensor[] = [];
      for (let layer = 0; layer < layers; layer++) {
        const of = (name: string) => given[`${name}_l${layer}`]!;
        const initial = layerOf(given.h0!, layer);
        const { state, outputs } = scan({
          state: { h: initial },
          sequences: { x: sequence },
          step({ h }, { x }) {
            const drive = add(matmul(x, swapLastAxes(of("weight_ih"))), of("bias_ih"));
            const next = activate(add(drive, matmul(h, swapLastAxes(of("weight_hh"))), of("bias_hh")));
            return { state: { h: next }, outputs: { y: next } };
          },
        });
        sequence = outputs.y;
        finals.push(state.h);
      }
      const stateObjective = finals
        .map((final, layer) => reduceSum(mul(final, layerOf(given.stateWeight!, layer, 1))))
        .reduce((sum, part) => add(sum, part));
      return { objective: add(reduceSum(mul(sequence, given.weight!)), stateObjective), y: sequence };
    });
  });
});

/** Layer `index` of [layers, batch, hidden] or [1, layers, batch, hidden]. */
function layerOf(x: Tensor, index: number, axis = 0): Tensor {
  const cut = slice(x, { axis, start: index, end: index + 1 });
  return reshape(cut, x.shape.slice(axis + 1));
}

test("an inter-layer recurrent network: values and gradients", async () => {
  await expectGolden(golden("ilrnn"), (given) => {
    const { outputs } = scan({
      state: { h1: given.h1!, h2: given.h2!, h3: given.h3! },
      sequences: { x: given.x! },
      step(state, { x }) {
        const before = [state.h1, state.h2, state.h3];
        const next: Tensor[] = [];
        for (let n = 1; n <= 3; n++) {
          const below = n === 1 ? x : next[n - 2]!;
          const drive = add(matmul(below, given[`W${n}`]!), given[`b${n}`]!);
          next.push(sigmoid(before.reduce((sum, h, m) => add(sum, matmul(h, given[`R${m + 1}${n}`]!)), drive)));
        }
        const [h1, h2, h3] = next as [Tensor, Tensor, Tensor];
        return { state: { h1, h2, h3 }, outputs: { y: h3 } };
      },
    });
    return { objective: reduceSum(mul(outputs.y, given.weight!)), y: outputs.y };
  });
});

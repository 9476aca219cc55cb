/**
 * What later layers stand on: gated cells and the units of both Neural GPUs, against
 * PyTorch in float64: values and every gradient, plain, optimized, and as a population; on the reference and on ONNX
 * Runtime.
 */
import { describe, expect, test } from "vitest";
import {
  add,
  type Cell,
  cgru,
  dcgru,
  dcm,
  gradient,
  gruResetBefore,
  input,
  lstmPeephole,
  mul,
  type NDArray,
  optimize,
  pad,
  program,
  type Runtime,
  reduceSum,
  reference,
  reshape,
  saturation,
  scalar,
  scan,
  slice,
  type Tensor,
  transpose,
  unroll,
  vectorize,
} from "../src/index.ts";
import { onnxNodeRuntime } from "../src/runtime/onnx/node.ts";
import { expectClose, type Nested, readGolden, toArray, toArrays } from "./golden.ts";

type Named = Readonly<Record<string, Nested>>;
type Tensors = Readonly<Record<string, Tensor>>;

interface Golden {
  readonly sizes: Readonly<Record<string, number>>;
  readonly inputs: Named;
  readonly parameters: Named;
  readonly weight: Nested;
  readonly outputs: Named & { readonly objective: number };
  readonly gradients: Named;
}

/** Σ weight ⊙ outputs of a cell along time. */
const cellObjective =
  (make: (sizes: { input: number; hidden: number }) => Cell) =>
  (T: Tensors, { input: features, hidden }: Golden["sizes"]) => {
    const cell = make({ input: features!, hidden: hidden! });
    const initial = Object.fromEntries(Object.keys(cell.state).map((name) => [name, T[name]!]));
    return reduceSum(mul(T.weight!, unroll(cell, T, T.x!, { initial }).outputs));
  };

/** [a, b, …] → [b, a, …]. */
const swapped = (x: Tensor) => transpose(x, [1, 0, ...x.shape.map((_, k) => k).slice(2)]);
/** The parameters of a unit, which golden files call K… where cells have U…. */
const unitParameters = (T: Tensors) =>
  Object.fromEntries(["u", "r", "c"].flatMap((gate) => [[`U${gate}`, T[`K${gate}`]!], [`b${gate}`, T[`b${gate}`]!]])); // biome-ignore format: pairs

/** Σ weight ⊙ state + 0.01 · saturation after steps of a unit on `further` positions more than there are, all masked. */
const dngpu =
  (further: number) =>
  (T: Tensors, { maps, steps, length }: Golden["sizes"]): Tensor => {
    const cell = dcgru({ maps: maps! });
    const P = unitParameters(T);
    const longer = (x: Tensor) => pad(x, { axis: 0, after: further });
    const mask = longer(swapped(T.mask!));
    const { state } = scan({
      steps: steps!,
      state: { s: longer(swapped(mul(T.state!, T.mask!))), total: scalar(0) },
      sequences: { keep: T.keep! },
      step({ s, total }, { keep }) {
        const made = cell.step(P, s, { mask, dropout: longer(swapped(keep)) });
        const { gates, candidate } = made.preactivations;
        const cost = (z: Tensor) => saturation(slice(z, { axis: 0, end: length! }));
        return { state: { s: made.state, total: add(total, cost(gates!), cost(candidate!)) } };
      },
    });
    const final = slice(state.s, { axis: 0, end: length! });
    return add(reduceSum(mul(swapped(T.weight!), final)), mul(state.total, 0.01));
  };

const cgruObjective = (T: Tensors, { maps, rows, steps, length, batch }: Golden["sizes"]): Tensor => {
  const cell = cgru({ maps: maps!, rows: rows! });
  const P = unitParameters(T);
  const flat = (x: Tensor) => reshape(swapped(x), [length!, batch!, rows! * maps!]);
  const { state } = scan({
    steps: steps!,
    state: { s: flat(T.state!) },
    step: ({ s }) => ({ state: { s: cell.step(P, s).state } }),
  });
  return reduceSum(mul(flat(T.weight!), state.s));
};

const objectives = {
  "lstm-peephole": cellObjective(lstmPeephole),
  "gru-reset-before": cellObjective(gruResetBefore),
  dcm: cellObjective(dcm),
  dngpu: dngpu(0),
  // An even number of positions: another form of convolution.
  "dngpu, one position more": dngpu(1),
  cgru: cgruObjective,
} as const;

const twice = ({ dtype, shape, data }: NDArray): NDArray => ({
  dtype,
  shape: [2, ...shape],
  data: Float64Array.from([...data, ...data]),
});

async function check(name: keyof typeof objectives, runtime: Runtime, tolerance: number, form: string): Promise<void> {
  const golden = readGolden<Golden>(name.split(",")[0]!);
  const given: Record<string, NDArray> = {
    ...toArrays(golden.inputs),
    ...toArrays(golden.parameters),
    weight: toArray(golden.weight),
  };
  const tensors = Object.fromEntries(Object.entries(given).map(([key, { shape }]) => [key, input(key, shape)]));
  const objective = objectives[name](tensors, golden.sizes);
  const isPopulation = form === "a population";
  const wide = Object.fromEntries(
    Object.entries(tensors).map(([key, tensor]) => [key, isPopulation ? input(key, [2, ...tensor.shape]) : tensor]),
  );
  const replacements = new Map(Object.entries(tensors).map(([key, tensor]) => [tensor, wide[key]!]));
  const [lifted] = isPopulation ? vectorize([objective], replacements, 2) : [objective];
  const [value] = form === "plain" ? [lifted!] : optimize([lifted!]);
  const names = Object.keys(golden.gradients);
  const slopes = gradient(
    value!,
    names.map((key) => wide[key]!),
  );
  const [total, ...ready] = form === "plain" ? [value!, ...slopes] : optimize([value!, ...slopes]);
  const outputs = { objective: total!, ...Object.fromEntries(names.map((key, k) => [`d ${key}`, ready[k]!])) };
  await using executable = await runtime.compile(program(name, wide, outputs));
  const results = await executable.run(
    Object.fromEntries(Object.entries(given).map(([key, array]) => [key, isPopulation ? twice(array) : array])),
  );
  const both = (nested: Nested): Nested => (isPopulation ? [nested, nested] : nested);
  expectClose(results.objective!, both(golden.outputs.objective), tolerance, "objective");
  for (const key of names) expectClose(results[`d ${key}`]!, both(golden.gradients[key]!), tolerance, `d ${key}`);
  expect(names.length).toBeGreaterThan(5);
}

describe.each(["plain", "optimized", "a population"])("%s", (form) => {
  test.each(Object.keys(objectives) as (keyof typeof objectives)[])("%s on the reference", (name) =>
    check(name, reference, 1e-10, form),
  );
  test.each(Object.keys(objectives) as (keyof typeof objectives)[])("%s on ONNX Runtime", async (name) =>
    check(name, await onnxNodeRuntime(), 2e-5, form),
  );
});

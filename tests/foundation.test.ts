/**
 * What later layers will stand on: gated cells and both Neural GPUs, written as equations in tests alone, against PyTorch
 * in float64: values and every gradient, plain, optimized, and as a population; on the reference and on ONNX Runtime.
 */
import { describe, expect, test } from "vitest";
import {
  abs,
  add,
  clip,
  concat,
  defineCell,
  gradient,
  hardSigmoid,
  hardTanh,
  input,
  matmul,
  mul,
  type NDArray,
  optimize,
  pad,
  program,
  type Runtime,
  reduceSum,
  reference,
  relu,
  reshape,
  scalar,
  scan,
  sigmoid,
  slice,
  sub,
  type Tensor,
  tanh,
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

const gate = (P: Tensors, name: string, h: Tensor, x: Tensor) =>
  add(matmul(x, P[`W${name}`]!), matmul(h, P[`U${name}`]!), P[`b${name}`]!);
const gates = <Names extends string>(names: readonly Names[]) =>
  Object.fromEntries(
    names.flatMap((name) => [
      [`W${name}`, ["input", "hidden"]],
      [`U${name}`, ["hidden", "hidden"]],
      [`b${name}`, ["hidden"]],
    ]),
  ) as Record<string, readonly ("input" | "hidden")[]>;
const diagonals = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, ["hidden"]])) as Record<string, readonly "hidden"[]>;

const peephole = defineCell({
  name: "lstm-peephole",
  sizes: ["input", "hidden"],
  output: "hidden",
  parameters: { ...gates(["i", "f", "g", "o"]), ...diagonals(["pi", "pf", "po"]) },
  state: { h: "hidden", c: "hidden" },
  step(P: Tensors, { h, c }, x) {
    const i = sigmoid(add(gate(P, "i", h, x), mul(c, P.pi!)));
    const f = sigmoid(add(gate(P, "f", h, x), mul(c, P.pf!)));
    const next = add(mul(f, c), mul(i, tanh(gate(P, "g", h, x))));
    const o = sigmoid(add(gate(P, "o", h, x), mul(next, P.po!)));
    const output = mul(o, tanh(next));
    return { state: { h: output, c: next }, output };
  },
});

const gru = defineCell({
  name: "gru-reset-before",
  sizes: ["input", "hidden"],
  output: "hidden",
  parameters: gates(["r", "z", "n"]),
  state: { h: "hidden" },
  step(P: Tensors, { h }, x) {
    const r = sigmoid(gate(P, "r", h, x));
    const z = sigmoid(gate(P, "z", h, x));
    const n = tanh(gate(P, "n", mul(r, h), x));
    const next = add(mul(sub(1, z), n), mul(z, h));
    return { state: { h: next }, output: next };
  },
});

const toFrom = ["i", "f", "o"].flatMap((to) => ["i", "f", "o"].map((from) => `v${to}${from}`));
const dcm = defineCell({
  name: "dcm",
  sizes: ["input", "hidden"],
  output: "hidden",
  parameters: { ...gates(["i", "f", "g", "o"]), ...diagonals(["pi", "pf", "po", ...toFrom]) },
  state: { h: "hidden", c: "hidden", i: "hidden", f: "hidden", o: "hidden" },
  step(P: Tensors, s, x) {
    const mix = (to: string, i: Tensor, f: Tensor, o: Tensor) =>
      add(mul(i, P[`v${to}i`]!), mul(f, P[`v${to}f`]!), mul(o, P[`v${to}o`]!));
    const i = sigmoid(add(gate(P, "i", s.h, x), mul(s.c, P.pi!), mix("i", s.i, s.f, s.o)));
    const f = sigmoid(add(gate(P, "f", s.h, x), mul(s.c, P.pf!), mix("f", s.i, s.f, s.o)));
    const c = add(mul(f, s.c), mul(i, tanh(gate(P, "g", s.h, x))));
    const o = sigmoid(add(gate(P, "o", s.h, x), mul(c, P.po!), mix("o", i, f, s.o)));
    const output = mul(o, tanh(c));
    return { state: { h: output, c, i, f, o }, output };
  },
});

/** Σ weight ⊙ outputs of a cell along time. */
const cellObjective =
  (make: (sizes: { input: number; hidden: number }) => ReturnType<typeof gru | typeof peephole | typeof dcm>) =>
  (T: Tensors, { input: features, hidden }: Golden["sizes"]) => {
    const cell = make({ input: features!, hidden: hidden! }) as Parameters<typeof unroll>[0];
    const initial = Object.fromEntries(Object.keys(cell.state).map((name) => [name, T[name]!]));
    return reduceSum(mul(T.weight!, unroll(cell, T, T.x!, { initial }).outputs));
  };

/** [.., length, maps] with the neighbours on both sides of each position joined along the maps. */
const left = (x: Tensor) => pad(slice(x, { axis: -2, end: -1 }), { axis: -2, before: 1 });
const right = (x: Tensor) => pad(slice(x, { axis: -2, start: 1 }), { axis: -2, after: 1 });

function dngpu(T: Tensors, { maps, steps }: Golden["sizes"]): Tensor {
  const m = maps!;
  const conv = (s: Tensor, K: Tensor, b: Tensor) =>
    add(matmul(concat([left(s), s, right(s)], -1), reshape(K, [3 * m, m])), b);
  const third = Math.floor(m / 3);
  const kept = m - 2 * third;
  const part = (x: Tensor, start: number, end: number) => slice(x, { axis: -1, start, end });
  const saturation = (z: Tensor) => reduceSum(relu(sub(abs(z), 0.9)));
  const { state } = scan({
    steps: steps!,
    state: { s: mul(T.state!, T.mask!), total: scalar(0) },
    sequences: { keep: T.keep! },
    step({ s, total }, { keep }) {
      const zu = conv(s, T.Ku!, add(T.bu!, 0.7));
      const zr = conv(s, T.Kr!, add(T.br!, 0.5));
      const [u, r] = [hardSigmoid(zu), hardSigmoid(zr)];
      const zc = conv(mul(r, s), T.Kc!, T.bc!);
      const shifted = concat(
        [part(s, 0, kept), left(part(s, kept, kept + third)), right(part(s, kept + third, m))],
        -1,
      );
      const next = mul(add(mul(u, shifted), mul(sub(1, u), mul(hardTanh(zc), keep))), T.mask!);
      return { state: { s: next, total: add(total, saturation(zu), saturation(zr), saturation(zc)) } };
    },
  });
  return add(reduceSum(mul(T.weight!, state.s)), mul(state.total, 0.01));
}

function cgru(T: Tensors, { maps, steps }: Golden["sizes"]): Tensor {
  const m = maps!;
  const up = (x: Tensor) => pad(slice(x, { axis: -3, end: -1 }), { axis: -3, before: 1 });
  const down = (x: Tensor) => pad(slice(x, { axis: -3, start: 1 }), { axis: -3, after: 1 });
  const row = (x: Tensor) => concat([left(x), x, right(x)], -1);
  const conv = (s: Tensor, K: Tensor, b: Tensor) =>
    add(matmul(concat([row(up(s)), row(s), row(down(s))], -1), reshape(K, [9 * m, m])), b);
  const cut = (x: Tensor) => clip(sub(mul(sigmoid(x), 1.2), 0.1), 0, 1);
  const { state } = scan({
    steps: steps!,
    state: { s: T.state! },
    step({ s }) {
      const u = cut(conv(s, T.Ku!, add(T.bu!, 1)));
      const r = cut(conv(s, T.Kr!, add(T.br!, 1)));
      const c = tanh(conv(mul(r, s), T.Kc!, T.bc!));
      return { state: { s: add(mul(u, s), mul(sub(1, u), c)) } };
    },
  });
  return reduceSum(mul(T.weight!, state.s));
}

const objectives = {
  "lstm-peephole": cellObjective(peephole),
  "gru-reset-before": cellObjective(gru),
  dcm: cellObjective(dcm),
  dngpu,
  cgru,
} as const;

const twice = ({ dtype, shape, data }: NDArray): NDArray => ({
  dtype,
  shape: [2, ...shape],
  data: Float64Array.from([...data, ...data]),
});

async function check(name: keyof typeof objectives, runtime: Runtime, tolerance: number, form: string): Promise<void> {
  const golden = readGolden<Golden>(name);
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

/** Weights under PyTorch's names: those of torch.nn.RNN, LSTM and GRU and of a torch.nn.Linear that reads them. */
import { type Packing, pack, unprefixed } from "../../cells/index.ts";
import { LonghandError } from "../../errors.ts";
import { type NDArray, ndarray, sizeOf, swapLastAxes } from "../../graph/index.ts";
import type { Model } from "../../models/index.ts";
import { type Arrays, computed, type Foreign, type PackedArrays, partsOf } from "./foreign.ts";

interface TorchModule {
  readonly name: string;
  readonly packing: Packing;
  /** Models that read its weights; only the first has its equations and is written. */
  readonly models: readonly string[];
  /** The functions that it has, by option of the model. */
  readonly functions: Readonly<Record<string, readonly string[]>>;
}

const modules: readonly TorchModule[] = [
  { name: "RNN", packing: { gates: [""] }, models: ["rnn"], functions: { activation: ["tanh", "relu"] } },
  {
    name: "LSTM",
    packing: { gates: ["i", "f", "g", "o"] },
    models: ["lstm", "lstm-sigmoid"],
    functions: { gate: ["sigmoid"], candidate: ["tanh"], squash: ["tanh"] },
  },
  {
    name: "GRU",
    packing: { gates: ["r", "z", "n"], apart: "n" },
    models: ["gru", "gru-reset-before"],
    functions: { gate: ["sigmoid"], candidate: ["tanh"] },
  },
];

const suffixOf = (layer: number, direction: number) => `_l${layer}${direction === 1 ? "_reverse" : ""}`;

/**
 * Reads the tensors of a network: one torch.nn.RNN, LSTM or GRU under any prefix ("lstm.weight_ih_l0"), and one
 * torch.nn.Linear under any name ("fc.weight", "fc.bias"). Which of the three it is, its layers, directions and sizes follow
 * from names and shapes. A recurrent module without biases (bias=False) has none at all. What nonlinearity an RNN has isn't in
 * the file: tanh unless the model is told otherwise.
 * @throws LonghandError `format` naming a tensor that is missing or that no part of such a network has; `shape` naming the
 *   tensor, its shape and what was expected.
 */
export function readTorch(tensors: Arrays): Foreign {
  const first = Object.keys(tensors).filter((name) => name.endsWith("weight_ih_l0"));
  if (first.length !== 1) {
    const came = first.length === 0 ? `only ${quoted(Object.keys(tensors))}` : quoted(first);
    throw new LonghandError(
      "format",
      `PyTorch's weights: received ${came}, expected one recurrent module, whose first tensor is "…weight_ih_l0"`,
    );
  }
  const prefix = first[0]!.slice(0, -"weight_ih_l0".length);
  const [rows, features] = matrix(tensors, first[0]!);
  const [, hidden] = matrix(tensors, `${prefix}weight_hh_l0`);
  const module = modules.find(({ packing }) => packing.gates.length * hidden === rows);
  if (!module) {
    throw new LonghandError(
      "shape",
      `PyTorch's weights: "${first[0]}" is [${rows}, ${features}], expected ${modules.map(({ name, packing }) => `[${packing.gates.length * hidden}, …] (${name})`).join(", ")} for ${hidden} units`,
    );
  }
  let layers = 1;
  while (`${prefix}weight_ih_l${layers}` in tensors || `${prefix}weight_hh_l${layers}` in tensors) layers++;
  const bidirectional = Object.keys(tensors).some((name) => name.startsWith(prefix) && name.endsWith("_reverse"));
  const directions = bidirectional ? [0, 1] : [0];
  const hasBiases = Object.keys(tensors).some((name) => name.startsWith(`${prefix}bias_`));
  const expected = new Set<string>();
  const take = (name: string, shape: readonly number[]): NDArray => {
    expected.add(name);
    const found = tensors[name];
    if (!found) throw missing(name, shape);
    if (found.shape.join() === shape.join()) return found;
    throw new LonghandError(
      "shape",
      `PyTorch's weights: "${name}" is [${found.shape.join(", ")}], expected [${shape.join(", ")}]`,
    );
  };
  const bias = (name: string) => (hasBiases ? take(name, [rows]) : zeros([rows]));
  const packed = Array.from({ length: layers }, (_, n) =>
    directions.map((direction): PackedArrays => {
      const suffix = suffixOf(n, direction);
      const read = n === 0 ? features : hidden * directions.length;
      return {
        W: take(`${prefix}weight_ih${suffix}`, [rows, read]),
        R: take(`${prefix}weight_hh${suffix}`, [rows, hidden]),
        Wb: bias(`${prefix}bias_ih${suffix}`),
        Rb: bias(`${prefix}bias_hh${suffix}`),
      };
    }),
  );
  const readout = readoutOf(tensors, expected, hidden * directions.length, take);
  const extra = Object.keys(tensors).filter((name) => !expected.has(name));
  if (extra.length > 0) {
    throw new LonghandError(
      "format",
      `PyTorch's weights: ${quoted(extra)} belong${extra.length === 1 ? "s" : ""} to no part of one ${module.name} of ${layers} layer${layers === 1 ? "" : "s"} and a linear readout`,
    );
  }
  const { models, packing } = module;
  const sizes = new Array<number>(layers).fill(hidden);
  return { models, options: {}, packing, features, hidden: sizes, bidirectional, layers: packed, readout };
}

/** The linear layer: the only matrix besides the recurrent ones, [outputs, width], with its bias. */
function readoutOf(
  tensors: Arrays,
  known: ReadonlySet<string>,
  width: number,
  take: (name: string, shape: readonly number[]) => NDArray,
): Foreign["readout"] {
  const isRecurrent = (name: string) => /(weight|bias)_(ih|hh)_l\d+(_reverse)?$/.test(name);
  const names = Object.keys(tensors).filter(
    (name) => !known.has(name) && !isRecurrent(name) && /(^|\.)weight$/.test(name),
  );
  const [name] = names;
  if (name === undefined) {
    throw new LonghandError(
      "format",
      `PyTorch's weights: no linear readout, expected "….weight" [outputs, ${width}] and "….bias"`,
    );
  }
  if (names.length > 1) {
    throw new LonghandError("format", `PyTorch's weights: received ${quoted(names)}, expected one linear readout`);
  }
  const [outputs] = matrix(tensors, name);
  const weight = take(name, [outputs, width]);
  const c = take(name.replace(/weight$/, "bias"), [outputs]);
  return { V: transposed(weight), c };
}

/**
 * The tensors that PyTorch's module of the same equations has, for `load_state_dict` of a module with an `nn.RNN`, `nn.LSTM` or
 * `nn.GRU` named as the model is ("lstm") and an `nn.Linear` named "fc". Sums of biases are all in bias_ih.
 * @throws LonghandError `unsupported` for a model that PyTorch has no module for, naming it or its option.
 */
export function writeTorch(model: Model, parameters: Arrays): Record<string, NDArray> {
  const module = modules.find(({ models }) => models[0] === model.name);
  const options = model.options as Readonly<Record<string, unknown>>;
  const refuse = (what: string) => {
    throw new LonghandError("unsupported", `PyTorch has no module for the model ${model.name}${what}`);
  };
  if (!module) return refuse(`, expected ${modules.map(({ models }) => models[0]).join(", ")}`);
  for (const option of ["feedback", "learnedState"]) if (options[option]) refuse(` with ${option}`);
  for (const [option, allowed] of Object.entries(module.functions)) {
    if (!allowed.includes(String(options[option])))
      refuse(` with ${option} ${options[option]}, expected ${allowed.join(" or ")}`);
  }
  const { hidden } = options;
  if (Array.isArray(hidden) && new Set(hidden).size > 1)
    refuse(` with layers of ${hidden.join(", ")} units, expected as many each`);
  const { V, c, ...ofCells } = parameters;
  const written = partsOf(model).flatMap((parts, n) =>
    parts.flatMap((prefix, d): [string, NDArray][] => {
      const packed = computed(unprefixed(prefix, ofCells), (tensors) => ({ ...pack(tensors, module.packing) }));
      const at = (name: string) => `${model.name}.${name}${suffixOf(n, d)}`;
      return [
        [at("weight_ih"), packed.W!],
        [at("weight_hh"), packed.R!],
        [at("bias_ih"), packed.Wb!],
        [at("bias_hh"), packed.Rb!],
      ];
    }),
  );
  const all = { ...Object.fromEntries(written), "fc.weight": transposed(V!), "fc.bias": c! };
  const isShort = Object.values(parameters).every(({ data }) => data instanceof Float32Array);
  const width = isShort ? Float32Array : Float64Array;
  return Object.fromEntries(
    Object.entries(all).map(([name, { shape, data }]) => [name, ndarray(width.from(data), shape)]),
  );
}

const transposed = (matrix: NDArray) =>
  computed({ matrix }, ({ matrix }) => ({ turned: swapLastAxes(matrix!) })).turned!;

function matrix(tensors: Arrays, name: string): [number, number] {
  const found = tensors[name];
  if (!found) throw missing(name, ["gates · units", "units"]);
  if (found.shape.length === 2) return found.shape as unknown as [number, number];
  throw new LonghandError("shape", `PyTorch's weights: "${name}" is [${found.shape.join(", ")}], expected a matrix`);
}

const zeros = (shape: readonly number[]) => ndarray(new Float64Array(sizeOf(shape)), shape);

function missing(name: string, shape: readonly (number | string)[]): LonghandError {
  return new LonghandError("format", `PyTorch's weights: "${name}" is missing, expected [${shape.join(", ")}]`);
}

const quoted = (names: readonly string[]) =>
  names.length === 0 ? "nothing" : names.map((name) => `"${name}"`).join(", ");

/** The training steps of the cases as programs of this library. */

import { type Cell, gru, lstm, rnn } from "../../src/cells/index.ts";
import {
  abs,
  add,
  clip,
  concat,
  gradient,
  hardSigmoid,
  input,
  matmul,
  mul,
  type NDArray,
  optimize,
  type Program,
  pad,
  program,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  scalar,
  scan,
  slice,
  sub,
  type Tensor,
} from "../../src/graph/index.ts";
import { softmaxCrossEntropy, unroll } from "../../src/models/index.ts";
import { operationsOf } from "../../src/runtime/operations.ts";
import {
  adam,
  chunkFor,
  clipByGlobalNorm,
  completeConfig,
  configuredModel,
  flatten,
  globalNorm,
  type Layout,
  layoutOf,
  type PartResult,
  type PartSource,
  type PartsStep,
  planBatch,
  trainingProgram,
  type UpdateConfig,
  unflatten,
} from "../../src/training/index.ts";
import { type CaseFile, decodeFloats, decodeIntegers } from "../contract.ts";

/** A step that can be run: its program, and the arrays of each batch. */
export interface BenchmarkStep {
  readonly program: Program;
  /** All parameters [replicas · size]. */
  readonly parameters: Float32Array;
  readonly shape: readonly number[];
  readonly batches: readonly Readonly<Record<string, NDArray>>[];
  /** Scalars that don't change. */
  readonly scalars: Readonly<Record<string, number>>;
  /** The parameters by name, out of the vector. */
  named(parameters: Float32Array): Record<string, Float32Array>;
}

function inputsOf(file: CaseFile, name: string): { data: Float32Array | Int32Array; shape: readonly number[] } {
  const { dtype, data, shape } = file.inputs[name]!;
  return { data: dtype === "int32" ? decodeIntegers(data) : decodeFloats(data), shape };
}

/** One batch of a cycled input, without the batches' axis. */
function batchOf(
  file: CaseFile,
  name: string,
  k: number,
): { data: Float32Array | Int32Array; shape: readonly number[] } {
  const { data, shape } = inputsOf(file, name);
  if (!file.cycled.includes(name)) return { data, shape };
  const rest = shape.slice(1);
  const size = rest.reduce((a, b) => a * b, 1);
  return { data: data.subarray(k * size, (k + 1) * size), shape: rest };
}

const floats = (data: Float32Array, shape: readonly number[]): NDArray => ({ dtype: "float", shape, data });

/**
 * The population of ILRNNs, as the trainer trains it.
 * @param first, count the replicas of this shard.
 */
export function populationStep(file: CaseFile, first: number, count: number): BenchmarkStep {
  const { time, batch, population: all, batches } = file.sizes as Record<string, number>;
  const config = completeConfig({
    task: "binary-addition",
    model: { name: "ilrnn", layers: [file.sizes.hidden] },
    population: count,
    clip: file.constants.clipNorm,
    stateNoise: { scale: file.constants.noiseScale, growth: 0 },
  });
  const { model } = configuredModel(config);
  const layout = layoutOf(model.parameters);
  const parameters = new Float32Array(count * layout.size);
  for (const { name, start, end } of layout.parts) {
    const values = decodeFloats(file.parameters[name]!.data);
    const size = end - start;
    for (let r = 0; r < count; r++) {
      parameters.set(values.subarray((first + r) * size, (first + r + 1) * size), r * layout.size + start);
    }
  }
  /** [time, population, batch, width] → the shard's replicas. */
  const shard = (name: string, k: number) => {
    const { data, shape } = batchOf(file, name, k);
    const width = shape[3]!;
    const row = batch! * width;
    const out = new Float32Array(time! * count * row);
    for (let t = 0; t < time!; t++) {
      const from = (t * all! + first) * row;
      out.set(data.subarray(from, from + count * row), t * count * row);
    }
    return { data: out, width };
  };
  /** Symbols are read example by example: [time, population, batch, n] → [population, batch, time, n]. */
  const symbols = (name: string, k: number, shape: readonly number[]): NDArray => {
    const { data, width } = shard(name, k);
    const out = new Int32Array(data.length);
    const examples = count * batch!;
    for (let t = 0; t < time!; t++) {
      for (let e = 0; e < examples; e++) {
        for (let c = 0; c < width; c++) out[(e * time! + t) * width + c] = data[(t * examples + e) * width + c]!;
      }
    }
    return { dtype: "int", shape, data: out };
  };
  const lead = count > 1 ? [count] : [];
  return {
    program: trainingProgram(model, config).program,
    parameters,
    shape: [...lead, layout.size],
    scalars: { learningRate: file.constants.learningRate! },
    batches: Array.from({ length: batches! }, (_, k) => ({
      symbols: symbols("x", k, [...lead, batch!, time!, 2]),
      targets: symbols("target", k, [...lead, batch!, time!]),
      // The trainer draws noise in its amplitude; here it is scaled beforehand.
      "noise h1": floats(
        shard("noise1", k).data.map((x) => Math.fround(file.constants.noiseScale!) * x),
        [time!, ...lead, batch!, file.sizes.hidden!],
      ),
      "noise h2": floats(
        shard("noise2", k).data.map((x) => Math.fround(file.constants.noiseScale!) * x),
        [time!, ...lead, batch!, file.sizes.output!],
      ),
    })),
    named: (vector) =>
      Object.fromEntries(
        layout.parts.map(({ name, start, end }) => {
          const part = new Float32Array(count * (end - start));
          for (let r = 0; r < count; r++) {
            part.set(vector.subarray(r * layout.size + start, r * layout.size + end), r * (end - start));
          }
          return [name, part];
        }),
      ),
  };
}

type Loss = (parameters: Readonly<Record<string, Tensor>>, inputs: Readonly<Record<string, Tensor>>) => Tensor;

/** The parameters of a case with a loss of its own, in one vector. */
function layoutIn(file: CaseFile): Layout {
  const zero = { name: "zeros", draw: () => new Float64Array(0) };
  return layoutOf(
    Object.fromEntries(Object.entries(file.parameters).map(([name, { shape }]) => [name, { shape, initial: zero }])),
  );
}

/** What a case begins with, and its parameters by name out of a vector. */
function parametersIn(file: CaseFile): Pick<BenchmarkStep, "parameters" | "named"> {
  const layout = layoutIn(file);
  const parameters = new Float32Array(layout.size);
  for (const { name, start } of layout.parts) parameters.set(decodeFloats(file.parameters[name]!.data), start);
  return {
    parameters,
    named: (all) => Object.fromEntries(layout.parts.map(({ name, start, end }) => [name, all.slice(start, end)])),
  };
}

/** The loss of a batch and its gradient. @param shape of an input. */
function lossAndGradient(file: CaseFile, loss: Loss, shape: (name: string) => readonly number[]) {
  const layout = layoutIn(file);
  const vector = input("parameters", [layout.size]);
  const inputs = Object.fromEntries(
    Object.keys(file.inputs).map((name) => {
      return [name, input(name, shape(name), file.inputs[name]!.dtype === "int32" ? "int" : "float")];
    }),
  );
  const cut = unflatten(vector, layout);
  const [value] = optimize([loss(cut, inputs)]);
  const [total, ...gradients] = optimize([value!, ...gradient(value!, Object.values(cut))]);
  return { layout, vector, inputs, total: total!, joined: flatten(gradients, layout) };
}

/** A step with a loss of its own: gradient, clipping, Adam, as in `trainingProgram`. */
function ownStep(file: CaseFile, loss: Loss): BenchmarkStep {
  const { layout, inputs, vector, total, joined } = lossAndGradient(file, loss, (name) => batchOf(file, name, 0).shape);
  const slots = { m: input("m", [layout.size]), v: input("v", [layout.size]) };
  const scalars = { learningRate: input("learningRate", []), first: input("first", []), second: input("second", []) };
  const clipped = clipByGlobalNorm(joined, globalNorm(joined), file.constants.clipNorm!);
  const updated = adam().update(vector, clipped, slots, scalars);
  return {
    program: program(
      file.case,
      { parameters: vector, ...slots, ...inputs, ...scalars },
      { parameters: updated.parameters, ...updated.slots, loss: total },
    ),
    shape: [layout.size],
    scalars: { learningRate: file.constants.learningRate! },
    batches: Array.from({ length: file.sizes.batches! }, (_, k) =>
      Object.fromEntries(
        Object.keys(file.inputs).map((name) => {
          const { data, shape } = batchOf(file, name, k);
          return [name, { dtype: data instanceof Int32Array ? "int" : "float", shape, data } as NDArray];
        }),
      ),
    ),
    ...parametersIn(file),
  };
}

/** A case whose gradient is computed in parts. */
export interface CaseParts extends Pick<BenchmarkStep, "parameters" | "named"> {
  readonly source: PartSource;
  readonly config: UpdateConfig;
  /** The first values of Adam's or AdaMax's slots, where they aren't 0. */
  readonly slots?: Readonly<Record<string, number>>;
  /** Step t, from 0. */
  step(t: number): PartsStep;
  /** What a part adds to the step's loss. */
  loss(result: PartResult): number;
}

/** A case of one layer in parts of its examples, as the trainer cuts a batch; undefined where it would not. */
export function layerParts(file: CaseFile): CaseParts | undefined {
  const loss = layerLossOf(file);
  if (!loss) return undefined;
  const { batch, batches } = file.sizes as { batch: number; batches: number };
  const whole = ownStep(file, loss);
  const chunk = chunkFor(batch, operationsOf(whole.program, new Map()));
  if (chunk === undefined) return undefined;
  const plan = planBatch(batch, chunk, file.sizes.time!);
  /** The inputs are [time, batch, …]. */
  const rows = (name: string, k: number, first: number, count: number): NDArray => {
    const { data, shape } = batchOf(file, name, k);
    const row = shape.slice(2).reduce((product, extent) => product * extent, 1);
    const cut = data.slice(0, shape[0]! * count * row);
    for (let t = 0; t < shape[0]!; t++) {
      const start = (t * batch + first) * row;
      cut.set(data.subarray(start, start + count * row), t * count * row);
    }
    return { dtype: cut instanceof Int32Array ? "int" : "float", shape: shape.with(1, count), data: cut } as NDArray;
  };
  const arrays = Array.from({ length: batches }, (_, k) =>
    plan.map(({ first, count }) =>
      Object.fromEntries(Object.keys(file.inputs).map((name) => [name, rows(name, k, first, count)])),
    ),
  );
  return {
    ...parametersIn(file),
    source: {
      kind: ({ count }) => `${count}`,
      program({ count }) {
        const share = input("share", []);
        const shape = (name: string) => batchOf(file, name, 0).shape.with(1, count);
        const scaled: Loss = (parameters, inputs) => mul(share, loss(parameters, inputs));
        const { vector, inputs, total, joined } = lossAndGradient(file, scaled, shape);
        const nothing = scalar(0);
        return program(
          `${file.case} of ${count}`,
          { parameters: vector, share, ...inputs },
          { gradient: joined, loss: total, symbolAccuracy: nothing, exactAccuracy: nothing },
        );
      },
      inputs: ({ step }, { first, count }) => ({
        share: count / batch,
        arrays: arrays[(step - 1) % batches]![first / chunk]!,
      }),
    },
    config: {
      optimizer: { name: "adam", ...adamConstants(file) },
      clip: file.constants.clipNorm!,
      gradientNoise: null,
      weightDecay: 0,
    },
    step: (t) => ({ step: t + 1, parts: plan, weights: {}, scalars: { learningRate: file.constants.learningRate! } }),
    loss: ({ loss }) => loss,
  };
}

function adamConstants({ constants }: CaseFile) {
  return { beta1: constants.beta1!, beta2: constants.beta2!, epsilon: constants.epsilon! };
}

function layerLoss(file: CaseFile, make: (sizes: { input: number; hidden: number }) => Cell): Loss {
  const cell = make({ input: file.sizes.input!, hidden: file.sizes.hidden! });
  return ({ V, c, ...parameters }, { x, target }) => {
    const { outputs } = unroll(cell, parameters, x!);
    return reduceMean(softmaxCrossEntropy(add(matmul(outputs, V!), c!), target!));
  };
}

function layerLossOf(file: CaseFile): Loss | undefined {
  if (file.case === "rnn") return layerLoss(file, rnn);
  if (file.case === "lstm-128" || file.case === "lstm-512") return layerLoss(file, lstm);
  if (file.case === "gru-128" || file.case === "gru-512") return layerLoss(file, gru);
  return undefined;
}

function dngpuStep(file: CaseFile): BenchmarkStep {
  const { maps, steps } = file.sizes as { maps: number; steps: number };
  const { updateOffset, resetOffset, saturationLimit, saturationWeight } = file.constants as Record<string, number>;
  const third = Math.floor(maps / 3);
  const kept = maps - 2 * third;
  return ownStep(file, ({ Ku, bu, Kr, br, Kc, bc }, { s, w }) => {
    const flat = (kernel: Tensor) => reshape(kernel, [3 * maps, maps]);
    const gatesKernel = concat([flat(Ku!), flat(Kr!)], -1);
    const gatesBias = concat([add(bu!, updateOffset!), add(br!, resetOffset!)], -1);
    const maps2 = 2 * maps;
    const part = (x: Tensor, start: number, end: number) => slice(x, { axis: -1, start, end });
    const left = (x: Tensor) => pad(slice(x, { axis: -2, end: -1 }), { axis: -2, before: 1 });
    const right = (x: Tensor) => pad(slice(x, { axis: -2, start: 1 }), { axis: -2, after: 1 });
    const neighbours = (x: Tensor) => concat([left(x), x, right(x)], -1);
    const saturation = (z: Tensor) => reduceSum(relu(sub(abs(z), saturationLimit!)));
    const { state } = scan({
      name: "dcgru",
      steps,
      state: { s: s!, saturation: scalar(0) },
      step({ s, saturation: total }) {
        const gates = add(matmul(neighbours(s), gatesKernel), gatesBias);
        const open = hardSigmoid(gates);
        const u = part(open, 0, maps);
        const r = part(open, maps, maps2);
        const z = add(matmul(neighbours(mul(r, s)), flat(Kc!)), bc!);
        const shifted = concat(
          [part(s, 0, kept), left(part(s, kept, kept + third)), right(part(s, kept + third, maps))],
          -1,
        );
        const candidate = clip(z, -1, 1);
        const next = add(candidate, mul(u, sub(shifted, candidate)));
        return { state: { s: next, saturation: add(total, saturation(gates), saturation(z)) } };
      },
    });
    return add(reduceMean(mul(state.s, w!)), mul(state.saturation, saturationWeight!));
  });
}

/** The step of a case, for a shard of the population where there is one. */
export function benchmarkStep(file: CaseFile, shard: number, shards: number): BenchmarkStep {
  const loss = layerLossOf(file);
  if (loss) return ownStep(file, loss);
  if (file.case === "dngpu-body") return dngpuStep(file);
  const { population } = file.sizes as { population: number };
  const first = Math.floor((shard * population) / shards);
  return populationStep(file, first, Math.floor(((shard + 1) * population) / shards) - first);
}

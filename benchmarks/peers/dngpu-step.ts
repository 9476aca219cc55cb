/**
 * This project's side of the case `dngpu-step`, as its trainer does it: the gradients of parts of 16 examples on as many
 * threads as are given, each part to the thread that is free first, then the step.
 */

import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { NDArray } from "../../src/graph/index.ts";
import { dngpuModel } from "../../src/models/index.ts";
import { randomSource } from "../../src/random/index.ts";
import type { Executable } from "../../src/runtime/contract.ts";
import { onnxNodeRuntime } from "../../src/runtime/onnx/node.ts";
import { MASKS, positionsOf, updateProgram } from "../../src/training/bins/program.ts";
import { completeConfig, gradientProgram, layoutOf } from "../../src/training/index.ts";
import { type CaseFile, decodeFloats, decodeIntegers, encodeArray, type PeerResult } from "../contract.ts";
import { timed } from "./timing.ts";

const CHUNK = 16;

interface Data {
  readonly file: CaseFile;
}

/** One part of a step. */
interface Order {
  readonly step: number;
  readonly bin: number;
  readonly first: number;
  /** Whether examples drop out: not in the steps that are checked. */
  readonly drops: boolean;
  readonly parameters: Float32Array;
}

interface Reply {
  readonly gradient: Float32Array;
  /** The part's share of the loss, costs included. */
  readonly loss: number;
}

function model(file: CaseFile) {
  const { maps, symbols, classes } = file.sizes as { maps: number; symbols: number; classes: number };
  const options = { maps, keep: file.constants.keep!, saturation: file.constants.saturationLimit! };
  return dngpuModel.build(options, { channels: [symbols], answers: classes });
}

/** The trainer's settings for the case. */
function configOf(file: CaseFile) {
  return completeConfig({ task: "binary-multiplication", model: { name: "dngpu", maps: file.sizes.maps } });
}

/** Our names of the case's parameters, in the order of our vector. */
const names = { E: "E", bE: "bE", Uu: "Ku", bu: "bu", Ur: "Kr", br: "br", Uc: "Kc", bc: "bc", O: "O", bO: "bO" };

/** Computes parts: of a bin's batch the examples `first` … `first + 15`. */
async function partsOf(file: CaseFile): Promise<(order: Order) => Promise<Reply>> {
  const { batch, longest, batches } = file.sizes as { batch: number; longest: number; batches: number };
  const bins = decodeIntegers(file.inputs.bins!.data);
  const lengths = decodeIntegers(file.inputs.lengths!.data);
  const symbols = decodeIntegers(file.inputs.symbols!.data);
  const answers = decodeIntegers(file.inputs.answers!.data);
  const network = model(file);
  const config = configOf(file);
  const width = network.dropout!.width;
  const runtime = await onnxNodeRuntime({ threads: 1 });
  const random = randomSource(1);
  const made = new Map<number, Promise<Executable>>();
  const ones = new Float32Array(MASKS * CHUNK * width).fill(1);
  return async ({ step, bin, first, drops, parameters }) => {
    const length = bins[bin]!;
    if (!made.has(length)) made.set(length, runtime.compile(gradientProgram(network, config, length, CHUNK)));
    const input = new Int32Array(CHUNK * length).fill(-1);
    const target = new Int32Array(CHUNK * length).fill(-1);
    const start = ((step % batches) * bins.length + bin) * batch;
    let asked = 0;
    let askedOfAll = 0;
    for (let k = 0; k < batch; k++) {
      const own = lengths[start + k]!;
      askedOfAll += own;
      if (k < first || k >= first + CHUNK) continue;
      asked += own;
      for (let i = 0; i < own; i++) {
        input[(k - first) * length + i] = symbols[(start + k) * longest + i]!;
        target[(k - first) * length + i] = answers[(start + k) * longest + i]!;
      }
    }
    const stream = random.stream("dropout", step, length, first);
    const pool = drops ? stream.mask(new Float32Array(MASKS * CHUNK * width), file.constants.keep!) : ones;
    const positions = positionsOf(length);
    const rows = stream.integers(new Int32Array((length + 1) * positions), 0, MASKS);
    const share = asked / askedOfAll / bins.length;
    const weight = ((CHUNK / batch) * file.constants.saturationWeight!) / bins.length;
    const { gradient, loss, saturation } = await (await made.get(length)!).run({
      parameters: floats(parameters),
      symbols: { dtype: "int", shape: [CHUNK, length, 1], data: input },
      targets: { dtype: "int", shape: [CHUNK, length], data: target },
      share: floats(Float32Array.of(share), []),
      "weight saturation": floats(Float32Array.of(weight), []),
      pool: floats(pool, [MASKS, CHUNK * width]),
      rows: { dtype: "int", shape: [length + 1, positions], data: rows },
    });
    return {
      gradient: gradient!.data as Float32Array,
      loss: share * loss!.data[0]! + weight * saturation!.data[0]!,
    };
  };
}

function floats(data: Float32Array, shape: readonly number[] = [data.length]): NDArray {
  return { dtype: "float", shape, data };
}

/** Measures the case. */
export async function measureDngpuStep(file: CaseFile, threads: number): Promise<Omit<PeerResult, "peer" | "version">> {
  const began = performance.now();
  const bins = decodeIntegers(file.inputs.bins!.data);
  const { batch } = file.sizes as { batch: number };
  const layout = layoutOf(model(file).parameters);
  const runtime = await onnxNodeRuntime({ threads: 1 });
  const { program, optimizer } = updateProgram(model(file), configOf(file));
  const update = await runtime.compile(program);
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL(import.meta.url), { workerData: { file } satisfies Data }),
  );
  const ask = (worker: Worker, order: Order): Promise<Reply> =>
    new Promise((resolve, reject) => {
      worker.removeAllListeners();
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.postMessage(order);
    });
  const orders = [...bins.keys()]
    .sort((a, b) => bins[b]! - bins[a]!)
    .flatMap((bin) => Array.from({ length: batch / CHUNK }, (_, k) => ({ bin, first: k * CHUNK })));
  const empty = () => floats(new Float32Array(layout.size));
  let current = { parameters: empty(), m: empty(), v: empty() };
  let next = { parameters: empty(), m: empty(), v: empty() };
  for (const { name, start } of layout.parts) {
    current.parameters.data.set(decodeFloats(file.parameters[names[name as keyof typeof names]]!.data), start);
  }
  current.v.data.fill(file.constants.firstLargest!);
  const noise = new Float32Array(layout.size);
  const random = randomSource(2);
  const total = empty();
  const step = async (t: number, drops: boolean): Promise<number> => {
    const replies = new Array<Reply>(orders.length);
    const parameters = current.parameters.data as Float32Array;
    let following = 0;
    const work = async (worker: Worker) => {
      for (let k = following++; k < orders.length; k = following++)
        replies[k] = await ask(worker, { ...orders[k]!, step: t, drops, parameters });
    };
    await Promise.all(workers.map(work));
    total.data.fill(0);
    for (const { gradient } of replies) for (let k = 0; k < noise.length; k++) total.data[k]! += gradient[k]!;
    const learningRate = file.constants.learningRate!;
    if (drops) random.stream("noise", t).truncatedNormal(noise);
    const scalars = {
      learningRate,
      gradientNoiseScale: drops ? file.constants.noise! * learningRate : 0,
      ...optimizer.scalars(t),
    };
    const arrays = Object.entries(scalars).map(([name, value]) => [name, floats(Float32Array.of(value), [])]);
    await update.run(
      { ...current, gradient: total, gradientNoise: floats(noise), ...Object.fromEntries(arrays) },
      next,
    );
    [current, next] = [next, current];
    return replies.reduce((sum, { loss }) => sum + loss, 0);
  };
  const losses = [await step(0, false)];
  const compile = (performance.now() - began) / 1000;
  let t = 1;
  while (t < file.checkedSteps) losses.push(await step(t++, false));
  const parameters = Object.fromEntries(
    layout.parts.map(({ name, start, end }) => {
      const part = (current.parameters.data as Float32Array).slice(start, end);
      return [names[name as keyof typeof names], encodeArray(part, [part.length]).data];
    }),
  );
  const times = await timed(() => step(t++, true), file);
  await Promise.all(workers.map((worker) => worker.terminate()));
  return { threads, compile_s: compile, checks: { loss: losses, parameters }, ...times };
}

if (!isMainThread) {
  const parts = partsOf((workerData as Data).file);
  parentPort!.on("message", async (order: Order) => parentPort!.postMessage(await (await parts)(order)));
}

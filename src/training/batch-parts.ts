/** The parts of an ordinary batch: when it is cut, into what, and what each part reads. */
import type { NDArray, Program } from "../graph/index.ts";
import { randomSource } from "../random/index.ts";
import type { Arrays } from "../runtime/contract.ts";
import { LARGE } from "../runtime/open.ts";
import { operationsOf } from "../runtime/operations.ts";
import { type AnyTask, validLengths } from "../tasks/index.ts";
import { batchSource } from "./batches.ts";
import { whyWhole } from "./check.ts";
import { configuredModel, type Own, type TrainingConfig } from "./config.ts";
import { noiseScale } from "./noise.ts";
import type { Part, PartSource } from "./parts/part.ts";
import { batchGradientProgram, noiseWidths } from "./program.ts";

/** Examples of a part where the work decides: fewer use a processor less well, more leave less for others to do. */
const CHUNK = 16;

/**
 * Examples of a part, or undefined where a batch is not cut. The configuration alone decides, never the machine: results
 * depend on it, in the last bits.
 * @param program the training's, for the whole batch: asked for where its work decides.
 */
export function chunkOf(config: TrainingConfig, task: AnyTask, program: () => Program): number | undefined {
  const { batch, chunk, lengths } = config;
  if (batch <= (chunk ?? CHUNK) || whyWhole(config) !== undefined) return undefined;
  if (chunk !== null) return chunk;
  const time = task.steps(validLengths(task, ...lengths).at(-1)!);
  const bindings = new Map([
    ["batch", batch],
    ["time", time],
  ]);
  return chunkFor(batch, operationsOf(program(), bindings));
}

/** Examples of a part where the work of a step decides, or undefined where the batch is not worth cutting. */
export function chunkFor(batch: number, operations: number): number | undefined {
  return batch > CHUNK && operations >= LARGE ? CHUNK : undefined;
}

/** The parts of a batch of problems of a length: all of `chunk` examples but for the last. */
export function planBatch(batch: number, chunk: number, length: number): Part[] {
  return Array.from({ length: Math.ceil(batch / chunk) }, (_, k) => ({
    length,
    first: k * chunk,
    count: Math.min(chunk, batch - k * chunk),
  }));
}

/** The parts of the batches of one network. A part draws its whole batch, as one that isn't cut, and takes its rows. */
export function batchParts(config: TrainingConfig, own: Own = {}): PartSource {
  const { task, model } = configuredModel(config, own);
  const batches = batchSource(task, config, randomSource(config.seed), { noise: noiseWidths(model, config) });
  let drawn: { readonly step: number; readonly length: number; readonly arrays: Arrays } | undefined;
  const drawnFor = (step: number, length: number): Arrays => {
    if (drawn?.step !== step || drawn.length !== length) {
      drawn = { step, length, arrays: batches.draw(step, length, noiseScale(config, step)) };
    }
    return drawn.arrays;
  };
  return {
    kind: () => "batch",
    program: () => batchGradientProgram(model, config),
    inputs({ step }, { length, first, count }) {
      const all = drawnFor(step, length);
      const cut = Object.entries(all).map(([name, array]) => {
        return [name, rowsOf(array, name.startsWith("noise ") ? 1 : 0, first, count)] as const;
      });
      const arrays: Arrays = Object.fromEntries(cut);
      return { share: askedIn(arrays) / Math.max(askedIn(all), 1), arrays };
    },
  };
}

/** Positions at which something is asked: what losses are means over. */
function askedIn({ targets, asked }: Arrays): number {
  let count = 0;
  if (asked) for (const each of asked.data) count += each;
  else for (const target of targets!.data) if (target >= 0) count++;
  return count;
}

/** Rows `first` … `first + count − 1` along an axis. */
function rowsOf({ dtype, shape, data }: NDArray, axis: 0 | 1, first: number, count: number): NDArray {
  const outer = axis === 0 ? 1 : shape[0]!;
  const row = shape.slice(axis + 1).reduce((product, extent) => product * extent, 1);
  const cutShape = shape.with(axis, count);
  if (axis === 0) return { dtype, shape: cutShape, data: data.subarray(first * row, (first + count) * row) };
  const cut = data.slice(0, outer * count * row);
  for (let k = 0; k < outer; k++) {
    const start = (k * shape[axis]! + first) * row;
    cut.set(data.subarray(start, start + count * row), k * count * row);
  }
  return { dtype, shape: cutShape, data: cut };
}

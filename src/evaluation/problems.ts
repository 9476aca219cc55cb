/** Problems of any task as the inputs of programs, and how answers to them are judged. */
import {
  abs,
  cast,
  type Dimension,
  equal,
  greater,
  greaterOrEqual,
  input,
  lessOrEqual,
  mul,
  type NDArray,
  not,
  or,
  reduceMin,
  reduceSum,
  squeeze,
  sub,
  type Tensor,
} from "../graph/index.ts";
import {
  binaryCrossEntropy,
  decodeLogits,
  halfSquares,
  type Signature,
  softmaxCrossEntropy,
  symbolsInput,
} from "../models/index.ts";
import type { DrawnBatch, DrawnTask } from "../tasks/index.ts";

/**
 * The inputs of a program that are problems: `symbols` int [batch, time, channels] or float [batch, time, features];
 * `targets` int [batch, time] (−1: not asked) or float [batch, time, values] with `asked` float [batch, time], 1 where
 * numbers are asked; `present` float [batch, time] in tasks with padding, 1 within a problem.
 */
export interface ProblemInputs<Value> {
  readonly symbols: Value;
  readonly targets: Value;
  readonly asked?: Value;
  readonly present?: Value;
}

/** The inputs as tensors. @param time steps, or an open name. */
export function problemInputs(signature: Signature, time: Dimension = "time"): ProblemInputs<Tensor> {
  const { values, padded } = signature;
  return {
    symbols: symbolsInput(signature, time),
    targets:
      values === undefined ? input("targets", ["batch", time], "int") : input("targets", ["batch", time, values]),
    ...(values !== undefined && { asked: input("asked", ["batch", time]) }),
    ...(padded && { present: input("present", ["batch", time]) }),
  };
}

/** A batch as arrays. @param lead extents before those of the batch: a population. @param count problems in all. */
export function problemArrays(
  signature: Signature,
  { input: read, target, lengths }: DrawnBatch,
  steps: number,
  lead: readonly number[],
  count: number,
): Record<string, NDArray> {
  const { channels, features, values, padded } = signature;
  const batch = [...lead, count / lead.reduce((product, extent) => product * extent, 1), steps];
  const arrays: Record<string, NDArray> = {
    symbols: arrayOf(read, [...batch, features ?? channels.length]),
    targets: arrayOf(target, values === undefined ? batch : [...batch, values]),
  };
  if (values !== undefined) {
    const numbers = Float32Array.from(target, (number) => (Number.isNaN(number) ? 0 : number));
    const asked = Float32Array.from({ length: count * steps }, (_, k) => (Number.isNaN(target[k * values]) ? 0 : 1));
    arrays.targets = { dtype: "float", shape: [...batch, values], data: numbers };
    arrays.asked = { dtype: "float", shape: batch, data: asked };
  }
  if (padded) {
    const within = (k: number) => (k % steps < (lengths?.[Math.floor(k / steps)] ?? steps) ? 1 : 0);
    const present = Float32Array.from({ length: count * steps }, (_, k) => within(k));
    arrays.present = { dtype: "float", shape: batch, data: present };
  }
  return arrays;
}

function arrayOf(data: Int32Array | Float32Array, shape: readonly number[]): NDArray {
  return data instanceof Int32Array ? { dtype: "int", shape, data } : { dtype: "float", shape, data };
}

/** Steps of a problem that is drawn with its answer: of a batch of one. */
export function stepsOf({ values }: DrawnTask, { target }: DrawnBatch): number {
  return target.length / (values?.length ?? 1);
}

/** Batches of problems of equally many steps as one. */
export function joinBatches(batches: readonly DrawnBatch[]): DrawnBatch {
  const [first] = batches as [DrawnBatch];
  const join = <Numbers extends Int32Array | Float32Array>(arrays: readonly Numbers[]): Numbers => {
    const size = arrays[0]!.length;
    const Made = arrays[0]!.constructor as new (length: number) => Numbers;
    const all = new Made(size * arrays.length);
    for (const [k, array] of arrays.entries()) all.set(array, k * size);
    return all;
  };
  return {
    input: join(batches.map(({ input }) => input)),
    target: join(batches.map(({ target }) => target)),
    ...(first.lengths && { lengths: join(batches.map(({ lengths }) => lengths!)) }),
  };
}

/** Answers beside what was asked, [batch, time] each: whether one is asked, whether it is right, and what it costs. */
export interface Judged {
  /** float, 1 or 0. */
  readonly asked: Tensor;
  /** bool; true where nothing is asked. */
  readonly right: Tensor;
  /**
   * Cross-entropy in nats, of yes and no summed over the values; or the squared error summed over the numbers. Of any value
   * where nothing is asked.
   */
  readonly cost: Tensor;
}

/** Judges logits (or numbers) [batch, time, n] by the problems' targets. */
export function judge(signature: Signature, logits: Tensor, { targets, asked }: ProblemInputs<Tensor>): Judged {
  if (asked !== undefined) {
    const near = signature.yesNo
      ? equal(cast(greater(logits, 0), "float"), targets)
      : lessOrEqual(abs(sub(logits, targets)), signature.tolerance ?? 0);
    const right = greater(reduceMin(cast(near, "float"), { axes: [-1] }), 0.5);
    const cost = signature.yesNo
      ? reduceSum(binaryCrossEntropy(logits, targets), { axes: [-1] })
      : mul(halfSquares(logits, targets), 2);
    return { asked, right: or(right, not(greater(asked, 0.5))), cost };
  }
  const isAsked = greaterOrEqual(targets, 0);
  return {
    asked: cast(isAsked, "float"),
    right: or(equal(decodeLogits(logits), targets), not(isAsked)),
    cost:
      logits.shape.at(-1) === 1
        ? binaryCrossEntropy(squeeze(logits, [-1]), cast(targets, "float"))
        : softmaxCrossEntropy(logits, targets),
  };
}

/** Sums over the positions of each problem [batch] at which something is asked. */
export function askedSum(values: Tensor, asked: Tensor): Tensor {
  return reduceSum(mul(values, asked), { axes: [-1] });
}

/** Every operator applied in small cases, with operands and where they lie: for tests of derivatives, bounds and replicas. */
import { evaluate } from "../src/graph/dimension.ts";
import * as graph from "../src/graph/index.ts";
import { type Dimension, input, type NDArray, type Tensor } from "../src/graph/index.ts";
import { generator } from "./random-graph.ts";

/** Where the values of an operand lie: floats on a grid away from kinks, floats in 0.5 … 2, indices, numbers, truth values. */
export type Domain = "float" | "positive" | "index" | "int" | "bool";

export interface Operand {
  readonly domain: Domain;
  readonly shape: readonly Dimension[];
}

/** A building function applied to operands. */
export interface OperatorCase {
  readonly name: string;
  readonly operands: readonly Operand[];
  readonly build: (...operands: Tensor[]) => Tensor;
  /** "none": all derivatives are zero; "custom": the derivative isn't that of the value. */
  readonly derivative?: "none" | "custom";
}

/** Extents of the open dimensions in the table. */
export const extents: ReadonlyMap<string, number> = new Map([
  ["batch", 2],
  ["time", 3],
]);

const dtypes = { float: "float", positive: "float", index: "int", int: "int", bool: "bool" } as const;

/** The operands of a case as inputs, all but their values. */
export function inputsOf({ operands }: OperatorCase): Tensor[] {
  return operands.map(({ domain, shape }, k) => input(`x${k}`, shape, dtypes[domain]));
}

/** Values for an operand, with leading axes in front of its shape. */
export function valuesFor({ domain, shape }: Operand, seed: number, leading: readonly number[] = []): NDArray {
  const random = generator(seed);
  const concrete = [...leading, ...shape.map((extent) => evaluate(extent, extents))];
  const length = concrete.reduce((a, b) => a * b, 1);
  const dtype = dtypes[domain];
  const fill = (next: () => number) => Array.from({ length }, next);
  if (domain === "index")
    return { dtype, shape: concrete, data: Int32Array.from(fill(() => Math.floor(random() * 3))) };
  if (domain === "int")
    return { dtype, shape: concrete, data: Int32Array.from(fill(() => Math.floor(random() * 9) - 4)) };
  if (domain === "bool") return { dtype, shape: concrete, data: Uint8Array.from(fill(() => (random() < 0.5 ? 0 : 1))) };
  if (domain === "positive")
    return { dtype, shape: concrete, data: Float64Array.from(fill(() => 0.5 + 1.5 * random())) };
  // Odd multiples of 1/16 in ±2, shifted by the operand's seed: none twice within 32 neighbours, none at a multiple of 1/8.
  const order = Array.from({ length: 32 }, (_, k) => k).sort(() => random() - 0.5);
  const shift = (seed % 2) / 32;
  return {
    dtype,
    shape: concrete,
    data: Float64Array.from({ length }, (_, k) => (2 * order[k % 32]! - 31) / 16 + shift),
  };
}

/** Reads "float[batch,3]". */
function operand(text: string): Operand {
  const [, domain, list] = /^(\w+)\[(.*)\]$/.exec(text)!;
  return { domain: domain as Domain, shape: list ? list.split(",").map((part) => Number(part) || part) : [] };
}

type Row = readonly [
  name: string,
  operands: string,
  build: (...operands: [Tensor, Tensor, Tensor]) => Tensor,
  derivative?: "none" | "custom" | undefined,
];

const unary = (
  name: string,
  f: (x: Tensor) => Tensor,
  domain: Domain = "float",
  derivative?: "none" | "custom",
): Row[] => [
  [name, `${domain}[batch,3]`, f, derivative],
  [`${name} of a scalar`, `${domain}[]`, f, derivative],
];

/** Same shapes, a row, a column against a row, a scalar, operands of lower rank on either side. */
const binary = (
  name: string,
  f: (a: Tensor, b: Tensor) => Tensor,
  left: Domain,
  right: Domain,
  derivative?: "none",
): Row[] =>
  [
    ["batch,3", "batch,3"],
    ["batch,3", "3"],
    ["3,1", "2"],
    ["", "2,3"],
    ["2,3", ""],
    ["1,3", "batch,1"],
    ["3", "2,batch,3"],
  ].map(([a, b]): Row => [`${name} [${a}] [${b}]`, `${left}[${a}] ${right}[${b}]`, f, derivative]);

const rows: readonly Row[] = [
  ...binary("add", graph.add, "float", "float"),
  ...binary("sub", graph.sub, "float", "float"),
  ...binary("mul", graph.mul, "float", "float"),
  [
    "mul of two that are repeated",
    "float[1,3] float[3]",
    (a, b) => graph.mul(graph.expand(a, [2, 3]), graph.expand(b, [2, 3])),
  ],
  ["square of what is repeated", "float[3]", (x) => [graph.expand(x, [2, 3])].map((y) => graph.mul(y, y))[0]!],
  ...binary("div", graph.div, "float", "positive"),
  ...binary("max", graph.max, "float", "float"),
  ...binary("min", graph.min, "float", "float"),
  ...binary("pow", graph.pow, "positive", "float"),
  ["square", "float[batch,3]", (x) => graph.pow(x, 2)],
  ["cube", "float[batch,3]", (x) => graph.pow(x, 3)],
  ["add of integers", "int[2,3] int[3]", (a, b) => graph.add(a, b), "none"],
  ["product of integers", "int[2,3] int[2,1]", (a, b) => graph.mul(a, b), "none"],
  ...unary("neg", graph.neg),
  ...unary("abs", graph.abs),
  ...unary("exp", graph.exp),
  ...unary("log", graph.log, "positive"),
  ...unary("sqrt", graph.sqrt, "positive"),
  ...unary("reciprocal", graph.reciprocal, "positive"),
  ["reciprocal of negatives", "positive[3]", (x) => graph.reciprocal(graph.neg(x))],
  ...unary("tanh", graph.tanh),
  ...unary("sigmoid", graph.sigmoid),
  ...unary("softplus", graph.softplus),
  ...unary("sin", graph.sin),
  ...unary("cos", graph.cos),
  ...unary("relu", graph.relu),
  ...unary("hardSigmoid", (x) => graph.hardSigmoid(x)),
  ["hardSigmoid 0.2", "float[batch,3]", (x) => graph.hardSigmoid(x, 0.25, 0.25)],
  ["hardSigmoid falling", "float[batch,3]", (x) => graph.hardSigmoid(x, -0.5, 0.5)],
  ...unary("hardTanh", graph.hardTanh),
  ["clip", "float[batch,3]", (x) => graph.clip(x, -0.5, 0.75)],
  ...unary("sign", graph.sign, "float", "none"),
  ...unary("floor", graph.floor, "float", "none"),
  ...unary("step", graph.step, "float", "none"),
  ["straightThroughStep", "float[batch,3]", (x) => graph.straightThroughStep(x), "custom"],
  ["surrogate", "float[batch,3] float[batch,3]", (a, b) => graph.surrogate(a, b), "custom"],
  ["stopGradient", "float[batch,3]", (x) => graph.stopGradient(x), "none"],
  ...binary("greater", graph.greater, "float", "float", "none"),
  ...binary("greaterOrEqual", graph.greaterOrEqual, "int", "int", "none"),
  ...binary("less", graph.less, "float", "float", "none"),
  ...binary("lessOrEqual", graph.lessOrEqual, "int", "int", "none"),
  ...binary("equal", graph.equal, "int", "int", "none"),
  ...binary("and", graph.and, "bool", "bool", "none"),
  ...binary("or", graph.or, "bool", "bool", "none"),
  ...unary("not", graph.not, "bool", "none"),
  ["where", "bool[batch,3] float[batch,3] float[batch,3]", (c, a, b) => graph.where(c, a, b)],
  ["where, broadcast", "bool[batch,1] float[3] float[]", (c, a, b) => graph.where(c, a, b)],
  ["where, narrow condition", "bool[3] float[2,1,3] float[batch,1]", (c, a, b) => graph.where(c, a, b)],
  ["where, scalar condition", "bool[] float[2,3] float[3]", (c, a, b) => graph.where(c, a, b)],
  ["cast of bool", "bool[batch,3]", (x) => graph.cast(x, "float"), "none"],
  ["cast of int", "int[3]", (x) => graph.cast(x, "float"), "none"],
  ["cast to int", "float[batch,3]", (x) => graph.cast(x, "int"), "none"],
  ["cast to bool", "int[batch,3]", (x) => graph.cast(x, "bool"), "none"],
  ["matmul", "float[batch,3] float[3,2]", (a, b) => graph.matmul(a, b)],
  ["matmul, shared right", "float[time,batch,3] float[3,2]", (a, b) => graph.matmul(a, b)],
  ["matmul, shared left", "float[2,3] float[time,3,1]", (a, b) => graph.matmul(a, b)],
  ["matmul, both batched", "float[time,2,3] float[time,3,2]", (a, b) => graph.matmul(a, b)],
  ["matmul, broadcast", "float[time,1,2,3] float[1,batch,3,2]", (a, b) => graph.matmul(a, b)],
  ["matmul, extent 1", "float[time,2,3] float[1,3,2]", (a, b) => graph.matmul(a, b)],
  ["matmul, each repeats along one", "float[1,batch,2,3] float[time,1,3,2]", (a, b) => graph.matmul(a, b)],
  ["matmul, shared along one of three", "float[2,2,batch,2,3] float[2,1,3,2]", (a, b) => graph.matmul(a, b)],
  ["reduceSum", "float[batch,3]", (x) => graph.reduceSum(x)],
  ["reduceSum of an axis", "float[batch,3,2]", (x) => graph.reduceSum(x, { axes: [1] })],
  ["reduceSum, kept", "float[batch,3,2]", (x) => graph.reduceSum(x, { axes: [0, -1], keepDimensions: true })],
  ["reduceSum of integers", "int[batch,3]", (x) => graph.reduceSum(x, { axes: [0] }), "none"],
  ["reduceMean", "float[batch,3]", (x) => graph.reduceMean(x)],
  ["reduceMean of an axis", "float[batch,3,2]", (x) => graph.reduceMean(x, { axes: [0] })],
  ["reduceMean, kept", "float[batch,3,2]", (x) => graph.reduceMean(x, { axes: [1], keepDimensions: true })],
  ["reduceMax", "float[batch,3,2]", (x) => graph.reduceMax(x, { axes: [0, 2] })],
  ["reduceMax, kept", "float[batch,3]", (x) => graph.reduceMax(x, { axes: [-1], keepDimensions: true })],
  ["reduceMin", "float[batch,3,2]", (x) => graph.reduceMin(x, { axes: [1] })],
  ["argMax", "float[batch,3]", (x) => graph.argMax(x), "none"],
  ["argMax of an axis", "float[batch,3,2]", (x) => graph.argMax(x, 1), "none"],
  ["softmax", "float[batch,3]", (x) => graph.softmax(x)],
  ["softmax of an axis", "float[batch,3,2]", (x) => graph.softmax(x, 1)],
  ["logSoftmax", "float[batch,3]", (x) => graph.logSoftmax(x)],
  ["logSoftmax of an axis", "float[batch,3,2]", (x) => graph.logSoftmax(x, 0)],
  ["transpose", "float[batch,3,2]", (x) => graph.transpose(x, [2, 0, 1])],
  ["swapLastAxes", "float[time,batch,3]", (x) => graph.swapLastAxes(x)],
  ["reshape", "float[batch,3,2]", (x) => graph.reshape(x, ["3*batch", 2])],
  ["unsqueeze", "float[batch,3]", (x) => graph.unsqueeze(x, [1, -1])],
  ["squeeze", "float[batch,1,3]", (x) => graph.squeeze(x, [1])],
  ["expand", "float[3,1] float[batch]", (x, like) => graph.expand(x, [like.shape[0]!, 3, 2])],
  ["expand of a scalar", "float[] float[batch]", (x, like) => graph.expand(x, like.shape)],
  ["concat", "float[batch,3] float[batch,2]", (a, b) => graph.concat([a, b, a], -1)],
  ["concat of an open axis", "float[batch,3] float[2,3]", (a, b) => graph.concat([a, b], 0)],
  ["concat of integers", "int[batch] int[2]", (a, b) => graph.concat([a, b], 0), "none"],
  ["slice", "float[batch,3]", (x) => graph.slice(x, { axis: -1, start: 1 })],
  ["slice of an open axis", "float[time,2]", (x) => graph.slice(x, { axis: 0, start: 1, end: "time" })],
  ["pad", "float[batch,3]", (x) => graph.pad(x, { axis: 0, before: 1, after: 2, value: 0.5 })],
  ["pad of an inner axis", "float[batch,3]", (x) => graph.pad(x, { axis: 1, before: "batch" })],
  ["pad that cuts off both ends", "float[batch,5]", (x) => graph.pad(x, { axis: 1, before: -1, after: -2 })],
  ["pad that cuts off the end", "float[time,2]", (x) => graph.pad(x, { axis: 0, before: 2, after: -1, value: 0.5 })],
  ["pad that cuts off the beginning", "float[4,batch]", (x) => graph.pad(x, { axis: 0, before: -3, after: "batch" })],
  [
    "pad that cuts off an open amount",
    "float[time,2] float[batch]",
    (x, like) => graph.pad(x, { axis: 0, before: graph.minus(like.shape[0]!, "time"), after: 1 }),
  ],
  ["shift up an open axis", "float[time,2]", (x) => graph.shift(x, 0, 1)],
  ["shift down an inner axis", "float[batch,3]", (x) => graph.shift(x, 1, -1)],
  ["convolve, pairs", "float[4,batch,2] float[3,2,3] float[3]", (x, k, b) => graph.convolve(x, k, b)],
  ["convolve, odd", "float[3,2,2] float[3,2,1] float[1]", (x, k, b) => graph.convolve(x, k, b)],
  ["convolve, open", "float[time,batch,2] float[3,2,1] float[1]", (x, k, b) => graph.convolve(x, k, b)],
  ["gather", "float[3,2] index[batch]", (x, i) => graph.gather(x, i)],
  ["gather of an inner axis", "float[2,3,2] index[batch]", (x, i) => graph.gather(x, i, 1)],
  ["gather of the last axis", "float[2,3] index[time,batch]", (x, i) => graph.gather(x, i, -1)],
  ["gather of one", "float[3,2] index[]", (x, i) => graph.gather(x, i)],
  ["gather, counting from the end", "float[3,2] index[batch]", (x, i) => graph.gather(x, graph.sub(i, 3))],
  ["gather of the middle, many indices", "float[2,3,2] index[time,2]", (x, i) => graph.gather(x, i, 1)],
  ["oneHot", "index[batch]", (i) => graph.oneHot(i, 4), "none"],
  ["slice backwards", "float[batch,3]", (x) => graph.slice(x, { axis: -1, stride: -1 })],
  ["slice backwards along an open axis", "float[batch,3]", (x) => graph.slice(x, { axis: 0, stride: -1 })],
  ["slice of every third, backwards", "float[8,2]", (x) => graph.slice(x, { axis: 0, start: 6, stride: -3 })],
  ["slice of nothing", "float[4,2]", (x) => graph.slice(x, { axis: 0, start: 3, end: 3, stride: 2 })],
  ["slice of every other", "float[batch,5]", (x) => graph.slice(x, { axis: -1, start: 1, stride: 2 })],
];

/** All cases. */
export const operatorTable: readonly OperatorCase[] = rows.map(([name, operands, build, derivative]) => ({
  name,
  operands: operands.split(" ").map(operand),
  build: (...tensors: Tensor[]) => build(...(tensors as [Tensor, Tensor, Tensor])),
  ...(derivative && { derivative }),
}));

/** Expand and ReduceSum: repeating along an axis and summing along it are each other's derivative. */
import type { NDArray } from "../array.ts";
import { broadcast, type Dimension, printShape, type Shape, sameShape } from "../dimension.ts";
import { broadcastStrides, offsets, stridedCopy, stridesOf } from "../kernels.ts";
import type { Operator } from "../operator.ts";
import { call } from "../print.ts";
import { down, summationError, up } from "../rounding.ts";
import { apply, type Tensor } from "../tensor.ts";
import { fromEnd, reshape } from "./reshape.ts";

export const Expand: Operator<{ readonly shape: Shape }> = {
  name: "Expand",
  infer([x], { shape }) {
    const result = broadcast([x!.shape, shape]);
    if ("conflict" in result || !sameShape(result, shape)) {
      return { problem: `can't be repeated to shape ${printShape(shape)}` };
    }
    return { dtype: x!.dtype, shape };
  },
  value: ([x], out) => stridedCopy(x!.data, out, broadcastStrides(x!.shape, out.shape.length)),
  derivative: ({ inputs: [x] }, gradient) => [sumTo(gradient, x!.shape)],
  bound([x], out) {
    const strides = broadcastStrides(x!.lower.shape, out.lower.shape.length);
    stridedCopy(x!.lower.data, out.lower, strides);
    stridedCopy(x!.upper.data, out.upper, strides);
  },
  onnx: (lowering, [x], { attributes }) => lowering.emit("Expand", [x!, lowering.shape(attributes.shape)]),
  print: ([x]) => x!,
  vectorize([x], { shape }, extent) {
    const missing = new Array<Dimension>(shape.length - (x!.tensor.shape.length - 1)).fill(1);
    const aligned = reshape(x!.tensor, [extent, ...missing, ...x!.tensor.shape.slice(1)]);
    return expand(aligned, [extent, ...shape]);
  },
};

/** Repeats along axes of extent 1 (or missing at the left). */
export function expand(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : apply(Expand, [x], { shape });
}

/** Axes counted from the end, so that a leading axis changes nothing; extents of reduced axes become 1 or vanish. */
export interface ReduceAttributes {
  readonly axes: readonly number[];
  readonly keepDimensions: boolean;
}

/** The shape rule of all reductions. */
export function reducedShape(shape: Shape, { axes, keepDimensions }: ReduceAttributes): Shape {
  const reduced = shape.map((extent, axis) => (axes.includes(axis - shape.length) ? 1 : extent));
  return keepDimensions ? reduced : reduced.filter((_, axis) => !axes.includes(axis - shape.length));
}

/** The gradient of a reduction, with the reduced axes back as extent 1. */
export function withReducedAxes(gradient: Tensor, shape: Shape, { axes }: ReduceAttributes): Tensor {
  return reshape(gradient, reducedShape(shape, { axes, keepDimensions: true }));
}

/** Calls `visit(out index, first element, …)` for each result: where its elements lie. */
export function forEachGroup(
  x: NDArray,
  axes: readonly number[],
  visit: (out: number, start: number, inner: Int32Array) => void,
): void {
  const rank = x.shape.length;
  const strides = stridesOf(x.shape);
  const isReduced = x.shape.map((_, axis) => axes.includes(axis - rank));
  const pick = (wanted: boolean) => {
    const kept = x.shape.map((_, axis) => axis).filter((axis) => isReduced[axis] === wanted);
    return { shape: kept.map((axis) => x.shape[axis]!), strides: kept.map((axis) => strides[axis]!) };
  };
  const key = `${x.shape}|${axes}`;
  let plan = groups.get(key);
  if (!plan) {
    const outer = pick(false);
    const inner = pick(true);
    plan = { outer: offsets(outer.shape, outer.strides), inner: offsets(inner.shape, inner.strides) };
    if (groups.size > 500) groups.clear();
    groups.set(key, plan);
  }
  for (let o = 0; o < plan.outer.length; o++) visit(o, plan.outer[o]!, plan.inner);
}

const groups = new Map<string, { outer: Int32Array; inner: Int32Array }>();

export const ReduceSum: Operator<ReduceAttributes> = {
  name: "ReduceSum",
  infer([x], attributes) {
    if (x!.dtype === "bool") return { problem: "expected float or int, received bool" };
    return { dtype: x!.dtype, shape: reducedShape(x!.shape, attributes) };
  },
  value([x], out, { axes }) {
    const { data } = x!;
    const target = out.data;
    forEachGroup(x!, axes, (o, start, inner) => {
      let total = 0;
      for (let k = 0; k < inner.length; k++) total += data[start + inner[k]!]!;
      target[o] = total;
    });
  },
  derivative: ({ inputs: [x], attributes }, gradient) => [
    expand(withReducedAxes(gradient, x!.shape, attributes), x!.shape),
  ],
  bound([x], out, { axes }) {
    const { lower, upper } = x!;
    forEachGroup(lower, axes, (o, start, inner) => {
      let low = 0;
      let high = 0;
      let magnitude = 0;
      for (let k = 0; k < inner.length; k++) {
        const l = lower.data[start + inner[k]!]!;
        const u = upper.data[start + inner[k]!]!;
        low += l;
        high += u;
        magnitude += Math.max(Math.abs(l), Math.abs(u));
      }
      const exact = lower.dtype === "int";
      const error = exact ? 0 : summationError(inner.length, magnitude);
      out.lower.data[o] = exact ? low : down(low - error);
      out.upper.data[o] = exact ? high : up(high + error);
    });
  },
  onnx: (lowering, inputs, { attributes }) => emitReduction(lowering, "ReduceSum", inputs, attributes),
  print: (operands, style) => call(style === "latex" ? "\\sum" : "sum", operands, style),
  vectorize: ([x], attributes) => apply(ReduceSum, [x!.tensor], attributes),
};

/** ReduceSum takes its axes as an input since opset 13; the other reductions as an attribute until 18. */
export function emitReduction(
  lowering: Parameters<Operator["onnx"]>[0],
  name: string,
  inputs: readonly string[],
  { axes, keepDimensions }: ReduceAttributes,
): string {
  // Over no axes at all each element is its own result; ONNX takes an empty list for all axes.
  if (axes.length === 0) return lowering.emit("Identity", [inputs[0]!]);
  const keepdims = { int: keepDimensions ? 1 : 0 };
  if (name === "ReduceSum") return lowering.emit(name, [inputs[0]!, lowering.integers([...axes])], { keepdims });
  return lowering.emit(name, inputs, { axes: { ints: axes }, keepdims });
}

/** Axes and options of a reduction as users give them: all axes when none are named. */
export interface ReduceOptions {
  readonly axes?: readonly number[];
  readonly keepDimensions?: boolean;
}

export function reduceAttributes(x: Tensor, name: string, options: ReduceOptions = {}): ReduceAttributes {
  const rank = x.shape.length;
  const axes = (options.axes ?? x.shape.map((_, axis) => axis)).map((axis) => fromEnd(axis, rank, name, x));
  return { axes: [...new Set(axes)].sort((a, b) => a - b), keepDimensions: options.keepDimensions ?? false };
}

/** Σ over `axes` (default: all). */
export function reduceSum(x: Tensor, options?: ReduceOptions): Tensor {
  const attributes = reduceAttributes(x, "ReduceSum", options);
  return attributes.axes.length === 0 ? x : apply(ReduceSum, [x], attributes);
}

/** Undoes broadcasting: sums the axes along which `shape` was repeated to give the shape of `x`. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const extra = x.shape.length - shape.length;
  const axes = x.shape
    .map((extent, axis) => (axis < extra || (shape[axis - extra] === 1 && extent !== 1) ? axis : -1))
    .filter((axis) => axis >= 0);
  const missing = extra < 0 ? new Array<Dimension>(-extra).fill(1) : [];
  const kept = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent)).slice(Math.max(extra, 0));
  const reduced = reshape(reduceSum(x, { axes, keepDimensions: true }), [...missing, ...kept]);
  // The gradient of an operand that was itself smaller than the result can come back too small: repeat it.
  return expand(reduced, shape);
}

/** Concat, Slice, Pad: joining along an axis, cutting out of it, and surrounding with a constant. Axes count from the end. */
import { LonghandError } from "../../errors.ts";
import { type Dimension, minus, plus, type Shape, sameShape, times } from "../dimension.ts";
import { stridedCopy, stridesOf } from "../kernels.ts";
import type { Operator } from "../operator.ts";
import { call, named, STRENGTH, within } from "../print.ts";
import { apply, describe, type Tensor } from "../tensor.ts";
import { expand } from "./broadcast.ts";
import { fromEnd, reshape } from "./reshape.ts";

interface ConcatAttributes {
  readonly axis: number;
}

export const Concat: Operator<ConcatAttributes> = {
  name: "Concat",
  infer(inputs, { axis }) {
    const [first] = inputs;
    let total: Dimension = 0;
    for (const input of inputs) {
      if (input.dtype !== first!.dtype)
        return { problem: `operands differ in type: ${first!.dtype} and ${input.dtype}` };
      if (!sameShape(withExtent(input.shape, axis, 0), withExtent(first!.shape, axis, 0))) {
        return { problem: `operands differ outside axis ${axis}` };
      }
      total = plus(total, input.shape.at(axis)!);
    }
    return { dtype: first!.dtype, shape: withExtent(first!.shape, axis, total) };
  },
  value(inputs, out, { axis }) {
    const at = out.shape.length + axis;
    const inner = out.shape.slice(at + 1).reduce((a, b) => a * b, 1);
    const outer = out.shape.slice(0, at).reduce((a, b) => a * b, 1);
    const row = out.shape[at]! * inner;
    let start = 0;
    for (const x of inputs) {
      const part = x.shape[at]! * inner;
      for (let o = 0; o < outer; o++) {
        for (let k = 0; k < part; k++) out.data[o * row + start + k] = x.data[o * part + k]!;
      }
      start += part;
    }
  },
  derivative({ inputs, attributes: { axis } }, gradient) {
    let start: Dimension = 0;
    return inputs.map((input) => {
      const from = start;
      start = plus(start, input.shape.at(axis)!);
      return input.dtype === "float" ? slice(gradient, { axis, start: from, end: start }) : undefined;
    });
  },
  bound(inputs, out, attributes) {
    Concat.value(
      inputs.map(({ lower }) => lower),
      out.lower,
      attributes,
    );
    Concat.value(
      inputs.map(({ upper }) => upper),
      out.upper,
      attributes,
    );
  },
  onnx: (lowering, inputs, { attributes }) => lowering.emit("Concat", inputs, { axis: { int: attributes.axis } }),
  print: (operands, style) => {
    const list = operands.map(({ text }) => text).join(", ");
    return { text: style === "latex" ? `\\left[${list}\\right]` : `[${list}]`, strength: 6 };
  },
  vectorize: (inputs, { axis }, extent) =>
    concat(
      inputs.map(({ tensor, batched }) => (batched ? tensor : expand(tensor, [extent, ...tensor.shape]))),
      axis,
    ),
};

function withExtent(shape: Shape, axis: number, extent: Dimension): Shape {
  return shape.map((old, k) => (k - shape.length === axis ? extent : old));
}

/** Joins tensors along an axis. */
export function concat(parts: readonly Tensor[], axis: number): Tensor {
  const [first] = parts;
  if (!first) throw new LonghandError("argument", "concat: expected at least one tensor, received none");
  return parts.length === 1
    ? first
    : apply(Concat, parts, { axis: fromEnd(axis, first.shape.length, "Concat", first) });
}

interface SliceAttributes {
  readonly axis: number;
  readonly start: Dimension;
  readonly end: Dimension;
  readonly stride: number;
}

export const Slice: Operator<SliceAttributes> = {
  name: "Slice",
  bind: (attributes, extent) => ({ ...attributes, start: extent(attributes.start), end: extent(attributes.end) }),
  infer([x], { axis, start, end, stride }) {
    const extent = minus(end, start);
    if (Math.abs(stride) === 1) {
      return { dtype: x!.dtype, shape: withExtent(x!.shape, axis, stride === 1 ? extent : minus(start, end)) };
    }
    if (typeof extent !== "number") return { problem: `a stride of ${stride} needs an extent that isn't open` };
    return { dtype: x!.dtype, shape: withExtent(x!.shape, axis, Math.max(0, Math.ceil(extent / stride))) };
  },
  value([x], out, { axis, start, stride }) {
    const at = x!.shape.length + axis;
    const strides = stridesOf(x!.shape);
    const read = strides.map((step, k) => (k === at ? step * stride : step));
    stridedCopy(x!.data, out, read, Number(start) * strides[at]!);
  },
  derivative({ inputs: [x], attributes: { axis, start, stride } }, gradient) {
    // Back in rising order; with zeros where the stride skipped; then zeros on both sides.
    const rising = stride > 0 ? gradient : slice(gradient, { axis, stride: -1 });
    const spread = withGaps(rising, axis, Math.abs(stride));
    const length = spread.shape.at(axis)!;
    const before = stride > 0 ? start : minus(plus(start, 1), length);
    const empty = length === 0;
    return [
      pad(spread, {
        axis,
        before: empty ? 0 : before,
        after: minus(x!.shape.at(axis)!, plus(empty ? 0 : before, length)),
      }),
    ];
  },
  bound([x], out, attributes) {
    Slice.value([x!.lower], out.lower, attributes);
    Slice.value([x!.upper], out.upper, attributes);
  },
  onnx(lowering, [x], { attributes: { axis, start, end, stride } }) {
    // −1 as an end means "before the last": reversing to the first element needs an end below it.
    const last = stride < 0 && end === -1 ? lowering.integers([-(2 ** 31)]) : lowering.shape([end]);
    return lowering.emit("Slice", [
      x!,
      lowering.shape([start]),
      last,
      lowering.integers([axis]),
      lowering.integers([stride]),
    ]);
  },
  print: ([x], style, { attributes: { start, end } }) => ({
    text:
      style === "latex"
        ? `{${within(x!, STRENGTH.atom, style)}}_{${start}:${end}}`
        : `${within(x!, STRENGTH.atom, style)}[${start}:${end}]`,
    strength: STRENGTH.atom,
  }),
  vectorize: ([x], attributes) => apply(Slice, [x!.tensor], attributes),
};

/** The elements of x along an axis with `stride` − 1 zeros between neighbours. */
function withGaps(x: Tensor, axis: number, stride: number): Tensor {
  const count = x.shape.at(axis)!;
  if (stride === 1 || count === 0) return x;
  const at = x.shape.length + axis;
  const [front, back] = [x.shape.slice(0, at), x.shape.slice(at + 1)];
  const apart = pad(reshape(x, [...front, count, 1, ...back]), { axis, after: stride - 1 });
  const joined = reshape(apart, [...front, times(count, stride), ...back]);
  return slice(joined, { axis, end: plus(times(count, stride), 1 - stride) });
}

export interface SliceOptions {
  readonly axis: number;
  /** First index. Default 0. Negative numbers count from the end. */
  readonly start?: Dimension;
  /** Index after the last. Default: the extent. */
  readonly end?: Dimension;
  /** Every how many elements; −1 runs backwards. Default 1. */
  readonly stride?: number;
}

/** The part of x with start ≤ index < end along an axis; as in ONNX, ends beyond a known extent are cut to it. */
export function slice(x: Tensor, options: SliceOptions): Tensor {
  const axis = fromEnd(options.axis, x.shape.length, "Slice", x);
  const extent = x.shape.at(axis)!;
  const stride = options.stride ?? 1;
  if (stride === 0) throw new LonghandError("shape", `Slice(${describe(x)}): stride 0`);
  const place = (end: Dimension) => {
    const index = typeof end === "number" && end < 0 ? plus(extent, end) : end;
    if (typeof index !== "number" || typeof extent !== "number") return index;
    return stride > 0 ? Math.min(Math.max(index, 0), extent) : Math.min(Math.max(index, -1), extent - 1);
  };
  const start = options.start === undefined ? (stride > 0 ? 0 : minus(extent, 1)) : place(options.start);
  const end = options.end === undefined ? (stride > 0 ? extent : -1) : place(options.end);
  const empty = typeof start === "number" && typeof end === "number" && (stride > 0 ? end < start : end > start);
  if (stride === 1 && start === 0 && end === extent) return x;
  return apply(Slice, [x], { axis, start, end: empty ? start : end, stride });
}

interface PadAttributes {
  readonly axis: number;
  readonly before: Dimension;
  readonly after: Dimension;
  readonly value: number;
}

export const Pad: Operator<PadAttributes> = {
  name: "Pad",
  bind: (attributes, extent) => ({ ...attributes, before: extent(attributes.before), after: extent(attributes.after) }),
  infer([x], { axis, before, after }) {
    if (x!.dtype !== "float") return { problem: `expected float, received ${x!.dtype}` };
    return { dtype: "float", shape: withExtent(x!.shape, axis, plus(plus(before, x!.shape.at(axis)!), after)) };
  },
  value([x], out, { axis, before, value }) {
    const at = out.shape.length + axis;
    const inner = out.shape.slice(at + 1).reduce((a, b) => a * b, 1);
    const outer = out.shape.slice(0, at).reduce((a, b) => a * b, 1);
    const row = out.shape[at]! * inner;
    const part = x!.shape[at]! * inner;
    const start = Number(before) * inner;
    // Negative amounts cut off.
    const [first, last] = [Math.max(0, -start), Math.min(part, row - start)];
    out.data.fill(value);
    for (let o = 0; o < outer; o++) {
      for (let k = first; k < last; k++) out.data[o * row + start + k] = x!.data[o * part + k]!;
    }
  },
  derivative({ inputs: [x], attributes: { axis, before, after } }, gradient) {
    if (isNegative(before) || isNegative(after)) {
      return [pad(gradient, { axis, before: minus(0, before), after: minus(0, after) })];
    }
    return [slice(gradient, { axis, start: before, end: plus(before, x!.shape.at(axis)!) })];
  },
  bound([x], out, attributes) {
    Pad.value([x!.lower], out.lower, {
      ...attributes,
      value: Math.min(attributes.value, Math.fround(attributes.value)),
    });
    Pad.value([x!.upper], out.upper, {
      ...attributes,
      value: Math.max(attributes.value, Math.fround(attributes.value)),
    });
  },
  onnx(lowering, [x], { attributes: { axis, before, after, value }, output }) {
    const rank = output.shape.length;
    const pads: Dimension[] = new Array<Dimension>(2 * rank).fill(0);
    pads[rank + axis] = before;
    pads[2 * rank + axis] = after;
    return lowering.emit("Pad", [x!, lowering.shape(pads), lowering.floats([value], [])]);
  },
  print: (operands, style) => call(named("pad", style), operands, style),
  vectorize: ([x], attributes) => apply(Pad, [x!.tensor], attributes),
};

/** Whether an amount is negative, or may be once its names are bound. */
function isNegative(amount: Dimension): boolean {
  return typeof amount === "number" ? amount < 0 : amount.includes("-");
}

/** Surrounds x along an axis with `before` and `after` elements of `value` (default 0); negative numbers cut off as many. */
export function pad(
  x: Tensor,
  options: { readonly axis: number; readonly before?: Dimension; readonly after?: Dimension; readonly value?: number },
): Tensor {
  const { before = 0, after = 0, value = 0 } = options;
  const axis = fromEnd(options.axis, x.shape.length, "Pad", x);
  return before === 0 && after === 0 ? x : apply(Pad, [x], { axis, before, after, value });
}

/** Reshape: the same elements in row-major order under another shape; and what follows from it: squeeze, unsqueeze, flatten. */
import { LonghandError } from "../../errors.ts";
import { type Dimension, dimension, elements, printShape, type Shape, sameShape } from "../dimension.ts";
import type { Operator } from "../operator.ts";
import { apply, describe, type Tensor } from "../tensor.ts";

interface ReshapeAttributes {
  readonly shape: Shape;
}

export const Reshape: Operator<ReshapeAttributes> = {
  name: "Reshape",
  isView: true,
  infer([x], { shape }) {
    if (elements(x!.shape) !== elements(shape)) {
      return { problem: `${elements(x!.shape)} elements can't fill shape ${printShape(shape)}` };
    }
    return { dtype: x!.dtype, shape };
  },
  value: ([x], out) => out.data.set(x!.data),
  derivative: ({ inputs: [x] }, gradient) => [reshape(gradient, x!.shape)],
  bound([x], out) {
    out.lower.data.set(x!.lower.data);
    out.upper.data.set(x!.upper.data);
  },
  onnx(lowering, [x], { attributes: { shape } }) {
    // ONNX finds one extent by itself (−1): cheaper than computing the shape.
    const known = shape.filter((extent) => typeof extent === "number");
    const isSimple = known.length === shape.length - 1 && !known.includes(0);
    const target = isSimple
      ? lowering.integers(shape.map((extent) => (typeof extent === "number" ? extent : -1)))
      : lowering.shape(shape);
    return lowering.emit("Reshape", [x!, target]);
  },
  // Written as its operand: the layout in memory is no part of a formula.
  print: ([x]) => x!,
  vectorize: ([x], { shape }, extent) => reshape(x!.tensor, [extent, ...shape]),
};

/** The same elements under another shape (numbers, open names, or polynomials in them). */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const target = shape.map(dimension);
  // Reshaping twice isn't made into reshaping once: a gradient by the tensor between must find its way through it.
  return sameShape(x.shape, target) ? x : apply(Reshape, [x], { shape: target });
}

/** An axis number counted from the end (negative), checked against a rank. */
export function fromEnd(axis: number, rank: number, what: string, x: Tensor): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new LonghandError("shape", `${what}(${describe(x)}): axis ${axis} is outside ${-rank} … ${rank - 1}`);
  }
  return axis < 0 ? axis : axis - rank;
}

/** Inserts axes of extent 1; `axes` are positions in the result. */
export function unsqueeze(x: Tensor, axes: readonly number[]): Tensor {
  const rank = x.shape.length + axes.length;
  const ones = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
  const rest = [...x.shape];
  return reshape(
    x,
    Array.from({ length: rank }, (_, axis): Dimension => (ones.has(axis) ? 1 : (rest.shift() ?? 1))),
  );
}

/** Removes axes of extent 1. */
export function squeeze(x: Tensor, axes: readonly number[]): Tensor {
  const gone = new Set(axes.map((axis) => fromEnd(axis, x.shape.length, "Squeeze", x)));
  const kept = x.shape.filter((extent, axis) => {
    if (!gone.has(axis - x.shape.length)) return true;
    if (extent !== 1)
      throw new LonghandError("shape", `Squeeze(${describe(x)}): axis ${axis} has extent ${extent}, expected 1`);
    return false;
  });
  return reshape(x, kept);
}

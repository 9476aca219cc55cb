/** Transpose: the axes in another order. */
import { stridedCopy, stridesOf } from "../kernels.ts";
import type { Operator } from "../operator.ts";
import { STRENGTH, within } from "../print.ts";
import { apply, type Tensor } from "../tensor.ts";

/** Axis k of the result is axis `permutation[k]` of the operand. */
interface TransposeAttributes {
  readonly permutation: readonly number[];
}

export const Transpose: Operator<TransposeAttributes> = {
  name: "Transpose",
  infer([x], { permutation }) {
    const sorted = [...permutation].sort((a, b) => a - b);
    if (permutation.length !== x!.shape.length || sorted.some((axis, k) => axis !== k)) {
      return { problem: `[${permutation}] is no permutation of its ${x!.shape.length} axes` };
    }
    return { dtype: x!.dtype, shape: permutation.map((axis) => x!.shape[axis]!) };
  },
  value([x], out, { permutation }) {
    const strides = stridesOf(x!.shape);
    stridedCopy(
      x!.data,
      out,
      permutation.map((axis) => strides[axis]!),
    );
  },
  derivative: ({ attributes: { permutation } }, gradient) => [
    transpose(
      gradient,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ],
  bound([x], out, attributes) {
    Transpose.value([x!.lower], out.lower, attributes);
    Transpose.value([x!.upper], out.upper, attributes);
  },
  onnx: (lowering, inputs, { attributes }) =>
    lowering.emit("Transpose", inputs, { perm: { ints: attributes.permutation } }),
  print: ([x], style) => ({
    text: `${within(x!, STRENGTH.atom, style)}${style === "latex" ? "^{\\top}" : "ᵀ"}`,
    strength: STRENGTH.power,
  }),
  vectorize: ([x], { permutation }) => transpose(x!.tensor, [0, ...permutation.map((axis) => axis + 1)]),
};

/** The axes in another order: axis k of the result is axis `permutation[k]` of x. */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  // Two transpositions aren't made into one: a gradient by the tensor between must find its way through it.
  return permutation.every((axis, k) => axis === k) && permutation.length === x.shape.length
    ? x
    : apply(Transpose, [x], { permutation });
}

/** Matrices in the last two axes, transposed. */
export function swapLastAxes(x: Tensor): Tensor {
  const rank = x.shape.length;
  return transpose(
    x,
    x.shape.map((_, axis) => (axis === rank - 1 ? rank - 2 : axis === rank - 2 ? rank - 1 : axis)),
  );
}

/** Constants: arrays that are part of the graph. */
import { type DType, type NDArray, ndarray } from "../array.ts";
import type { Operator, Printed, PrintStyle } from "../operator.ts";
import { atom, STRENGTH } from "../print.ts";
import { apply, type Tensor } from "../tensor.ts";

export const Constant: Operator<NDArray> = {
  name: "Constant",
  infer: (_, value) => ({ dtype: value.dtype, shape: value.shape }),
  value: (_, out, value) => out.data.set(value.data),
  derivative: () => [],
  bound(_, out, value) {
    // A float64 constant becomes its nearest float32 in a float32 engine: both lie inside.
    for (let i = 0; i < value.data.length; i++) {
      const x = value.data[i]!;
      const rounded = value.dtype === "float" ? Math.fround(x) : x;
      out.lower.data[i] = Number.isNaN(x) ? Number.NEGATIVE_INFINITY : Math.min(x, rounded);
      out.upper.data[i] = Number.isNaN(x) ? Number.POSITIVE_INFINITY : Math.max(x, rounded);
    }
  },
  onnx: (lowering, _, { attributes }) => lowering.array(attributes),
  print: (_, style, { attributes }) =>
    attributes.data.length === 1 ? printNumber(attributes.data[0]!, style) : atom(`constant[${attributes.shape}]`),
  vectorize: (_, value) => apply(Constant, [], value),
};

/** A number; a negative one holds together like a negation. */
export function printNumber(value: number, style: PrintStyle): Printed {
  const [digits = "", exponent] = String(Math.abs(value)).split("e");
  const minus = style === "latex" ? "-" : "−";
  const size = digits === "Infinity" ? (style === "latex" ? "\\infty" : "∞") : digits;
  const power = Number(exponent);
  const text =
    style === "latex" ? `${size} \\cdot 10^{${power}}` : `${size}e${power < 0 ? minus : ""}${Math.abs(power)}`;
  const isNegative = value < 0 || Object.is(value, -0);
  return {
    text: `${isNegative ? minus : ""}${exponent === undefined ? size : text}`,
    strength: isNegative
      ? STRENGTH.sum
      : exponent !== undefined && style === "latex"
        ? STRENGTH.product
        : STRENGTH.atom,
  };
}

/** An array as a tensor. */
export function constant(value: NDArray): Tensor {
  return apply(Constant, [], value);
}

/** One number as a tensor of shape []. */
export function scalar(value: number, dtype: DType = "float"): Tensor {
  const data = dtype === "float" ? [value] : dtype === "int" ? Int32Array.of(value) : Uint8Array.of(value);
  return constant(ndarray(Array.isArray(data) ? Float64Array.from(data) : data, []));
}

/** An operand of a building function: numbers stand for constants of shape []. */
export type Operand = Tensor | number;

/** Operands as tensors; a number takes the element type of the tensors beside it. */
export function tensors(operands: readonly Operand[]): Tensor[] {
  const dtype = operands.find((operand): operand is Tensor => typeof operand !== "number")?.dtype ?? "float";
  return operands.map((operand) => (typeof operand === "number" ? scalar(operand, dtype) : operand));
}

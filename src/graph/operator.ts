/**
 * What an operator says about itself, side by side: shape rule, value, derivative, interval bound, ONNX form, printed
 * form, and how it takes one more leading axis. One family of operators a file in `operators/`; names and semantics are
 * ONNX's (https://onnx.ai/onnx/operators).
 */
import type { NDArray } from "./array.ts";
import type { Dimension, Shape } from "./dimension.ts";
import type { Tensor, TensorType } from "./tensor.ts";

/** Bounds on every element of an array: lower ≤ x ≤ upper. Booleans: 0 ≤ lower ≤ upper ≤ 1. */
export interface Interval {
  readonly lower: NDArray;
  readonly upper: NDArray;
}

/** An application of an operator, as its derivative sees it. */
export interface Call<A> {
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
  readonly attributes: A;
}

/** An operand that may have been given an additional leading axis. */
export interface Vectorized {
  readonly tensor: Tensor;
  readonly batched: boolean;
}

/** Attributes of an ONNX node that operators use. */
export type OnnxAttributes = Readonly<Record<string, OnnxAttributeValue>>;
export type OnnxAttributeValue =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly string: string }
  | { readonly strings: readonly string[] };

/** What an operator may ask while it is written as ONNX. Values are known by name. */
export interface Lowering {
  /** Adds a node and returns the name of its output. */
  emit(opType: string, inputs: readonly string[], attributes?: OnnxAttributes): string;
  /** A constant of float elements (32 bits). */
  floats(values: readonly number[], shape: readonly number[]): string;
  /** A constant of 64-bit integers: axes, shapes, indices. */
  integers(values: readonly number[], shape?: readonly number[]): string;
  /** Any constant array; int elements are 32 bits. */
  array(value: NDArray): string;
  /** A shape, computed when the program runs where it is open. */
  shape(shape: Shape): string;
  /** ONNX's number for an element type. */
  elementType(dtype: NDArray["dtype"]): number;
}

/** How a formula is written: plain text with Unicode letters, or LaTeX. */
export type PrintStyle = "text" | "latex";

/** A printed operand with the strength by which it holds together: see `print.ts`. */
export interface Printed {
  readonly text: string;
  readonly strength: number;
}

export interface Operator<A = unknown> {
  /** ONNX's name. */
  readonly name: string;
  /** The shape rule: the result's type, or what is wrong with the operands. */
  infer(inputs: readonly Tensor[], attributes: A): TensorType | { readonly problem: string };
  /** The value, written into `out`, whose shape is already right. float64 when the operands are. */
  value(inputs: readonly NDArray[], out: NDArray, attributes: A): void;
  /** ∂/∂inputs, given ∂/∂output; undefined where nothing flows. Shapes are those of the inputs. */
  derivative(call: Call<A>, gradient: Tensor): readonly (Tensor | undefined)[];
  /** Bounds on the exact value and on every float32 evaluation in any order of summation. */
  bound(inputs: readonly Interval[], out: Interval, attributes: A): void;
  /** The ONNX form; returns the name of the result. */
  onnx(lowering: Lowering, inputs: readonly string[], call: Call<A>): string;
  /** The printed form. */
  print(operands: readonly Printed[], style: PrintStyle, call: Call<A>): Printed;
  /** The same operator over one more leading axis of extent `extent` on the batched operands. */
  vectorize(inputs: readonly Vectorized[], attributes: A, extent: Dimension): Tensor;
  /** Replaces open dimensions in the attributes by their extents, before a value or a bound is asked for. */
  bind?(attributes: A, extent: (dimension: Dimension) => number): A;
  /** The output has the elements of input 0 unchanged: a runtime may share the memory. */
  readonly isView?: boolean;
  /** Each element of the output depends on the elements at its place alone, after broadcasting. */
  readonly isElementwise?: boolean;
  /** Which inputs the value needs (default: all). The others matter to the derivative only. */
  readonly valueInputs?: number;
}

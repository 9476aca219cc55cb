/** Where the elements of a tensor lie in memory, and extents as C computes them. */
import type { DType } from "../../graph/array.ts";
import { type Dimension, monomials, plus, type Shape, times } from "../../graph/dimension.ts";
import type { Buffer } from "./buffers.ts";

/** The element at index (i, j, …) of the shape lies at pointer[offset + i·strides[0] + j·strides[1] + …]. */
export interface View {
  /** Name of a pointer to elements. */
  readonly pointer: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly strides: readonly Dimension[];
  readonly offset: Dimension;
  /** The memory that has to last while the view is read; undefined: lasts anyway. */
  readonly buffer?: Buffer | undefined;
  /** The one element of a constant, as C writes it. */
  readonly literal?: string | undefined;
}

/** Strides of a shape without gaps. */
export function stridesOf(shape: Shape): Dimension[] {
  const strides: Dimension[] = [];
  let stride: Dimension = 1;
  for (const extent of [...shape].reverse()) {
    strides.unshift(stride);
    stride = times(stride, extent);
  }
  return strides;
}

/** Elements one after the other. */
export function denseView(pointer: string, { dtype, shape }: Pick<View, "dtype" | "shape">): View {
  return { pointer, dtype, shape, strides: stridesOf(shape), offset: 0 };
}

/** Whether elements lie one after the other. */
export function isDense({ shape, strides }: View): boolean {
  const dense = stridesOf(shape);
  return shape.every((extent, axis) => extent === 1 || strides[axis] === dense[axis]);
}

/** A dimension as an expression of C; open names are variables. */
export function extentOf(dimension: Dimension): string {
  if (typeof dimension === "number") return String(dimension);
  const terms = monomials(dimension).map(({ names, coefficient }) =>
    [...(coefficient === 1 && names.length > 0 ? [] : [`${coefficient}L`]), ...names.map(variableOf)].join(" * "),
  );
  return terms.length === 1 ? terms[0]!.replace(/^(.*\*.*)$/, "($1)") : `(${terms.join(" + ")})`;
}

/** The variable that holds the extent of an open name. */
export function variableOf(name: string): string {
  return `n_${name}`;
}

/** A pointer to the first element of a view. */
export function addressOf({ pointer, offset }: View): string {
  return offset === 0 ? pointer : `${pointer} + ${extentOf(offset)}`;
}

/** The part of a view that begins at an index along an axis (from the front) and has another extent there. */
export function partOf(view: View, axis: number, start: Dimension, extent: Dimension): View {
  return {
    ...view,
    literal: undefined,
    offset: plus(view.offset, times(start, view.strides[axis]!)),
    shape: view.shape.with(axis, extent),
  };
}

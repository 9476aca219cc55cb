/** Concrete numbers in a row-major array: what goes into a runtime and what comes out of it. */
import { LonghandError } from "../errors.ts";

/** Element types. `float` is 32 or 64 bits wide, as the runtime chooses; integers are 32 bits; booleans are 0 or 1. */
export type DType = "float" | "int" | "bool";

/** The typed array that holds elements of each type. */
export type ArrayData = Float32Array | Float64Array | Int32Array | Uint8Array;

/** A dense row-major array. The empty shape is a scalar with one element. */
export interface NDArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: ArrayData;
}

/** Number of elements of a concrete shape (1 for a scalar). */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/**
 * Makes an array from typed data, checking that it fits the shape.
 * @throws LonghandError `shape` when the number of elements differs.
 */
export function ndarray(data: ArrayData, shape: readonly number[]): NDArray {
  if (data.length !== sizeOf(shape)) {
    throw new LonghandError(
      "shape",
      `array of shape [${shape}] needs ${sizeOf(shape)} elements, received ${data.length}`,
    );
  }
  return { dtype: dtypeOf(data), shape, data };
}

/** The element type that a typed array stands for. */
export function dtypeOf(data: ArrayData): DType {
  if (data instanceof Int32Array) return "int";
  if (data instanceof Uint8Array) return "bool";
  return "float";
}

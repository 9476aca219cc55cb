/** Arrays that programs of a training read and write. */
import type { ArrayData, NDArray } from "../graph/index.ts";

/** A number as an array without axes. */
export function scalarArray(value: number): NDArray {
  return { dtype: "float", shape: [], data: Float64Array.of(value) };
}

/** Numbers as arrays without axes, by name. */
export function scalarArrays(scalars: Readonly<Record<string, number>>): Record<string, NDArray> {
  return Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, scalarArray(value)]));
}

/** A new array of floats as wide as the runtime's. @param data what it begins with. Default: zeros. */
export function floatArray(precision: 32 | 64, shape: readonly number[], data?: ArrayData): NDArray {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const copy = precision === 64 ? new Float64Array(size) : new Float32Array(size);
  if (data) copy.set(data);
  return { dtype: "float", shape, data: copy };
}

/** Values under the names of inputs: a word before each. */
export function prefixed<Value>(prefix: string, values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix} ${name}`, value]));
}

/** The arrays that a run is given: whether they fit, and how results get to where they are wanted. */
import { LonghandError } from "../errors.ts";
import { type ArrayData, dtypeOf, type NDArray, sizeOf } from "../graph/array.ts";
import { evaluate, type Shape } from "../graph/dimension.ts";
import { bindDimensions, type Program } from "../graph/program.ts";
import type { Arrays } from "./contract.ts";

/** The extents of open dimensions. */
export type Bindings = ReadonlyMap<string, number>;

/** A shape once the open names are bound. */
export function concrete(shape: Shape, bindings: Bindings): number[] {
  return shape.map((extent) => evaluate(extent, bindings));
}

/** A result in the array that was given for it, or as it is. */
export function delivered(result: NDArray, target: NDArray | undefined): NDArray {
  if (!target) return result;
  if (target.data !== result.data) target.data.set(result.data);
  return target;
}

/**
 * Checks inputs and outputs before an engine sees them, so that errors name them in the program's terms.
 * @returns the extents of the open dimensions.
 */
export function checkArrays(program: Program, inputs: Arrays, into: Arrays): Bindings {
  const bindings = bindDimensions(
    program,
    Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape])),
  );
  const where = `program ${program.name}`;
  for (const [name, { dtype }] of Object.entries(program.inputs)) {
    const { data, shape } = inputs[name]!;
    if (dtypeOf(data) !== dtype) {
      throw new LonghandError("argument", `${where}: input ${name} is ${dtypeOf(data)}, expected ${dtype}`);
    }
    if (data.length !== sizeOf(shape)) {
      throw new LonghandError(
        "shape",
        `${where}: input ${name} of shape [${shape}] needs ${sizeOf(shape)} elements, received ${data.length}`,
      );
    }
  }
  for (const [name, { dtype, shape }] of Object.entries(program.outputs)) {
    const target = into[name];
    if (!target) continue;
    const extents = concrete(shape, bindings);
    if (target.data.length !== sizeOf(extents)) {
      throw new LonghandError(
        "shape",
        `${where}: output ${name} has shape [${extents}], the array to write to [${target.shape}]`,
      );
    }
    if (dtypeOf(target.data) !== dtype) {
      throw new LonghandError(
        "argument",
        `${where}: output ${name} is ${dtype}, the array to write to ${dtypeOf(target.data)}`,
      );
    }
  }
  return bindings;
}

/** Whether an engine may write to an array while it reads the inputs: its type is the engine's and it is none of them. */
export function isDirect(data: ArrayData, inputs: Arrays): boolean {
  if (data instanceof Float64Array || data.length === 0) return false;
  return !Object.values(inputs).some(
    ({ data: read }) =>
      read.buffer === data.buffer &&
      read.byteOffset < data.byteOffset + data.byteLength &&
      data.byteOffset < read.byteOffset + read.byteLength,
  );
}

/** A graph built and run at once, on the reference runtime. */
import { input, type NDArray, program, type Tensor } from "../src/graph/index.ts";
import { compileReference } from "../src/runtime/reference/reference.ts";

/** Runs what `build` makes of inputs like the given arrays. */
export function runGraph(
  given: Readonly<Record<string, NDArray>>,
  build: (inputs: Readonly<Record<string, Tensor>>) => Readonly<Record<string, Tensor>>,
): Record<string, NDArray> {
  const inputs = Object.fromEntries(
    Object.entries(given).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
  );
  return compileReference(program("test", inputs, build(inputs))).run(given);
}

/** Nested lists of integers as an int array. */
export function ints(values: readonly number[], shape: readonly number[] = [values.length]): NDArray {
  return { dtype: "int", shape, data: Int32Array.from(values) };
}

export function floats(values: readonly number[], shape: readonly number[] = [values.length]): NDArray {
  return { dtype: "float", shape, data: Float64Array.from(values) };
}

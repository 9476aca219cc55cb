/** The reference runtime: float64 in plain TypeScript. Every other runtime is held to its results. */
import { LonghandError } from "../../errors.ts";
import { type ArrayData, type DType, dtypeOf, type NDArray, sizeOf } from "../../graph/array.ts";
import { bindDimensions, type Program } from "../../graph/program.ts";
import type { Arrays, Executable, Runtime } from "../contract.ts";
import { type Domain, type Plan, plan } from "../interpreter.ts";

/** Memory for elements of a type. */
export function allocate(dtype: DType, size: number): ArrayData {
  return dtype === "float" ? new Float64Array(size) : dtype === "int" ? new Int32Array(size) : new Uint8Array(size);
}

const numbers: Domain<NDArray> = {
  make: (dtype, shape) => ({ dtype, shape, data: allocate(dtype, sizeOf(shape)) }),
  view: ({ dtype, data }, shape) => ({ dtype, shape, data }),
  apply: (operator, inputs, out, attributes) => operator.value(inputs, out, attributes),
  copy(from, start, to, at, count) {
    const source = from.data;
    const target = to.data;
    // Short rows are copied faster element by element than by a call into the engine.
    if (count > 64) target.set(source.subarray(start, start + count), at);
    else for (let k = 0; k < count; k++) target[at + k] = source[start + k]!;
  },
  sharesMemory: (a, b) => a.data === b.data,
};

/** Plans are kept for this many sets of extents. */
const PLANS_KEPT = 8;

/** Compiles for the reference runtime, synchronously. */
export function compileReference(program: Program): { run(inputs: Arrays, into?: Arrays): Record<string, NDArray> } {
  const plans = new Map<string, Plan<NDArray>>();
  return {
    run(inputs, into = {}) {
      const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
      const bindings = bindDimensions(program, shapes);
      const key = [...bindings].join();
      let ready = plans.get(key);
      if (!ready) {
        if (plans.size >= PLANS_KEPT) plans.delete(plans.keys().next().value!);
        ready = plan(program, bindings, numbers);
      } else plans.delete(key);
      plans.set(key, ready);
      for (const [name, memory] of ready.inputs) {
        const given = inputs[name]!;
        const dtype = dtypeOf(given.data);
        if (dtype !== memory.dtype) {
          throw new LonghandError(
            "argument",
            `program ${program.name}: input ${name} is ${dtype}, expected ${memory.dtype}`,
          );
        }
        if (given.data.length !== memory.data.length) {
          throw new LonghandError(
            "shape",
            `program ${program.name}: input ${name} of shape [${given.shape}] needs ${memory.data.length} elements, received ${given.data.length}`,
          );
        }
        memory.data.set(given.data);
      }
      ready.run();
      const results: Record<string, NDArray> = {};
      for (const [name, { dtype, shape, data }] of ready.outputs) {
        const target = into[name];
        if (target && target.data.length !== data.length) {
          throw new LonghandError(
            "shape",
            `program ${program.name}: output ${name} has shape [${shape}], the array to write to [${target.shape}]`,
          );
        }
        if (target && dtypeOf(target.data) !== dtype) {
          throw new LonghandError(
            "argument",
            `program ${program.name}: output ${name} is ${dtype}, the array to write to ${dtypeOf(target.data)}`,
          );
        }
        target?.data.set(data);
        results[name] = target ?? { dtype, shape, data: data.slice() };
      }
      return results;
    },
  };
}

/** The reference runtime. */
export const reference: Runtime = {
  name: "reference",
  description: "reference (float64, TypeScript)",
  precision: 64,
  sharesMemory: true,
  async compile(program) {
    const compiled = compileReference(program);
    let isOpen = true;
    const executable: Executable = {
      async run(inputs, into) {
        if (!isOpen) throw new LonghandError("runtime", `program ${program.name}: this executable is closed`);
        return compiled.run(inputs, into);
      },
      async close() {
        isOpen = false;
      },
      [Symbol.asyncDispose]: () => executable.close(),
    };
    return executable;
  },
};

/** The runtime of programs that are compiled: each is written as C and loaded as an addon of Node. */
import { LonghandError } from "../../errors.ts";
import { type ArrayData, type DType, type NDArray, sizeOf } from "../../graph/array.ts";
import type { Program } from "../../graph/program.ts";
import { checkArrays, concrete, delivered, isDirect } from "../arrays.ts";
import type { Arrays, Executable, Runtime } from "../contract.ts";
import { forget } from "./cache.ts";
import { compileAddon, compilerVersion } from "./compiler.ts";
import { emit } from "./emit.ts";
import { type Addon, addonSource } from "./module.ts";

/**
 * The runtime.
 * @throws LonghandError `runtime` where there is no C compiler.
 */
export async function cRuntime(): Promise<Runtime> {
  const version = await compilerVersion();
  return {
    name: "c",
    description: `compiled C (float32, ${version})`,
    precision: 32,
    sharesMemory: true,
    async compile(program) {
      const emitted = emit(program);
      const arrays = Object.keys(program.inputs).length + Object.keys(program.outputs).length;
      return executable(program, await addonOf(addonSource(emitted, arrays), version), emitted.names);
    },
  };
}

async function addonOf(source: string, version: string): Promise<Addon> {
  const path = await compileAddon(source, version);
  try {
    return load(path);
  } catch {
    // A file that was damaged.
    await forget(path);
    return load(await compileAddon(source, version));
  }
}

function load(path: string): Addon {
  const module = { exports: {} };
  process.dlopen(module, path);
  return module.exports as Addon;
}

function executable(program: Program, addon: Addon, names: readonly string[]): Executable {
  const inputs = Object.keys(program.inputs);
  let arena = new Uint8Array(0);
  let isOpen = true;

  const run = (given: Arrays, into: Arrays): Record<string, NDArray> => {
    if (!isOpen) throw new LonghandError("runtime", `program ${program.name}: this executable is closed`);
    const bindings = checkArrays(program, given, into);
    const extents = Float64Array.from(names, (name) => bindings.get(name) ?? 0);
    const needed = addon.memory(extents) + 64;
    if (arena.length < needed) {
      arena = new Uint8Array(needed);
      addon.prepare(arena);
    }
    const results = Object.entries(program.outputs).map(([name, { dtype, shape }]) => {
      const target = into[name];
      const direct = target !== undefined && isDirect(target.data, given);
      const extent = concrete(shape, bindings);
      return { name, target, made: direct ? target : { dtype, shape: extent, data: allocated(dtype, extent) } };
    });
    const arrays = [...inputs.map((name) => single(given[name]!.data)), ...results.map(({ made }) => made.data)];
    const problem = new Float64Array(2);
    if (addon.run(arrays, inputs.length, extents, arena, problem) !== 0) {
      throw new LonghandError(
        "argument",
        `program ${program.name}: Gather: index ${problem[0]} is outside 0 … ${problem[1]! - 1}`,
      );
    }
    return Object.fromEntries(results.map(({ name, target, made }) => [name, delivered(made, target)]));
  };

  const self: Executable = {
    run: async (given, into = {}) => run(given, into),
    async close() {
      isOpen = false;
      arena = new Uint8Array(0);
    },
    [Symbol.asyncDispose]: () => self.close(),
  };
  return self;
}

function allocated(dtype: DType, shape: readonly number[]): ArrayData {
  const size = sizeOf(shape);
  if (dtype === "float") return new Float32Array(size);
  return dtype === "int" ? new Int32Array(size) : new Uint8Array(size);
}

/** Floats of 32 bits. */
function single(data: ArrayData): ArrayData {
  return data instanceof Float64Array ? Float32Array.from(data) : data;
}

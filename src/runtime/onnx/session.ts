/** Running ONNX models through ONNX Runtime: what Node's and the browser's runtime share. */
import type * as Ort from "onnxruntime-common";
import { LonghandError } from "../../errors.ts";
import type { ArrayData, NDArray } from "../../graph/array.ts";
import { type Dimension, evaluate } from "../../graph/dimension.ts";
import type { Program } from "../../graph/program.ts";
import { type Bindings, checkArrays, concrete, delivered, isDirect } from "../arrays.ts";
import type { Arrays, Executable, Runtime } from "../contract.ts";
import { liveTensors } from "../live.ts";
import { compileReference } from "../reference/reference.ts";
import { encodeModel } from "./encode.ts";
import { lower } from "./lowering.ts";

/** The part of ONNX Runtime's interface that is used here; onnxruntime-node and onnxruntime-web both have it. */
export type OrtModule = Pick<typeof Ort, "InferenceSession" | "Tensor">;

export interface EngineOptions {
  readonly name: Runtime["name"];
  readonly description: string;
  readonly session: Ort.InferenceSession.SessionOptions;
  /** Whether outputs can be written straight into given arrays (the WebAssembly engine ignores them). */
  readonly writesInto: boolean;
}

/** A runtime on top of one of ONNX Runtime's packages. */
export function onnxRuntime(ort: OrtModule, engine: EngineOptions): Runtime {
  return {
    name: engine.name,
    description: engine.description,
    precision: 32,
    sharesMemory: false,
    async compile(program) {
      const model = lower(program);
      const outputNames = new Map(
        Object.keys(program.outputs).map((name, k) => [name, model.graph.outputs[k]!.name] as const),
      );
      const create = () => ort.InferenceSession.create(encodeModel(model), engine.session);
      const session = await create().catch((cause: unknown) => {
        throw failure(program, "can't be compiled", cause);
      });
      return executable(ort, engine, program, session, outputNames);
    },
  };
}

function failure(program: Program, what: string, cause: unknown): LonghandError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new LonghandError("runtime", `program ${program.name}: ${what} by ONNX Runtime: ${reason}`, { cause });
}

function executable(
  ort: OrtModule,
  engine: EngineOptions,
  program: Program,
  session: Ort.InferenceSession,
  outputNames: ReadonlyMap<string, string>,
): Executable {
  const outputs = Object.entries(program.outputs);
  const known = new Set(session.inputNames);
  const extents = extentsIn(program);
  let empty: ReturnType<typeof compileReference> | undefined;
  let closing: Promise<void> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const runNow = async (inputs: Arrays, into: Arrays, bindings: Bindings): Promise<Record<string, NDArray>> => {
    const feeds: Record<string, Ort.Tensor> = {};
    for (const name of Object.keys(program.inputs)) {
      if (known.has(name)) feeds[name] = toTensor(ort, inputs[name]!);
    }
    const fetches: Record<string, Ort.Tensor | null> = {};
    const results: Record<string, NDArray> = {};
    for (const [name, { dtype, shape }] of outputs) {
      const target = into[name];
      const direct = target !== undefined && engine.writesInto && isDirect(target.data, inputs);
      fetches[outputNames.get(name)!] = direct ? tensorOver(ort, target.data, dtype, concrete(shape, bindings)) : null;
      // What the engine gives back then is a copy.
      if (direct) results[name] = target;
    }
    const made = await session.run(feeds, fetches).catch((cause: unknown) => {
      throw failure(program, "can't be run", cause);
    });
    for (const [name, { dtype }] of outputs) {
      if (results[name]) continue;
      const { data, dims } = made[outputNames.get(name)!]!;
      results[name] = delivered({ dtype, shape: dims, data: data as ArrayData }, into[name]);
    }
    return results;
  };

  /** ONNX Runtime's Scan refuses sequences of length 0, and some of its reductions keep empty axes: nothing is left to
   * compute fast then, so the reference does it. */
  const runEmpty = (inputs: Arrays, into: Arrays): Record<string, NDArray> => {
    empty ??= compileReference(program);
    return Object.fromEntries(
      Object.entries(empty.run(inputs)).map(([name, { dtype, shape, data }]) => {
        const rounded = data instanceof Float64Array ? Float32Array.from(data) : data;
        return [name, delivered({ dtype, shape, data: rounded }, into[name])];
      }),
    );
  };

  const self: Executable = {
    async run(inputs, into = {}) {
      if (closing) throw new LonghandError("runtime", `program ${program.name}: this executable is closed`);
      const bindings = checkArrays(program, inputs, into);
      if (extents.some((extent) => evaluate(extent, bindings) === 0)) return runEmpty(inputs, into);
      // One after the other, so that closing waits for all.
      const run = last.then(() => runNow(inputs, into, bindings));
      last = run.catch(() => undefined);
      return run;
    },
    close() {
      closing ??= last.then(() => session.release());
      return closing;
    },
    [Symbol.asyncDispose]: () => self.close(),
  };
  return self;
}

/** All different extents of the values of a program. */
function extentsIn(program: Program): Dimension[] {
  const extents = new Set<Dimension>();
  for (const { shape, node } of liveTensors(Object.values(program.outputs))) {
    for (const extent of shape) extents.add(extent);
    if (node.kind === "scan") extents.add(node.body.time);
  }
  return [...extents].filter((extent) => typeof extent === "string" || extent === 0);
}

function toTensor(ort: OrtModule, { dtype, shape, data }: NDArray): Ort.Tensor {
  return tensorOver(ort, data instanceof Float64Array ? Float32Array.from(data) : data, dtype, shape);
}

function tensorOver(ort: OrtModule, data: ArrayData, dtype: NDArray["dtype"], shape: readonly number[]): Ort.Tensor {
  if (dtype === "float") return new ort.Tensor("float32", data as Float32Array, shape);
  if (dtype === "int") return new ort.Tensor("int32", data as Int32Array, shape);
  return new ort.Tensor("bool", data as Uint8Array, shape);
}

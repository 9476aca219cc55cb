/** ONNX Runtime in Node: native code from the package onnxruntime-node. */
import type { Runtime } from "../contract.ts";
import { type OrtModule, onnxRuntime } from "./session.ts";

export interface NodeRuntimeOptions {
  /** Threads that share the work of one operator: 1 or more, or "all" that the process may use. Default 1. */
  readonly threads?: number | "all";
}

/**
 * The runtime of ONNX Runtime's native engine on the processor.
 * @throws what Node throws when the package is not installed or has no engine for this platform.
 */
export async function onnxNodeRuntime(options: NodeRuntimeOptions = {}): Promise<Runtime> {
  const { threads: wanted = 1 } = options;
  const threads = wanted === "all" ? process.getBuiltinModule("node:os").availableParallelism() : wanted;
  // Not a literal: tools that bundle for browsers would follow it and stumble over native code.
  const packageName: string = "onnxruntime-node";
  const ort = (await import(/* @vite-ignore */ packageName)) as OrtModule;
  return onnxRuntime(ort, {
    name: "onnx",
    description: `ONNX Runtime (float32, native, ${threads} thread${threads === 1 ? "" : "s"})`,
    writesInto: true,
    session: {
      executionProviders: ["cpu"],
      graphOptimizationLevel: "all",
      executionMode: "sequential",
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Threads that spin while they wait take the processor from everything else, each other included.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
      // Fatal only: errors are thrown, with their text.
      logSeverityLevel: 4,
    },
  });
}

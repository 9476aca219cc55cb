/** ONNX Runtime in Node: native code from the package onnxruntime-node. Not for browsers: import it dynamically. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Runtime } from "../contract.ts";
import { onnxRuntime } from "./session.ts";

export interface NodeRuntimeOptions {
  /** Threads that share the work of one operator. Default 1. */
  readonly threads?: number;
}

/** The runtime of ONNX Runtime's native engine on the processor. */
export function onnxNodeRuntime({ threads = 1 }: NodeRuntimeOptions = {}): Runtime {
  return onnxRuntime(
    { InferenceSession, Tensor },
    {
      name: "onnx",
      description: `ONNX Runtime (float32, native, ${threads} thread${threads === 1 ? "" : "s"})`,
      writesInto: true,
      session: {
        executionProviders: ["cpu"],
        graphOptimizationLevel: "all",
        executionMode: "sequential",
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        // Fatal only: errors are thrown, with their text.
        logSeverityLevel: 4,
      },
    },
  );
}

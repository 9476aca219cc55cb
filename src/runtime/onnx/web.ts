/** ONNX Runtime in WebAssembly, from the package onnxruntime-web: for browsers; it also runs in Node. */
import type { Runtime } from "../contract.ts";
import { onnxRuntime } from "./session.ts";

export interface WebRuntimeOptions {
  /**
   * Threads that share the work of one operator: 1 or more, or "all" that the page may use, up to 8. Default 1. More than
   * one needs a page that is isolated from other origins (headers Cross-Origin-Opener-Policy: same-origin and
   * Cross-Origin-Embedder-Policy: require-corp); in others "all" is 1. The first use in a page decides for all.
   */
  readonly threads?: number | "all";
  /** Folder (URL) of the `.wasm` and `.mjs` files of onnxruntime-web. Default: where its module was loaded from. */
  readonly wasmPaths?: string;
}

/**
 * The runtime of ONNX Runtime's WebAssembly engine.
 * @throws what the importer throws when the package is not there.
 */
export async function onnxWebRuntime(options: WebRuntimeOptions = {}): Promise<Runtime> {
  const { threads: wanted = 1, wasmPaths } = options;
  const available = globalThis.crossOriginIsolated === true ? Math.min(8, navigator.hardwareConcurrency) : 1;
  const threads = wanted === "all" ? available : wanted;
  const ort = await import("onnxruntime-web/wasm");
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = "fatal";
  if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths;
  return onnxRuntime(ort, {
    name: "onnx-web",
    description: `ONNX Runtime (float32, WebAssembly, ${threads} thread${threads === 1 ? "" : "s"})`,
    // Outputs given in advance come back as they were given.
    writesInto: false,
    session: {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "all",
      executionMode: "sequential",
      logSeverityLevel: 4,
    },
  });
}

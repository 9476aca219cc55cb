/** Which runtime computes in this page, and with how many threads. */
export const engines = [
  { name: "auto", title: "automatic: the reference for tiny networks, WebAssembly for others" },
  { name: "reference", title: "reference: float64, plain TypeScript" },
  { name: "onnx-web", title: "WebAssembly: float32, ONNX Runtime" },
] as const;
export type EngineName = (typeof engines)[number]["name"];

/** What a worker is told. */
export interface EngineChoice {
  readonly name: EngineName;
  readonly threads: number;
}

/** Threads that a page may use: one, unless it is isolated from other origins. */
export const availableThreads = crossOriginIsolated ? Math.max(1, Math.min(8, navigator.hardwareConcurrency)) : 1;

export const engine: { name: EngineName; threads: number } = $state({ name: "auto", threads: availableThreads });

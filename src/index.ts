/** What a program imports. Nothing here needs Node; `longhand/node` adds what does. */
export * from "./algebra/index.ts";
export * from "./analysis/index.ts";
export * from "./cells/index.ts";
export { type CheckResult, checkCertificate } from "./check/check.ts";
export { type ErrorCode, LonghandError, unknownName } from "./errors.ts";
export * from "./evaluation/index.ts";
export * from "./files/index.ts";
export * from "./graph/index.ts";
export * from "./models/index.ts";
export * from "./networks/index.ts";
export * from "./pictures/index.ts";
export * from "./proof/index.ts";
export * from "./random/index.ts";
export type { Arrays, Executable, Runtime, RuntimeName } from "./runtime/contract.ts";
export { compileInterval } from "./runtime/interval/interval.ts";
export { importModel } from "./runtime/onnx/import.ts";
export { lower } from "./runtime/onnx/lowering.ts";
export * from "./runtime/onnx/proto.ts";
export { LARGE, type Opened, type OpenOptions, open as openRuntime, runtimeNames } from "./runtime/open.ts";
export { operationsOf } from "./runtime/operations.ts";
export { compileReference, reference } from "./runtime/reference/reference.ts";
export * from "./tasks/index.ts";
export {
  describedTraining,
  describeTrained,
  type Ending,
  type Engine,
  type EvaluateOnOptions,
  evaluateOn,
  exportOnnx,
  exportSafetensors,
  lengthsFor,
  type NewestRecords,
  networkOf,
  newestRecords,
  type ParameterNames,
  proveChecked,
  type Replica,
  type RunFiles,
  type RunParts,
  type RunState,
  type RunSummary,
  readForeign,
  replicaOf,
  summarizeRun,
  type Trained,
  trainedFrom,
} from "./trained/index.ts";
export * from "./training/index.ts";
export { VERSION } from "./version.ts";

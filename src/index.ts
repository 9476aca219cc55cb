/** What a program imports. Nothing here needs Node; `longhand/node` adds what does. */
export * from "./cells/index.ts";
export { type ErrorCode, LonghandError, unknownName } from "./errors.ts";
export * from "./evaluation/index.ts";
export * from "./files/index.ts";
export * from "./graph/index.ts";
export * from "./models/index.ts";
export * from "./pictures/index.ts";
export * from "./random/index.ts";
export type { Arrays, Executable, Runtime, RuntimeName } from "./runtime/contract.ts";
export * from "./runtime/onnx/proto.ts";
export { type Opened, type OpenOptions, open as openRuntime, runtimeNames } from "./runtime/open.ts";
export { operationsOf } from "./runtime/operations.ts";
export { compileReference, reference } from "./runtime/reference/reference.ts";
export * from "./tasks/index.ts";
export * from "./training/index.ts";
export { VERSION } from "./version.ts";

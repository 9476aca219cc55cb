/** The pictures layer: results as SVG, pure functions. */
export { type Trace, type TraceRow, tracePicture } from "./trace.ts";

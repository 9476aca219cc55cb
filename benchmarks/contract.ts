/**
 * What the benchmark and a peer say to each other. A peer is a process: it is given the path of a case file (JSON) and
 * prints one line of JSON. Every peer does the same work: forward, loss, gradient through time, clipping, the optimizer.
 */
import { LonghandError } from "../src/errors.ts";

/** The training steps that are compared: a name, and what it stands for (see `cases.ts`). */
export const caseNames = [
  "population",
  "rnn",
  "lstm-128",
  "lstm-512",
  "gru-128",
  "gru-512",
  "dngpu-body",
  "dngpu-step",
] as const;
export type CaseName = (typeof caseNames)[number];

/** A row-major array whose elements are base64 of little-endian float32 or int32. */
export interface EncodedArray {
  readonly dtype: "float32" | "int32";
  readonly shape: readonly number[];
  readonly data: string;
}

/** One training step to be measured, with every number it needs. */
export interface CaseFile {
  readonly case: CaseName;
  readonly sizes: Readonly<Record<string, number>>;
  /** Learning rate and the case's own constants; where it is Adam's: β₁, β₂, ε, the norm that gradients are clipped to. */
  readonly constants: Readonly<Record<string, number>>;
  readonly parameters: Readonly<Record<string, EncodedArray>>;
  /** Leading axis of a name in `cycled`: the batches, which training cycles through. */
  readonly inputs: Readonly<Record<string, EncodedArray>>;
  readonly cycled: readonly string[];
  /** Steps whose loss is reported before the timed ones; the parameters after them are reported too. */
  readonly checkedSteps: number;
  /** Timed steps; a peer may stop after three once `maximumSeconds` of timed steps have passed. */
  readonly iterations: number;
  readonly maximumSeconds: number;
}

/** What a peer measured. */
export interface PeerResult {
  readonly peer: string;
  readonly version: string;
  readonly threads: number;
  /** Seconds from the built inputs to the end of the first step: tracing and compiling, and that step. */
  readonly compile_s: number;
  readonly checks: {
    /** The loss of each checked step, before its update. */
    readonly loss: readonly number[];
    /** Each parameter after the checked steps, base64 float32. */
    readonly parameters: Readonly<Record<string, string>>;
  };
  /** One entry a timed training step, in milliseconds. */
  readonly times_ms: readonly number[];
  /** Processor time of the same steps, all threads of the process together, in milliseconds. */
  readonly cpu_ms: readonly number[];
  /** What a reader should know, such as which backend ran. */
  readonly note?: string;
}

/** A peer that can't do a case says why. */
export interface PeerSkipped {
  readonly peer: string;
  readonly skipped: string;
}

/** Encodes numbers for a case file or a result. */
export function encodeArray(data: Float32Array | Int32Array, shape: readonly number[]): EncodedArray {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { dtype: data instanceof Int32Array ? "int32" : "float32", shape, data: bytes.toString("base64") };
}

/** Decodes base64 of float32 numbers. */
export function decodeFloats(text: string): Float32Array {
  const bytes = Buffer.from(text, "base64");
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** Decodes base64 of int32 numbers. */
export function decodeIntegers(text: string): Int32Array {
  const bytes = Buffer.from(text, "base64");
  return new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/**
 * Reads the last line that a peer printed.
 * @throws LonghandError `format` when it isn't the JSON of a result.
 */
export function parseResult(peer: string, output: string): PeerResult | PeerSkipped {
  const line = output.trim().split("\n").at(-1) ?? "";
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new LonghandError("format", `peer ${peer} printed "${line.slice(0, 200)}", expected one line of JSON`);
  }
  if (isRecord(value) && typeof value.skipped === "string") return { peer, skipped: value.skipped };
  if (!isResult(value)) {
    throw new LonghandError(
      "format",
      `peer ${peer} printed JSON without peer, version, threads, checks, times_ms or cpu_ms`,
    );
  }
  return value;
}

function isResult(value: unknown): value is PeerResult {
  return (
    isRecord(value) &&
    typeof value.peer === "string" &&
    typeof value.version === "string" &&
    typeof value.threads === "number" &&
    typeof value.compile_s === "number" &&
    isRecord(value.checks) &&
    isNumbers(value.checks.loss) &&
    isRecord(value.checks.parameters) &&
    isNumbers(value.times_ms) &&
    isNumbers(value.cpu_ms) &&
    value.times_ms.length > 0
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((each) => typeof each === "number");
}

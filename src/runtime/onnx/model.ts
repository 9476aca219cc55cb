/**
 * ONNX models as plain values.
 *
 * Source: ONNX IR specification; the message of onnx.proto that each value stands for is beside it.
 */
import type { ElementType } from "./elements.ts";
import type { OnnxTensor } from "./tensor.ts";

/** ModelProto. */
export interface OnnxModel {
  readonly irVersion: number;
  /** Operator sets the nodes are of; the domain "" is ONNX's own. */
  readonly opsetImport: readonly { readonly domain: string; readonly version: number }[];
  readonly producerName: string;
  readonly producerVersion: string;
  readonly docString: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly graph: OnnxGraph;
}

/** GraphProto: a model's graph, or the body of a Scan, Loop or If. */
export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly initializers: readonly OnnxTensor[];
  /** Types of values between nodes, where the file states them. */
  readonly valueInfo: readonly ValueInfo[];
}

/** NodeProto: the empty name among inputs or outputs is an optional one left out. */
export interface OnnxNode {
  readonly opType: string;
  readonly name: string;
  /** Absent: ONNX's own operators. */
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** AttributeProto. Integers are within ±(2^53 − 1); floats are rounded to 32 bits on writing. */
export type OnnxAttribute =
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "int"; readonly value: number }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "tensor"; readonly value: OnnxTensor }
  | { readonly type: "graph"; readonly value: OnnxGraph }
  | { readonly type: "floats"; readonly value: readonly number[] }
  | { readonly type: "ints"; readonly value: readonly number[] }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "type"; readonly value: Uint8Array }; // an encoded TypeProto, kept as it came

/** ValueInfoProto of a dense tensor. */
export interface ValueInfo {
  readonly name: string;
  /** "UNDEFINED" when the file doesn't state it, and for values that aren't dense tensors. */
  readonly elementType: ElementType;
  /** Extents; a string names an extent that is free, undefined is an unknown one. Absent: even the rank is unknown. */
  readonly shape?: readonly (number | string | undefined)[];
  /** The encoded TypeProto of a sequence, map, optional value or sparse tensor, kept as it came. */
  readonly otherType?: Uint8Array;
}

/** AttributeProto.AttributeType. */
export const attributeCodes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  type: 13,
} as const satisfies Record<OnnxAttribute["type"], number>;

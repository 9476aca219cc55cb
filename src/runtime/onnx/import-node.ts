/** A node of an ONNX model as its importer sees it: operands, attributes, and words for what can't be imported. */
import { LonghandError } from "../../errors.ts";
import { type DType, ndarray } from "../../graph/array.ts";
import { constant, type Dimension, type NDArray, type Tensor } from "../../graph/index.ts";
import { toNDArray } from "./convert.ts";
import type { ElementType } from "./elements.ts";
import type { OnnxAttribute, OnnxNode } from "./model.ts";

/** Integers that are extents or made of them: a number, or a list. They may depend on open dimensions. */
export interface Extents {
  readonly values: readonly Dimension[];
  readonly rank: 0 | 1;
}

/** What a name in the model stands for: a tensor, a known array, or extents. */
export interface Value {
  readonly tensor?: Tensor;
  readonly known?: NDArray;
  readonly extents?: Extents;
}

/** The extents that a value is known to be, if it is. */
export function extentsOf({ known, extents }: Value): Extents | undefined {
  if (extents) return extents;
  if (known?.dtype !== "int" || known.shape.length > 1) return undefined;
  return { values: [...known.data], rank: known.shape.length as 0 | 1 };
}

/** Our element type for ONNX's: floats of every width are "float", integers of every width "int". */
export const dtypeOfElement: Partial<Record<ElementType, DType>> = {
  FLOAT: "float",
  DOUBLE: "float",
  FLOAT16: "float",
  BFLOAT16: "float",
  INT8: "int",
  UINT8: "int",
  INT16: "int",
  UINT16: "int",
  INT32: "int",
  UINT32: "int",
  INT64: "int",
  UINT64: "int",
  BOOL: "bool",
};

/** One node with its operands at hand. */
export interface NodeReader {
  readonly node: OnnxNode;
  /** Version of ONNX's operator set that the model is written in. */
  readonly version: number;
  /** Whether input k is there: optional ones may be left out. */
  has(k: number): boolean;
  value(k: number): Value;
  tensor(k: number): Tensor;
  /** All inputs. */
  tensors(): Tensor[];
  /** Input k, which the importer must know: a constant of the model or one given to it. */
  known(k: number, what: string): NDArray;
  /** Input k as a list of integers that may depend on open dimensions. */
  extents(k: number, what: string): readonly Dimension[];
  /** Integers that were an attribute before version `since` and input k from then on; undefined when left out. */
  integers(name: string, k: number, since: number): number[] | undefined;
  attribute<T extends OnnxAttribute["type"]>(
    name: string,
    type: T,
  ): Extract<OnnxAttribute, { type: T }>["value"] | undefined;
  int(name: string, otherwise: number): number;
  float(name: string, otherwise: number): number;
  /** Throws `unsupported`, naming the node. */
  fail(reason: string): never;
}

/** Reads a node whose inputs are looked up by `find`. */
export function readNode(node: OnnxNode, version: number, find: (name: string) => Value | undefined): NodeReader {
  const label = node.name && node.name !== node.opType ? `${node.opType} "${node.name}"` : node.opType;
  const reader: NodeReader = {
    node,
    version,
    has: (k) => (node.inputs[k] ?? "") !== "",
    value(k) {
      const name = node.inputs[k] ?? "";
      if (name === "") reader.fail(`input ${k} is missing`);
      const value = find(name);
      if (!value) throw new LonghandError("format", `ONNX node ${label}: nothing makes its input "${name}"`);
      return value;
    },
    tensor(k) {
      const { tensor, known, extents } = reader.value(k);
      if (tensor) return tensor;
      if (known) return constant(known);
      const numbers = extents!.values.map((extent) =>
        typeof extent === "number" ? extent : reader.fail(`input ${k} is the open dimension "${extent}" as a number`),
      );
      return constant(ndarray(Int32Array.from(numbers), extents!.rank === 0 ? [] : [numbers.length]));
    },
    tensors: () => node.inputs.map((_, k) => reader.tensor(k)),
    known(k, what) {
      const { known } = reader.value(k);
      return known ?? reader.fail(`its ${what} must be a constant, "${node.inputs[k]}" is computed`);
    },
    extents(k, what) {
      const extents = extentsOf(reader.value(k));
      return extents?.values ?? reader.fail(`its ${what} must be known, "${node.inputs[k]}" is computed`);
    },
    integers(name, k, since) {
      if (version < since) return reader.attribute(name, "ints")?.slice();
      return reader.has(k) ? [...reader.known(k, name).data] : undefined;
    },
    attribute(name, type) {
      const attribute = node.attributes[name];
      if (attribute === undefined) return undefined;
      if (attribute.type !== type) reader.fail(`attribute ${name} is of type ${attribute.type}, expected ${type}`);
      return attribute.value as never;
    },
    int: (name, otherwise) => reader.attribute(name, "int") ?? otherwise,
    float: (name, otherwise) => reader.attribute(name, "float") ?? otherwise,
    fail(reason) {
      throw new LonghandError("unsupported", `ONNX node ${label} (operator set ${version}): ${reason}`);
    },
  };
  return reader;
}

/** The array of a Constant node. */
export function constantOf(at: NodeReader): NDArray {
  const tensor = at.attribute("value", "tensor");
  if (tensor) return toNDArray(tensor);
  for (const [name, type] of [
    ["value_float", "float"],
    ["value_int", "int"],
  ] as const) {
    const value = at.attribute(name, type);
    if (value !== undefined) return ndarray(type === "int" ? Int32Array.of(value) : Float32Array.of(value), []);
  }
  const floats = at.attribute("value_floats", "floats");
  if (floats) return ndarray(Float32Array.from(floats), [floats.length]);
  const ints = at.attribute("value_ints", "ints");
  if (ints) return ndarray(Int32Array.from(ints), [ints.length]);
  return at.fail("only constants of numbers are supported");
}

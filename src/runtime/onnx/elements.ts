/** ONNX element types: their codes in the file and the typed arrays that hold them. */
import { LonghandError } from "../../errors.ts";

/** Typed arrays a tensor's elements may be held in. FLOAT16 and BFLOAT16 are held as their bits in a Uint16Array. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

interface TensorArray {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): TensorData;
}

/** The repeated field of TensorProto that may hold elements of a type when `raw_data` doesn't. */
export type TypedField = "float_data" | "int32_data" | "int64_data" | "double_data" | "uint64_data";

interface Element {
  /** The value of TensorProto.DataType. */
  readonly code: number;
  /** How elements are held here, and in which typed field of a file; none: only the name is known to this version. */
  readonly held?: readonly [TensorArray, TypedField];
}

/** Every element type of ONNX up to 1.18 (onnx.proto, TensorProto.DataType). */
const elements = {
  UNDEFINED: { code: 0 },
  FLOAT: { code: 1, held: [Float32Array, "float_data"] },
  UINT8: { code: 2, held: [Uint8Array, "int32_data"] },
  INT8: { code: 3, held: [Int8Array, "int32_data"] },
  UINT16: { code: 4, held: [Uint16Array, "int32_data"] },
  INT16: { code: 5, held: [Int16Array, "int32_data"] },
  INT32: { code: 6, held: [Int32Array, "int32_data"] },
  INT64: { code: 7, held: [BigInt64Array, "int64_data"] },
  STRING: { code: 8 },
  BOOL: { code: 9, held: [Uint8Array, "int32_data"] },
  FLOAT16: { code: 10, held: [Uint16Array, "int32_data"] },
  DOUBLE: { code: 11, held: [Float64Array, "double_data"] },
  UINT32: { code: 12, held: [Uint32Array, "uint64_data"] },
  UINT64: { code: 13, held: [BigUint64Array, "uint64_data"] },
  COMPLEX64: { code: 14 },
  COMPLEX128: { code: 15 },
  BFLOAT16: { code: 16, held: [Uint16Array, "int32_data"] },
  FLOAT8E4M3FN: { code: 17 },
  FLOAT8E4M3FNUZ: { code: 18 },
  FLOAT8E5M2: { code: 19 },
  FLOAT8E5M2FNUZ: { code: 20 },
  UINT4: { code: 21 },
  INT4: { code: 22 },
  FLOAT4E2M1: { code: 23 },
} as const satisfies Record<string, Element>;

/** Name of an ONNX element type, as in TensorProto.DataType. */
export type ElementType = keyof typeof elements;

const names = new Map<number, ElementType>(
  (Object.keys(elements) as ElementType[]).map((name) => [elements[name].code, name]),
);

/** The code that stands for an element type in a file (also the value of Cast's attribute `to`). */
export function codeOf(type: ElementType): number {
  return elements[type].code;
}

/**
 * The element type that a code stands for.
 * @throws LonghandError `unsupported` when the code is none of ONNX 1.18.
 */
export function elementTypeOf(code: number): ElementType {
  const name = names.get(code);
  if (name === undefined) {
    throw new LonghandError("unsupported", `ONNX element type ${code} isn't known to this version (0 to 23 are)`);
  }
  return name;
}

/**
 * How elements of a type are held in memory, and in which typed field of a file.
 * @throws LonghandError `unsupported` for strings, complex numbers and the 8 and 4 bit floats and integers.
 */
export function heldAs(type: ElementType, tensor: string): { readonly array: TensorArray; readonly field: TypedField } {
  const { held }: Element = elements[type];
  if (held === undefined) {
    throw new LonghandError("unsupported", `ONNX tensor "${tensor}": elements of type ${type} aren't supported`);
  }
  return { array: held[0], field: held[1] };
}

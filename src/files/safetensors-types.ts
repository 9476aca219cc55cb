/** The element types of safetensors files and the typed arrays that hold them here. */
import { LonghandError } from "../errors.ts";
import type { ArrayData } from "../graph/array.ts";

/** How one stored element type is read. */
export interface StoredType {
  /** Bytes of one element. */
  readonly width: number;
  /** Makes the typed array from a buffer of its own, little-endian. `name` is the tensor's, for messages. */
  readonly read: (buffer: ArrayBuffer, name: string) => ArrayData;
}

/** The types that can be read, by their name in the file. */
export const storedTypes: ReadonlyMap<string, StoredType> = new Map<string, StoredType>([
  ["F64", { width: 8, read: (buffer) => new Float64Array(buffer) }],
  ["F32", { width: 4, read: (buffer) => new Float32Array(buffer) }],
  ["F16", { width: 2, read: (buffer) => Float32Array.from(new Uint16Array(buffer), fromHalf) }],
  ["BF16", { width: 2, read: fromBrain }],
  ["I64", { width: 8, read: fromLong }],
  ["I32", { width: 4, read: (buffer) => new Int32Array(buffer) }],
  // An 8-bit number may be above 1, which a boolean array mustn't hold.
  ["U8", { width: 1, read: (buffer) => Int32Array.from(new Uint8Array(buffer)) }],
  ["BOOL", { width: 1, read: fromBooleans }],
]);

/** The name under which a typed array is written. */
export function storedName(data: ArrayData): "F64" | "F32" | "I32" | "BOOL" {
  if (data instanceof Float64Array) return "F64";
  if (data instanceof Float32Array) return "F32";
  return data instanceof Int32Array ? "I32" : "BOOL";
}

/** IEEE 754 binary16: (−1)^s 2^(e−15) (1 + m/1024), subnormal (−1)^s 2^(−14) m/1024. Exact in float32. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

/** bfloat16 is the upper half of a float32. */
function fromBrain(buffer: ArrayBuffer): Float32Array {
  return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
}

function fromLong(buffer: ArrayBuffer, name: string): Int32Array {
  return Int32Array.from(new BigInt64Array(buffer), (value) => {
    if (BigInt.asIntN(32, value) === value) return Number(value);
    throw new LonghandError("unsupported", `tensor "${name}" of type I64 holds ${value}, which doesn't fit 32 bits`);
  });
}

function fromBooleans(buffer: ArrayBuffer, name: string): Uint8Array {
  const data = new Uint8Array(buffer);
  const wrong = data.find((value) => value > 1);
  if (wrong === undefined) return data;
  throw new LonghandError("format", `tensor "${name}" of type BOOL holds the byte ${wrong}, expected 0 or 1`);
}

/** ONNX tensors: TensorProto as plain values, to and from bytes. */
import { PbfWriter } from "pbf";
import { LonghandError } from "../../errors.ts";
import { sizeOf } from "../../graph/array.ts";
import { codeOf, type ElementType, elementTypeOf, heldAs, type TensorData, type TypedField } from "./elements.ts";
import { bytes, doubles, floats, integer, integers, integers64, readMessage, text } from "./wire.ts";

/** A dense row-major tensor as a file holds it. FLOAT16 and BFLOAT16 elements are their bits; BOOL elements are bytes. */
export interface OnnxTensor {
  readonly name: string;
  readonly elementType: ElementType;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

const utf8 = new TextEncoder();
const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** A copy of elements' bytes turned from host order to the file's little-endian order, or back. */
function reordered(source: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(source);
  if (!hostIsLittleEndian) for (let at = 0; at < copy.length; at += width) copy.subarray(at, at + width).reverse();
  return copy;
}

/**
 * Writes a TensorProto; elements go into `raw_data`, little-endian.
 * @returns the content of a `.pb` file.
 * @throws LonghandError `unsupported` for an element type that can't be held, `argument` when data, dims and element
 *   type don't fit each other.
 */
export function encodeTensor(tensor: OnnxTensor): Uint8Array {
  const writer = new PbfWriter();
  writeTensor(tensor, writer);
  return writer.finish();
}

/** Writes the fields of a TensorProto into a message that is being written. */
export function writeTensor(tensor: OnnxTensor, writer: PbfWriter): void {
  const { name, elementType, dims, data } = tensor;
  const { array } = heldAs(elementType, name);
  if (!(data instanceof array)) {
    throw new LonghandError(
      "argument",
      `ONNX tensor "${name}": data of type ${elementType} must be a ${array.name}, received a ${data.constructor.name}`,
    );
  }
  for (const extent of dims) {
    if (!Number.isSafeInteger(extent) || extent < 0) {
      throw new LonghandError("argument", `ONNX tensor "${name}": dims [${dims}] must be integers of at least 0`);
    }
  }
  if (data.length !== sizeOf(dims)) {
    throw new LonghandError(
      "argument",
      `ONNX tensor "${name}": dims [${dims}] need ${sizeOf(dims)} elements, received ${data.length}`,
    );
  }
  for (const extent of dims) writer.writeVarintField(1, extent); // dims
  writer.writeVarintField(2, codeOf(elementType)); // data_type
  writeText(writer, 8, name); // name
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  writer.writeBytesField(9, reordered(raw, array.BYTES_PER_ELEMENT)); // raw_data
}

/** Writes a string field unless it is empty, refusing halves of surrogate pairs, which UTF-8 can't hold. */
export function writeText(writer: PbfWriter, field: number, value: string, always = false): void {
  if (/\p{Surrogate}/u.test(value)) {
    throw new LonghandError("argument", `ONNX text ${JSON.stringify(value)} has half of a surrogate pair`);
  }
  // not pbf's writeStringField: pbf 5.1.2 writes characters from U+20000 on wrongly
  if (always || value !== "") writer.writeBytesField(field, utf8.encode(value));
}

/**
 * Reads a TensorProto: `raw_data` or the typed field of its element type, packed or not.
 * @param source the content of a `.pb` file, or of a tensor field in a model. It is copied.
 * @throws LonghandError `format` when the bytes aren't a TensorProto or its elements don't fill its dims; `unsupported`
 *   for segments, data in other files, and element types that can't be held (strings, complex numbers, 4 and 8 bits).
 */
export function decodeTensor(source: Uint8Array): OnnxTensor {
  let name = "";
  let code = 0;
  let raw: Uint8Array | undefined;
  const dims: number[] = [];
  const numbers: Record<"float_data" | "int32_data" | "double_data", number[]> = {
    float_data: [],
    int32_data: [],
    double_data: [],
  };
  const bigints: Record<"int64_data" | "uint64_data", bigint[]> = { int64_data: [], uint64_data: [] };
  const refuse = (what: string) => () => {
    throw new LonghandError("unsupported", `ONNX tensor "${name}": ${what}`);
  };
  readMessage("TensorProto", source, {
    1: (reader) => integers(reader, dims),
    2: (reader) => {
      code = integer(reader);
    },
    3: refuse("tensors in segments (and sequences of tensors) aren't supported"),
    4: (reader) => floats(reader, numbers.float_data),
    5: (reader) => integers(reader, numbers.int32_data),
    6: refuse("elements of type STRING aren't supported"),
    7: (reader) => integers64(reader, bigints.int64_data),
    8: (reader) => {
      name = text(reader);
    },
    9: (reader) => {
      raw = bytes(reader);
    },
    10: (reader) => doubles(reader, numbers.double_data),
    11: (reader) => integers64(reader, bigints.uint64_data),
    13: refuse("data in another file (external_data) isn't supported"),
    14: (reader) => {
      if (integer(reader) !== 0) refuse("data in another file (data_location) isn't supported")();
    },
  });
  if (dims.some((extent) => extent < 0)) throw damaged(name, `dims [${dims}] must be at least 0`);
  const elementType = elementTypeOf(code);
  if (elementType === "UNDEFINED") throw damaged(name, "it has no element type");
  const { array, field } = heldAs(elementType, name);
  const width = array.BYTES_PER_ELEMENT;
  const typed: Record<TypedField, readonly (number | bigint)[]> = { ...numbers, ...bigints };
  const filled = (Object.keys(typed) as TypedField[]).filter((key) => typed[key].length > 0);
  const wrong = filled.find((key) => raw !== undefined || key !== field);
  if (wrong !== undefined) {
    throw damaged(name, `${elementType} elements in ${wrong}, expected them in ${raw ? "raw_data" : field} alone`);
  }
  const stored = raw === undefined ? typed[field].length : raw.length / width;
  if (stored !== sizeOf(dims)) {
    throw damaged(name, `dims [${dims}] need ${sizeOf(dims)} elements of type ${elementType}, received ${stored}`);
  }
  const data = raw
    ? new array(reordered(raw, width).buffer)
    : filledWith(new array(new ArrayBuffer(stored * width)), typed[field], name, elementType);
  return { name, elementType, dims, data };
}

function damaged(name: string, what: string): LonghandError {
  return new LonghandError("format", `not an ONNX tensor, or a damaged one: "${name}": ${what}`);
}

function filledWith(data: TensorData, values: readonly (number | bigint)[], name: string, type: ElementType) {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
      data[i] = BigInt(value); // reduced to 64 bits, which turns the wire's signed form into the unsigned one
      continue;
    }
    // int32 is the lower half of the wire's 64 bits
    const number = type === "INT32" ? Number(value) | 0 : Number(value);
    data[i] = number;
    if (data[i] !== number && !Number.isNaN(number)) throw damaged(name, `${value} isn't a ${type}`);
  }
  return data;
}

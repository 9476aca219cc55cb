/**
 * Safetensors, the file format for named tensors that PyTorch, JAX and others read.
 *
 *     8 bytes: N, little-endian | N bytes: JSON, padded with spaces | the tensors' elements, without holes
 *
 * The JSON maps each name to { dtype, shape, data_offsets: [begin, end) } and "__metadata__" to strings.
 * Source: https://github.com/huggingface/safetensors ("Format" in its README).
 */
import { LonghandError } from "../errors.ts";
import { type NDArray, ndarray, sizeOf } from "../graph/array.ts";
import { duplicateKey, isJsonObject } from "./json.ts";
import { type StoredType, storedName, storedTypes } from "./safetensors-types.ts";

/** What a safetensors file holds. */
export interface SafetensorsFile {
  /** Tensors by name, in the order of their place in the file. */
  readonly tensors: Record<string, NDArray>;
  /** Free text by key. */
  readonly metadata: Record<string, string>;
}

/** Longest header that the format's own library reads. */
const longestHeader = 100_000_000;

/** Widest elements first, so that every tensor starts at a multiple of its element's width. */
const order = ["F64", "F32", "I32", "BOOL"];

/**
 * Writes tensors as one safetensors file; the same input always gives the same bytes.
 * @param tensors arrays by name, any shape (a scalar has shape []); Float64Array is stored as F64, Float32Array as F32,
 *   Int32Array as I32 and Uint8Array (0 or 1) as BOOL
 * @param metadata strings by key; written in the order given. Default: none
 * @returns the file's bytes
 * @throws LonghandError `argument` for the name "__metadata__", a name that isn't Unicode text or a boolean above 1;
 *   `shape` when an array's data doesn't fit its shape
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, NDArray>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  refuseBigEndian();
  const entries = Object.entries(tensors).map(([name, array]) => ({ name, array, dtype: storedName(array.data) }));
  entries.sort((a, b) => order.indexOf(a.dtype) - order.indexOf(b.dtype) || (a.name < b.name ? -1 : 1));

  const fields: string[] = [];
  for (const text of Object.entries(metadata).flat()) refuseBrokenText(text, "metadata");
  if (Object.keys(metadata).length > 0) fields.push(`"__metadata__":${JSON.stringify(metadata)}`);
  let end = 0;
  for (const { name, array, dtype } of entries) {
    checkTensor(name, array);
    const begin = end;
    end += array.data.byteLength;
    // Joined by hand: an object would move names that look like numbers to the front.
    fields.push(
      `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${array.shape}],"data_offsets":[${begin},${end}]}`,
    );
  }
  const text = new TextEncoder().encode(`{${fields.join(",")}}`);
  const headerLength = Math.ceil(text.length / 8) * 8;
  if (headerLength > longestHeader) {
    throw new LonghandError(
      "argument",
      `safetensors header of ${headerLength} bytes, at most ${longestHeader} allowed`,
    );
  }
  const bytes = new Uint8Array(8 + headerLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength);
  bytes.set(text, 8);
  let position = 8 + headerLength;
  for (const { array } of entries) {
    const { buffer, byteOffset, byteLength } = array.data;
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), position);
    position += byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file. The arrays own their data: nothing is shared with `bytes`.
 * @param bytes the whole file. F32 gives Float32Array, F64 Float64Array, F16 and BF16 Float32Array (exactly), I32 and U8
 *   Int32Array, I64 Int32Array where every value fits, BOOL Uint8Array
 * @returns tensors and metadata
 * @throws LonghandError `format` with the reason for every malformation; `unsupported` for an I64 beyond 32 bits
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  refuseBigEndian();
  const { header, dataStart } = readHeader(bytes);
  const { __metadata__: metadata = {}, ...described } = header;
  const entries = Object.entries(described).map(([name, value]) => readDescription(name, value));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);

  let expected = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== expected) {
      const kind = begin < expected ? "overlaps the tensor before it" : "leaves a hole before it";
      throw malformed(`tensor "${name}" ${kind}: its data_offsets begin at ${begin}, expected ${expected}`);
    }
    expected = end;
  }
  const stored = bytes.length - dataStart;
  if (expected > stored) throw malformed(`truncated: the tensors need ${expected} bytes, ${stored} are there`);
  if (expected < stored) throw malformed(`${stored - expected} bytes follow the last tensor`);

  const tensors = entries.map(({ name, shape, type, begin, end }) => {
    const own = new Uint8Array(end - begin); // aligned, whatever the place in the file
    own.set(bytes.subarray(dataStart + begin, dataStart + end));
    return [name, ndarray(type.read(own.buffer, name), shape)] as const;
  });
  return { tensors: Object.fromEntries(tensors), metadata: readMetadata(metadata) };
}

/** The metadata of a file of which at least the header is there. @throws LonghandError `format` */
export function peekMetadata(bytes: Uint8Array): Record<string, string> {
  return readMetadata(readHeader(bytes).header.__metadata__ ?? {});
}

/** Bytes of a file's header, with the 8 that say so, by these. @throws LonghandError `format` for fewer or for too long a header */
export function headerLength(bytes: Uint8Array): number {
  if (bytes.length < 8) throw malformed(`truncated: ${bytes.length} bytes, the header's length alone takes 8`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(longestHeader)) throw malformed(`header too long: ${length} bytes, at most ${longestHeader}`);
  return 8 + Number(length);
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  const dataStart = headerLength(bytes);
  if (dataStart > bytes.length) {
    throw malformed(`truncated: header of ${dataStart - 8} bytes, ${bytes.length - 8} are there`);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, dataStart));
  } catch (cause) {
    throw malformed("the header isn't UTF-8", cause);
  }
  if (!text.startsWith("{"))
    throw malformed(`the header starts with ${JSON.stringify(text.slice(0, 1))}, expected "{"`);
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    throw malformed(`the header is bad JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) throw malformed(`the header has the key "${twice}" twice`);
  return { header: header as Record<string, unknown>, dataStart };
}

function readMetadata(value: unknown): Record<string, string> {
  if (!isJsonObject(value)) throw malformed(`__metadata__ is ${JSON.stringify(value)}, expected an object`);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string")
      throw malformed(`__metadata__ "${key}" is ${JSON.stringify(text)}, expected a string`);
  }
  return value as Record<string, string>;
}

interface Description {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: StoredType;
  readonly begin: number;
  readonly end: number;
}

function readDescription(name: string, value: unknown): Description {
  const wrong = (field: string, received: unknown, expected: string): LonghandError =>
    malformed(`tensor "${name}" has ${field} ${JSON.stringify(received)}, expected ${expected}`);
  if (!isJsonObject(value)) throw malformed(`tensor "${name}" is ${JSON.stringify(value)}, expected an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  const type = typeof dtype === "string" ? storedTypes.get(dtype) : undefined;
  if (!type) throw wrong("the unknown dtype", dtype, `one of ${[...storedTypes.keys()].join(", ")}`);
  if (!isCounts(shape)) throw wrong("shape", shape, "a list of whole numbers ≥ 0");
  if (!isCounts(offsets) || offsets.length !== 2) throw wrong("data_offsets", offsets, "two whole numbers ≥ 0");
  const [begin, end] = offsets as [number, number];
  if (begin > end) throw wrong("data_offsets", offsets, "begin ≤ end");
  const needed = sizeOf(shape) * type.width;
  if (end - begin !== needed) {
    throw malformed(`tensor "${name}" has ${end - begin} bytes; ${dtype} of shape [${shape}] needs ${needed}`);
  }
  return { name, shape, type, begin, end };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function checkTensor(name: string, array: NDArray): void {
  if (name === "__metadata__") throw new LonghandError("argument", `a tensor can't be named "__metadata__"`);
  refuseBrokenText(name, "tensor name");
  if (!isCounts(array.shape) || array.data.length !== sizeOf(array.shape)) {
    const count = array.data.length;
    throw new LonghandError("shape", `tensor "${name}" has shape [${array.shape}] and ${count} elements`);
  }
  const wrong = array.data instanceof Uint8Array ? array.data.find((value) => value > 1) : undefined;
  if (wrong !== undefined)
    throw new LonghandError("argument", `boolean tensor "${name}" holds ${wrong}, expected 0 or 1`);
}

function refuseBrokenText(text: unknown, kind: string): void {
  if (typeof text !== "string" || /\p{Surrogate}/u.test(text)) {
    throw new LonghandError("argument", `${kind} ${JSON.stringify(text)} isn't Unicode text`);
  }
}

/** Typed arrays are copied as they lie in memory, which is the file's order on every machine but a few servers. */
function refuseBigEndian(): void {
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] === 1) return;
  throw new LonghandError("unsupported", "safetensors files can't be read or written on a big-endian machine");
}

function malformed(reason: string, cause?: unknown): LonghandError {
  return new LonghandError("format", `not a valid safetensors file: ${reason}`, { cause });
}

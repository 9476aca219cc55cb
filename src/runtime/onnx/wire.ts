/**
 * Reading protobuf messages from bytes that may be truncated, corrupt or foreign.
 *
 * pbf reads quickly and trusts its input; here every read checks its wire type and that it stays inside the message.
 * Source: Protocol Buffers, "Encoding" (wire types 0 varint, 1 fixed 64, 2 length-delimited, 5 fixed 32).
 */
import { PbfReader } from "pbf";
import { LonghandError } from "../../errors.ts";

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

// A byte order mark is part of the text: dropping it would change a name.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What to do with each field of a message, by field number. Fields without an entry are skipped. */
export type Fields = Readonly<Record<number, (reader: PbfReader) => void>>;

/**
 * Reads every field of one message.
 * @param message name of the message type, for errors.
 * @throws LonghandError `format` when the bytes aren't such a message.
 */
export function readMessage(message: string, bytes: Uint8Array, fields: Fields): void {
  const reader = new PbfReader(bytes);
  let field = 0;
  try {
    while (reader.pos < reader.length) {
      const tag = reader.readVarint();
      field = tag >>> 3;
      reader.type = tag & 7;
      if (field === 0 || tag >= 2 ** 32) throw new Error(`${tag} is no field tag`);
      const start = reader.pos;
      fields[field]?.(reader);
      if (reader.pos === start) reader.skip(reader.type);
      inside(reader);
    }
  } catch (error) {
    if (error instanceof LonghandError) throw error;
    const cut = reader.pos > reader.length;
    const reason = cut ? "the bytes end inside it" : error instanceof Error ? error.message : String(error);
    throw new LonghandError("format", `not an ONNX ${message}, or a damaged one: field ${field}: ${reason}`, {
      cause: error,
    });
  }
}

function inside(reader: PbfReader): void {
  if (reader.pos > reader.length) throw new Error("the bytes end inside it");
}

function expect(reader: PbfReader, type: number): void {
  if (reader.type !== type) throw new Error(`wire type ${reader.type} where ${type} is expected`);
}

/** The bytes of a length-delimited field: a view, not a copy. */
export function bytes(reader: PbfReader): Uint8Array {
  expect(reader, BYTES);
  const value = reader.readBytes();
  inside(reader);
  return value;
}

/** A UTF-8 string. */
export function text(reader: PbfReader): string {
  return utf8.decode(bytes(reader));
}

function varint(reader: PbfReader): number {
  const value = reader.readVarint(true);
  inside(reader);
  if (!Number.isSafeInteger(value)) {
    throw new LonghandError(
      "unsupported",
      `ONNX integer near ${value}: only integers within ±(2^53 − 1) are supported`,
    );
  }
  return value;
}

/** An int32, int64 or enum: negative numbers are ten bytes of 64 bit two's complement. */
export function integer(reader: PbfReader): number {
  expect(reader, VARINT);
  return varint(reader);
}

function varint64(reader: PbfReader): bigint {
  const start = reader.pos;
  const near = reader.readVarint(true);
  inside(reader);
  if (Number.isSafeInteger(near)) return BigInt(near);
  let value = 0n;
  for (let at = start; at < reader.pos; at++) value |= BigInt(reader.buf[at]! & 0x7f) << BigInt(7 * (at - start));
  return BigInt.asIntN(64, value);
}

/** A float. */
export function float(reader: PbfReader): number {
  expect(reader, FIXED32);
  return reader.readFloat();
}

/** Reads a repeated field, packed or not, one element or all of them, onto the end of a list. */
function repeated<T>(type: number, one: (reader: PbfReader) => T): (reader: PbfReader, list: T[]) => void {
  return (reader, list) => {
    if (reader.type !== BYTES) {
      expect(reader, type);
      list.push(one(reader));
      return;
    }
    const packed = new PbfReader(bytes(reader));
    while (packed.pos < packed.length) list.push(one(packed));
  };
}

/** Repeated int32, int64 or enum as numbers. */
export const integers = repeated(VARINT, varint);
/** Repeated int64 or uint64, exactly; uint64 above 2^63 − 1 arrive as the negative number with the same 64 bits. */
export const integers64 = repeated(VARINT, varint64);
/** Repeated float. */
export const floats = repeated(FIXED32, (reader) => reader.readFloat());
/** Repeated double. */
export const doubles = repeated(FIXED64, (reader) => reader.readDouble());

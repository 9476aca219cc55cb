/** What a checkpoint says of its run, read without its tensors: quick, and not proved to be whole. Node only. */
import type { FileHandle } from "node:fs/promises";
import { LonghandError } from "../errors.ts";
import { isJsonObject } from "./json.ts";

/** Longest head that is read, in bytes; those of populations of thousands have some 100 kB. */
const longest = 16 * 2 ** 20;

/**
 * Reads the state that `encodeCheckpoint` was given. Whether the file is whole, only `decodeCheckpoint` can tell.
 * @throws LonghandError `format` when the file doesn't begin as a checkpoint does.
 */
export async function readCheckpointState(handle: FileHandle): Promise<unknown> {
  const size = await readPart(handle, 0, 8);
  const length = size.length === 8 ? Number(size.readBigUInt64LE()) : 0;
  if (length > longest) throw new LonghandError("format", `the checkpoint's header is of ${length} bytes`);
  const head = await readPart(handle, 8, length);
  try {
    const { __metadata__: metadata } = JSON.parse(head.toString("utf8")) as Record<string, unknown>;
    if (isJsonObject(metadata) && typeof metadata.state === "string") return JSON.parse(metadata.state);
  } catch (cause) {
    throw new LonghandError("format", "the checkpoint's header can't be read", { cause });
  }
  throw new LonghandError("format", "the checkpoint's header has no state");
}

/** Bytes of a file; fewer where it ends before. */
export async function readPart(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await handle.read(bytes, read, length - read, position + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}

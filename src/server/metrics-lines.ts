/** Parts of a metrics file that may be growing: its newest records, and what came since. Node only. */
import type { FileHandle } from "node:fs/promises";
import { type NewestRecords, newestRecords } from "../trained/index.ts";
import { readPart } from "./inside.ts";

/** Bytes read at once; longer lines are read whole nevertheless. */
const CHUNK = 4 * 2 ** 20;

/** Bytes from the end in which records are looked for. */
const TAIL = 2 ** 18;

const lineBreak = 0x0a;

export interface MetricsPart {
  /** Whole lines. */
  readonly bytes: Uint8Array;
  /** Where they begin and end in the file. */
  readonly from: number;
  readonly next: number;
  /** Bytes of the file by now. */
  readonly size: number;
  /** Tells a file from one that took its place: a run that went back to an earlier step writes a new one. */
  readonly file: string;
}

/**
 * The whole lines of a file behind a place, up to some megabytes.
 * @param known.from bytes that the caller has.
 * @param known.file of which file. Where that is no longer this one, or no line begins there, all is given from the beginning.
 */
export async function metricsSince(
  handle: FileHandle,
  known: { readonly from: number; readonly file: string | undefined },
): Promise<MetricsPart> {
  const { size, ino, birthtimeMs } = await handle.stat();
  const file = `${ino.toString(36)}-${Math.round(birthtimeMs).toString(36)}`;
  const isSame = known.file === undefined || known.file === file;
  const from = isSame && (await beginsLine(handle, known.from, size)) ? known.from : 0;
  for (let length = CHUNK; ; length *= 2) {
    const bytes = await readPart(handle, from, Math.min(length, size - from));
    const end = bytes.lastIndexOf(lineBreak) + 1;
    if (end === 0 && from + bytes.length < size) continue;
    return { bytes: bytes.subarray(0, end), from, next: from + end, size, file };
  }
}

async function beginsLine(handle: FileHandle, place: number, size: number): Promise<boolean> {
  if (place === 0) return true;
  return place <= size && (await readPart(handle, place - 1, 1))[0] === lineBreak;
}

/** The last record of each type among a file's newest, whole lines; of steps in any case, where there is one. */
export async function lastRecords(handle: FileHandle): Promise<NewestRecords> {
  const { size } = await handle.stat();
  for (let length = TAIL; ; length *= 4) {
    const begin = Math.max(0, size - length);
    const bytes = await readPart(handle, begin, size - begin);
    // The first line is a part of one, unless it is the file's first.
    const first = begin === 0 ? 0 : bytes.indexOf(lineBreak) + 1;
    const found = newestRecords(bytes.subarray(first, bytes.lastIndexOf(lineBreak) + 1).toString("utf8"));
    if (begin === 0 || found.step) return found;
  }
}

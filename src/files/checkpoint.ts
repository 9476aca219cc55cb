/**
 * A checkpoint: one safetensors file with all that a run needs to go on bit for bit.
 *
 * Its tensors are the parameters and the optimizer's state ("parameters/W1", "optimizer/m/W1"); its metadata says whose
 * it is, carries the rest of the state as JSON, and a SHA-256 over the whole file, so that a damaged file is never
 * taken for a good one. The 64 hexadecimal digits count as zeros while hashing, and always lie at the same place.
 */
import { LonghandError } from "../errors.ts";
import type { NDArray } from "../graph/array.ts";
import { exactJson } from "./json.ts";
import { decodeSafetensors, encodeSafetensors, peekMetadata } from "./safetensors.ts";

/** What a checkpoint holds. */
export interface Checkpoint {
  /** Id of the run that it belongs to. */
  readonly run: string;
  /** Anything that JSON can hold: step, loss history, positions in streams. */
  readonly state: unknown;
  /** Parameters and optimizer state by name. */
  readonly tensors: Readonly<Record<string, NDArray>>;
}

const format = "longhand-checkpoint";
const formatVersion = 1;

/** What every checkpoint has after its first 8 bytes; the digits of the hash follow. */
const beforeHash = new TextEncoder().encode(`{"__metadata__":{"sha256":"`);
const hashStart = 8 + beforeHash.length;
const zeros = "0".repeat(64);

/**
 * Writes a checkpoint; the same checkpoint always gives the same bytes.
 * @returns the bytes of a safetensors file that other tools read too
 * @throws LonghandError `argument` when `state` holds what JSON can't (NaN, say) or a tensor can't be stored;
 *   `unsupported` where the platform has no Web Crypto
 */
export async function encodeCheckpoint({ run, state, tensors }: Checkpoint): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = encodeSafetensors(tensors, {
    sha256: zeros, // the first, so that its place doesn't depend on anything else
    format,
    formatVersion: String(formatVersion),
    run,
    state: exactJson(state, "checkpoint state"),
  });
  bytes.set(new TextEncoder().encode(await sha256(bytes)), hashStart);
  return bytes;
}

/**
 * Reads a checkpoint and proves that it is whole.
 * @param bytes the whole file
 * @param options.run id of the run that the checkpoint must belong to. Default: any run
 * @throws LonghandError `format` that says which: malformed or truncated, no checkpoint, of a newer format, damaged, or
 *   of another run
 */
export async function decodeCheckpoint(
  bytes: Uint8Array,
  options: { readonly run?: string } = {},
): Promise<Checkpoint> {
  const { tensors, metadata } = decodeSafetensors(bytes);
  if (metadata.format !== format) {
    const received = metadata.format === undefined ? "no format" : `format "${metadata.format}"`;
    throw new LonghandError("format", `not a Longhand checkpoint: its metadata has ${received}, expected "${format}"`);
  }
  // Before the hash: a newer format may hash otherwise.
  const version = metadata.formatVersion ?? "";
  if (/^[1-9]\d*$/.test(version) && Number(version) > formatVersion) {
    throw new LonghandError(
      "format",
      `checkpoint of the newer format version ${version}; this version of Longhand reads up to ${formatVersion}`,
    );
  }
  if (version !== String(formatVersion)) throw damaged(`formatVersion is "${version}", expected "${formatVersion}"`);
  if (!beforeHash.every((byte, i) => bytes[8 + i] === byte)) {
    throw damaged("its metadata doesn't begin with sha256, so Longhand didn't write it");
  }
  const { sha256: expected = "", run, state } = metadata;
  const zeroed = new Uint8Array(bytes);
  zeroed.set(new TextEncoder().encode(zeros), hashStart);
  const actual = await sha256(zeroed);
  if (actual !== expected) throw damaged(`its contents have the SHA-256 ${actual}, but it says ${expected}`);
  if (run === undefined || state === undefined) throw damaged("its metadata lacks run or state");
  if (options.run !== undefined && run !== options.run) {
    throw new LonghandError("format", `checkpoint of another run: it belongs to "${run}", expected "${options.run}"`);
  }
  return { run, state: parseState(state), tensors };
}

/**
 * What a checkpoint says of its run, without its tensors and without a proof that it is whole: for lists of many.
 * @param bytes at least the file's header: its first 8 bytes, and as many more as they say (see `decodeSafetensors`)
 * @throws LonghandError `format` when the bytes don't begin as a checkpoint does
 */
export function peekCheckpoint(bytes: Uint8Array): Pick<Checkpoint, "run" | "state"> {
  const { run, state } = peekMetadata(bytes);
  if (run === undefined || state === undefined) throw damaged("its metadata lacks run or state");
  return { run, state: parseState(state) };
}

function parseState(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged("its state is bad JSON", cause);
  }
}

/** Lower-case hexadecimal digest. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (!subtle) {
    throw new LonghandError("unsupported", "checkpoints need Web Crypto: open the page by https or from localhost");
  }
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function damaged(reason: string, cause?: unknown): LonghandError {
  return new LonghandError("format", `damaged checkpoint: ${reason}`, { cause });
}

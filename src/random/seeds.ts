/**
 * Keys of streams: a chain of Threefry blocks over a seed and a path of names and numbers.
 *
 * With E(key, counter) the Threefry-2x32 output as a 64-bit pair, the chain starts at the state s = ("long", "hand") in
 * ASCII. Every part (the seed first, then the path) is absorbed as a header and its payload, two words at a time:
 *
 *     s ← E(s, (tag, bytes)),   then   s ← E(s, (w₀, w₁)) for every eight bytes of the payload,
 *
 * and the key is E(s, (end tag, parts)). As header and length come before the payload, no two different paths feed the
 * chain the same blocks; as every path ends in a block of its own tag, no stream's key is on the way to another's.
 */
import { LonghandError } from "../errors.ts";
import { threefry2x32 } from "./threefry.ts";

/** A part of a stream's path: a name or a number. */
export type PathPart = string | number;

/** What all streams of a source grow from; see `randomSource`. */
export type Seed = number | bigint | string;

/** Two unsigned 32-bit words, low first. */
export type Key = readonly [number, number];

const START: Key = [0x6c6f6e67, 0x68616e64];
const NUMBER_TAG = 1;
const STRING_TAG = 2;
const INTEGER_TAG = 3;
const END_TAG = 0xffffffff;

function absorb(state: Key, tag: number, payload: Uint8Array): Key {
  let next: Key = threefry2x32(state, [tag, payload.length]);
  // Zero padding is safe: the header has told the length.
  const padded = new DataView(new ArrayBuffer(Math.ceil(payload.length / 8) * 8));
  for (let i = 0; i < payload.length; i++) padded.setUint8(i, payload[i]!);
  for (let i = 0; i < padded.byteLength; i += 8) {
    next = threefry2x32(next, [padded.getUint32(i, true), padded.getUint32(i + 4, true)]);
  }
  return next;
}

/** The eight bytes of a number, least significant first; −0 is the same as 0. */
function numberBytes(value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value + 0, true);
  return new Uint8Array(view.buffer);
}

/** The sign (0 or 1), then the magnitude's bytes, least significant first. */
function integerBytes(value: bigint): Uint8Array {
  const bytes = [value < 0n ? 1 : 0];
  for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= 8n) bytes.push(Number(rest & 0xffn));
  return Uint8Array.from(bytes);
}

function absorbString(state: Key, text: string, what: string): Key {
  // UTF-8 has no lone surrogates: encoding would turn them all into U+FFFD, and different names into one stream.
  if (/\p{Surrogate}/u.test(text)) {
    throw new LonghandError("argument", `${what} is ${JSON.stringify(text)}, which has a lone surrogate.`);
  }
  return absorb(state, STRING_TAG, new TextEncoder().encode(text));
}

/**
 * The state of the chain after the seed.
 *
 * @param seed a safe integer, a bigint or a string; an integer is the same seed as a number and as a bigint, and not
 *   the same as its digits in a string
 * @throws LonghandError "argument" for a number that is no safe integer (a larger one has lost digits: give a bigint)
 *   and for a string with a lone surrogate
 */
export function seedState(seed: Seed): Key {
  if (typeof seed === "string") return absorbString(START, seed, "randomSource: seed");
  if (typeof seed === "bigint") {
    const number = Number(seed);
    return Number.isSafeInteger(number)
      ? absorb(START, NUMBER_TAG, numberBytes(number))
      : absorb(START, INTEGER_TAG, integerBytes(seed));
  }
  if (!Number.isSafeInteger(seed)) {
    throw new LonghandError(
      "argument",
      `randomSource: seed is ${String(seed)}; expected an integer from −(2^53 − 1) to 2^53 − 1, a bigint or a string.`,
    );
  }
  return absorb(START, NUMBER_TAG, numberBytes(seed));
}

/**
 * The key of the stream at `path`.
 *
 * @param state what `seedState` returned
 * @param path names and finite numbers, any count
 * @throws LonghandError "argument" for a number that isn't finite and for a name with a lone surrogate
 */
export function streamKey(state: Key, path: readonly PathPart[]): Key {
  let next = state;
  path.forEach((part, index) => {
    const what = `RandomSource.stream: path[${index}]`;
    if (typeof part === "string") {
      next = absorbString(next, part, what);
    } else if (Number.isFinite(part)) {
      next = absorb(next, NUMBER_TAG, numberBytes(part));
    } else {
      throw new LonghandError("argument", `${what} is ${String(part)}; expected a string or a finite number.`);
    }
  });
  return threefry2x32(next, [END_TAG, path.length]);
}

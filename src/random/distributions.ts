/**
 * From words to numbers: every distribution as a fill of one array from a cursor in a key's word sequence.
 *
 * Element i depends on its own words only (but for rejections), so filling an array at once or in pieces makes the same
 * numbers. Words are made a chunk at a time, which stays in the processor's first cache. Arguments are checked by the
 * caller, `stream.ts`.
 */
import { normalQuantile } from "./normal.ts";
import { threefryWords } from "./threefry.ts";

/** A place in the word sequence of a key. */
export interface Cursor {
  readonly key0: number;
  readonly key1: number;
  /** Index of the next word. */
  position: number;
  /** Fair bits not yet handed out, the next one lowest. */
  spareBits: number;
  /** How many of them. */
  spareCount: number;
}

const CHUNK = 1024;
// Shared by all streams: a fill runs to its end without calling anything that could start another.
const words = new Uint32Array(CHUNK);

/** P(Z < −2), to the last bit of float64. */
const BELOW_TWO_DEVIATIONS = 0.02275013194817921;

/** Writes the next `count` words to the front of `out`. */
export function nextWords(cursor: Cursor, out: Uint32Array, count: number): void {
  threefryWords(out, count, cursor.key0, cursor.key1, cursor.position);
  cursor.position += count;
}

/** One word w a number: low + (high − low)·⌊w/2⁸⌋·2⁻²⁴, rounded to float32; `last` where that rounds up to `high`. */
export function uniform32(cursor: Cursor, out: Float32Array, low: number, high: number, last: number): void {
  const scale = (high - low) * 2 ** -24;
  for (let start = 0; start < out.length; start += CHUNK) {
    const count = Math.min(CHUNK, out.length - start);
    nextWords(cursor, words, count);
    for (let i = 0; i < count; i++) {
      const value = Math.fround(low + scale * (words[i]! >>> 8));
      out[start + i] = value < high ? value : last;
    }
  }
}

/** Half a word h a number, the low half first: a·((h + ½)·2⁻¹⁵ − 1). */
export function noise(cursor: Cursor, out: Float32Array, amplitude: number): void {
  const unit = amplitude * 2 ** -15;
  const origin = unit / 2 - amplitude;
  for (let start = 0; start < out.length; start += 2 * CHUNK) {
    const count = Math.min(2 * CHUNK, out.length - start);
    nextWords(cursor, words, (count + 1) >> 1);
    const even = count & ~1;
    for (let i = 0; i < even; i += 2) {
      const word = words[i >> 1]!;
      out[start + i] = origin + unit * (word & 0xffff);
      out[start + i + 1] = origin + unit * (word >>> 16);
    }
    if (even < count) out[start + even] = origin + unit * (words[even >> 1]! & 0xffff);
  }
}

/** Two words v, w a number: low + (high − low)·(⌊v/2⁵⌋·2²⁶ + ⌊w/2⁶⌋)·2⁻⁵³; `last` where that rounds up to `high`. */
export function uniform64(cursor: Cursor, out: Float64Array, low: number, high: number, last: number): void {
  const span = high - low;
  for (let start = 0; start < out.length; start += CHUNK / 2) {
    const count = Math.min(CHUNK / 2, out.length - start);
    nextWords(cursor, words, 2 * count);
    for (let i = 0; i < count; i++) {
      const value = low + span * (fraction53(i) * 2 ** -53);
      out[start + i] = value < high ? value : last;
    }
  }
}

/** The 53-bit integer of words 2i and 2i + 1. */
function fraction53(i: number): number {
  return (words[2 * i]! >>> 5) * 0x400_0000 + (words[2 * i + 1]! >>> 6);
}

/** One word w a number: mean + deviation·Φ⁻¹(½ + width·q), q = (w + ½)·2⁻³² − ½ exactly. */
function quantiles32(cursor: Cursor, out: Float32Array, mean: number, deviation: number, width: number): void {
  for (let start = 0; start < out.length; start += CHUNK) {
    const count = Math.min(CHUNK, out.length - start);
    nextWords(cursor, words, count);
    for (let i = 0; i < count; i++) {
      out[start + i] = mean + deviation * normalQuantile(width * (words[i]! * 2 ** -32 - (0.5 - 2 ** -33)));
    }
  }
}

/** Two words, 53 bits k, a number: mean + deviation·Φ⁻¹(½ + width·q), q = (k + ½)·2⁻⁵³ − ½ exactly. */
function quantiles64(cursor: Cursor, out: Float64Array, mean: number, deviation: number, width: number): void {
  for (let start = 0; start < out.length; start += CHUNK / 2) {
    const count = Math.min(CHUNK / 2, out.length - start);
    nextWords(cursor, words, 2 * count);
    for (let i = 0; i < count; i++) {
      // k − 2⁵² first: k + ½ alone may need 54 bits.
      const q = (fraction53(i) - 2 ** 52 + 0.5) * 2 ** -53;
      out[start + i] = mean + deviation * normalQuantile(width * q);
    }
  }
}

/** Normal numbers by inversion. */
export function normal(cursor: Cursor, out: Float32Array | Float64Array, mean: number, deviation: number): void {
  if (out instanceof Float32Array) quantiles32(cursor, out, mean, deviation, 1);
  else quantiles64(cursor, out, mean, deviation, 1);
}

/** Normal numbers within two deviations, by inversion of the cut distribution function: nothing is redrawn. */
export function truncatedNormal(
  cursor: Cursor,
  out: Float32Array | Float64Array,
  mean: number,
  deviation: number,
): void {
  const width = 1 - 2 * BELOW_TWO_DEVIATIONS;
  if (out instanceof Float32Array) quantiles32(cursor, out, mean, deviation, width);
  else quantiles64(cursor, out, mean, deviation, width);
}

/** low + ⌊w/⌊2³²/size⌋⌋ for the next word w that makes it less than low + size: equal shares of the words, the rest skipped. */
export function integers(cursor: Cursor, out: Int32Array, low: number, size: number): void {
  const share = Math.floor(0x1_0000_0000 / size);
  let filled = 0;
  while (filled < out.length) {
    // Never more words than numbers still wanted, so that none is left over.
    const count = Math.min(CHUNK, out.length - filled);
    nextWords(cursor, words, count);
    for (let i = 0; i < count; i++) {
      const value = Math.floor(words[i]! / share);
      if (value < size) out[filled++] = low + value;
    }
  }
}

/** Bits of one word after another, lowest first; what is left of the last word waits for the next call. */
export function bits(cursor: Cursor, out: Uint8Array | Int32Array | Float32Array): void {
  const { length } = out;
  let filled = 0;
  while (filled < length && cursor.spareCount > 0) {
    out[filled++] = cursor.spareBits & 1;
    cursor.spareBits >>>= 1;
    cursor.spareCount--;
  }
  while (filled < length) {
    const count = Math.min(CHUNK, Math.ceil((length - filled) / 32));
    nextWords(cursor, words, count);
    for (let i = 0; i < count; i++) {
      let word = words[i]!;
      const end = Math.min(filled + 32, length);
      cursor.spareCount = 32 - (end - filled);
      while (filled < end) {
        out[filled++] = word & 1;
        word >>>= 1;
      }
      cursor.spareBits = word;
    }
  }
}

/** Fisher–Yates from the end: for i = n − 1 … 1, swap entry i with the one at an integer uniform on 0 … i. */
export function permutation(cursor: Cursor, out: Int32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = i;
  let i = out.length - 1;
  while (i > 0) {
    const count = Math.min(CHUNK, i);
    nextWords(cursor, words, count);
    for (let j = 0; j < count; j++) {
      const chosen = Math.floor(words[j]! / Math.floor(0x1_0000_0000 / (i + 1)));
      if (chosen > i) continue;
      const value = out[i]!;
      out[i] = out[chosen]!;
      out[chosen] = value;
      i--;
    }
  }
}

/** One word w a number: 1/keep where w·2⁻³² < keep, else 0. */
export function mask(cursor: Cursor, out: Float32Array | Float64Array, keep: number): void {
  const kept = 1 / keep;
  const limit = keep * 0x1_0000_0000;
  for (let start = 0; start < out.length; start += CHUNK) {
    const count = Math.min(CHUNK, out.length - start);
    nextWords(cursor, words, count);
    for (let i = 0; i < count; i++) out[start + i] = words[i]! < limit ? kept : 0;
  }
}

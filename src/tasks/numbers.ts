import type { Stream } from "../random/stream.ts";
import type { Alphabet } from "./contract.ts";
import { characterError, type Piece, type Reader } from "./text.ts";

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";

/** The digits of a base from 2 to 36: 0 … 9, then a … z. */
export function digitAlphabet(base: number): Alphabet {
  return Object.freeze([...DIGITS.slice(0, base)]);
}

/** Words for the digits of a base, for messages. */
export function digitWords(base: number): string {
  if (base === 10) return "a decimal digit";
  return `a digit of base ${base} (0 … ${DIGITS[base - 1]})`;
}

/** Fills an array with uniform digits of a base. */
export function drawDigits(stream: Stream, digits: Int32Array, base: number): Int32Array {
  return base === 2 ? stream.bits(digits) : stream.integers(digits, 0, base);
}

/**
 * The number Σᵢ digits[i] · baseⁱ.
 *
 * Neighbours are joined pairwise, low + high · base^k, so that 100,000 digits cost a few large products instead of
 * 100,000 small ones.
 */
export function numberFromDigits(digits: ArrayLike<number>, base: number): bigint {
  // The most digits that one double holds exactly.
  const chunk = Math.floor(Math.log(2 ** 53) / Math.log(base) - 1e-9);
  let parts: bigint[] = [];
  for (let start = 0; start < digits.length; start += chunk) {
    let part = 0;
    for (let i = Math.min(start + chunk, digits.length) - 1; i >= start; i--) part = part * base + digits[i]!;
    parts.push(BigInt(part));
  }
  for (let power = BigInt(base) ** BigInt(chunk); parts.length > 1; power *= power) {
    const joined: bigint[] = [];
    for (let i = 0; i < parts.length; i += 2) joined.push(parts[i]! + (parts[i + 1] ?? 0n) * power);
    parts = joined;
  }
  return parts[0] ?? 0n;
}

/** The lowest `width` digits of a number ≥ 0, lowest first; default all of them (one digit for 0). */
export function digitsFromNumber(value: bigint, base: number, width?: number): Int32Array {
  const text = value.toString(base);
  const digits = new Int32Array(width ?? text.length);
  for (let i = 0; i < Math.min(digits.length, text.length); i++) digits[i] = digitValue(text, text.length - 1 - i);
  return digits;
}

/** −1, 0 or 1 as the first number is smaller than, equal to or larger than the second; both lowest digit first. */
export function compareDigits(a: ArrayLike<number>, b: ArrayLike<number>): number {
  for (let i = Math.max(a.length, b.length) - 1; i >= 0; i--) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/**
 * Reads a number into digits of `base`, lowest first, without leading zeros (one digit for 0).
 *
 * Base 2 is read from decimal text, or binary text that starts with "0b"; any other base from its own digits, letters of
 * either case. Throws LonghandError "input" at the first character that doesn't fit.
 */
export function readNumber(reader: Reader, piece: Piece, base: number): Int32Array {
  if (base !== 2) return readDigits(reader, piece, base, 0);
  if (/^0b/i.test(piece.text)) return readDigits(reader, piece, 2, 2);
  return digitsFromNumber(BigInt(digitsChecked(reader, piece, 10, 0)), 2);
}

/** The number as `readNumber` reads it: decimal for base 2, else its own digits without leading zeros. */
export function writeNumber(digits: ArrayLike<number>, base: number): string {
  if (base === 2) return numberFromDigits(digits, 2).toString();
  const text = Array.from(digits, (digit) => DIGITS[digit]).reverse();
  const first = text.findIndex((digit) => digit !== "0");
  return first < 0 ? "0" : text.slice(first).join("");
}

function readDigits(reader: Reader, piece: Piece, base: number, prefix: number): Int32Array {
  const text = digitsChecked(reader, piece, base, prefix);
  let first = prefix;
  while (first < text.length - 1 && text[first] === "0") first++;
  return Int32Array.from({ length: text.length - first }, (_, i) => digitValue(text, text.length - 1 - i));
}

/** The piece's text once every character after the prefix is known to be a digit of the base. */
function digitsChecked(reader: Reader, { text, position }: Piece, base: number, prefix: number): string {
  const words = digitWords(base);
  if (text.length === prefix)
    throw characterError(reader, padded(text, position), position + prefix - 2, `${words} after it`);
  for (let i = prefix; i < text.length; i++)
    if (digitValue(text, i) >= base) throw characterError(reader, padded(text, position), position + i - 1, words);
  return text;
}

/** The piece back at its place, so that an error counts positions from the start of the whole text. */
function padded(text: string, position: number): string {
  return " ".repeat(position - 1) + text;
}

/** The value of the digit at an index of a text of letters and digits. */
function digitValue(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code <= 57 ? code - 48 : (code | 32) - 87;
}

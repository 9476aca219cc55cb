/** Numbers in words as numbers in digits: many to many, the answer after the whole problem. */
import { LonghandError } from "../../errors.ts";
import type { Stream } from "../../random/stream.ts";
import { wholeNumber } from "../check.ts";
import type { Alphabet, DrawnTask, Side } from "../contract.ts";
import { isHeldOut } from "../split.ts";
import { LARGEST_IN_WORDS, numberFromWords, numberInWords } from "./number-words.ts";

const NAME = "number-words";
/** Most digits of a number. */
const MOST = String(LARGEST_IN_WORDS).length;
/** What is read once the words have ended: write the next digit. */
const GO = "→";
const letters: Alphabet = Object.freeze([GO, ..." -adefghilnorstuvwxyz"]);
const digits: Alphabet = Object.freeze([..."0123456789"]);

/** Numbers below are the words that all others are made of: none is held out. */
const FIRST_HELD_OUT = 100;

/** Whether a number is held out for tests: see `isHeldOut`, of its digits. */
function isTestNumber(value: number): boolean {
  return value >= FIRST_HELD_OUT && isHeldOut(digitsOf(value));
}

function digitsOf(value: number): Int32Array {
  return Int32Array.from(String(value), Number);
}

/** Steps for the longest words of numbers with 1 … 6 digits, from "three" on, and their digits. */
const mostSteps = Array.from({ length: MOST }, (_, k) => {
  const value = Number("373373".slice(-k - 1));
  return numberInWords(value).length + k + 1;
});

/** Draws a number with so many digits; of the test side where they have one. */
function drawNumber(stream: Stream, length: number, side: Side): number {
  const low = length === 1 ? 0 : 10 ** (length - 1);
  for (;;) {
    const value = stream.integers(new Int32Array(1), low, 10 ** length)[0]!;
    if (value < FIRST_HELD_OUT || isTestNumber(value) === (side === "test")) return value;
  }
}

/** Puts a problem and its answer into arrays of one problem's steps. @returns its own steps. */
function fill(words: string, value: number, input: Int32Array, target: Int32Array): number {
  const answer = digitsOf(value);
  input.fill(letters.indexOf(GO), 0, words.length + answer.length);
  input.set(Array.from(words, (letter) => letters.indexOf(letter)));
  target.set(answer, words.length);
  return words.length + answer.length;
}

/**
 * Read: a number in words, letter by letter, then "→" as many times as it has digits. Asked at these: the digits, highest
 * first. A problem's length is its number of digits, from 1 to 6; problems of one length are padded to the longest words.
 * Held out for tests are about a sixteenth of the numbers from 100 on.
 */
export const numberWords: DrawnTask = Object.freeze<DrawnTask>({
  name: NAME,
  summary: "the digits of a number that is read in words, letter by letter, after its end",
  source: "papers/004, figure 2",
  example: "three hundred and five",
  order: "highest digit first",
  defaultTrainLengths: [1, MOST],
  channels: Object.freeze([letters]),
  output: digits,
  padded: true,
  validLength: (length) => Number.isInteger(length) && length >= 1 && length <= MOST,
  steps: (length) => mostSteps[wholeNumber(NAME, "length", length, 1, MOST) - 1]!,
  draw(stream, length, count, side) {
    const steps = numberWords.steps(length);
    const input = new Int32Array(count * steps).fill(-1);
    const target = new Int32Array(count * steps).fill(-1);
    const lengths = new Int32Array(count);
    for (let k = 0; k < count; k++) {
      const value = drawNumber(stream, length, side);
      const own = [k * steps, (k + 1) * steps] as const;
      lengths[k] = fill(numberInWords(value), value, input.subarray(...own), target.subarray(...own));
    }
    return { input, target, lengths };
  },
  parse(text) {
    const written = text.trim().toLowerCase();
    const words = /^\d{1,6}$/.test(written) ? numberInWords(Number(written)) : written;
    const wrong = Array.from(words).findIndex((letter) => !letters.includes(letter) || letter === GO);
    const value = numberFromWords(words);
    if (wrong >= 0 || value === undefined) {
      const what =
        wrong >= 0
          ? `"${Array.from(words)[wrong]}" at ${wrong + 1} is no letter of a number`
          : `"${text}" is no number`;
      throw new LonghandError(
        "input",
        `${NAME}: ${what}; expected one up to 999,999 in words, such as ${numberWords.example}`,
      );
    }
    const steps = words.length + String(value).length;
    const input = new Int32Array(steps);
    const target = new Int32Array(steps).fill(-1);
    return { input, target, lengths: Int32Array.of(fill(words, value, input, target)) };
  },
  format: ({ input }) =>
    Array.from(input, (symbol) => letters[symbol] ?? "")
      .join("")
      .replaceAll(GO, ""),
  formatAnswer: (given, { target }) =>
    Array.from(given)
      .filter((_, step) => target[step]! >= 0)
      .join(""),
});

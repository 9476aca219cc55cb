/** The next character of a text: many to many, an answer at each step. */
import { LonghandError } from "../../errors.ts";
import type { Stream } from "../../random/stream.ts";
import { wholeNumber } from "../check.ts";
import type { Alphabet, DrawnBatch, DrawnTask, Side } from "../contract.ts";
import { aliceText } from "./alice-text.ts";

const NAME = "next-character";

const characters: Alphabet = Object.freeze([...new Set(aliceText)].sort());

/** How a line's end is written in problems and answers, which are lines themselves. */
const LINE_END = "⏎";

/** Part of the text that is trained on: what comes after it is held out. */
const TRAINED = 0.9;

let known: Readonly<Record<Side, Int32Array>> | undefined;

/** The symbols of a side: of the text's first 127,906 characters, or of its last 14,212, which are held out. */
function textSymbols(side: Side): Int32Array {
  if (!known) {
    const index = new Map(characters.map((character, symbol) => [character, symbol]));
    const symbols = Int32Array.from(aliceText, (character) => index.get(character)!);
    const end = Math.floor(TRAINED * symbols.length);
    known = { train: symbols.subarray(0, end), test: symbols.subarray(end) };
  }
  return known[side];
}

/** Passages of one length, each from a place of the text on; asked: the character after each of theirs. */
function passages(side: Side, starts: ArrayLike<number>, length: number): DrawnBatch {
  const symbols = textSymbols(side);
  const input = new Int32Array(starts.length * length);
  const target = new Int32Array(starts.length * length);
  for (let k = 0; k < starts.length; k++) {
    const start = starts[k]!;
    input.set(symbols.subarray(start, start + length), k * length);
    target.set(symbols.subarray(start + 1, start + length + 1), k * length);
  }
  return { input, target };
}

const write = (symbols: Int32Array | Float32Array) =>
  Array.from(symbols, (symbol) => characters[symbol] ?? "")
    .join("")
    .replaceAll("\n", LINE_END);

/**
 * Read: a passage of "Alice's Adventures in Wonderland", one of 66 characters at a step. Asked at each step: the next one. The
 * first nine tenths of the book are trained on, the last is held out; tests read it in passages that don't overlap.
 */
export const nextCharacter: DrawnTask = Object.freeze<DrawnTask>({
  name: NAME,
  summary: "the next character of a text, at each step",
  source: "papers/004, figure 2; text: Lewis Carroll 1865, Alice's Adventures in Wonderland, in the public domain",
  example: "Alice was beginning to get very tired",
  defaultTrainLengths: [64, 64],
  channels: Object.freeze([characters]),
  output: characters,
  text: { symbols: textSymbols, start: LINE_END },
  validLength: (length) => Number.isInteger(length) && length >= 1 && length < textSymbols("test").length,
  steps: (length) => wholeNumber(NAME, "length", length, 1, textSymbols("test").length - 1),
  draw(stream: Stream, length, count, side) {
    nextCharacter.steps(length);
    const starts = stream.integers(new Int32Array(count), 0, textSymbols(side).length - length);
    return passages(side, starts, length);
  },
  heldOut(length) {
    nextCharacter.steps(length);
    const count = Math.floor((textSymbols("test").length - 1) / length);
    return passages(
      "test",
      Int32Array.from({ length: count }, (_, k) => k * length),
      length,
    );
  },
  parse(text) {
    const read = Array.from(text.replaceAll(LINE_END, "\n"));
    const symbols = Int32Array.from(read, (character) => characters.indexOf(character));
    const wrong = symbols.findIndex((symbol) => symbol < 0);
    if (wrong >= 0 || symbols.length === 0) {
      const what = wrong < 0 ? "received nothing" : `${JSON.stringify(read[wrong])} at ${wrong + 1} isn't in the text`;
      throw new LonghandError(
        "input",
        `${NAME}: ${what}; expected some of its characters, such as "${nextCharacter.example}"`,
      );
    }
    const target = Int32Array.from(symbols, (_, step) => symbols[step + 1] ?? -1);
    return { input: symbols, target };
  },
  format: ({ input }) => write(input),
  formatAnswer: (given) => write(given),
});

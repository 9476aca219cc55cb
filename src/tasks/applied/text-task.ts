/** The next character of a text: many to many, an answer at each step. */
import { LonghandError } from "../../errors.ts";
import { wholeNumber } from "../check.ts";
import type { Alphabet, DrawnBatch, DrawnTask, Side } from "../contract.ts";

/** How a line's end is written in problems and answers, which are lines themselves. */
const LINE_END = "⏎";

export interface TextTaskOptions extends Pick<DrawnTask, "name" | "source"> {
  /** What is read. Its different characters are the task's symbols, in their order. */
  readonly text: string;
  /** A passage that is read as a problem. Default: the text's first 40 characters. */
  readonly example?: string;
  /** The part of the text, from its end, that is held out. Default 0.1. */
  readonly heldOut?: number;
}

/**
 * A task of any text. Read: a passage of it, a character at a step. Asked at each step: the next one. What comes first is
 * trained on, the rest is held out; tests read that in passages that don't overlap, whose length is any up to all of it.
 * @throws LonghandError "argument" for a text of fewer than two different characters or one so short that a side has fewer
 *   than 2, and for a part that isn't between 0 and 1.
 */
export function textTask({ name, source, text, example, heldOut = 0.1 }: TextTaskOptions): DrawnTask {
  const all = Array.from(text);
  const end = Math.floor((1 - heldOut) * all.length);
  const characters: Alphabet = Object.freeze([...new Set(all)].sort());
  if (!(heldOut > 0 && heldOut < 1))
    throw new LonghandError("argument", `textTask: heldOut is ${heldOut}; expected a part between 0 and 1`);
  if (characters.length < 2 || end < 2 || all.length - end < 2) {
    throw new LonghandError(
      "argument",
      `textTask: the text has ${all.length} characters, ${characters.length} different ones; expected at least 2 of them, on each side`,
    );
  }
  let known: Int32Array | undefined;
  const symbolsOf = (side: Side): Int32Array => {
    if (!known) {
      const index = new Map(characters.map((character, symbol) => [character, symbol]));
      known = Int32Array.from(all, (character) => index.get(character)!);
    }
    return side === "train" ? known.subarray(0, end) : known.subarray(end);
  };
  const longest = Math.min(end, all.length - end) - 1;
  const steps = (length: number) => wholeNumber(name, "length", length, 1, longest);
  const write = (symbols: Int32Array | Float32Array) =>
    Array.from(symbols, (symbol) => characters[symbol] ?? "")
      .join("")
      .replaceAll("\n", LINE_END);
  const shown = example ?? all.slice(0, 40).join("").replaceAll("\n", LINE_END);
  return Object.freeze<DrawnTask>({
    name,
    summary: "the next character of a text, at each step",
    source,
    example: shown,
    defaultTrainLengths: [Math.min(64, longest), Math.min(64, longest)],
    channels: Object.freeze([characters]),
    output: characters,
    text: { symbols: symbolsOf, start: characters.includes("\n") ? LINE_END : all[0]! },
    validLength: (length) => Number.isInteger(length) && length >= 1 && length <= longest,
    steps,
    draw(stream, length, count, side) {
      const symbols = symbolsOf(side);
      steps(length);
      return passages(symbols, stream.integers(new Int32Array(count), 0, symbols.length - length), length);
    },
    heldOut(length) {
      const symbols = symbolsOf("test");
      const count = Math.floor((symbols.length - 1) / steps(length));
      return passages(
        symbols,
        Int32Array.from({ length: count }, (_, k) => k * length),
        length,
      );
    },
    parse(passage) {
      const read = Array.from(passage.replaceAll(LINE_END, "\n"));
      const symbols = Int32Array.from(read, (character) => characters.indexOf(character));
      const wrong = symbols.findIndex((symbol) => symbol < 0);
      if (wrong >= 0 || symbols.length === 0) {
        const what =
          wrong < 0 ? "received nothing" : `${JSON.stringify(read[wrong])} at ${wrong + 1} isn't in the text`;
        throw new LonghandError("input", `${name}: ${what}; expected some of its characters, such as "${shown}"`);
      }
      return { input: symbols, target: Int32Array.from(symbols, (_, step) => symbols[step + 1] ?? -1) };
    },
    format: ({ input }) => write(input),
    formatAnswer: (given) => write(given),
  });
}

/** Passages of one length, each from a place of the text on; asked: the character after each of theirs. */
function passages(symbols: Int32Array, starts: Int32Array, length: number): DrawnBatch {
  const input = new Int32Array(starts.length * length);
  const target = new Int32Array(starts.length * length);
  for (const [k, start] of starts.entries()) {
    input.set(symbols.subarray(start, start + length), k * length);
    target.set(symbols.subarray(start + 1, start + length + 1), k * length);
  }
  return { input, target };
}

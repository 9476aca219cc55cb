import type { Stream } from "../random/stream.ts";
import type { Task } from "./contract.ts";
import { BLANK, sequenceTask } from "./sequence.ts";
import { type SymbolFamily, symbolFamilies } from "./structured.ts";
import { inputError, requireText } from "./text.ts";

/** The values are 1 … 5. */
const VALUES = 5;
const SYMBOLS = Object.freeze([BLANK, ...Array.from({ length: VALUES }, (_, i) => String(i + 1))]);

/** What tells one task that rearranges symbols from another. */
export interface RearrangementOptions extends Readonly<Pick<Task, "name" | "summary" | "example">> {
  /** Values come one by one (1, default) or in pairs (2). */
  readonly group?: 1 | 2;
  /** How many times as long as its values a problem is; blanks fill it up. Default 1. */
  readonly stretch?: 1 | 2;
  /** The order of symbols, where there is more to say than "as written". */
  readonly order?: string;
  /** Values that special problems are special in; the others are uniform. Default all. */
  readonly isSpecial?: (index: number) => boolean;
  /** The answer, from the first position on, to a problem of values and blanks. */
  answer(input: Int32Array): ArrayLike<number>;
}

/**
 * A task that rearranges a sequence of values 1 … 5, which are also their symbols; 0 is the blank. Values are drawn
 * uniformly. Text: values separated by spaces, "3 1 2"; a blank of an answer is "_".
 *
 * The DNGPU paper says "numbers in range 0 to 5"; the program that made its figures draws 1 … 5 of 6 symbols, of which 0 is
 * the blank, and so does this one.
 */
export function rearrangement(options: RearrangementOptions): Task {
  const { name, example, group = 1, stretch = 1, isSpecial = () => true } = options;
  const reader = { name, example };
  const every = group * stretch;

  /** Fills the values of each problem [count][length] and leaves the blanks. */
  const eachProblem = (problems: Int32Array, length: number, fill: (values: Int32Array) => void) => {
    for (let at = 0; at < problems.length; at += length) fill(problems.subarray(at, at + length / stretch));
  };
  const uniform = (stream: Stream, values: Int32Array) => stream.integers(values, 1, VALUES + 1);
  const special = (family: SymbolFamily) => (stream: Stream, problems: Int32Array, length: number) =>
    eachProblem(problems, length, (values) => {
      const chosen = new Int32Array(values.filter((_, i) => isSpecial(i)).length);
      family(stream, chosen, VALUES);
      if (chosen.length < values.length) uniform(stream, values);
      for (let i = 0, next = 0; i < values.length; i++) if (isSpecial(i)) values[i] = chosen[next++]!;
    });

  return sequenceTask({
    name,
    summary: options.summary,
    source: "Neural GPU (Kaiser and Sutskever, 2016)",
    example,
    order: `as written${options.order ? `, ${options.order}` : ""}; the answer from the first position on`,
    symbols: SYMBOLS,
    output: SYMBOLS,
    lengths: { start: every, every },
    allowed: (step, length) => (step < length / stretch ? [1, VALUES] : [0, 0]),
    sample: (stream, problems, length) => eachProblem(problems, length, (values) => uniform(stream, values)),
    structured: Object.fromEntries(Object.entries(symbolFamilies).map(([key, family]) => [key, special(family)])),
    solve(input) {
      const answer = new Int32Array(input.length).fill(-1);
      answer.set(options.answer(input));
      return answer;
    },
    parse(text) {
      const words = `numbers from 1 to ${VALUES} with spaces between them`;
      requireText(reader, text, words);
      const values: number[] = [];
      for (const { 0: piece, index } of text.matchAll(/\S+/g)) {
        const value = SYMBOLS.indexOf(piece);
        if (value < 1) throw inputError(reader, `${JSON.stringify(piece)} at position ${index + 1}`, words);
        values.push(value);
      }
      if (values.length % group !== 0)
        throw inputError(
          reader,
          `${values.length} numbers, the last one at position ${text.trimEnd().length}`,
          "pairs",
        );
      const input = new Int32Array(values.length * stretch);
      input.set(values);
      return input;
    },
    format: (input) => Array.from(input.subarray(0, input.length / stretch)).join(" "),
    formatAnswer(answer, input) {
      const asked = answer.subarray(0, options.answer(input).length);
      return Array.from(asked, (symbol) => SYMBOLS[symbol] ?? BLANK).join(" ");
    },
  });
}

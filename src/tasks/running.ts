import type { Stream } from "../random/stream.ts";
import { checkAnswer, inputSteps, wholeNumber } from "./check.ts";
import type { Alphabet, FiniteMachine, Task } from "./contract.ts";
import { allLetters } from "./machine.ts";
import { readSymbols } from "./text.ts";

/** What tells one task on a sequence of symbols from another. */
export interface RunningOptions {
  readonly name: string;
  readonly summary: string;
  readonly source: string;
  readonly example: string;
  readonly symbols: Alphabet;
  readonly output: Alphabet;
  /** Other characters that are read as a symbol. */
  readonly alsoReadAs?: Readonly<Record<string, number>>;
  /** The answer after every prefix. */
  answers(symbols: Int32Array): Int32Array;
  /** Names of the machine's states, the initial one first. */
  readonly states: readonly string[];
  /** The machine's transition. */
  next(state: number, symbol: number): { state: number; output: number };
}

/**
 * A task on one sequence of symbols, any of which may come anywhere, that asks at each step for the answer to the prefix
 * read so far. Symbols are drawn uniformly; text is one character a symbol; an answer prints its last step.
 */
export function runningTask(options: RunningOptions): Task {
  const { name, symbols, output, example } = options;
  const channels = Object.freeze([symbols]);
  const shape = { name, channels, output };
  const letters = allLetters(channels);
  const characters = new Map<string, number>([
    ...symbols.map((symbol, index) => [symbol, index] as const),
    ...Object.entries(options.alsoReadAs ?? {}),
  ]);
  const steps = (length: number) => wholeNumber(name, "length", length, 1);

  return Object.freeze<Task>({
    ...shape,
    summary: options.summary,
    source: options.source,
    example,
    order: "as written, one symbol a time step",
    defaultTrainLengths: Object.freeze([1, 40] as const),
    validLength: (length) => Number.isInteger(length) && length >= 1,
    steps,
    sample(stream: Stream, length, count = 1) {
      const drawn = new Int32Array(steps(length) * wholeNumber(name, "count", count, 1));
      return symbols.length === 2 ? stream.bits(drawn) : stream.integers(drawn, 0, symbols.length);
    },
    solve(input) {
      inputSteps(shape, input);
      return options.answers(input);
    },
    parse: (text) =>
      readSymbols({ name, example }, text, characters, symbols.map((symbol) => JSON.stringify(symbol)).join(" or ")),
    format(input) {
      inputSteps(shape, input);
      return Array.from(input, (symbol) => symbols[symbol]).join("");
    },
    formatAnswer(answer, input) {
      const count = checkAnswer(shape, answer, input, 0);
      return output[answer[count - 1]!]!;
    },
    machine: Object.freeze<FiniteMachine>({
      states: Object.freeze([...options.states]),
      initial: 0,
      letters: () => letters,
      next: (state, [symbol]) => options.next(state, symbol!),
    }),
  });
}

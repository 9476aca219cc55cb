import { LonghandError } from "../errors.ts";
import type { Stream } from "../random/stream.ts";
import { checkAnswer, inputSteps, wholeNumber } from "./check.ts";
import type { Alphabet, Task } from "./contract.ts";
import { mapFamilies } from "./structured.ts";

/** Fills problems [count][length] of one length, all zero before. */
export type Fill = (stream: Stream, problems: Int32Array, length: number) => void;

/** What tells one task on whole sequences from another. */
export interface SequenceOptions
  extends Pick<Task, "name" | "summary" | "source" | "example" | "output" | "parse" | "format"> {
  readonly order: string;
  readonly symbols: Alphabet;
  /** The valid lengths: start, start + every, start + 2 every, …  */
  readonly lengths: { readonly start: number; readonly every: number };
  /** The symbols that may stand at a step of a problem of this length: the first and the last of a range. */
  allowed(step: number, length: number): readonly [low: number, high: number];
  readonly sample: Fill;
  readonly structured: Readonly<Record<string, Fill>>;
  /** The answer to a problem of allowed symbols. */
  readonly solve: (input: Int32Array) => Int32Array;
  /** An answer of known symbols (−1 where there is none) to a problem of allowed ones, as text. */
  readonly formatAnswer: (answer: Int32Array, input: Int32Array) => string;
}

/** The name of the symbol 0 in alphabets that have a blank. */
export const BLANK = "_";

/** No default length is longer: the longest that the Neural GPU papers train on. */
const LONGEST_TRAINED = 41;

/**
 * A task on one sequence that is read as a whole: a problem of length l is l symbols side by side, and the answer stands at
 * the first of the same l positions. It can't be given a step at a time, so there is no machine.
 */
export function sequenceTask(options: SequenceOptions): Task {
  const { name, lengths } = options;
  const { start, every } = lengths;
  const channels = Object.freeze([options.symbols]);
  const shape = { name, channels, output: options.output };
  const validLength = (length: number) => Number.isInteger(length) && length >= start && (length - start) % every === 0;
  const steps = (length: number) => {
    if (validLength(length)) return length;
    const expected = [start, start + every, start + 2 * every].join(", ");
    throw new LonghandError("argument", `${name}: length is ${length}; expected one of ${expected}, …`);
  };
  const sampler =
    (fill: Fill) =>
    (stream: Stream, length: number, count = 1) => {
      const problems = new Int32Array(steps(length) * wholeNumber(name, "count", count, 1));
      fill(stream, problems, length);
      return problems;
    };

  /** Throws unless every symbol may stand where it stands. */
  const checkProblem = (input: Int32Array) => {
    const length = steps(inputSteps(shape, input));
    for (let step = 0; step < length; step++) {
      const [low, high] = options.allowed(step, length);
      if (input[step]! < low || input[step]! > high)
        throw new LonghandError(
          "argument",
          `${name}: input symbol ${input[step]} at step ${step}; expected ${low === high ? low : `${low} … ${high}`}`,
        );
    }
  };

  return Object.freeze<Task>({
    ...shape,
    unaligned: true,
    summary: options.summary,
    source: options.source,
    example: options.example,
    order: options.order,
    defaultTrainLengths: Object.freeze([start, LONGEST_TRAINED - ((LONGEST_TRAINED - start) % every)] as const),
    validLength,
    steps,
    sample: sampler(options.sample),
    structured: mapFamilies(options.structured, sampler),
    solve(input) {
      checkProblem(input);
      return options.solve(input);
    },
    parse: options.parse,
    format(input) {
      checkProblem(input);
      return options.format(input);
    },
    formatAnswer(answer, input) {
      checkAnswer(shape, answer, input);
      checkProblem(input);
      return options.formatAnswer(answer, input);
    },
  });
}

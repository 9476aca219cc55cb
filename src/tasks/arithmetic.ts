import { LonghandError } from "../errors.ts";
import type { Stream } from "../random/stream.ts";
import type { Task } from "./contract.ts";
import { digitAlphabet, digitsFromNumber, digitWords, drawDigits, numberFromDigits } from "./numbers.ts";
import { BLANK, sequenceTask } from "./sequence.ts";
import type { DigitFamily } from "./structured.ts";
import { characterError, readOperands } from "./text.ts";

/** The input symbols of the Neural GPU's arithmetic, in every base: blank, digit d as d + 1, 11 for "+", 12 for "*". */
const SYMBOLS = Object.freeze([BLANK, ...digitAlphabet(10), "+", "*"]);

/** How a digit is written in symbols. */
export interface DigitCode {
  /** Symbols a digit. */
  readonly width: number;
  /** Symbols other than the blank. */
  readonly size: number;
  /** The symbols that the i-th symbol of a digit can be: the first and the last of a range. */
  allowed(i: number): readonly [low: number, high: number];
  /** Writes a digit from an index on. */
  write(digit: number, symbols: Int32Array, at: number): void;
  /** The digit from an index on, −1 where the symbols are none. */
  read(symbols: Int32Array, at: number): number;
}

/** One symbol a digit: d as d + 1. */
export function plainDigits(base: number): DigitCode {
  return {
    width: 1,
    size: base,
    allowed: () => [1, base],
    write(digit, symbols, at) {
      symbols[at] = digit + 1;
    },
    read: (symbols, at) => Math.max(-1, symbols[at]! - 1),
  };
}

/** What tells one task on numbers side by side from another. */
export interface ArithmeticOptions extends Readonly<Pick<Task, "name" | "summary" | "source" | "example">> {
  /** 2 … 10. */
  readonly base: number;
  readonly code: DigitCode;
  /** What the operator between two numbers may be written as, the usual one first; empty for one number. */
  readonly operators: readonly string[];
  /** The answer as a number ≥ 0; the lowest `answerDigits` digits of it are asked. */
  answer(numbers: readonly bigint[]): bigint;
  /** Digits of the answer to numbers of k digits. */
  answerDigits(k: number): number;
  readonly families: Readonly<Record<string, DigitFamily>>;
}

/**
 * A task on whole numbers side by side: the digits of a, lowest first, the operator, the digits of b, lowest first; or the
 * digits of one number alone. Both numbers have k digits, drawn uniformly, leading zeros included. The answer stands at the
 * first positions, lowest digit first, filled up with zeros to its width; none is asked at the others.
 *
 * Text: highest digit first in the task's own base, leading zeros kept: "0387*0018". The shorter number is filled up with
 * zeros. Answers are written without leading zeros; symbols that are no digit show as "_".
 */
export function arithmeticTask(options: ArithmeticOptions): Task {
  const { name, example, base, code, operators, answerDigits } = options;
  const reader = { name, example };
  const operands = operators.length > 0 ? 2 : 1;
  const operator = SYMBOLS.indexOf(operators[0] ?? "");
  const start = operands * code.width + operands - 1;

  /** Digits of each number in a problem of this length. */
  const digitsOf = (length: number) => (length - operands + 1) / (operands * code.width);
  /** Where a number begins. */
  const beginning = (operand: number, k: number) => operand * (k * code.width + 1);

  /** Writes the numbers of one problem from an index on. */
  const write = (numbers: readonly Int32Array[], problems: Int32Array, at: number) => {
    const k = numbers[0]!.length;
    for (const [operand, digits] of numbers.entries()) {
      const from = at + beginning(operand, k);
      for (let i = 0; i < k; i++) code.write(digits[i]!, problems, from + i * code.width);
    }
    if (operands === 2) problems[at + k * code.width] = operator;
  };
  const read = (input: Int32Array): Int32Array[] => {
    const k = digitsOf(input.length);
    return Array.from({ length: operands }, (_, operand) =>
      Int32Array.from({ length: k }, (_, i) => digitAt(input, beginning(operand, k) + i * code.width)),
    );
  };
  const digitAt = (input: Int32Array, at: number) => {
    const digit = code.read(input, at);
    if (digit >= 0) return digit;
    const symbols = input.slice(at, at + code.width).join(", ");
    throw new LonghandError(
      "argument",
      `${name}: input symbols ${symbols} at step ${at}; expected ${digitWords(base)}`,
    );
  };

  /** Problems whose digits are filled in by number. */
  const filled = (family: DigitFamily) => (stream: Stream, problems: Int32Array, length: number) => {
    const k = digitsOf(length);
    for (let at = 0; at < problems.length; at += length) {
      const numbers = Array.from({ length: operands }, () => new Int32Array(k));
      family(stream, numbers, base);
      write(numbers, problems, at);
    }
  };

  return sequenceTask({
    name,
    summary: options.summary,
    source: options.source,
    example,
    order: [
      `lowest digit first, ${operands === 2 ? `the digits of the first number, "${operators[0]}", the digits of the second` : "the digits of the number"}`,
      "the answer at the first positions, lowest digit first",
    ].join("; "),
    symbols: SYMBOLS,
    output: Object.freeze(SYMBOLS.slice(0, 1 + code.size)),
    lengths: { start, every: operands * code.width },
    allowed(step, length) {
      const size = digitsOf(length) * code.width;
      if (step === size) return [operator, operator];
      return code.allowed((step < size ? step : step - size - 1) % code.width);
    },
    sample: filled((stream, numbers) => {
      for (const digits of numbers) drawDigits(stream, digits, base);
    }),
    structured: Object.fromEntries(Object.entries(options.families).map(([key, family]) => [key, filled(family)])),
    solve(input) {
      const asked = answerDigits(digitsOf(input.length));
      const value = options.answer(read(input).map((digits) => numberFromDigits(digits, base)));
      const answer = new Int32Array(input.length).fill(-1);
      const digits = digitsFromNumber(value, base, asked);
      for (let i = 0; i < asked; i++) code.write(digits[i]!, answer, i * code.width);
      return answer;
    },
    parse(text) {
      const pieces = readOperands(reader, text, operators, digitWords(base), /[0-9]+/y);
      const k = Math.max(...pieces.map((piece) => piece.text.length));
      const numbers = pieces.map(({ text: written, position }) => {
        const digits = new Int32Array(k);
        for (let i = 0; i < written.length; i++) {
          const digit = Number(written[i]);
          if (digit >= base) throw characterError(reader, text, position - 1 + i, digitWords(base));
          digits[written.length - 1 - i] = digit;
        }
        return digits;
      });
      const input = new Int32Array(beginning(operands, k) - 1);
      write(numbers, input, 0);
      return input;
    },
    format: (input) =>
      read(input)
        .map((digits) => digits.reverse().join(""))
        .join(operators[0] ?? ""),
    formatAnswer(answer, input) {
      const digits = Array.from({ length: answerDigits(digitsOf(input.length)) }, (_, i) => {
        const digit = code.read(answer, i * code.width);
        return digit < 0 ? BLANK : String(digit);
      });
      return digits
        .reverse()
        .join("")
        .replace(/^0+(?=.)/, "");
    },
  });
}

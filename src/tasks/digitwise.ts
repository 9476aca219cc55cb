import { checkAnswer, inputSteps, wholeNumber } from "./check.ts";
import type { FiniteMachine, Task } from "./contract.ts";
import { allLetters } from "./machine.ts";
import { digitAlphabet, digitsFromNumber, drawDigits, numberFromDigits, readNumber, writeNumber } from "./numbers.ts";
import { type DigitFamily, mapFamilies } from "./structured.ts";
import { inputError, readOperands } from "./text.ts";

/** What tells one digit-by-digit task from another. */
export interface DigitwiseOptions {
  readonly name: string;
  readonly summary: string;
  readonly source: string;
  readonly example: string;
  /** 2 … 36. */
  readonly base: number;
  /** What the operator between two operands may be written as, the usual one first; empty for one operand. */
  readonly operators: readonly string[];
  /** Steps after the operands' last digit, where the operands are 0: 1 for a last carry. */
  readonly extraSteps: 0 | 1;
  /** The answer as a number; negative or too long ones are taken modulo base^steps. */
  answer(numbers: readonly bigint[]): bigint;
  /** Names of the machine's states and the initial one. */
  readonly states: readonly string[];
  readonly initial: number;
  /** The machine's transition. */
  next: FiniteMachine["next"];
  /** Makes drawn operands legal in place: `digits` is [length][operands]. */
  readonly arrange?: (digits: Int32Array) => void;
  /** Special operands to test on. */
  readonly families?: Readonly<Record<string, DigitFamily>>;
  /** What is wrong with these operands (lowest digit first), or undefined; for `parse`. */
  readonly refuse?: (operands: readonly Int32Array[]) => { received: string; expected: string } | undefined;
}

/**
 * A task on whole numbers whose digits come one a step, lowest first, all operands side by side, with one digit of the
 * answer a step. A problem of length n has operands of n digits, drawn uniformly (leading zeros included).
 *
 * Text: base 2 is written in decimal ("387+18"; "0b110+0b1" is also read, and answered in decimal), any other base in its
 * own digits. Text keeps numbers, not widths: parsing gives the fewest steps that hold the largest operand.
 */
export function digitwiseTask(options: DigitwiseOptions): Task {
  const { name, base, operators, extraSteps, example } = options;
  const alphabet = digitAlphabet(base);
  const width = operators.length > 0 ? 2 : 1;
  const channels = Object.freeze(Array.from({ length: width }, () => alphabet));
  const shape = { name, channels, output: alphabet };
  const letters = allLetters(channels);

  const steps = (length: number) => wholeNumber(name, "length", length, 1) + extraSteps;
  const operands = (input: Int32Array) =>
    channels.map((_, channel) => input.filter((_, index) => index % width === channel));

  return Object.freeze<Task>({
    ...shape,
    summary: options.summary,
    source: options.source,
    example,
    order: [
      `lowest digit first, one digit of ${width === 2 ? "both numbers" : "the number"} and one of the answer a time step`,
      ...(extraSteps ? ["one step more than digits, where the input is 0"] : []),
    ].join("; "),
    defaultTrainLengths: Object.freeze([1, 10] as const),
    validLength: (length) => Number.isInteger(length) && length >= 1,
    steps,
    sample(stream, length, count = 1) {
      const problemSize = steps(length) * width;
      const digits = new Int32Array(wholeNumber(name, "count", count, 1) * length * width);
      drawDigits(stream, digits, base);
      const size = length * width;
      if (options.arrange)
        for (let at = 0; at < digits.length; at += size) options.arrange(digits.subarray(at, at + size));
      if (extraSteps === 0) return digits;
      const input = new Int32Array(count * problemSize);
      for (let problem = 0; problem < count; problem++)
        input.set(digits.subarray(problem * size, (problem + 1) * size), problem * problemSize);
      return input;
    },
    ...(options.families && {
      structured: mapFamilies(options.families, (family) => (stream, length, count = 1) => {
        const size = steps(length) * width;
        const input = new Int32Array(wholeNumber(name, "count", count, 1) * size);
        for (let at = 0; at < input.length; at += size) {
          const numbers = channels.map(() => new Int32Array(length));
          family(stream, numbers, base);
          for (let i = 0; i < length * width; i++) input[at + i] = numbers[i % width]![Math.floor(i / width)]!;
        }
        return input;
      }),
    }),
    solve(input) {
      const count = inputSteps(shape, input);
      const answer = options.answer(operands(input).map((digits) => numberFromDigits(digits, base)));
      return digitsFromNumber(answer < 0n ? answer + BigInt(base) ** BigInt(count) : answer, base, count);
    },
    parse(text) {
      const reader = { name, example };
      const digits = base === 2 ? "a decimal digit" : `a digit of base ${base}`;
      const numbers = readOperands(reader, text, operators, digits).map((piece) => readNumber(reader, piece, base));
      const refused = options.refuse?.(numbers);
      if (refused) throw inputError(reader, refused.received, refused.expected);
      const length = Math.max(...numbers.map((number) => number.length));
      const input = new Int32Array(steps(length) * width);
      for (const [channel, number] of numbers.entries())
        for (let i = 0; i < number.length; i++) input[i * width + channel] = number[i]!;
      return input;
    },
    format(input) {
      inputSteps(shape, input);
      return operands(input)
        .map((digits) => writeNumber(digits, base))
        .join(operators[0] ?? "");
    },
    formatAnswer(output, input) {
      checkAnswer(shape, output, input, 0);
      return writeNumber(output, base);
    },
    machine: Object.freeze<FiniteMachine>({
      states: Object.freeze([...options.states]),
      initial: options.initial,
      letters: () => letters,
      next: options.next,
    }),
  });
}

/** "binary" for base 2, else "base-<b>": how tasks in a base are named. */
export function baseName(base: number): string {
  return base === 2 ? "binary" : `base-${base}`;
}

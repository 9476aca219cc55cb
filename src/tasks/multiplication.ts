import { arithmeticTask, type DigitCode, plainDigits } from "./arithmetic.ts";
import { wholeNumber } from "./check.ts";
import type { Task } from "./contract.ts";
import { baseName } from "./digitwise.ts";
import { multiplicationFamilies } from "./structured.ts";

const common = {
  operators: ["*", "×", "x"],
  answer: ([a, b]: readonly bigint[]) => a! * b!,
  families: multiplicationFamilies,
};

/**
 * Multiplication of two numbers side by side: a, "*", b with k digits each, length l = 2k + 1 → a · b, filled up with zeros
 * to l digits, all of them asked. Lengths are odd, ≥ 3. Digit d is the symbol d + 1, 12 is "*".
 *
 * @param base 2 … 10.
 * @throws LonghandError "argument" for another base.
 * @see Kaiser and Sutskever, "Neural GPUs Learn Algorithms", arXiv:1511.08228, and Freivalds and Liepins, "Improving the
 * Neural GPU Architecture for Algorithm Learning", arXiv:1702.08727, section 4. Their programs leave the leading zeros of
 * products in base 10 blank; here every base has them.
 */
export function multiplication(base: number): Task {
  wholeNumber("multiplication", "base", base, 2, 10);
  return arithmeticTask({
    ...common,
    name: `${baseName(base)}-multiplication`,
    summary: `multiply two numbers in base ${base}, side by side`,
    source: "Neural GPU (Kaiser and Sutskever, 2016); DNGPU (Freivalds and Liepins, 2017), section 4",
    example: base === 10 ? "387*018" : "1011*1101",
    base,
    code: plainDigits(base),
    answerDigits: (k) => 2 * k + 1,
  });
}

/** Multiplication in base 2: the task that the DNGPU is measured on. */
export const binaryMultiplication = multiplication(2);

/** A decimal digit as four bits, lowest first: bit b as b + 1, and the last one as b + 3. */
const bitsOfDigits: DigitCode = {
  width: 4,
  size: 4,
  allowed: (i) => (i === 3 ? [3, 4] : [1, 2]),
  write(digit, symbols, at) {
    for (let i = 0; i < 4; i++) symbols[at + i] = ((digit >> i) & 1) + (i === 3 ? 3 : 1);
  },
  read(symbols, at) {
    let digit = 0;
    for (let i = 0; i < 4; i++) {
      const bit = symbols[at + i]! - (i === 3 ? 3 : 1);
      if (bit !== 0 && bit !== 1) return -1;
      digit |= bit << i;
    }
    return digit < 10 ? digit : -1;
  },
};

/**
 * Multiplication of two decimal numbers whose digits are written in binary: four symbols a digit, lowest bit first, the last
 * one marked by adding 2, so that symbols 1 and 2 are bits and 3 and 4 marked ones. k digits each, length l = 8k + 1 → the
 * 2k digits of a · b, leading zeros included, in the same code; the last position isn't asked.
 *
 * @see Freivalds and Liepins, arXiv:1702.08727, section 4.3. The paper says that the first bit of a digit is marked; their
 * program marks the last one, as here.
 */
export const decimalMultiplicationInBinary = arithmeticTask({
  ...common,
  name: "decimal-multiplication-in-binary",
  summary: "multiply two decimal numbers, side by side, each digit written as four bits",
  source: "DNGPU (Freivalds and Liepins, 2017), section 4.3",
  example: "387*018",
  base: 10,
  code: bitsOfDigits,
  answerDigits: (k) => 2 * k,
});

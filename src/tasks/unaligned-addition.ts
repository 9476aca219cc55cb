import { arithmeticTask, plainDigits } from "./arithmetic.ts";
import { wholeNumber } from "./check.ts";
import type { Task } from "./contract.ts";
import { baseName } from "./digitwise.ts";
import { additionFamilies, incrementFamilies } from "./structured.ts";

/**
 * Addition of two numbers side by side: a, "+", b with k digits each, length l = 2k + 1 → the k + 1 digits of a + b,
 * leading zeros included; none is asked at the other positions. Lengths are odd, ≥ 3. Digit d is the symbol d + 1, 11 is "+".
 *
 * @param base 2 … 10.
 * @throws LonghandError "argument" for another base.
 * @see Kaiser and Sutskever, "Neural GPUs Learn Algorithms", arXiv:1511.08228; there the leading zeros of sums are blank.
 */
export function unalignedAddition(base: number): Task {
  wholeNumber("unaligned addition", "base", base, 2, 10);
  return arithmeticTask({
    name: `unaligned-${baseName(base)}-addition`,
    summary: `add two numbers in base ${base}, side by side`,
    source: "Neural GPU (Kaiser and Sutskever, 2016)",
    example: base === 10 ? "387+018" : "1011+1101",
    base,
    code: plainDigits(base),
    operators: ["+"],
    answer: ([a, b]) => a! + b!,
    answerDigits: (k) => k + 1,
    families: additionFamilies,
  });
}

/**
 * Increment of a binary number of l digits, read as a whole → l digits, all asked, modulo 2^l: 111 + 1 = 000, as in the
 * Neural GPU's program, whose numbers have another base.
 */
export const unalignedIncrement = arithmeticTask({
  name: "unaligned-increment",
  summary: "add one to a number in base 2, modulo 2 to the number of digits, read as a whole",
  source: "Neural GPU (Kaiser and Sutskever, 2016)",
  example: "0111",
  base: 2,
  code: plainDigits(2),
  operators: [],
  answer: ([a]) => a! + 1n,
  answerDigits: (k) => k,
  families: incrementFamilies,
});

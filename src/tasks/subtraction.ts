import { wholeNumber } from "./check.ts";
import type { Task } from "./contract.ts";
import { baseName, digitwiseTask } from "./digitwise.ts";
import { compareDigits } from "./numbers.ts";

/**
 * Aligned subtraction a − b of two numbers with a ≥ b: one pair of digits a time step, lowest first.
 *
 *   y_t = (a_t − b_t − c_t) mod base,   c_{t+1} = 1 if a_t − b_t < c_t else 0,   c_1 = 0
 *
 * A problem of length n has n digits per number and n steps: the difference is never longer. Both numbers are drawn
 * uniformly and the larger one comes first. The machine has two states, the borrow.
 *
 * @param base 2 … 36.
 * @throws LonghandError "argument" for another base.
 */
export function subtraction(base: number): Task {
  wholeNumber("subtraction", "base", base, 2, 36);
  return digitwiseTask({
    name: `${baseName(base)}-subtraction`,
    summary: `subtract a number from a larger or equal one in base ${base}, one pair of digits a step, lowest first`,
    source: "the counterpart of aligned addition (ILRNN paper, section 4)",
    example: base > 2 && base < 10 ? "100-1" : "387-18",
    base,
    operators: ["-", "−"],
    extraSteps: 0,
    answer: ([a, b]) => a! - b!,
    states: ["no borrow", "borrow"],
    initial: 0,
    next(borrow, [a, b]) {
      const difference = a! - b! - borrow;
      return difference < 0 ? { state: 1, output: difference + base } : { state: 0, output: difference };
    },
    arrange(digits) {
      let i = digits.length - 2;
      while (i >= 0 && digits[i] === digits[i + 1]) i -= 2;
      if (i < 0 || digits[i]! > digits[i + 1]!) return;
      for (; i >= 0; i -= 2) [digits[i], digits[i + 1]] = [digits[i + 1]!, digits[i]!];
    },
    refuse: ([a, b]) =>
      compareDigits(a!, b!) < 0
        ? { received: "the first number is smaller than the second", expected: "a − b with a ≥ b" }
        : undefined,
  });
}

/** Subtraction in base 2. */
export const binarySubtraction = subtraction(2);

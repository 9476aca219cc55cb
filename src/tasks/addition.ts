import { wholeNumber } from "./check.ts";
import type { Task } from "./contract.ts";
import { baseName, digitwiseTask } from "./digitwise.ts";
import { additionFamilies } from "./structured.ts";

/**
 * Aligned addition of two numbers: one pair of digits a time step, lowest first, and the sum's digit at once.
 *
 *   y_t = (a_t + b_t + c_t) mod base,   c_{t+1} = ⌊(a_t + b_t + c_t) / base⌋,   c_1 = 0
 *
 * A problem of length n has n digits per addend and n + 1 steps; the last one reads (0, 0) and answers the last carry, also
 * when it is 0 (the paper's Algorithm 1 leaves that step out then: see `algorithm1`). The machine has two states, the carry.
 *
 * @param base 2 … 36.
 * @throws LonghandError "argument" for another base.
 * @see Proschka, "Can Inter-layer Recurrent Neural Networks Learn Algorithms?", section 4, Algorithm 1 and Table 1, for base 2.
 */
export function addition(base: number): Task {
  wholeNumber("addition", "base", base, 2, 36);
  return digitwiseTask({
    name: `${baseName(base)}-addition`,
    summary: `add two numbers in base ${base}, one pair of digits a step, lowest first`,
    source:
      base === 2
        ? "Proschka, Can Inter-layer Recurrent Neural Networks Learn Algorithms?, section 4 (Algorithm 1, Table 1)"
        : "ILRNN paper, section 4, generalized; Neural GPU papers (side by side)",
    example: base > 2 && base < 10 ? "101+11" : "387+18",
    base,
    operators: ["+"],
    extraSteps: 1,
    answer: ([a, b]) => a! + b!,
    families: additionFamilies,
    states: ["no carry", "carry"],
    initial: 0,
    next(carry, [a, b]) {
      const sum = a! + b! + carry;
      return sum < base ? { state: 0, output: sum } : { state: 1, output: sum - base };
    },
  });
}

/** Addition in base 2: the task of the ILRNN paper. */
export const binaryAddition = addition(2);

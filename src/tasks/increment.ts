import { wholeNumber } from "./check.ts";
import type { Task } from "./contract.ts";
import { digitwiseTask } from "./digitwise.ts";

/**
 * Aligned increment: one digit of a number a time step, lowest first, and the digit of the number plus one.
 *
 *   y_t = (a_t + c_t) mod base,   c_{t+1} = ⌊(a_t + c_t) / base⌋,   c_1 = 1
 *
 * A problem of length n has n digits and n + 1 steps, the last one for the last carry. The machine has two states.
 *
 * @param base 2 … 36.
 * @throws LonghandError "argument" for another base.
 */
export function increment(base: number): Task {
  wholeNumber("increment", "base", base, 2, 36);
  return digitwiseTask({
    name: base === 2 ? "increment" : `base-${base}-increment`,
    summary: `add one to a number in base ${base}, one digit a step, lowest first`,
    source: "Neural GPU's task set, aligned",
    example: base > 2 && base < 10 ? "101" : "387",
    base,
    operators: [],
    extraSteps: 1,
    answer: ([a]) => a! + 1n,
    states: ["carry", "done"],
    initial: 0,
    next(state, [digit]) {
      if (state === 1) return { state: 1, output: digit! };
      return digit === base - 1 ? { state: 0, output: 0 } : { state: 1, output: digit! + 1 };
    },
  });
}

/** Increment in base 2. */
export const binaryIncrement = increment(2);

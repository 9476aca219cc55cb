import { wholeNumber } from "./check.ts";
import type { Task } from "./contract.ts";
import { runningTask } from "./running.ts";

/**
 * Counting modulo n: how many ones were read so far, modulo n. Parity is counting modulo 2.
 *
 *   y_t = (x_1 + … + x_t) mod n
 *
 * The machine has n states, the counts. Text: "1011" → "0" modulo 3.
 *
 * @param modulus n, 3 … 64.
 * @throws LonghandError "argument" for another n.
 */
export function counter(modulus: number): Task {
  const n = wholeNumber("count-modulo", "modulus", modulus, 3, 64);
  const counts = Object.freeze(Array.from({ length: n }, (_, count) => `${count}`));
  return runningTask({
    name: `count-modulo-${n}`,
    summary: `count the ones read so far modulo ${n}`,
    source: "the counter modulo n, a textbook machine; parity generalized",
    example: "1011",
    symbols: Object.freeze(["0", "1"]),
    output: counts,
    answers(symbols) {
      let ones = 0;
      return symbols.map((symbol) => {
        ones += symbol;
        return ones % n;
      });
    },
    states: counts,
    next(count, symbol) {
      const after = (count + symbol) % n;
      return { state: after, output: after };
    },
  });
}

import { runningTask } from "./running.ts";

/**
 * Parity: at each step, whether the number of ones read so far is odd.
 *
 *   y_t = (x_1 + … + x_t) mod 2
 *
 * The machine has two states. Text: "1011" → "1".
 */
export const parity = runningTask({
  name: "parity",
  summary: "say at each step whether the number of ones so far is odd (1) or even (0)",
  source: "Chomsky benchmark (Delétang et al., 2023), regular tasks; there asked after the last symbol only",
  example: "1011",
  symbols: Object.freeze(["0", "1"]),
  output: Object.freeze(["0", "1"]),
  answers(symbols) {
    let ones = 0;
    return symbols.map((symbol) => {
      ones += symbol;
      return ones % 2;
    });
  },
  states: ["even", "odd"],
  next(state, symbol) {
    const other = symbol === 0 ? state : 1 - state;
    return { state: other, output: other };
  },
});

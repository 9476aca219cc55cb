import { runningTask } from "./running.ts";

const EVEN = 0;
const ODD = 1;
const START = 0;

/**
 * Even pairs: at each step, whether the number of "ab" and "ba" among the neighbours read so far is even.
 *
 *   y_t = |{ i < t : x_i ≠ x_{i+1} }| mod 2
 *
 * That is so exactly when the first symbol equals the last one, which is all the machine remembers (5 states).
 * Text: "abba" → "even".
 */
export const evenPairs = runningTask({
  name: "even-pairs",
  summary: 'say at each step whether "ab" and "ba" have come an even or an odd number of times',
  source: "Chomsky benchmark (Delétang et al., 2023), regular tasks; there asked after the last symbol only",
  example: "abba",
  symbols: Object.freeze(["a", "b"]),
  output: Object.freeze(["even", "odd"]),
  answers(symbols) {
    let changes = 0;
    return symbols.map((symbol, i) => {
      if (i > 0 && symbol !== symbols[i - 1]) changes++;
      return changes % 2 === 0 ? EVEN : ODD;
    });
  },
  // State 1 + 2 · first + last, after the first symbol.
  states: ["start", "a…a", "a…b", "b…a", "b…b"],
  next(state, symbol) {
    const first = state === START ? symbol : (state - 1) >> 1;
    return { state: 1 + 2 * first + symbol, output: first === symbol ? EVEN : ODD };
  },
});

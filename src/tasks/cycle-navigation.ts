import { wholeNumber } from "./check.ts";
import type { Task } from "./contract.ts";
import { runningTask } from "./running.ts";

/**
 * Cycle navigation: the position on a cycle after each move; it starts at 0, and a move stays, steps up or steps down.
 *
 *   y_t = (m_1 + … + m_t) mod n,   m ∈ {0, +1, −1}
 *
 * The machine has n states, the positions. Text: one character a move, "0", "+" or "-": "++-0" → "1".
 *
 * @param positions n, 2 … 64; the benchmark has 5.
 * @throws LonghandError "argument" for another n.
 */
export function cycle(positions: number): Task {
  const n = wholeNumber("cycle-navigation", "positions", positions, 2, 64);
  const names = Object.freeze(Array.from({ length: n }, (_, position) => `${position}`));
  return runningTask({
    name: n === 5 ? "cycle-navigation" : `cycle-navigation-${n}`,
    summary: `follow moves around a cycle of ${n} positions: stay (0), up (+) or down (-)`,
    source: "Chomsky benchmark (Delétang et al., 2023), regular tasks; there asked after the last symbol only",
    example: "++-0",
    symbols: Object.freeze(["0", "+", "-"]),
    alsoReadAs: { "−": 2 },
    output: names,
    answers(moves) {
      const made = [0, 0, 0];
      return moves.map((move) => {
        made[move]!++;
        const distance = made[1]! - made[2]!;
        return ((distance % n) + n) % n;
      });
    },
    states: names,
    next(position, move) {
      const moved = (position + [0, 1, n - 1][move]!) % n;
      return { state: moved, output: moved };
    },
  });
}

/** Cycle navigation on 5 positions, as in the Chomsky benchmark. */
export const cycleNavigation = cycle(5);

/** Small machines for tests. */
import fc from "fast-check";
import type { MealyMachine } from "./mealy.ts";

/** Random machines of up to six states and two letters, some of which can't come in some states, with three answers (or none). */
export const machines: fc.Arbitrary<MealyMachine> = fc.integer({ min: 1, max: 6 }).chain((count) =>
  fc
    .record({
      initial: fc.nat(count - 1),
      next: fc.array(fc.integer({ min: -1, max: count - 1 }), { minLength: 2 * count, maxLength: 2 * count }),
      // Few answers, so that states are often alike.
      output: fc.array(fc.constantFrom(0, 0, 0, 1, -1), { minLength: 2 * count, maxLength: 2 * count }),
    })
    .map(({ initial, next, output }) => ({
      states: next.slice(count).map((_, k) => `q${k}`),
      initial,
      letters: ["a", "b"],
      answers: ["0", "1"],
      next: Int32Array.from(next),
      output: Int32Array.from(output, (answer, k) => (next[k]! < 0 ? -1 : answer)),
    })),
);

/** All that words of up to `depth` letters show of a state, as text. */
export function behaviour(machine: MealyMachine, state: number, depth: number): string {
  if (depth === 0) return "";
  const size = machine.letters.length;
  return machine.letters
    .map((_, letter) => {
      const to = machine.next[state * size + letter]!;
      return to < 0 ? "." : `${machine.output[state * size + letter]}(${behaviour(machine, to, depth - 1)})`;
    })
    .join("");
}

/** The same machine with its states in another order: state k becomes order[k]. */
export function renumbered(machine: MealyMachine, order: readonly number[]): MealyMachine {
  const size = machine.letters.length;
  const next = new Int32Array(machine.next.length);
  const output = new Int32Array(next.length);
  const states: string[] = [];
  machine.states.forEach((name, state) => {
    states[order[state]!] = name;
    for (let letter = 0; letter < size; letter++) {
      const to = machine.next[state * size + letter]!;
      next[order[state]! * size + letter] = to < 0 ? -1 : order[to]!;
      output[order[state]! * size + letter] = machine.output[state * size + letter]!;
    }
  });
  return { ...machine, states, initial: order[machine.initial]!, next, output };
}

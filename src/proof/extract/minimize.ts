/** The smallest machine that answers as a machine does: its reachable states, those that no word tells apart as one. */
import { type MealyMachine, reach } from "./mealy.ts";

export interface Minimal {
  /**
   * Its states in the order in which a search by breadth reaches them, so that machines which answer alike have the same
   * tables. Each is called as the first reached of those it stands for.
   */
  readonly machine: MealyMachine;
  /** For each state of the machine given, the one it became; −1 for those that no word reaches. */
  readonly stateOf: Int32Array;
}

/**
 * Minimizes a machine by refining partitions: states are apart when other letters can come in them, when some letter has
 * another answer, or when it leads to states that are apart.
 *
 * Source: E. F. Moore, "Gedanken-experiments on sequential machines", 1956.
 */
export function minimizeMachine(machine: MealyMachine): Minimal {
  const { letters, next, output } = machine;
  const size = letters.length;
  const { order } = reach(machine);
  const part = new Int32Array(machine.states.length);
  let parts = 1;
  const refine = (label: (state: number) => number) => {
    const made = new Map<number, number>();
    const span = Math.max(machine.states.length, machine.answers.length) + 2;
    const parted = order.map((state) => {
      const key = part[state]! * span + label(state);
      const known = made.get(key) ?? made.size;
      made.set(key, known);
      return known;
    });
    order.forEach((state, k) => {
      part[state] = parted[k]!;
    });
    parts = made.size;
  };
  for (let letter = 0; letter < size; letter++) {
    refine((state) => (next[state * size + letter]! < 0 ? 0 : output[state * size + letter]! + 2));
  }
  for (let before = 0; before < parts; ) {
    before = parts;
    for (let letter = 0; letter < size; letter++) {
      refine((state) => {
        const to = next[state * size + letter]!;
        return to < 0 ? 0 : part[to]! + 1;
      });
    }
  }
  return joined(machine, order, part, parts);
}

/** The machine whose states are the parts. */
function joined(machine: MealyMachine, order: readonly number[], part: Int32Array, parts: number): Minimal {
  const { states, initial, letters, answers, next, output } = machine;
  const size = letters.length;
  const first = new Int32Array(parts).fill(-1);
  for (const state of order) if (first[part[state]!]! < 0) first[part[state]!] = state;
  const quotient: MealyMachine = {
    states: Array.from(first, (state) => states[state]!),
    initial: part[initial]!,
    letters,
    answers,
    next: Int32Array.from({ length: parts * size }, (_, k) => {
      const to = next[first[Math.floor(k / size)]! * size + (k % size)]!;
      return to < 0 ? -1 : part[to]!;
    }),
    output: Int32Array.from(
      { length: parts * size },
      (_, k) => output[first[Math.floor(k / size)]! * size + (k % size)]!,
    ),
  };
  const canonical = reach(quotient).order;
  const number = new Int32Array(parts);
  canonical.forEach((state, k) => {
    number[state] = k;
  });
  const rows = (table: Int32Array) =>
    canonical.flatMap((state) => Array.from(table.subarray(state * size, (state + 1) * size)));
  const stateOf = new Int32Array(states.length).fill(-1);
  for (const state of order) stateOf[state] = number[part[state]!]!;
  return {
    machine: {
      ...quotient,
      states: canonical.map((state) => quotient.states[state]!),
      initial: 0,
      next: Int32Array.from(rows(quotient.next), (to) => (to < 0 ? -1 : number[to]!)),
      output: Int32Array.from(rows(quotient.output)),
    },
    stateOf,
  };
}

/** Whether two machines answer alike, and the shortest word on which they don't. */
import { LonghandError } from "../../errors.ts";
import type { MealyMachine } from "./mealy.ts";

/** The shortest word on which two machines differ, the first of them by its letters: they differ at its last letter. */
export interface Difference {
  readonly word: readonly number[];
  /** The first machine's answers to it; −1: none is asked; null: the letter can't come. */
  readonly first: readonly (number | null)[];
  /** The second machine's. */
  readonly second: readonly (number | null)[];
}

/**
 * Compares two machines by a search through their pairs of states.
 * @returns undefined where they answer every word alike; then their minimal machines have the same tables.
 * @throws LonghandError `argument` when they don't read the same letters.
 */
export function compareMachines(a: MealyMachine, b: MealyMachine): Difference | undefined {
  const size = a.letters.length;
  if (a.letters.join("\n") !== b.letters.join("\n")) {
    throw new LonghandError(
      "argument",
      `compareMachines: the machines read ${size} and ${b.letters.length} letters (${a.letters[0]} …, ${b.letters[0]} …), expected the same ones`,
    );
  }
  interface Pair {
    readonly a: number;
    readonly b: number;
    readonly before?: Pair;
    readonly letter?: number;
  }
  const answer = (machine: MealyMachine, state: number, letter: number) =>
    machine.next[state * size + letter]! < 0 ? null : machine.output[state * size + letter]!;
  const start: Pair = { a: a.initial, b: b.initial };
  const seen = new Set([start.a * b.states.length + start.b]);
  const pairs = [start];
  for (const pair of pairs) {
    for (let letter = 0; letter < size; letter++) {
      if (answer(a, pair.a, letter) !== answer(b, pair.b, letter)) return differenceAt(pair, letter);
      const to: Pair = { a: a.next[pair.a * size + letter]!, b: b.next[pair.b * size + letter]!, before: pair, letter };
      const key = to.a * b.states.length + to.b;
      if (to.a < 0 || seen.has(key)) continue;
      seen.add(key);
      pairs.push(to);
    }
  }
  return undefined;

  function differenceAt(pair: Pair, last: number): Difference {
    const steps: { at: Pair; letter: number }[] = [{ at: pair, letter: last }];
    for (let at = pair; at.before; at = at.before) steps.push({ at: at.before, letter: at.letter! });
    steps.reverse();
    return {
      word: steps.map(({ letter }) => letter),
      first: steps.map(({ at, letter }) => answer(a, at.a, letter)),
      second: steps.map(({ at, letter }) => answer(b, at.b, letter)),
    };
  }
}

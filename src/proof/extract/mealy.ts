/** Mealy machines as plain tables: what extraction makes, minimizes, compares and draws. */
import { LonghandError } from "../../errors.ts";
import { type Alphabet, allLetters, type Letter, machineTable, type Task } from "../../tasks/index.ts";

/** A finite machine that answers each letter; letters may be impossible in some states. */
export interface MealyMachine {
  /** Names of the states. */
  readonly states: readonly string[];
  /** The state before the first letter. */
  readonly initial: number;
  /** Texts of the letters: "01" is the symbol 0 in the first channel beside 1 in the second. */
  readonly letters: readonly string[];
  /** Texts of the answers. */
  readonly answers: readonly string[];
  /** The next state [state][letter]; −1 where the letter can't come. */
  readonly next: Int32Array;
  /** The answer [state][letter]; −1 where none is asked or the letter can't come. */
  readonly output: Int32Array;
}

/** Letters that lead from one state to another with one answer. */
export interface Transition {
  readonly from: number;
  readonly to: number;
  /** −1: none is asked. */
  readonly output: number;
  readonly letters: readonly number[];
}

/**
 * The machine that answers a task.
 * @throws LonghandError `argument` for tasks without one.
 */
export function machineOfTask({ name, machine, channels, output: answers }: Task): MealyMachine {
  if (!machine) throw new LonghandError("argument", `${name}: no finite machine answers this task`);
  const { next, output } = machineTable(machine, channels);
  const letters = allLetters(channels).map((letter) => letterText(letter, channels));
  return { states: machine.states, initial: machine.initial, letters, answers, next, output };
}

/** A letter as text: its symbols side by side, with commas where some symbol has several characters. */
export function letterText(letter: Letter, channels: readonly Alphabet[]): string {
  const isShort = channels.every((alphabet) => alphabet.every((symbol) => symbol.length === 1));
  return letter.map((symbol, channel) => channels[channel]![symbol]).join(isShort ? "" : ",");
}

/** A word as text: its letters in the order in which they come; "ε" is the empty one. */
export function wordText({ letters }: Pick<MealyMachine, "letters">, word: readonly number[]): string {
  if (word.length === 0) return "ε";
  return word.map((letter) => letters[letter]).join(letters.every((text) => text.length === 1) ? "" : " ");
}

/** All transitions, those of the same states and answer in one; by state, then by the first letter. */
export function transitionsOf({ states, letters, next, output }: MealyMachine): readonly Transition[] {
  return states.flatMap((_, from) => {
    const found = new Map<string, Transition & { letters: number[] }>();
    for (let letter = 0; letter < letters.length; letter++) {
      const at = from * letters.length + letter;
      const to = next[at]!;
      if (to < 0) continue;
      const key = `${to} ${output[at]}`;
      const known = found.get(key);
      if (known) known.letters.push(letter);
      else found.set(key, { from, to, output: output[at]!, letters: [letter] });
    }
    return [...found.values()];
  });
}

/** States in the order in which a search by breadth reaches them, letters in their order, and how each was reached. */
export interface Reached {
  readonly order: readonly number[];
  /** [state]: the state before; −1 for the initial one and those that no word reaches. */
  readonly before: Int32Array;
  /** [state]: the letter read there. */
  readonly by: Int32Array;
}

export function reach({ states, initial, letters, next }: MealyMachine): Reached {
  const before = new Int32Array(states.length).fill(-1);
  const by = new Int32Array(states.length).fill(-1);
  const seen = new Uint8Array(states.length);
  seen[initial] = 1;
  const order = [initial];
  for (const from of order) {
    for (let letter = 0; letter < letters.length; letter++) {
      const to = next[from * letters.length + letter]!;
      if (to < 0 || seen[to]) continue;
      seen[to] = 1;
      before[to] = from;
      by[to] = letter;
      order.push(to);
    }
  }
  return { order, before, by };
}

/** The shortest word that reaches a state, the first of them by its letters. */
export function wordTo({ before, by }: Reached, state: number): number[] {
  const word: number[] = [];
  for (let at = state; before[at]! >= 0; at = before[at]!) word.push(by[at]!);
  return word.reverse();
}

/** The same machine, each state called by the shortest word that reaches it; long words by their beginning and end. */
export function namedByWords(machine: MealyMachine): MealyMachine {
  const reached = reach(machine);
  const states = machine.states.map((name, state) => {
    if (state !== machine.initial && reached.before[state]! < 0) return name;
    const word = wordTo(reached, state);
    if (word.length <= 6) return wordText(machine, word);
    return `${wordText(machine, word.slice(0, 2))}…${wordText(machine, word.slice(-2))} (${word.length})`;
  });
  return { ...machine, states };
}

/** Inputs that a finite machine allows: random ones, runs of letters, and words that repeat for ever. */
import { LonghandError } from "../../errors.ts";
import type { Stream } from "../../random/index.ts";
import { type FiniteMachine, type Letter, runMachine, type Task } from "../../tasks/index.ts";

/** Makes an input [steps][channels] of any number of steps. */
export type WordMaker = (machine: FiniteMachine, stream: Stream, steps: number) => Int32Array;

/** Longest beginning and period of words that repeat. */
const BEGINNING = 3;
const PERIOD = 3;

/** Ways to make inputs, by name. */
export const wordMakers: Readonly<Record<string, WordMaker>> = Object.freeze({
  /** Each letter drawn from those that may come. */
  "random inputs": (machine, stream, steps) => {
    const drawn = draw(stream, steps);
    return wordOf(machine, steps, (step) => drawn[step]!);
  },
  /** A letter comes again with probability 15/16. */
  "runs of letters": (machine, stream, steps) => {
    const drawn = draw(stream, steps);
    const changes = stream.integers(new Int32Array(steps), 0, 16);
    let last = 0;
    return wordOf(machine, steps, (step) => {
      if (changes[step] === 0) last = drawn[step]!;
      return last;
    });
  },
  /** After up to 3 letters 1 to 3 that repeat: states that drift do so in one direction. */
  "words that repeat": (machine, stream, steps) => {
    const [beginning, period] = stream.integers(new Int32Array(2), 0, 1 << 16);
    const before = beginning! % (BEGINNING + 1);
    const every = 1 + (period! % PERIOD);
    const drawn = draw(stream, BEGINNING + PERIOD);
    return wordOf(machine, steps, (step) => drawn[step < before ? step : before + ((step - before) % every)]!);
  },
});

/** Large enough that no letter is hardly ever drawn. */
const CHOICES = 1 << 20;
const draw = (stream: Stream, count: number) => stream.integers(new Int32Array(count), 0, CHOICES);

/** The word whose letter at a step is the `choice`-th, modulo how many there are, of those that may come. */
function wordOf(machine: FiniteMachine, steps: number, choice: (step: number) => number): Int32Array {
  let state = machine.initial;
  const letters: Letter[] = [];
  for (let step = 0; step < steps; step++) {
    const allowed = machine.letters(state);
    const letter = allowed[choice(step) % allowed.length]!;
    letters.push(letter);
    state = machine.next(state, letter).state;
  }
  return Int32Array.from(letters.flat());
}

/** The machine's answers [steps] to an input; undefined where a letter can't come where it stands. */
export function answersOf(task: Task, input: Int32Array): Int32Array | undefined {
  try {
    return runMachine(task, input);
  } catch (error) {
    if (error instanceof LonghandError) return undefined;
    throw error;
  }
}

/**
 * A problem that begins with an input, which the task can also read as text: with the last digits that complete it, where
 * numbers have to end. The input itself where there is none.
 */
export function completed(task: Task, input: Int32Array): Int32Array {
  const candidates = [input, ...task.machine!.letters(stateAfter(task, input)).map((letter) => [...input, ...letter])];
  for (const candidate of candidates) {
    try {
      const problem = task.parse(task.format(Int32Array.from(candidate)));
      if (input.every((symbol, k) => symbol === problem[k])) return problem;
    } catch (error) {
      // Such as a difference whose first number is the smaller one.
      if (!(error instanceof LonghandError)) throw error;
    }
  }
  return input;
}

function stateAfter({ machine, channels }: Task, input: Int32Array): number {
  let state = machine!.initial;
  for (let at = 0; at < input.length; at += channels.length) {
    state = machine!.next(state, [...input.subarray(at, at + channels.length)]).state;
  }
  return state;
}

import type { Stream } from "../random/stream.ts";

/** What one symbol of a channel can be: symbol k prints as names[k]. */
export type Alphabet = readonly string[];

/** The symbols of one time step, one per channel. */
export type Letter = readonly number[];

/**
 * A Mealy machine that answers a task: reading a letter in a state gives the next state and the step's answer.
 * Inputs of every length are answered by it, which is what makes a proof for all lengths possible.
 */
export interface FiniteMachine {
  /** State s is called states[s]. */
  readonly states: readonly string[];
  /** The state before the first letter. */
  readonly initial: number;
  /** The letters that may come in `state`, in a fixed order (the last channel changes fastest). */
  letters(state: number): readonly Letter[];
  /**
   * One transition. `output` is a symbol of the task's output alphabet, or −1 where no answer is asked.
   * Only defined for the letters of `letters(state)`.
   */
  next(state: number, symbols: Letter): { readonly state: number; readonly output: number };
}

/** Draws `count` problems (default 1) of one length: [count][steps][channels]. Equal streams give equal problems. */
export type Sampler = (stream: Stream, length: number, count?: number) => Int32Array;

/**
 * A problem family with exact answers: one letter in and one answer out at each time step.
 *
 * A problem is an Int32Array [steps][channels], row-major; its answer an Int32Array [steps] with −1 where none is asked.
 * In aligned tasks, those with a `machine`, an answer depends only on the letters up to its step; in the others the whole
 * problem is read first.
 */
export interface Task {
  /** The name that `findTask` knows, such as "binary-addition". */
  readonly name: string;
  /** What is asked, in one sentence. */
  readonly summary: string;
  /** The paper or benchmark it comes from. */
  readonly source: string;
  /** A text that `parse` accepts. */
  readonly example: string;
  /** Input symbols at each step, one alphabet per channel. */
  readonly channels: readonly Alphabet[];
  /** Output symbols at each step. */
  readonly output: Alphabet;
  /** In which order the symbols come in time, in words; exported files carry it. */
  readonly order?: string;
  /** Shortest and longest problem to train on when nothing else is said; only the valid lengths between them count. */
  readonly defaultTrainLengths: readonly [number, number];
  /** Number of time steps of a problem of this length; throws LonghandError "argument" for an invalid length. */
  steps(length: number): number;
  /** Whether problems of this length exist (expressions have odd lengths); every length is a whole number ≥ 1. */
  validLength(length: number): boolean;
  /**
   * Draws `count` problems (default 1) of one length from the task's distribution: [count][steps][channels].
   * Equal streams give equal problems. Throws LonghandError "argument" for an invalid length or count.
   */
  readonly sample: Sampler;
  /**
   * Samplers of special problems, by name, that random ones hardly ever are and on which networks that look perfect fail:
   * carries through all digits, powers of the base, equal symbols. They take the same lengths and throw as `sample` does.
   */
  readonly structured?: Readonly<Record<string, Sampler>>;
  /** The exact answer [steps] to one problem, by a route that doesn't use `machine`. */
  solve(input: Int32Array): Int32Array;
  /** Reads a problem from text; throws LonghandError "input" that names the character, its position and what fits. */
  parse(text: string): Int32Array;
  /** The problem as text that `parse` reads as the same problem. */
  format(input: Int32Array): string;
  /** An answer [steps] to `input` (exact or a network's) as people write it. */
  formatAnswer(output: Int32Array, input: Int32Array): string;
  /** The answer's symbols don't belong to the input's at the same place: the whole problem has to be read first. */
  readonly unaligned?: true;
  /** The finite machine that answers the task, where there is one. */
  readonly machine?: FiniteMachine;
}

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

/** The problems to train on and those held out for tests. */
export type Side = "train" | "test";

/** Problems that were drawn with their answers. */
export interface DrawnBatch {
  /** Symbols [count][steps][channels], −1 after a problem's own end; or numbers [count][steps][features], 0 there. */
  readonly input: Int32Array | Float32Array;
  /** Symbols [count][steps], −1 where none is asked; or numbers [count][steps][values], NaN where none is asked. */
  readonly target: Int32Array | Float32Array;
  /** Steps of each problem [count], in tasks with padding. */
  readonly lengths?: Int32Array;
}

/** An image: numbers from 0, the paper, to 1, the ink, row by row. */
export interface NamedImage {
  readonly name: string;
  readonly pixels: Float32Array;
}

/** A text of the symbols of a task's one channel, which are its answers too. */
export interface TaskText {
  /** What is trained on, and what is held out. */
  symbols(side: Side): Int32Array;
  /** What a network reads before it writes, where nothing else is given; `parse` reads it. */
  readonly start: string;
}

/**
 * A task whose problems are drawn together with their answers: from data, or with numbers in place of symbols. Whatever a
 * recurrent network is applied to is one of these, told apart by the steps at which something is read and asked: a class
 * after the last step, a symbol at each, a word after the end of another.
 */
export interface DrawnTask
  extends Pick<
    Task,
    "name" | "summary" | "source" | "example" | "order" | "defaultTrainLengths" | "steps" | "validLength"
  > {
  /** Input symbols at each step, one alphabet a channel; none where numbers are read. */
  readonly channels: readonly Alphabet[];
  /** Names of the numbers read at each step, in place of channels. */
  readonly features?: readonly string[];
  /** Output symbols; none where numbers are asked. */
  readonly output: Alphabet;
  /** Names of the numbers asked at a step, in place of symbols. */
  readonly values?: readonly string[];
  /** How far a number may be from the one asked for and still count as right. */
  readonly tolerance?: number;
  /** Every number asked is 1 or 0, yes or no: the network gives log-odds, and an answer takes the probabilities. */
  readonly yesNo?: true;
  /** Problems of one length may be shorter than its steps. */
  readonly padded?: true;
  /**
   * The held-out images that problems are made of, in the order of `heldOut`: names that `parse` reads, pixels in rows of
   * `width`.
   */
  images?(): { readonly width: number; readonly list: readonly NamedImage[] };
  /** The text of which the next symbol is asked at each step: networks that learned it can write one themselves. */
  readonly text?: TaskText;
  /**
   * Draws `count` problems of one length from a side. Equal streams give equal problems. Throws LonghandError "argument" for
   * an invalid length.
   */
  draw(stream: Stream, length: number, count: number, side: Side): DrawnBatch;
  /** All problems of the test side, where they are so few that each can be tested once. */
  heldOut?(length: number): DrawnBatch;
  /** Reads one problem and works out its answer; throws LonghandError "input" that names what can't be read. */
  parse(text: string): DrawnBatch;
  /** A problem (a batch of one) as people write it. */
  format(problem: DrawnBatch): string;
  /** An answer to it as people write it: symbols [steps] or numbers [steps][values], of which those asked for count. */
  formatAnswer(answer: Int32Array | Float32Array, problem: DrawnBatch): string;
}

/** A task of any kind. */
export type AnyTask = Task | DrawnTask;

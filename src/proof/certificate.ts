/**
 * Certificates: proofs that a network answers every input of its task right, of any length, as plain JSON.
 *
 * The proof is an inductive invariant: a list of sets of network states, each for a state of the task's finite machine, such
 * that the first step ends in one of them, and every step from one of them by a letter that may come there gives the
 * machine's answer and ends in one of them. `src/check/check.ts`, which shares no code with what finds them, checks it.
 */

/** Bounds on every element of a state tensor of one example: lower ≤ h ≤ upper, row-major; float32 numbers. */
export interface StateBounds {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/** Network states [lower, upper] in which the task's machine is in one state. */
export interface InvariantSet {
  /** Of the machine, by number. */
  readonly state: number;
  /** By state tensor. */
  readonly bounds: Readonly<Record<string, StateBounds>>;
}

/** One operation on arrays of one example, with ONNX's meaning (operator set 17). */
export interface Equation {
  /** What it makes, by a name that later equations use. */
  readonly name: string;
  /** ONNX's name of the operator. */
  readonly operator: string;
  /** Names of weights, "symbols", "state <name>", or earlier equations. */
  readonly inputs: readonly string[];
  /** Of the result. */
  readonly shape: readonly number[];
  /**
   * What the operator takes beside its inputs: Constant `values`, `dtype`; Slice `axis`, `start`, `stride`; Concat `axis`;
   * Transpose `permutation`; Cast `to` ("float", "int", "bool"); Clip `low`, `high`; HardSigmoid `alpha`, `beta`;
   * Reduce… `axes`. Axes count from the end (−1 is the last), but those of `permutation`.
   */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** A step as equations in an order in which each uses only what comes before it. */
export interface StepEquations {
  readonly equations: readonly Equation[];
  /** Names of the equations (or inputs) that give "logits" [1, n] and "next <name>" [1, width] for each state tensor. */
  readonly outputs: Readonly<Record<string, string>>;
}

export interface Certificate {
  readonly format: "longhand-certificate";
  readonly formatVersion: 1;
  readonly task: string;
  /** What is proved, in a sentence. */
  readonly claim: string;
  readonly machine: {
    readonly states: readonly string[];
    readonly initial: number;
    /** All letters: a symbol for each channel. */
    readonly letters: readonly (readonly number[])[];
    /** [state, letter, next state, answer] for every letter that may come in a state; answer −1: none is asked. */
    readonly transitions: readonly (readonly [number, number, number, number])[];
  };
  readonly network: {
    /** The model's name and options: what the equations were made from. */
    readonly model: Readonly<Record<string, unknown>>;
    /** Row-major; float32 numbers. */
    readonly weights: Readonly<
      Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>
    >;
    /**
     * SHA-256, in hexadecimal, of the weights: for each, in the order of their names' code units, the UTF-8 text
     * "<name> <shape joined by x>\n" and its values as little-endian float32.
     */
    readonly sha256: string;
    /** The first step, which has no "state <name>" to read. */
    readonly first: StepEquations;
    /** Every later step. */
    readonly step: StepEquations;
  };
  readonly sets: readonly InvariantSet[];
  /** [set, letter, next set] for every step; set −1: before the first step. */
  readonly moves: readonly (readonly [number, number, number])[];
  /** The least distance from a wrong answer over all steps: |z| of one logit, or the right logit less the largest other one. */
  readonly margin: number;
  /** How the sets were found, for readers: of no matter to the proof. */
  readonly found: Readonly<Record<string, unknown>>;
}

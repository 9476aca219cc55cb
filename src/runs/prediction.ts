/** What a prediction is. */

/** A network's answer to one problem. */
export interface Prediction {
  /** The problem as the task writes it. */
  readonly input: string;
  /** The network's answer. */
  readonly answer: string;
  /** The exact answer. */
  readonly exact: string;
  /** Whether every symbol that was asked for is right. */
  readonly isRight: boolean;
  /** Time steps of the problem. */
  readonly steps: number;
  /** Symbols asked for, and how many of them are wrong. */
  readonly asked: number;
  readonly wrong: number;
}

export interface PredictOptions {
  /** Which network of a population. Default: the first that is solved. */
  readonly replica?: number;
  /** Default: the one that fits. */
  readonly runtime?: string;
}

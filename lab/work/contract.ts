/**
 * Jobs: what takes longer than a blink is computed in a worker, so that the page never freezes. A job is a function of
 * plain data; it tells how far it is, and its worker is ended where it is stopped.
 */
import type { Program, Runtime } from "longhand";

export interface JobContext<Progress> {
  /** Tells the page something on the way. */
  readonly progress: (update: Progress) => void;
  /**
   * The runtime that the visitor chose, or the one that fits the program.
   * @param sizes of its open dimensions: { batch: 32, time: 10 }.
   */
  readonly open: (program: Program, sizes: Readonly<Record<string, number>>) => Promise<Runtime>;
}

/** Input, updates and result are data that can be sent to a worker and back: no functions. */
export type Job<Input, Progress, Result> = (input: Input, context: JobContext<Progress>) => Promise<Result> | Result;

/** What the page sends. */
export interface JobRequest {
  readonly job: string;
  readonly input: unknown;
  readonly engine: { readonly name: string; readonly threads: number };
}

/** What the worker sends. */
export type JobMessage =
  | { readonly type: "progress"; readonly update: unknown }
  | { readonly type: "result"; readonly result: unknown }
  | { readonly type: "error"; readonly message: string; readonly code: string | null };

/** A network's answer to one problem, beside the exact one. */
import type { Task } from "../tasks/index.ts";

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

/**
 * An answer beside the exact one.
 * @param problem [steps][channels]. @param answer the network's symbols [steps].
 */
export function judged(task: Task, problem: Int32Array, answer: Int32Array): Prediction {
  const target = task.solve(problem);
  let asked = 0;
  let wrong = 0;
  target.forEach((symbol, step) => {
    if (symbol < 0) return;
    asked++;
    if (answer[step] !== symbol) wrong++;
  });
  return {
    input: task.format(problem),
    answer: task.formatAnswer(answer, problem),
    exact: task.formatAnswer(target, problem),
    isRight: wrong === 0,
    steps: target.length,
    asked,
    wrong,
  };
}

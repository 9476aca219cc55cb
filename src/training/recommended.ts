/** Settings that work, by task and model: what a training uses where nothing else is said. */
import { type Task, validLengths } from "../tasks/index.ts";

/** Longest problem that running tasks are trained on; looked at over twenty times that. */
const RUNNING_LENGTH = 20;

/**
 * Recommended settings. Hard units with noise on the state make networks whose units saturate, so that errors don't build
 * up over thousands of steps. Tasks on bits with a carry need 8 units; the others are given 32, a smaller learning rate
 * and more steps. How often each setting solves each task is recorded in `docs/learning.md`.
 */
export function recommended(task: Task, model: string): Record<string, unknown> {
  const [low, high] = task.defaultTrainLengths;
  const isRunning = high > RUNNING_LENGTH;
  const lengths = validLengths(task, low, Math.min(high, RUNNING_LENGTH));
  const longest = lengths.at(-1)!;
  const target = (isRunning ? 20 : 10) * longest;
  const isSmall = !isRunning && task.output.length === 2;
  const units = isSmall ? 8 : 32;
  return {
    model: {
      name: model,
      ...(model === "ilrnn" && { layers: [units] }),
      ...(model === "rnn" && { hidden: isSmall ? 16 : 32, activation: "hard-sigmoid" }),
    },
    steps: isSmall ? 2500 : 5000,
    // Short problems say most about each transition; longer ones teach to keep the state.
    lengths: [isRunning ? lengths[0]! : longest, longest],
    learningRate: isSmall ? 0.02 : 0.005,
    stateNoise: { scale: isSmall ? 0.4 : 0.3, growth: 0.5 },
    solved: { length: validLengths(task, target, target + 10)[0]! },
  };
}

/** Settings that work, by task and model: what a training uses where nothing else is said. */
import { type Task, validLengths } from "../tasks/index.ts";

/**
 * Recommended settings. Hard units with noise on the state make networks whose units saturate, so that errors don't build
 * up over thousands of steps (`docs/decisions/`).
 */
export function recommended(task: Task, model: string): Record<string, unknown> {
  const [low, high] = task.defaultTrainLengths;
  const lengths = validLengths(task, low, high);
  const longest = lengths.at(-1)!;
  const testLength = validLengths(task, 10 * longest, 10 * longest + 10)[0]!;
  return {
    model: { name: model },
    lengths: [longest, longest],
    learningRate: 0.02,
    stateNoise: { scale: 0.4, growth: 0.5 },
    solved: { length: testLength },
  };
}

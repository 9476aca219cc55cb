/** Contradictions that no single field of a configuration shows. */
import { LonghandError } from "../errors.ts";
import { type Task, validLengths } from "../tasks/index.ts";
import type { TrainingConfig } from "./config.ts";

/**
 * Checks that the parts of a configuration fit each other and the task.
 * @throws LonghandError `config` naming the field, what came and what was expected.
 */
export function checkConfig(config: TrainingConfig, task: Task): void {
  const [low, high] = config.lengths;
  const wrong = (field: string, received: unknown, expected: string) =>
    new LonghandError("config", `config, ${field}: received ${JSON.stringify(received)}, expected ${expected}`);
  if (low > high) throw wrong("lengths", config.lengths, "the shortest length, then the longest");
  if (high > LONGEST) throw wrong("lengths", config.lengths, `lengths up to ${LONGEST}`);
  const lengths = validLengths(task, low, high);
  if (lengths.length === 0) throw wrong("lengths", config.lengths, `a range with lengths that ${task.name} has`);
  if (config.curriculum) {
    const { start } = config.curriculum;
    if (start < lengths[0]! || start > high)
      throw wrong("curriculum, start", start, `a length from ${lengths[0]} to ${high}`);
  }
  const solved = config.solved?.length;
  if (solved !== undefined && !(task.validLength(solved) && solved <= LONGEST)) {
    throw wrong("solved, length", solved, `a length up to ${LONGEST} that ${task.name} has`);
  }
}

/** Longer problems don't fit in memory. */
const LONGEST = 1_000_000;

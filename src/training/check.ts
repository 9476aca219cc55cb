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
  const symbols = config.population * config.batch * task.steps(lengths.at(-1)!);
  if (symbols > MOST) throw wrong("population × batch × time", symbols, `at most ${MOST} symbols a step`);
  if (config.curriculum) {
    const { start } = config.curriculum;
    if (start < lengths[0]! || start > high)
      throw wrong("curriculum, start", start, `a length from ${lengths[0]} to ${high}`);
  }
  if (config.solved) {
    const { length, samples } = config.solved;
    if (!(task.validLength(length) && length <= LONGEST)) {
      throw wrong("solved, length", length, `a length up to ${LONGEST} that ${task.name} has`);
    }
    const looked = config.population * samples * task.steps(length);
    if (looked > MOST) throw wrong("population × solved.samples × time", looked, `at most ${MOST} symbols a look`);
  }
}

/** Symbols of one step, or of one look, that are still answered within seconds and fit in memory. */
const MOST = 100_000_000;

/** Longer problems don't fit in memory. */
const LONGEST = 1_000_000;

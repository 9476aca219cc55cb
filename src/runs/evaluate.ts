/** How far the networks of a run generalize, on the runtime that fits. Node only. */
import { checkLengths, type LengthResult } from "../evaluation/index.ts";
import { isDrawn, nextValid } from "../tasks/index.ts";
import { affordable, costOf, type EvaluateOnOptions, evaluateOn, lengthsFor } from "../trained/evaluate.ts";
import type { Trained } from "../trained/index.ts";
import { engineFor } from "./engine.ts";
import { checkMemory } from "./memory.ts";

export { lengthsFor };

export interface EvaluateTrainedOptions extends Omit<EvaluateOnOptions, "open"> {
  /** Default: the one that fits. */
  readonly runtime?: string;
}

/**
 * Measures the networks of a run: see `evaluateOn`.
 * @throws LonghandError as `evaluateOn`, and `argument` for a length that doesn't fit in memory.
 */
export async function* evaluateTrained(
  trained: Trained,
  options: EvaluateTrainedOptions,
): AsyncGenerator<LengthResult[]> {
  const { runtime, ...others } = options;
  const { task } = trained;
  checkLengths(task, options.lengths);
  checkMemory(trained, Math.max(...options.lengths.map((length) => task.steps(length))));
  yield* evaluateOn(trained, {
    ...others,
    open: async (program, { batch, time }) => (await engineFor(program, batch, time, runtime)).runtime,
  });
}

/** What a training ends with: every replica on the same problems, far longer than those it was trained on. */
export interface Finding {
  readonly length: number;
  readonly samples: number;
  /** In the order of the population. */
  readonly results: readonly LengthResult[];
}

/** What the finding may cost and how many problems it takes: seconds, but some more after a training by bins, which is long. */
const FINDING = {
  lengths: { operations: 4e9, least: 64, most: 1024 },
  bins: { operations: 5e11, least: 16, most: 64 },
};

/**
 * Tests all replicas on 1,024 problems 100 times as long as the longest trained; fewer of them (down to 64) and then shorter
 * ones where that would take more than some seconds. After a training by bins on 64 problems, down to 16.
 */
export async function finding(
  trained: Trained,
  options: Pick<EvaluateTrainedOptions, "signal" | "onProgress" | "runtime"> = {},
): Promise<Finding> {
  const { task, model, population, config } = trained;
  const { operations, least, most } = FINDING[config.bins ? "bins" : "lengths"];
  const [, longest] = config.lengths;
  const cost = (length: number) => costOf(model, population, task.steps(length));
  // What is drawn with its answers, from data or with numbers, is first of all to hold at the trained length.
  const factors = isDrawn(task) ? [1] : [100, 50, 20, 10, 5, 2, 1];
  const lengths = factors.flatMap((factor) => nextValid(task, factor * longest));
  const length = lengths.find((candidate) => least * cost(candidate) <= operations) ?? lengths.at(-1)!;
  const samples = affordable(operations / cost(length), least, most);
  const results: LengthResult[] = [];
  for await (const found of evaluateTrained(trained, { ...options, lengths: [length], samples }))
    results.push(...found);
  // Where there are few problems, each is tested once.
  return { length, samples: results[0]?.exact.trials ?? samples, results };
}

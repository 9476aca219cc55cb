/** How far the networks of a run generalize. Node only. */
import {
  checkLengths,
  type EvaluateOptions,
  type EvaluationProgress,
  evaluator,
  type LengthResult,
  mistakesProgram,
  nearLengths,
  problemsARun,
} from "../evaluation/index.ts";
import type { Model } from "../models/index.ts";
import { operationsOf } from "../runtime/operations.ts";
import { isDrawn, nextValid, validLengths } from "../tasks/index.ts";
import { replicaOf, type Trained } from "../trained/index.ts";
import { engineFor } from "./engine.ts";
import { checkMemory } from "./memory.ts";

export interface EvaluateTrainedOptions {
  readonly lengths: readonly number[];
  /** Problems of each length. Default 1024; fewer, down to 8, of lengths of which as many would take minutes. */
  readonly samples?: number;
  /**
   * Problems of each of the task's structured kinds, at each length after the random ones; "some": up to 64, as many as are
   * quick, none where not even 4 are. Default 0.
   */
  readonly structured?: number | "some";
  /** Of the problems. Default: one more than the training's, whose problems decided when it ended. */
  readonly seed?: number;
  /** One network of a population. Default: all of them. */
  readonly replica?: number;
  /** Default: the one that fits. */
  readonly runtime?: string;
  readonly signal?: AbortSignal;
  /** Called after each batch with the part done, 0 … 1. */
  readonly onProgress?: EvaluateOptions["onProgress"];
  /** Called where a batch doesn't fit in memory and a smaller one is tried. */
  readonly onSmallerBatch?: EvaluateOptions["onSmallerBatch"];
}

/** Arithmetic operations that random and structured problems of one length may cost where no numbers are given. */
const RANDOM_OPERATIONS = 1e12;
const STRUCTURED_OPERATIONS = 5e11;

/**
 * Yields accuracy by length, one length after the other, all replicas asked for at once on the same problems: random ones,
 * held out of the training where it was by bins, then structured ones of each kind where they are asked for.
 * @throws LonghandError `argument` naming a length that the task doesn't have or that doesn't fit in memory, or a replica
 *   that isn't there.
 */
export async function* evaluateTrained(
  trained: Trained,
  options: EvaluateTrainedOptions,
): AsyncGenerator<LengthResult[]> {
  const { task, model, config } = trained;
  const { replica, lengths, samples, structured = 0, seed = config.seed + 1, onProgress } = options;
  checkLengths(task, lengths);
  const chosen = replica === undefined ? undefined : replicaOf(trained, replica);
  const population = chosen ? 1 : trained.population;
  const steps = lengths.map((length) => task.steps(length));
  const longest = Math.max(...steps);
  checkMemory(trained, longest);
  const kinds = isDrawn(task) ? [] : Object.keys(task.structured ?? {});
  const costs = lengths.map((length) => costOf(model, population, task.steps(length)));
  const parts = lengths.flatMap((length, k) => {
    const cost = costs[k]!;
    const random = samples ?? (model.width === undefined ? 1024 : affordable(RANDOM_OPERATIONS / cost, 8, 1024));
    const some = affordable(STRUCTURED_OPERATIONS / cost / kinds.length, 4, 64, 0);
    const each = structured === "some" ? some : structured;
    return [
      { length, samples: random, cost: random * cost },
      ...(each === 0 ? [] : kinds.map((kind) => ({ length, samples: each, cost: each * cost, structured: kind }))),
    ];
  });
  const largest = Math.max(...parts.map((part) => part.samples));
  const batch = Math.min(largest, problemsARun(model, longest, population));
  const { runtime } = await engineFor(mistakesProgram(model, population), batch, longest, options.runtime);
  await using prepared = await evaluator(model, task, runtime, population);
  const { parameters } = chosen ?? trained;
  const total = parts.reduce((sum, { cost }) => sum + cost, 0);
  let before = 0;
  for (const { length, cost, ...part } of parts) {
    const asked = {
      ...part,
      lengths: [length],
      seed,
      trained: config.lengths,
      ...(config.bins && { side: "test" as const }),
      ...(options.signal && { signal: options.signal }),
      ...(options.onSmallerBatch && { onSmallerBatch: options.onSmallerBatch }),
      onProgress: (done: number, at: EvaluationProgress) => onProgress?.((before + done * cost) / total, at),
    };
    for await (const results of prepared.evaluate(parameters, asked)) {
      yield chosen ? results.map((result) => ({ ...result, replica: chosen.replica })) : results;
    }
    before += cost;
  }
}

/**
 * Operations that reading and writing a number of the state costs in a step beside those that are counted: networks of 96 maps
 * take 17 ns a number and step, those of few maps don't take much less.
 */
const MEMORY = 400;

/** What one problem costs, in operations. */
function costOf(model: Model, population: number, steps: number): number {
  const { width } = model;
  const bindings = { batch: 1, time: steps };
  const counted = operationsOf(
    mistakesProgram(model, population, width === undefined ? "time" : steps),
    new Map(Object.entries(bindings)),
  );
  return width === undefined ? counted : counted + MEMORY * population * width * steps ** 2;
}

/** The largest power of two up to a number and to `most`; where that is less than `least`, `otherwise`. */
function affordable(number: number, least: number, most: number, otherwise = least): number {
  const power = Math.min(most, 2 ** Math.floor(Math.log2(number)));
  return power < least ? otherwise : power;
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

/**
 * Lengths to look at when none are asked for: the longest trained one, 10 and 100 times it; after a training by bins, whose
 * network takes as many steps as symbols, the longest trained one, 101, 201 and 401, or the nearest that the task has.
 */
export function lengthsFor({ task, config }: Trained): number[] {
  const [, longest] = config.lengths;
  if (config.bins) {
    const far = [101, 201, 401].flatMap((length) => nearLengths(task, length).slice(0, 1));
    return [validLengths(task, 1, longest).at(-1)!, ...new Set(far.filter((length) => length > longest))];
  }
  const factors = isDrawn(task) ? [1, 2, 4] : [1, 10, 100];
  return factors.flatMap((factor) => nextValid(task, factor * longest));
}

/** How far the networks of a run generalize: accuracy by length. */
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
import type { Program } from "../graph/index.ts";
import type { Model } from "../models/index.ts";
import type { Runtime } from "../runtime/contract.ts";
import { operationsOf } from "../runtime/operations.ts";
import { isDrawn, nextValid, validLengths } from "../tasks/index.ts";
import { replicaOf, type Trained } from "./trained.ts";

export interface EvaluateOnOptions {
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
  /** Opens the runtime for a program whose `batch` and `time` are at most these. */
  readonly open: (program: Program, sizes: { readonly batch: number; readonly time: number }) => Promise<Runtime>;
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
 * Measures the networks of a run on a runtime that the caller opens. Yields accuracy by length, one length after the other, all
 * replicas asked for at once on the same problems: random ones, held out of the training where it was by bins, then structured
 * ones of each kind where they are asked for.
 * @throws LonghandError `argument` naming a length that the task doesn't have, or a replica that isn't there.
 */
export async function* evaluateOn(trained: Trained, options: EvaluateOnOptions): AsyncGenerator<LengthResult[]> {
  const { task, model, config } = trained;
  const { replica, lengths, samples, structured = 0, seed = config.seed + 1, onProgress } = options;
  checkLengths(task, lengths);
  const chosen = replica === undefined ? undefined : replicaOf(trained, replica);
  const population = chosen ? 1 : trained.population;
  const steps = lengths.map((length) => task.steps(length));
  const longest = Math.max(...steps);
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
  const runtime = await options.open(mistakesProgram(model, population), { batch, time: longest });
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
export function costOf(model: Model, population: number, steps: number): number {
  const { width } = model;
  const bindings = { batch: 1, time: steps };
  const counted = operationsOf(
    mistakesProgram(model, population, width === undefined ? "time" : steps),
    new Map(Object.entries(bindings)),
  );
  return width === undefined ? counted : counted + MEMORY * population * width * steps ** 2;
}

/** The largest power of two up to a number and to `most`; where that is less than `least`, `otherwise`. */
export function affordable(number: number, least: number, most: number, otherwise = least): number {
  const power = Math.min(most, 2 ** Math.floor(Math.log2(number)));
  return power < least ? otherwise : power;
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

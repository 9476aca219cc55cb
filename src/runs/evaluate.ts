/** How far the networks of a run generalize. Node only. */
import { checkLengths, evaluator, type LengthResult, mistakesProgram } from "../evaluation/index.ts";
import { operationsOf } from "../runtime/operations.ts";
import { type Task, validLengths } from "../tasks/index.ts";
import { engineFor } from "./engine.ts";
import { replicaOf, type Trained } from "./trained.ts";

export interface EvaluateTrainedOptions {
  readonly lengths: readonly number[];
  /** Problems of each length. Default 1024. */
  readonly samples?: number;
  /** Of the problems. Default: one more than the training's, whose problems decided when it ended. */
  readonly seed?: number;
  /** One network of a population. Default: all of them. */
  readonly replica?: number;
  /** Default: the one that fits. */
  readonly runtime?: string;
  readonly signal?: AbortSignal;
  /** Called after each batch with the part done, 0 … 1. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Yields accuracy by length, one length after the other, all replicas asked for at once on the same problems.
 * @throws LonghandError `argument` naming a length that the task doesn't have or a replica that isn't there.
 */
export async function* evaluateTrained(
  trained: Trained,
  options: EvaluateTrainedOptions,
): AsyncGenerator<LengthResult[]> {
  const { task, model, config } = trained;
  const { replica, runtime: runtimeName, ...rest } = options;
  checkLengths(task, options.lengths);
  const chosen = replica === undefined ? undefined : replicaOf(trained, replica);
  const population = chosen ? 1 : trained.population;
  const longest = task.steps(Math.max(...options.lengths));
  const { runtime } = await engineFor(
    mistakesProgram(model, population),
    options.samples ?? 1024,
    longest,
    runtimeName,
  );
  await using prepared = await evaluator(model, task, runtime, population);
  const parameters = (chosen ?? trained).parameters;
  const asked = { seed: config.seed + 1, trained: config.lengths, ...rest };
  for await (const results of prepared.evaluate(parameters, asked)) {
    yield chosen ? results.map((result) => ({ ...result, replica: chosen.replica })) : results;
  }
}

/** What a training ends with: every replica on the same problems, far longer than those it was trained on. */
export interface Finding {
  readonly length: number;
  readonly samples: number;
  /** In the order of the population. */
  readonly results: readonly LengthResult[];
}

/** Arithmetic operations that the finding may cost: a few seconds. */
const OPERATIONS = 4e9;

/**
 * Tests all replicas on 1,024 problems 100 times as long as the longest trained; fewer of them (down to 64) and then
 * shorter ones where that would take more than some seconds.
 */
export async function finding(
  trained: Trained,
  options: Pick<EvaluateTrainedOptions, "signal" | "onProgress" | "runtime"> = {},
): Promise<Finding> {
  const { task, model, population, config } = trained;
  const program = mistakesProgram(model, population);
  const longest = config.lengths[1];
  const cost = (length: number) =>
    operationsOf(
      program,
      new Map([
        ["batch", 1],
        ["time", task.steps(length)],
      ]),
    );
  const lengths = [100, 50, 20, 10, 5, 2, 1].flatMap((factor) => nextValid(task, factor * longest));
  const length = lengths.find((candidate) => 64 * cost(candidate) <= OPERATIONS) ?? lengths.at(-1)!;
  const affordable = OPERATIONS / cost(length);
  const samples = [1024, 512, 256, 128].find((count) => count <= affordable) ?? 64;
  const results: LengthResult[] = [];
  for await (const found of evaluateTrained(trained, { ...options, lengths: [length], samples }))
    results.push(...found);
  return { length, samples, results };
}

/** Lengths to look at when none are asked for: the longest trained one, 10 and 100 times it. */
export function lengthsFor(trained: Trained): number[] {
  const longest = trained.config.lengths[1];
  return [1, 10, 100].flatMap((factor) => nextValid(trained.task, factor * longest));
}

/** The first length from this one on that the task has. */
function nextValid(task: Task, length: number): number[] {
  return validLengths(task, length, length + 10).slice(0, 1);
}

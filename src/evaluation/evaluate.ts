/** Accuracy by length: how far a network generalizes. */
import { LonghandError } from "../errors.ts";
import {
  and,
  cast,
  equal,
  greaterOrEqual,
  input,
  type NDArray,
  not,
  optimize,
  type Program,
  program,
  reduceSum,
  type Tensor,
  vectorize,
} from "../graph/index.ts";
import { decodeLogits, type Model } from "../models/index.ts";
import { type RandomSource, randomSource, type Stream } from "../random/index.ts";
import type { Executable, Runtime } from "../runtime/contract.ts";
import { type Batch, drawBatch, drawSide, type Task } from "../tasks/index.ts";
import { type Rate, rate } from "./wilson.ts";

/** What one replica makes of problems of one length. */
export interface LengthResult {
  readonly length: number;
  readonly replica: number;
  /** Whether problems of this length were trained on. */
  readonly isTrained: boolean;
  /** Whole answers that are right. */
  readonly exact: Rate;
  /** Symbols of the answers that are right; positions at which nothing is asked don't count. */
  readonly symbol: Rate;
}

export interface EvaluateOptions {
  readonly lengths: readonly number[];
  /** Problems of each length. Default 1024. */
  readonly samples?: number;
  /** Of the problems. Default 1. The problems of a length don't depend on which other lengths are asked for. */
  readonly seed?: number;
  /** "test": only problems that are held out of trainings by bins (see `isHeldOut`). Default: any. */
  readonly side?: "test";
  /** Shortest and longest trained length, to mark results. */
  readonly trained?: readonly [number, number];
  readonly signal?: AbortSignal;
  /** Called after each batch with the part done, 0 … 1. */
  readonly onProgress?: (done: number) => void;
}

/** An evaluation program, compiled: use it again for other parameters, then close it. */
export interface Evaluator extends AsyncDisposable {
  /**
   * Yields the results of each length, all replicas, as they come.
   * @param parameters the population's parameters, each [population, …its shape] (or without the axis for one replica).
   */
  evaluate(parameters: Readonly<Record<string, NDArray>>, options: EvaluateOptions): AsyncGenerator<LengthResult[]>;
}

/** Symbols that one run may hold: batches are cut so that memory stays bounded. */
const SYMBOLS_A_RUN = 1 << 21;
/** Numbers at all positions of a run: a state of this size stays near the processor. */
const NUMBERS_A_RUN = 1 << 19;

function symbolsARun({ width }: Model): number {
  return width === undefined ? SYMBOLS_A_RUN : NUMBERS_A_RUN / width;
}

/**
 * The program that counts mistakes: inputs are the parameters by name, `symbols` int [batch, time, channels] and `targets`
 * int [batch, time], the same problems for all replicas; output `wrong` float [population, batch]: wrong symbols of each
 * answer.
 */
export function mistakesProgram(model: Model, population: number): Program {
  const symbols = input("symbols", ["batch", "time", model.signature.channels.length], "int");
  const targets = input("targets", ["batch", "time"], "int");
  const parameters = Object.entries(model.parameters).map(([name, { shape }]) => [name, input(name, shape)] as const);
  const { logits } = model.apply(Object.fromEntries(parameters), symbols);
  const isWrong = and(not(equal(decodeLogits(logits), targets)), greaterOrEqual(targets, 0));
  const wrong = reduceSum(cast(isWrong, "float"), { axes: [-1] });
  const [ready] = optimize([wrong]) as [Tensor];
  if (population === 1) {
    return program("evaluate", { ...Object.fromEntries(parameters), symbols, targets }, { wrong: ready });
  }
  const wide = parameters.map(([name, tensor]) => [name, input(name, [population, ...tensor.shape])] as const);
  const replacements = new Map<Tensor, Tensor>(parameters.map(([, tensor], k) => [tensor, wide[k]![1]]));
  const [all] = optimize(vectorize([wrong], replacements, population)) as [Tensor];
  return program("evaluate", { ...Object.fromEntries(wide), symbols, targets }, { wrong: all });
}

/**
 * Prepares the evaluation of a model on a task.
 * @param population number of replicas in the parameters.
 */
export async function evaluator(model: Model, task: Task, runtime: Runtime, population = 1): Promise<Evaluator> {
  const executable: Executable = await runtime.compile(mistakesProgram(model, population));
  return {
    async *evaluate(parameters, options) {
      const { samples = 1024, seed = 1, lengths } = options;
      const total = lengths.reduce((sum, length) => sum + task.steps(length) * samples, 0);
      let done = 0;
      for (const length of lengths) {
        const steps = task.steps(length);
        const random = randomSource(seed);
        const batchSize = Math.max(1, Math.min(samples, Math.floor(symbolsARun(model) / (steps * population))));
        const exact = new Float64Array(population);
        const wrongSymbols = new Float64Array(population);
        let asked = 0;
        for (let start = 0; start < samples; start += batchSize) {
          options.signal?.throwIfAborted();
          const count = Math.min(batchSize, samples - start);
          const { input: symbols, target } = drawProblems(task, random, length, start, count, options.side);
          for (const answer of target) if (answer >= 0) asked++;
          const { wrong } = await executable.run({
            ...parameters,
            symbols: { dtype: "int", shape: [count, steps, task.channels.length], data: symbols },
            targets: { dtype: "int", shape: [count, steps], data: target },
          });
          wrong!.data.forEach((mistakes, k) => {
            const replica = Math.floor(k / count);
            if (mistakes === 0) exact[replica]!++;
            wrongSymbols[replica]! += mistakes;
          });
          done += count * steps;
          options.onProgress?.(done / total);
        }
        const [low, high] = options.trained ?? [0, -1];
        yield Array.from(exact, (right, replica) => ({
          length,
          replica,
          isTrained: length >= low && length <= high,
          exact: rate(right, samples),
          symbol: rate(asked - wrongSymbols[replica]!, asked),
        }));
      }
    },
    [Symbol.asyncDispose]: () => executable.close(),
  };
}

/** Problems start … start + count − 1 of a length: each from a stream of its own, so that batches may be cut anywhere. */
function drawProblems(
  task: Task,
  random: RandomSource,
  length: number,
  start: number,
  count: number,
  side: "test" | undefined,
): Batch {
  const steps = task.steps(length);
  const input = new Int32Array(count * steps * task.channels.length);
  const target = new Int32Array(count * steps);
  for (let k = 0; k < count; k++) {
    const stream = random.stream("evaluation", task.name, length, start + k);
    const one = side ? heldOut(task, stream, length) : drawBatch(task, stream, length, 1);
    input.set(one.input, k * steps * task.channels.length);
    target.set(one.target, k * steps);
  }
  return { input, target };
}

function heldOut(task: Task, stream: Stream, length: number): Batch {
  const input = drawSide(task, stream, length, "test");
  return { input, target: task.solve(input) };
}

/**
 * Checks lengths that a user asked for.
 * @throws LonghandError `argument` naming the length.
 */
export function checkLengths(task: Task, lengths: readonly number[]): void {
  for (const length of lengths) {
    if (!Number.isSafeInteger(length) || length < 1 || length > MAXIMAL_LENGTH || !task.validLength(length)) {
      throw new LonghandError(
        "argument",
        `${task.name}: no problems of length ${length}; expected a whole number from 1 to ${MAXIMAL_LENGTH} that the task has`,
      );
    }
  }
}

/** Longer problems don't fit in memory. */
const MAXIMAL_LENGTH = 10_000_000;

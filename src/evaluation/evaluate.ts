/** Accuracy by length: how far a network generalizes. */
import { LonghandError, unknownName } from "../errors.ts";
import {
  and,
  cast,
  type Dimension,
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
import { decodeLogits, type Model, parameterInputs } from "../models/index.ts";
import { randomSource, type Stream } from "../random/index.ts";
import type { Executable, Runtime } from "../runtime/contract.ts";
import { type Batch, drawBatch, drawSide, type Sampler, type Task, validLengths } from "../tasks/index.ts";
import { type Rate, rate } from "./wilson.ts";

/** What one replica makes of problems of one length. */
export interface LengthResult {
  readonly length: number;
  readonly replica: number;
  /** Name of the task's structured problems that these are; undefined: random ones. */
  readonly structured?: string;
  /** Whether problems of this length were trained on. */
  readonly isTrained: boolean;
  /** Whether all of the problems are held out of trainings by bins. */
  readonly isHeldOut: boolean;
  /** Whole answers that are right. */
  readonly exact: Rate;
  /** Symbols of the answers that are right; positions at which nothing is asked don't count. */
  readonly symbol: Rate;
  /** The first problem with a wrong answer, as text, of networks whose state has positions. */
  readonly mistake?: { readonly input: string; readonly answer: string; readonly exact: string };
}

export interface EvaluateOptions {
  readonly lengths: readonly number[];
  /** Problems of each length. Default 1024. */
  readonly samples?: number;
  /** Of the problems. Default 1. The problems of a length don't depend on which other lengths are asked for. */
  readonly seed?: number;
  /**
   * "test": only problems that are held out of trainings by bins (see `isHeldOut`); of a length that has hardly any, as some
   * short ones, any. Default: any.
   */
  readonly side?: "test";
  /** Problems of one of the task's structured kinds, by name, whatever their side. Default: random ones. */
  readonly structured?: string;
  /** Shortest and longest trained length, to mark results. */
  readonly trained?: readonly [number, number];
  /** When it is aborted, what is known of the current length is yielded, then the signal's reason is thrown. */
  readonly signal?: AbortSignal;
  /** Called after each batch with the part done, 0 … 1. */
  readonly onProgress?: (done: number, at: EvaluationProgress) => void;
  /** Called where a batch doesn't fit in memory and a smaller one is tried. */
  readonly onSmallerBatch?: (change: { length: number; from: number; to: number }) => void;
}

/** Where an evaluation is. */
export interface EvaluationProgress {
  readonly length: number;
  readonly structured?: string;
  /** Problems of this length that are answered, of how many. */
  readonly done: number;
  readonly samples: number;
}

/** An evaluation, prepared: use it again for other parameters, for one evaluation at a time, then close it. */
export interface Evaluator extends AsyncDisposable {
  /**
   * Yields the results of each length, all replicas, as they come.
   * @param parameters the population's parameters, each [population, …its shape] (or without the axis for one replica).
   * @throws LonghandError `unknown-name` for structured problems that the task doesn't have, `runtime` for a length of which
   *   one problem doesn't fit in memory.
   */
  evaluate(parameters: Readonly<Record<string, NDArray>>, options: EvaluateOptions): AsyncGenerator<LengthResult[]>;
}

/** Symbols that one run may hold: batches are cut so that memory stays bounded. */
const SYMBOLS_A_RUN = 1 << 21;
/** Numbers at all positions of a run: a state of a megabyte stays near the processor, and no larger batch is faster. */
const NUMBERS_A_RUN = 1 << 18;

/** Problems of so many steps that are answered at once, at least 1. */
export function problemsARun({ width }: Model, steps: number, population = 1): number {
  const symbols = width === undefined ? SYMBOLS_A_RUN : NUMBERS_A_RUN / width;
  return Math.max(1, Math.floor(symbols / (steps * population)));
}

/**
 * The program that counts mistakes: inputs are the parameters by name, `symbols` int [batch, time, channels] and `targets`
 * int [batch, time], the same problems for all replicas; output `wrong` float [population, batch]: wrong symbols of each
 * answer; and, of networks whose state has positions, the `answer` int [population, batch, time].
 * @param time steps, or "time": any. Networks whose state has positions are a third faster where it is known.
 */
export function mistakesProgram(model: Model, population: number, time: Dimension = "time"): Program {
  const symbols = input("symbols", ["batch", time, model.signature.channels.length], "int");
  const targets = input("targets", ["batch", time], "int");
  const parameters = parameterInputs(model);
  const { logits } = model.apply(parameters, symbols);
  const answer = decodeLogits(logits);
  const isWrong = and(not(equal(answer, targets)), greaterOrEqual(targets, 0));
  const outputs = [reduceSum(cast(isWrong, "float"), { axes: [-1] }), ...(model.width === undefined ? [] : [answer])];
  const named = ([wrong, answers]: readonly Tensor[]) => ({ wrong: wrong!, ...(answers && { answer: answers }) });
  if (population === 1) {
    return program("evaluate", { ...parameters, symbols, targets }, named(optimize(outputs)));
  }
  const wide = Object.fromEntries(
    Object.entries(parameters).map(([name, { shape }]) => [name, input(name, [population, ...shape])]),
  );
  const replacements = new Map(Object.entries(parameters).map(([name, tensor]) => [tensor, wide[name]!]));
  const all = optimize(vectorize(optimize(outputs), replacements, population));
  return program("evaluate", { ...wide, symbols, targets }, named(all));
}

/** What has been counted of one length. */
interface Tally {
  readonly done: number;
  readonly asked: number;
  /** By replica: answers without error, wrong symbols, and the first mistake. */
  readonly exact: Float64Array;
  readonly wrongSymbols: Float64Array;
  readonly mistakes: readonly (LengthResult["mistake"] | undefined)[];
}

/**
 * Prepares the evaluation of a model on a task.
 * @param population number of replicas in the parameters.
 */
export async function evaluator(model: Model, task: Task, runtime: Runtime, population = 1): Promise<Evaluator> {
  let compiled: { readonly time: Dimension; readonly executable: Executable } | undefined;
  const executableFor = async (time: Dimension): Promise<Executable> => {
    if (compiled?.time === time) return compiled.executable;
    await compiled?.executable.close();
    compiled = undefined;
    const executable = await runtime.compile(mistakesProgram(model, population, time));
    compiled = { time, executable };
    return executable;
  };
  const isLong = model.width !== undefined;
  if (!isLong) await executableFor("time");

  /** Counts the mistakes of one length until it is done or aborted; undefined where problems of the side are too rare. */
  const count = async (
    parameters: Readonly<Record<string, NDArray>>,
    length: number,
    draw: Draw,
    options: EvaluateOptions,
    onDone: (problems: number) => void,
  ): Promise<Tally | undefined> => {
    const { samples = 1024 } = options;
    const steps = task.steps(length);
    const executable = await executableFor(isLong ? steps : "time");
    let batchSize = Math.min(samples, problemsARun(model, steps, population));
    const exact = new Float64Array(population);
    const wrongSymbols = new Float64Array(population);
    const mistakes: LengthResult["mistake"][] = new Array(population).fill(undefined);
    let asked = 0;
    let done = 0;
    while (done < samples && !options.signal?.aborted) {
      const problems = Math.min(batchSize, samples - done);
      try {
        const batch = drawProblems(length, done, problems, draw);
        if (!batch) return undefined;
        const { wrong, answer } = await executable.run({
          ...parameters,
          symbols: { dtype: "int", shape: [problems, steps, task.channels.length], data: batch.input },
          targets: { dtype: "int", shape: [problems, steps], data: batch.target },
        });
        for (const symbol of batch.target) if (symbol >= 0) asked++;
        wrong!.data.forEach((mistakesOfOne, k) => {
          const replica = Math.floor(k / problems);
          wrongSymbols[replica]! += mistakesOfOne;
          if (mistakesOfOne === 0) exact[replica]!++;
          else if (answer) mistakes[replica] ??= mistakeOf(task, batch, k % problems, steps, answer.data, k * steps);
        });
      } catch (error) {
        if (!isOutOfMemory(error)) throw error;
        if (problems === 1) {
          throw new LonghandError(
            "runtime",
            `${model.name} on ${task.name}: not enough memory for one problem of length ${length}; expected a shorter one`,
            { cause: error },
          );
        }
        batchSize = Math.floor(problems / 2);
        options.onSmallerBatch?.({ length, from: problems, to: batchSize });
        continue;
      }
      done += problems;
      onDone(done);
    }
    return { done, asked, exact, wrongSymbols, mistakes };
  };

  return {
    async *evaluate(parameters, options) {
      const { samples = 1024, seed = 1, lengths, structured, signal } = options;
      const drawn = structured === undefined ? task : { ...task, sample: samplerOf(task, structured) };
      const kind = structured === undefined ? {} : { structured };
      // A network whose state has positions takes as many steps as positions.
      const cost = (length: number) => task.steps(length) ** (isLong ? 2 : 1);
      const total = lengths.reduce((sum, length) => sum + cost(length) * samples, 0);
      const random = randomSource(seed);
      let before = 0;
      for (const length of lengths) {
        signal?.throwIfAborted();
        const onDone = (done: number) =>
          options.onProgress?.((before + cost(length) * done) / total, {
            length,
            ...kind,
            done,
            samples,
          });
        const all: Draw = {
          task: drawn,
          stream: (k) => random.stream("evaluation", task.name, ...Object.values(kind), length, k),
        };
        const side = structured === undefined ? options.side : undefined;
        const ofSide = side && (await count(parameters, length, { ...all, side }, options, onDone));
        const tally = ofSide ?? (await count(parameters, length, all, options, onDone));
        before += cost(length) * samples;
        if (!tally || tally.done === 0) continue;
        const [low, high] = options.trained ?? [0, -1];
        yield Array.from(tally.exact, (right, replica): LengthResult => {
          const mistake = tally.mistakes[replica];
          return {
            length,
            replica,
            ...kind,
            isTrained: length >= low && length <= high,
            isHeldOut: ofSide !== undefined,
            exact: rate(right, tally.done),
            symbol: rate(tally.asked - tally.wrongSymbols[replica]!, tally.asked),
            ...(mistake && { mistake }),
          };
        });
      }
      signal?.throwIfAborted();
    },
    async [Symbol.asyncDispose]() {
      await compiled?.executable.close();
    },
  };
}

/** Whether an error says that memory couldn't be had: of this process or inside an engine. */
function isOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isTold = /bad.?alloc|alloc\w* failed|fail\w* to allocate|out of memory|array length/i.test(error.message);
  return isTold || isOutOfMemory(error.cause);
}

/** @throws LonghandError `unknown-name`. */
function samplerOf(task: Task, structured: string): Sampler {
  const known = task.structured ?? {};
  const sampler = Object.hasOwn(known, structured) ? known[structured] : undefined;
  if (!sampler) throw unknownName(`structured problems of ${task.name}:`, structured, Object.keys(known));
  return sampler;
}

/** How the problems of a length are drawn. */
interface Draw {
  readonly task: Task;
  /** The stream of the k-th problem. */
  stream(k: number): Stream;
  readonly side?: "test";
}

/**
 * Problems start … start + count − 1 of a length: each from a stream of its own, so that batches may be cut anywhere.
 * Undefined where one of the side isn't found.
 */
function drawProblems(length: number, start: number, count: number, { task, stream, side }: Draw): Batch | undefined {
  const steps = task.steps(length);
  const input = new Int32Array(count * steps * task.channels.length);
  const target = new Int32Array(count * steps);
  for (let k = 0; k < count; k++) {
    const own = stream(start + k);
    const heldOut = side && drawHeldOut(task, own, length);
    if (side && !heldOut) return undefined;
    const one = heldOut ? { input: heldOut, target: task.solve(heldOut) } : drawBatch(task, own, length, 1);
    input.set(one.input, k * steps * task.channels.length);
    target.set(one.target, k * steps);
  }
  return { input, target };
}

/** The mistake of one problem of a batch, as text; its answer stands in `answers` from `at` on. */
function mistakeOf(
  task: Task,
  { input, target }: Batch,
  problem: number,
  steps: number,
  answers: ArrayLike<number>,
  at: number,
): LengthResult["mistake"] {
  const size = steps * task.channels.length;
  const asked = input.slice(problem * size, (problem + 1) * size);
  const answer = Int32Array.from({ length: steps }, (_, step) => answers[at + step]!);
  return {
    input: task.format(asked),
    answer: task.formatAnswer(answer, asked),
    exact: task.formatAnswer(target.slice(problem * steps, (problem + 1) * steps), asked),
  };
}

/** A problem that is held out of trainings by bins; undefined for lengths that have none, or hardly any. */
export function drawHeldOut(task: Task, stream: Stream, length: number): Int32Array | undefined {
  try {
    return drawSide(task, stream, length, "test");
  } catch (error) {
    if (error instanceof LonghandError && error.code === "argument") return undefined;
    throw error;
  }
}

/**
 * Checks lengths that a user asked for.
 * @throws LonghandError `argument` naming the length.
 */
export function checkLengths(task: Task, lengths: readonly number[]): void {
  for (const length of lengths) {
    if (Number.isSafeInteger(length) && length >= 1 && length <= MAXIMAL_LENGTH && task.validLength(length)) continue;
    const near = nearLengths(task, length);
    throw new LonghandError(
      "argument",
      `${task.name}: no problems of length ${length}; expected a whole number from 1 to ${MAXIMAL_LENGTH} that the task has${near.length > 0 ? `, such as ${near.join(" or ")}` : ""}`,
    );
  }
}

/** The nearest lengths that a task has: at most one on either side, the nearer first. */
export function nearLengths(task: Task, length: number): number[] {
  const around = Math.min(MAXIMAL_LENGTH, Math.max(1, Math.round(length)));
  if (Number.isNaN(around)) return [];
  const below = validLengths(task, Math.max(1, around - REACH), around).at(-1);
  const above = validLengths(task, around, around + REACH).find((candidate) => candidate <= MAXIMAL_LENGTH);
  const found = [below, above].filter((candidate) => candidate !== undefined);
  return [...new Set(found)].sort((a, b) => Math.abs(a - length) - Math.abs(b - length));
}

/** Longer problems don't fit in memory. */
const MAXIMAL_LENGTH = 10_000_000;
/** No task's lengths lie further apart. */
const REACH = 16;

/** Accuracy by length: how far a network generalizes. */
import { LonghandError, unknownName } from "../errors.ts";
import {
  cast,
  type Dimension,
  input,
  type NDArray,
  optimize,
  type Program,
  program,
  sub,
  type Tensor,
  vectorize,
} from "../graph/index.ts";
import { decodeLogits, type Model, parameterInputs } from "../models/index.ts";
import { randomSource, type Stream } from "../random/index.ts";
import type { Executable, Runtime } from "../runtime/contract.ts";
import {
  type AnyTask,
  type Batch,
  type DrawnBatch,
  drawBatch,
  drawSide,
  exactTask,
  isDrawn,
  type Sampler,
  type Task,
  validLengths,
} from "../tasks/index.ts";
import { askedSum, joinBatches, judge, problemArrays, problemInputs } from "./problems.ts";
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
  /**
   * Of tasks that are drawn with their answers, the mean over what is asked: the squared error of numbers, the cross-entropy
   * of yes and no in nats (both summed over those of a step), the cross-entropy of symbols in nats.
   */
  readonly cost?: number;
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
 * The program that counts mistakes: inputs are the parameters by name and the problems (see `ProblemInputs`), the same for
 * all replicas; output `wrong` float [population, batch]: wrong symbols (or steps with a wrong number) of each answer; of
 * networks whose state has positions the `answer` int [population, batch, time]; and where it is asked for the `cost`
 * [population, batch], summed over what is asked (see `LengthResult`).
 * @param time steps, or "time": any. Networks whose state has positions are a third faster where it is known.
 */
export function mistakesProgram(
  model: Model,
  population: number,
  time: Dimension = "time",
  { withCost = false }: { readonly withCost?: boolean } = {},
): Program {
  const problem = problemInputs(model.signature, time);
  const parameters = parameterInputs(model);
  const { present } = problem;
  const { logits } = model.apply(parameters, problem.symbols, { present });
  const { asked, right, cost } = judge(model.signature, logits, problem);
  const outputs = {
    wrong: askedSum(sub(1, cast(right, "float")), asked),
    ...(model.width !== undefined && { answer: decodeLogits(logits) }),
    ...(withCost && { cost: askedSum(cost, asked) }),
  };
  const names = Object.keys(outputs);
  const named = (made: readonly Tensor[]) => Object.fromEntries(names.map((name, k) => [name, made[k]!]));
  const one = optimize(Object.values(outputs));
  if (population === 1) return program("evaluate", { ...parameters, ...problem }, named(one));
  const wide = Object.fromEntries(
    Object.entries(parameters).map(([name, { shape }]) => [name, input(name, [population, ...shape])]),
  );
  const replacements = new Map(Object.entries(parameters).map(([name, tensor]) => [tensor, wide[name]!]));
  const all = optimize(vectorize(one, replacements, population));
  return program("evaluate", { ...wide, ...problem }, named(all));
}

/** What has been counted of one length. */
interface Tally {
  readonly done: number;
  readonly asked: number;
  /** By replica: answers without error, wrong symbols, and the first mistake. */
  readonly exact: Float64Array;
  readonly wrongSymbols: Float64Array;
  readonly costs: Float64Array;
  readonly mistakes: readonly (LengthResult["mistake"] | undefined)[];
}

/**
 * Prepares the evaluation of a model on a task.
 * @param population number of replicas in the parameters.
 */
export async function evaluator(model: Model, task: AnyTask, runtime: Runtime, population = 1): Promise<Evaluator> {
  let compiled: { readonly time: Dimension; readonly executable: Executable } | undefined;
  const executableFor = async (time: Dimension): Promise<Executable> => {
    if (compiled?.time === time) return compiled.executable;
    await compiled?.executable.close();
    compiled = undefined;
    const executable = await runtime.compile(mistakesProgram(model, population, time, { withCost: isDrawn(task) }));
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
    const steps = task.steps(length);
    const all = isDrawn(task) ? task.heldOut?.(length) : undefined;
    const samples = options.samples ?? 1024;
    const executable = await executableFor(isLong ? steps : "time");
    let batchSize = Math.min(samples, problemsARun(model, steps, population));
    const exact = new Float64Array(population);
    const wrongSymbols = new Float64Array(population);
    const costs = new Float64Array(population);
    const mistakes: LengthResult["mistake"][] = new Array(population).fill(undefined);
    let asked = 0;
    let done = 0;
    while (done < samples && !options.signal?.aborted) {
      const problems = Math.min(batchSize, samples - done);
      try {
        const batch = all ? partOf(all, task, steps, done, problems) : drawProblems(length, done, problems, draw);
        if (!batch) return undefined;
        const arrays = problemArrays(model.signature, batch, steps, [], problems);
        const { wrong, answer, cost } = await executable.run({ ...parameters, ...arrays });
        asked += askedIn(batch.target, task);
        cost?.data.forEach((costOfOne, k) => {
          costs[Math.floor(k / problems)]! += costOfOne;
        });
        wrong!.data.forEach((mistakesOfOne, k) => {
          const replica = Math.floor(k / problems);
          wrongSymbols[replica]! += mistakesOfOne;
          if (mistakesOfOne === 0) exact[replica]!++;
          else if (answer && !isDrawn(task))
            mistakes[replica] ??= mistakeOf(task, batch as Batch, k % problems, steps, answer.data, k * steps);
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
    return { done, asked, exact, wrongSymbols, costs, mistakes };
  };

  return {
    async *evaluate(parameters, options) {
      const { samples = 1024, seed = 1, lengths, structured, signal } = options;
      const drawn = structured === undefined ? task : withSampler(task, structured);
      const kind = structured === undefined ? {} : { structured };
      // A network whose state has positions takes as many steps as positions.
      const cost = (length: number) => task.steps(length) ** (isLong ? 2 : 1);
      const tested = lengths.map((length) => ({ length, samples: Math.min(samples, heldOutOf(task, length)) }));
      const total = tested.reduce((sum, { length, samples }) => sum + cost(length) * samples, 0);
      const random = randomSource(seed);
      let before = 0;
      for (const { length, samples } of tested) {
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
        const own = { ...options, samples };
        const ofSide = side && (await count(parameters, length, { ...all, side }, own, onDone));
        const tally = ofSide ?? (await count(parameters, length, all, own, onDone));
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
            isHeldOut: ofSide !== undefined || isDrawn(task),
            exact: rate(right, tally.done),
            symbol: rate(tally.asked - tally.wrongSymbols[replica]!, tally.asked),
            ...(isDrawn(task) && { cost: tally.costs[replica]! / tally.asked }),
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

/** The task with problems of a structured kind. @throws LonghandError `unknown-name`. */
function withSampler(task: AnyTask, structured: string): AnyTask {
  const known: Readonly<Record<string, Sampler>> = (!isDrawn(task) && task.structured) || {};
  const sampler = Object.hasOwn(known, structured) ? known[structured] : undefined;
  if (!sampler) throw unknownName(`structured problems of ${task.name}:`, structured, Object.keys(known));
  return { ...exactTask(task), sample: sampler };
}

/** Numbers or symbols of one problem's answers. */
function answersOf(task: AnyTask, steps: number): number {
  return steps * (isDrawn(task) ? (task.values?.length ?? 1) : 1);
}

/** Problems of the test side, where they are so few that each is tested once. */
function heldOutOf(task: AnyTask, length: number): number {
  const all = isDrawn(task) ? task.heldOut?.(length) : undefined;
  return all ? all.target.length / answersOf(task, task.steps(length)) : Number.POSITIVE_INFINITY;
}

/** How many answers are asked for. */
function askedIn(target: Batch["target"] | DrawnBatch["target"], task: AnyTask): number {
  const every = answersOf(task, 1);
  let asked = 0;
  for (let k = 0; k < target.length; k += every) {
    if (target instanceof Int32Array ? target[k]! >= 0 : !Number.isNaN(target[k])) asked++;
  }
  return asked;
}

/** Problems start … start + count − 1 of a batch. */
function partOf(all: DrawnBatch, task: AnyTask, steps: number, start: number, count: number): DrawnBatch {
  const rows = all.target.length / answersOf(task, steps);
  const of = <Numbers extends Int32Array | Float32Array>(array: Numbers) =>
    array.subarray((start * array.length) / rows, ((start + count) * array.length) / rows) as Numbers;
  return { input: of(all.input), target: of(all.target), ...(all.lengths && { lengths: of(all.lengths) }) };
}

/** How the problems of a length are drawn. */
interface Draw {
  readonly task: AnyTask;
  /** The stream of the k-th problem. */
  stream(k: number): Stream;
  readonly side?: "test";
}

/**
 * Problems start … start + count − 1 of a length: each from a stream of its own, so that batches may be cut anywhere.
 * Undefined where one of the side isn't found.
 */
function drawProblems(
  length: number,
  start: number,
  count: number,
  { task, stream, side }: Draw,
): DrawnBatch | undefined {
  const steps = task.steps(length);
  if (isDrawn(task)) {
    return joinBatches(Array.from({ length: count }, (_, k) => task.draw(stream(start + k), length, 1, "test")));
  }
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
export function checkLengths(task: AnyTask, lengths: readonly number[]): void {
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
export function nearLengths(task: AnyTask, length: number): number[] {
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

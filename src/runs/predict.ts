/** What a trained network answers to problems that people write. Node only. */
import { LonghandError } from "../errors.ts";
import { ndarray, program } from "../graph/index.ts";
import { randomSource } from "../random/index.ts";
import type { Task } from "../tasks/index.ts";
import { applyProgram } from "./apply.ts";
import { engineFor } from "./engine.ts";
import { replicaOf, type Trained } from "./trained.ts";

/** A network's answer to one problem. */
export interface Prediction {
  /** The problem as the task writes it. */
  readonly input: string;
  /** The network's answer. */
  readonly answer: string;
  /** The exact answer. */
  readonly exact: string;
  /** Whether every symbol that was asked for is right. */
  readonly isRight: boolean;
  /** Time steps of the problem. */
  readonly steps: number;
  /** Symbols asked for, and how many of them are wrong. */
  readonly asked: number;
  readonly wrong: number;
}

export interface PredictOptions {
  /** Which network of a population. Default: the first that is solved. */
  readonly replica?: number;
  /** Default: the one that fits. */
  readonly runtime?: string;
}

/** Symbols that one run may hold. */
const SYMBOLS_A_RUN = 1 << 20;

/**
 * Applies a trained network to one problem.
 * @param text as the task's `parse` reads it: "387+18".
 * @throws LonghandError `input` naming the character that can't be read.
 */
export async function predict(trained: Trained, text: string, options: PredictOptions = {}): Promise<Prediction> {
  return (await predictMany(trained, [text], options))[0]!;
}

/**
 * Applies a trained network to many problems; those of one length together.
 * @throws LonghandError `input` naming the problem (counted from 1) and the character that can't be read.
 */
export async function predictMany(
  trained: Trained,
  texts: readonly string[],
  options: PredictOptions = {},
): Promise<Prediction[]> {
  const { task } = trained;
  const problems = texts.map((text, k) => {
    try {
      return task.parse(text);
    } catch (error) {
      if (texts.length === 1 || !(error instanceof LonghandError)) throw error;
      throw new LonghandError(error.code, `problem ${k + 1}: ${error.message}`, { cause: error });
    }
  });
  const answers = await answersTo(trained, problems, options);
  return problems.map((problem, k) => judged(task, problem, answers[k]!));
}

/** The network's answers [steps] to problems [steps][channels]. */
export async function answersTo(
  trained: Trained,
  problems: readonly Int32Array[],
  options: PredictOptions = {},
): Promise<Int32Array[]> {
  const { task, model } = trained;
  const channels = task.channels.length;
  const { parameters } = replicaOf(trained, options.replica);
  const { name, inputs, outputs } = applyProgram(model);
  const onlyAnswer = program(name, inputs, { answer: outputs.answer! });
  const batches = batchesBySteps(problems, channels);
  const largest = batches.reduce((most, batch) => Math.max(most, batch.length), 0);
  const longest = problems.reduce((most, problem) => Math.max(most, problem.length), 0) / channels;
  const { runtime } = await engineFor(onlyAnswer, largest, longest, options.runtime);
  await using executable = await runtime.compile(onlyAnswer);
  const answers: Int32Array[] = [];
  for (const batch of batches) {
    const size = problems[batch[0]!]!.length;
    const symbols = new Int32Array(batch.length * size);
    batch.forEach((index, row) => {
      symbols.set(problems[index]!, row * size);
    });
    const shape = [batch.length, size / channels, channels];
    const { answer } = await executable.run({ ...parameters, symbols: ndarray(symbols, shape) });
    batch.forEach((index, row) => {
      answers[index] = Int32Array.from(answer!.data.subarray((row * size) / channels, ((row + 1) * size) / channels));
    });
  }
  return answers;
}

/** Indices of problems that have the same number of steps, in batches that fit in memory. */
function batchesBySteps(problems: readonly Int32Array[], channels: number): number[][] {
  const byLength = new Map<number, number[]>();
  problems.forEach((problem, index) => {
    const known = byLength.get(problem.length);
    if (known) known.push(index);
    else byLength.set(problem.length, [index]);
  });
  return [...byLength].flatMap(([length, indices]) => {
    const count = Math.max(1, Math.floor((SYMBOLS_A_RUN * channels) / length));
    return Array.from({ length: Math.ceil(indices.length / count) }, (_, k) =>
      indices.slice(k * count, (k + 1) * count),
    );
  });
}

/** An answer beside the exact one. */
export function judged(task: Task, problem: Int32Array, answer: Int32Array): Prediction {
  const target = task.solve(problem);
  let asked = 0;
  let wrong = 0;
  target.forEach((symbol, step) => {
    if (symbol < 0) return;
    asked++;
    if (answer[step] !== symbol) wrong++;
  });
  return {
    input: task.format(problem),
    answer: task.formatAnswer(answer, problem),
    exact: task.formatAnswer(target, problem),
    isRight: wrong === 0,
    steps: target.length,
    asked,
    wrong,
  };
}

/**
 * A problem that the network never saw, drawn from a stream of its own, and what the network makes of it.
 * @param length the task's measure of it.
 */
export async function unseen(trained: Trained, length: number, options: PredictOptions = {}): Promise<Prediction> {
  const { task, config } = trained;
  const problem = task.sample(randomSource(config.seed).stream("unseen", task.name, length), length);
  const [answer] = await answersTo(trained, [problem], options);
  return judged(task, problem, answer!);
}

/** What a trained network answers to problems that people write. Node only. */
import { LonghandError } from "../errors.ts";
import { drawHeldOut } from "../evaluation/index.ts";
import { type Dimension, ndarray, program } from "../graph/index.ts";
import { applyProgram } from "../models/index.ts";
import { judged, type Prediction } from "../networks/index.ts";
import { randomSource } from "../random/index.ts";
import { isDrawn } from "../tasks/index.ts";
import { replicaOf, type Trained } from "../trained/index.ts";
import { groupsBySteps, largestOf } from "./batches.ts";
import { engineFor } from "./engine.ts";
import { checkMemory } from "./memory.ts";
import { predictDrawn } from "./predict-drawn.ts";

export interface PredictOptions {
  /** Which network of a population. Default: the first that is solved. */
  readonly replica?: number;
  /** Default: the one that fits. */
  readonly runtime?: string;
}

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
  if (isDrawn(task)) return predictDrawn(trained, task, parsed(task, texts), options);
  const problems = parsed(task, texts);
  const answers = await answersTo(trained, problems, options);
  return problems.map((problem, k) => judged(task, problem, answers[k]!));
}

function parsed<Problem>(task: { parse(text: string): Problem }, texts: readonly string[]): Problem[] {
  return texts.map((text, k) => {
    try {
      return task.parse(text);
    } catch (error) {
      if (texts.length === 1 || !(error instanceof LonghandError)) throw error;
      throw new LonghandError(error.code, `problem ${k + 1}: ${error.message}`, { cause: error });
    }
  });
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
  const groups = groupsBySteps(
    model,
    problems.map(({ length }) => length / channels),
  );
  const largest = largestOf(groups);
  checkMemory(trained, largest.steps);
  const answerProgram = (time: Dimension) => {
    const { name, inputs, outputs } = applyProgram(model, time);
    return program(name, inputs, { answer: outputs.answer! });
  };
  const { runtime } = await engineFor(answerProgram("time"), largest.problems, largest.steps, options.runtime);
  // Networks whose state has positions are compiled for each length.
  await using shared = model.width === undefined ? await runtime.compile(answerProgram("time")) : undefined;
  const answers: Int32Array[] = [];
  for (const { steps, batches } of groups) {
    await using own = shared ? undefined : await runtime.compile(answerProgram(steps));
    const executable = (shared ?? own)!;
    for (const batch of batches) {
      const size = steps * channels;
      const symbols = new Int32Array(batch.length * size);
      batch.forEach((index, row) => {
        symbols.set(problems[index]!, row * size);
      });
      const { answer } = await executable.run({
        ...parameters,
        symbols: ndarray(symbols, [batch.length, steps, channels]),
      });
      batch.forEach((index, row) => {
        answers[index] = Int32Array.from(answer!.data.subarray(row * steps, (row + 1) * steps));
      });
    }
  }
  return answers;
}

/**
 * A problem that the network never saw, drawn from a stream of its own, and what the network makes of it. After a training
 * by bins it is one of those held out.
 * @param length the task's measure of it.
 */
export async function unseen(trained: Trained, length: number, options: PredictOptions = {}): Promise<Prediction> {
  const { task, config } = trained;
  const stream = randomSource(config.seed).stream("unseen", task.name, length);
  if (isDrawn(task)) return (await predictDrawn(trained, task, [task.draw(stream, length, 1, "test")], options))[0]!;
  const heldOut = config.bins ? drawHeldOut(task, stream, length) : undefined;
  const problem = heldOut ?? task.sample(stream, length);
  const [answer] = await answersTo(trained, [problem], options);
  return judged(task, problem, answer!);
}

/** Texts that a trained network writes, and how well it predicts one. Node only. */
import { LonghandError } from "../errors.ts";
import { ngramModel } from "../evaluation/index.ts";
import { sampleSymbols, stepProgram } from "../networks/index.ts";
import { randomSource } from "../random/index.ts";
import { type AnyTask, type DrawnTask, isDrawn } from "../tasks/index.ts";
import { replicaOf, type Trained } from "../trained/index.ts";
import { engineFor } from "./engine.ts";
import { evaluateTrained } from "./evaluate.ts";

export interface SampleTextOptions {
  /** Characters to write. Default 500. */
  readonly length?: number;
  /** Default 1: see `sampleSymbols`. 0: always the likeliest. */
  readonly temperature?: number;
  /** What is read before. Default: the task's own beginning. */
  readonly prompt?: string;
  /** Of the draws. Default 1. */
  readonly seed?: number;
  /** Which network of a population. Default: the first that is solved. */
  readonly replica?: number;
  /** Default: the one that fits. */
  readonly runtime?: string;
}

/**
 * Lets a network that was trained on a text write one.
 * @yields its characters, without the prompt.
 * @throws LonghandError `argument` for a task without a text, a length, temperature or replica that is none; `input` for a
 *   prompt with characters that the text doesn't have.
 */
export async function* sampleText(trained: Trained, options: SampleTextOptions = {}): AsyncGenerator<string> {
  const { task, model } = trained;
  const { text, drawn } = textOf(task);
  const { length = 500, temperature = 1, prompt = text.start, seed = 1 } = options;
  const { parameters } = replicaOf(trained, options.replica);
  const read = drawn.parse(prompt).input;
  const { runtime } = await engineFor(stepProgram(model, 1), 1, 1, options.runtime);
  const stream = randomSource(seed).stream("sample", task.name);
  for await (const symbol of sampleSymbols(model, parameters, { runtime, prompt: read, length, temperature, stream })) {
    yield task.output[symbol]!;
  }
}

/** Bits that a symbol of the held-out text takes, the fewer the better. */
export interface TextBits {
  /** Symbols that were predicted: all but the first. */
  readonly symbols: number;
  /** Of each network asked for, which read the text from its beginning to its end. */
  readonly networks: readonly { readonly replica: number; readonly bits: number }[];
  /** Of counts over the training text (see `ngramModel`): of n-grams of each order from 0, all equally likely, to 6. */
  readonly ngrams: readonly number[];
}

/** Orders of the n-grams that a network is compared with. */
const ORDERS = [0, 1, 2, 3, 4, 5, 6] as const;

/**
 * Compares what networks and n-grams make of the whole held-out text, on the same symbols: the mean of −log₂ P over all but
 * the first.
 * @throws LonghandError `argument` for a task without a text.
 */
export async function textBits(
  trained: Trained,
  options: { readonly replica?: number; readonly runtime?: string; readonly signal?: AbortSignal } = {},
): Promise<TextBits> {
  const { text, drawn } = textOf(trained.task);
  const held = text.symbols("test");
  const symbols = held.length - 1;
  const networks: { replica: number; bits: number }[] = [];
  for await (const results of evaluateTrained(trained, { ...options, lengths: [symbols], samples: 1 })) {
    networks.push(...results.map(({ replica, cost }) => ({ replica, bits: cost! / Math.LN2 })));
  }
  const learned = text.symbols("train");
  const ngrams = ORDERS.map((order) => ngramModel(learned, drawn.output.length, order).bits(held));
  return { symbols, networks, ngrams };
}

function textOf(task: AnyTask): { drawn: DrawnTask; text: NonNullable<DrawnTask["text"]> } {
  if (isDrawn(task) && task.text) return { drawn: task, text: task.text };
  throw new LonghandError("argument", `task ${task.name}: has no text; expected one that has, such as next-character`);
}

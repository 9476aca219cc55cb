/** Texts that a network writes: it reads its own answers. */
import { LonghandError } from "../errors.ts";
import { ndarray } from "../graph/index.ts";
import type { Model } from "../models/index.ts";
import type { Stream } from "../random/index.ts";
import type { Arrays, Runtime } from "../runtime/contract.ts";
import { firstStepProgram, stateInput, stateOutput, stepProgram } from "./step.ts";

export interface SampleOptions {
  readonly runtime: Runtime;
  /** Symbols that are read before the first is written: at least one. */
  readonly prompt: ArrayLike<number>;
  /** Symbols to write. */
  readonly length: number;
  /** τ ≥ 0: below 1 likely symbols become likelier, 0 always takes the likeliest. Default 1: as the network says. */
  readonly temperature?: number;
  /** Each symbol takes one number of it; not read at temperature 0. */
  readonly stream: Stream;
}

/**
 * Lets a network write: what it answers at a step is what it reads at the next, with the state carried on. With logits z,
 *
 *     P(symbol k) = exp(z_k / τ) / Σ_j exp(z_j / τ)
 *
 * @param model of a task that reads and answers the same symbols. @param parameters of one network.
 * @yields `length` symbols, one after the other; those of the prompt are not among them.
 * @throws LonghandError `argument` for networks that read a whole problem first or whose answers aren't what they read, an
 *   empty prompt, and a length or temperature that is none.
 */
export async function* sampleSymbols(model: Model, parameters: Arrays, options: SampleOptions): AsyncGenerator<number> {
  const { runtime, prompt, length, temperature = 1, stream } = options;
  checkSampling(model, options);
  await using first = await runtime.compile(firstStepProgram(model, 1));
  await using later = await runtime.compile(stepProgram(model, 1));
  const names = Object.keys(model.state);
  let made: Arrays | undefined;
  const read = async (symbol: number) => {
    const states = made && names.map((name) => [stateInput(name), made![stateOutput(name)]!] as const);
    const symbols = ndarray(Int32Array.of(symbol), [1, 1]);
    made = await (states ? later : first).run({ ...parameters, ...Object.fromEntries(states ?? []), symbols });
    return made.logits!.data;
  };
  let logits: ArrayLike<number> = [];
  for (const symbol of Array.from(prompt)) logits = await read(symbol);
  for (let k = 0; k < length; k++) {
    const symbol = drawSymbol(logits, temperature, stream);
    yield symbol;
    if (k + 1 < length) logits = await read(symbol);
  }
}

function checkSampling({ name, signature }: Model, { prompt, length, temperature = 1 }: SampleOptions): void {
  const { channels, answers } = signature;
  if (channels.length !== 1 || channels[0] !== answers) {
    throw new LonghandError(
      "argument",
      `sample: model ${name} reads other symbols than it answers; expected one that was trained on a text`,
    );
  }
  if (prompt.length === 0)
    throw new LonghandError("argument", "sample: the prompt is empty, expected a symbol to read");
  if (!Number.isInteger(length) || length < 1)
    throw new LonghandError("argument", `sample: length is ${length}; expected a whole number ≥ 1`);
  if (!(temperature >= 0 && temperature < Infinity))
    throw new LonghandError("argument", `sample: temperature is ${temperature}; expected a number ≥ 0`);
}

/**
 * Draws a symbol by its logits: see `sampleSymbols`. One logit z stands for two symbols, [0, z].
 * @param logits [symbols]. @param temperature τ ≥ 0; at 0 the first of the largest.
 */
export function drawSymbol(logits: ArrayLike<number>, temperature: number, stream: Stream): number {
  if (temperature === 0) {
    const scores = scoresOf(logits);
    return scores.indexOf(Math.max(...scores));
  }
  const weights = symbolWeights(logits, temperature);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = stream.uniform(new Float64Array(1))[0]! * total;
  for (const [symbol, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return symbol;
  }
  // Rounding left a little: the last symbol that can come.
  return weights.findLastIndex((weight) => weight > 0);
}

/** Weights exp((z − max z) / τ) that the symbols' probabilities are in proportion to. @param temperature τ > 0. Default 1. */
export function symbolWeights(logits: ArrayLike<number>, temperature = 1): number[] {
  const scores = scoresOf(logits);
  const largest = Math.max(...scores);
  return scores.map((score) => Math.exp((score - largest) / temperature));
}

/** One logit z stands for two symbols, [0, z]. */
function scoresOf(logits: ArrayLike<number>): number[] {
  return logits.length === 1 ? [0, logits[0]!] : Array.from(logits);
}

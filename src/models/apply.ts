/** A model as a program that answers problems. */
import { type Dimension, input, type Program, program, type Tensor } from "../graph/index.ts";
import { decodeLogits } from "./encode.ts";
import type { Model, Signature } from "./model.ts";

/** An input for each parameter, by name. */
export function parameterInputs({ parameters }: Pick<Model, "parameters">): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, input(name, shape)]));
}

/** What a network reads: symbols int [batch, time, channels], or numbers [batch, time, features]. */
export function symbolsInput({ channels, features }: Signature, time: Dimension = "time"): Tensor {
  return features === undefined
    ? input("symbols", ["batch", time, channels.length], "int")
    : input("symbols", ["batch", time, features]);
}

/**
 * The network of one replica over a batch. Inputs: the parameters by name; `symbols` int [batch, time, channels], or
 * [batch, time, features] numbers; and in tasks with padding `present` float [batch, time], 1 within a problem.
 * Outputs: `answer` int [batch, time], the symbol of each step, unless numbers are asked; and `logits` float [batch, time, n],
 * which are those numbers where they are.
 * @param time steps, or "time" (default): any. Networks whose state has positions are a third faster where it is known.
 */
export function applyProgram(model: Model, time: Dimension = "time"): Program {
  const { values, padded } = model.signature;
  const symbols = symbolsInput(model.signature, time);
  const present = padded ? input("present", ["batch", time]) : undefined;
  const parameters = parameterInputs(model);
  const { logits } = model.apply(parameters, symbols, { present });
  const answer = values === undefined ? { answer: decodeLogits(logits) } : {};
  return program("apply", { ...parameters, symbols, ...(present && { present }) }, { ...answer, logits });
}

/** A model as a program that answers problems. */
import { type Dimension, input, type Program, program, type Tensor } from "../graph/index.ts";
import { decodeLogits } from "./encode.ts";
import type { Model } from "./model.ts";

/** An input for each parameter, by name. */
export function parameterInputs({ parameters }: Pick<Model, "parameters">): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, input(name, shape)]));
}

/**
 * The network of one replica over a batch. Inputs: the parameters by name and `symbols` int [batch, time, channels].
 * Outputs: `answer` int [batch, time], the symbol of each step, and `logits` float [batch, time, n].
 * @param time steps, or "time" (default): any. Networks whose state has positions are a third faster where it is known.
 */
export function applyProgram(model: Model, time: Dimension = "time"): Program {
  const symbols = input("symbols", ["batch", time, model.signature.channels.length], "int");
  const parameters = parameterInputs(model);
  const { logits } = model.apply(parameters, symbols);
  return program("apply", { ...parameters, symbols }, { answer: decodeLogits(logits), logits });
}

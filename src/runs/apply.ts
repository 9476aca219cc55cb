/** A trained network as a program that answers problems. */
import { type Dimension, input, type Program, program } from "../graph/index.ts";
import { decodeLogits, type Model } from "../models/index.ts";

/**
 * The network of one replica over a batch. Inputs: the parameters by name and `symbols` int [batch, time, channels].
 * Outputs: `answer` int [batch, time], the symbol of each step, and `logits` float [batch, time, n].
 * @param time steps, or "time" (default): any. Networks whose state has positions are a third faster where it is known.
 */
export function applyProgram(model: Model, time: Dimension = "time"): Program {
  const symbols = input("symbols", ["batch", time, model.signature.channels.length], "int");
  const parameters = Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape }]) => [name, input(name, shape)]),
  );
  const { logits } = model.apply(parameters, symbols);
  return program("apply", { ...parameters, symbols }, { answer: decodeLogits(logits), logits });
}

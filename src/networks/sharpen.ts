/** Making units decide: the same network with larger pre-activations. */
import { LonghandError } from "../errors.ts";
import { type NDArray, ndarray } from "../graph/index.ts";
import type { Model } from "../models/index.ts";

/**
 * The parameters of a network whose pre-activations are `factor` times as large: z → f z for every unit whose activation
 * follows it. Hard units then saturate more, and forget what they saturate away. It is another network: where the one that was
 * trained has units that hardly move on either side of a decision, this one is as right and easier to prove; else it may be wrong.
 * @param parameters by name, with or without the axis of a population.
 * @param factor a number > 0.
 * @throws LonghandError `argument` for a factor that isn't a positive number, or a model that has no such parameters.
 */
export function sharpened(
  model: Model,
  parameters: Readonly<Record<string, NDArray>>,
  factor: number,
): Record<string, NDArray> {
  if (!(factor > 0 && Number.isFinite(factor)))
    throw new LonghandError("argument", `sharpen: factor is ${factor}, expected a positive number`);
  const { preactivations } = model;
  if (!preactivations) {
    throw new LonghandError(
      "argument",
      `sharpen: model ${model.name} has gates or positions, expected one such as rnn or ilrnn`,
    );
  }
  const scaled = Object.entries(parameters).map(([name, array]) => {
    if (!preactivations.includes(name)) return [name, array] as const;
    return [
      name,
      ndarray(
        array.data.map((value) => factor * value),
        array.shape,
      ),
    ] as const;
  });
  return Object.fromEntries(scaled);
}

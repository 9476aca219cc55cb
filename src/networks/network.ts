/** A network: a model with its parameters, for a task. What is drawn, taken apart, proved and refuted. */
import { LonghandError } from "../errors.ts";
import type { NDArray } from "../graph/index.ts";
import type { Model } from "../models/index.ts";
import type { FiniteMachine, Task } from "../tasks/index.ts";

export interface Network {
  readonly task: Task;
  readonly model: Model;
  /** By name, each of the model's shape. */
  readonly parameters: Readonly<Record<string, NDArray>>;
}

/**
 * Checks that a network has all its parameters in their shapes.
 * @throws LonghandError `shape` naming the parameter, what came and what was expected; `argument` for a missing or unknown one.
 */
export function makeNetwork<Given extends Pick<Network, "model" | "parameters">>(network: Given): Given {
  const { model, parameters } = network;
  for (const name of Object.keys(parameters)) {
    if (!model.parameters[name]) {
      const known = Object.keys(model.parameters).join(", ");
      throw new LonghandError("argument", `network ${model.name}: unknown parameter "${name}", expected ${known}`);
    }
  }
  for (const [name, { shape }] of Object.entries(model.parameters)) {
    const given = parameters[name];
    if (!given) throw new LonghandError("argument", `network ${model.name}: parameter ${name} is missing`);
    if (`${given.shape}` !== `${shape}`) {
      throw new LonghandError(
        "shape",
        `network ${model.name}: parameter ${name} has shape [${given.shape}], expected [${shape}]`,
      );
    }
  }
  return Object.freeze({ ...network });
}

/**
 * The finite machine that answers the network's task.
 * @throws LonghandError `argument` for tasks without one.
 */
export function machineOf({ task }: Pick<Network, "task">): FiniteMachine {
  if (task.machine) return task.machine;
  throw new LonghandError(
    "argument",
    `${task.name}: no finite machine answers this task, so nothing can be proved of all lengths; expected an aligned task such as binary-addition or parity`,
  );
}

/** Networks as plain data: what goes from a file, a training or another room into a room, and into a worker. */
import { type AnyTask, configuredModel, type Model, makeNetwork, type NDArray } from "longhand";

export interface NetworkData {
  /** For people: "binary multiplication, 48 maps". */
  readonly title: string;
  /** Name of its task. */
  readonly task: string;
  /** Name and options of its model, as in a training's configuration. */
  readonly model: { readonly name: string } & Readonly<Record<string, unknown>>;
  /** By name, each of the model's shape. */
  readonly parameters: Readonly<Record<string, NDArray>>;
}

/** A network at work: `Network` where the task has exact answers. */
export interface OpenedNetwork {
  readonly task: AnyTask;
  readonly model: Model;
  readonly parameters: Readonly<Record<string, NDArray>>;
}

/**
 * The network that the data describe.
 * @throws LonghandError naming the parameter, the model or the task that isn't as it should be.
 */
export function networkOfData({ task, model, parameters }: NetworkData): OpenedNetwork {
  return makeNetwork({ ...configuredModel({ task, model }), parameters });
}

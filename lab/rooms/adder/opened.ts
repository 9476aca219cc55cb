/** A network at work step by step. The steps of a model are prepared once: while it learns, only its numbers change. */
import { exactTask, type Network, type NetworkStepper, stepperOf, type UnitNames, unitNames } from "longhand";
import { type NetworkData, networkOfData } from "../../networks/data.ts";

export interface Opened {
  readonly network: Network;
  readonly stepper: NetworkStepper;
  readonly names: UnitNames;
}

let last: (Opened & { readonly kind: string }) | undefined;

/**
 * Opens a network.
 * @param names of its units, where somebody gave them.
 * @throws LonghandError for a network that reads the whole problem first, or whose task has no exact answers.
 */
export function openedNetwork({ task, model, parameters, title }: NetworkData, names?: UnitNames): Opened {
  const kind = JSON.stringify([task, model]);
  if (last?.kind !== kind) {
    const { task: anyTask, ...opened } = networkOfData({ task, model, parameters, title });
    const network = { ...opened, task: exactTask(anyTask) };
    last = { kind, network, stepper: stepperOf(network.model), names: unitNames(network) };
  }
  return { ...last, network: { ...last.network, parameters }, ...(names && { names }) };
}

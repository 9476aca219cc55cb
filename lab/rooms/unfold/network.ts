/** The network that the settings choose: what all jobs of the room work on. */
import { namedNetwork, networkOfModel, type RecurrentNetwork } from "longhand";
import { type NetworkData, networkOfData } from "../../networks/data.ts";
import type { Values } from "./settings.ts";

/** By its cell and sizes, or a trained one, whose sizes are its own. */
export interface ChosenNetwork {
  readonly settings: Pick<Values, "cell" | "inputs" | "hidden" | "outputs" | "units" | "gates" | "readout" | "form">;
  readonly data: NetworkData | undefined;
}

/** @throws LonghandError where the cell can't have these sizes, or the network reads the whole problem first. */
export function networkOf({ settings, data }: ChosenNetwork): RecurrentNetwork {
  if (data) return networkOfModel(networkOfData(data).model);
  const { cell, inputs, hidden, outputs, units, gates, readout, form } = settings;
  const sizes =
    form === "scalar"
      ? { input: 1, hidden: 1, output: 1 }
      : { input: inputs, hidden: widthsOf(hidden), output: outputs };
  const model = {
    ...(units !== "usual" && hasUnits(cell) && { activation: units }),
    ...(gates !== "usual" && hasGates(cell) && { gate: gates }),
  };
  return namedNetwork(cell, { ...sizes, ...(readout !== "usual" && { readout }), model });
}

/** Whether all units of a cell have one function, which can be chosen. */
export const hasUnits = (cell: string) => ["rnn", "rnn-preactivation", "ilrnn", "feedforward"].includes(cell);

/** Whether a cell has gates whose function can be chosen. */
export const hasGates = (cell: string) => /^(lstm|gru|dcm)/.test(cell);

/** One width means that of every layer. */
const widthsOf = (hidden: readonly number[]) => (hidden.length === 1 ? hidden[0]! : hidden);

/** The network that the settings choose: what all jobs of the room work on. */
import { namedNetwork, networkOfModel, type RecurrentNetwork } from "longhand";
import { type NetworkData, networkOfData } from "../../networks/data.ts";
import { hasGates, hasUnits, type Values } from "./settings.ts";

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

/** One width means that of every layer. */
const widthsOf = (hidden: readonly number[]) => (hidden.length === 1 ? hidden[0]! : hidden);

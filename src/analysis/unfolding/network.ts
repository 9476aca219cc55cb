/** Recurrent networks as exercises have them: a cell, and a layer of output units that reads it. */
import {
  type ActivationName,
  activation,
  type Cell,
  initialStateParameters,
  learnedInitialState,
  type ParameterSpec,
  type Tensors,
  uniformByFanIn,
  zeros,
} from "../../cells/index.ts";
import { LonghandError } from "../../errors.ts";
import { add, type Dimension, matmul, type Tensor } from "../../graph/index.ts";
import { parameterInputs } from "../../models/index.ts";

export interface RecurrentNetwork {
  readonly cell: Cell;
  /**
   * The output layer y_t = φ(h_t V + c), where h_t is the cell's output (papers/002, eq. 1). Default: none, the cell's
   * output is the network's.
   */
  readonly readout?: { readonly units: number; readonly activation: ActivationName };
  /** Whether the state before the first step is a parameter, `initial <state>` [width]. Default: false, it is zero. */
  readonly learnedState?: boolean;
}

/** Parameters of the cell by name; with a readout V [hidden, output] and c [output]; with a learned state its rows. */
export function parametersOf({ cell, readout, learnedState }: RecurrentNetwork): Record<string, ParameterSpec> {
  const taken = readout ? ["V", "c"].find((name) => name in cell.parameters) : undefined;
  if (taken !== undefined) {
    throw new LonghandError(
      "argument",
      `cell ${cell.name}: has a parameter ${taken}, which is the output layer's name`,
    );
  }
  return {
    ...cell.parameters,
    ...(learnedState && initialStateParameters(cell)),
    ...(readout && {
      V: { shape: [cell.output, readout.units], initial: uniformByFanIn() },
      c: { shape: [readout.units], initial: zeros },
    }),
  };
}

/** An input for each parameter, by name. */
export function parameterTensors(network: RecurrentNetwork): Record<string, Tensor> {
  return parameterInputs({ parameters: parametersOf(network) });
}

/** The learned state before the first step, the same for every example; undefined where it is zero. */
export function learnedState(
  { cell, learnedState: isLearned }: RecurrentNetwork,
  parameters: Tensors,
  batch: Dimension,
): Tensors | undefined {
  return isLearned ? learnedInitialState(cell, parameters, batch) : undefined;
}

/** What the output units make of the cell's output [..., hidden]. */
export function readOut({ readout }: RecurrentNetwork, parameters: Tensors, hidden: Tensor): Tensor {
  return readout ? activation(readout.activation)(add(matmul(hidden, parameters.V!), parameters.c!)) : hidden;
}

/** What a network built by hand is: step units, weights that a person chose, and a name for every unit. */
import { LonghandError } from "../../errors.ts";
import { type NDArray, ndarray } from "../../graph/index.ts";
import { ilrnnModel } from "../../models/index.ts";
import { signatureOf, type Task } from "../../tasks/index.ts";
import { makeNetwork, type Network } from "../network.ts";

export interface BuiltNetwork {
  readonly name: string;
  readonly summary: string;
  /** Where the construction comes from. */
  readonly source: string;
  readonly network: Network;
  /** Names of the input's features. */
  readonly inputs: readonly string[];
  /** Names of the units by layer, the output layer last. */
  readonly units: readonly (readonly string[])[];
}

interface Construction extends Omit<BuiltNetwork, "network"> {
  readonly task: Task;
  /** Output units that no answer is read from. Default 0. */
  readonly unread?: number;
  /** By name, a list for a bias, rows of the sending units for a matrix. Those left out are zero. */
  readonly weights: Readonly<Record<string, readonly number[] | readonly (readonly number[])[]>>;
}

/**
 * An ILRNN of step units from its weights that aren't zero.
 * @throws LonghandError `argument` or `shape` for weights that the units don't have.
 */
export function builtNetwork({ task, unread = 0, weights, ...rest }: Construction): BuiltNetwork {
  const layers = rest.units.slice(0, -1).map((names) => names.length);
  const model = ilrnnModel.build({ layers, activation: "step", unread }, signatureOf(task));
  const parameters: Record<string, NDArray> = {};
  for (const [name, { shape }] of Object.entries(model.parameters)) {
    parameters[name] = ndarray(new Float64Array(shape.reduce((size, extent) => size * extent, 1)), shape);
  }
  for (const [name, rows] of Object.entries(weights)) parameters[name] = arrayOf(name, rows);
  return Object.freeze({ ...rest, network: makeNetwork({ task, model, parameters }) });
}

function arrayOf(name: string, rows: readonly number[] | readonly (readonly number[])[]): NDArray {
  const [first] = rows;
  if (typeof first === "number") return ndarray(Float64Array.from(rows as readonly number[]), [rows.length]);
  const matrix = rows as readonly (readonly number[])[];
  const width = first?.length ?? 0;
  if (matrix.some((row) => row.length !== width)) {
    throw new LonghandError(
      "shape",
      `weights ${name}: rows of ${matrix.map((row) => row.length)}, expected as many each`,
    );
  }
  return ndarray(Float64Array.from(matrix.flat()), [matrix.length, width]);
}

/** The feedforward network as a file for other tools. */
import type { NDArray } from "../../graph/index.ts";
import { lower } from "../../runtime/onnx/lowering.ts";
import { encodeModel } from "../../runtime/onnx/proto.ts";
import { VERSION } from "../../version.ts";
import { feedforwardProgram } from "./equivalence.ts";
import type { Unfolding } from "./unfold.ts";

/**
 * An unfolded network as an ONNX model (operator set 17) without a recurrence.
 *
 * Inputs x_1 … x_T float [batch, input]; output y float [batch, output]. Each parameter is one constant that all layers which
 * share it use.
 * @param parameters by name: see `parametersOf`. @param metadata texts that the file carries. Default: none.
 */
export function unfoldedOnnx(
  unfolding: Unfolding,
  parameters: Readonly<Record<string, NDArray>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { network, steps } = unfolding;
  const doc = `${network.cell.name} unfolded over ${steps} time steps: x_1 … x_${steps} float [batch, input], y float [batch, output] at the last step.`;
  const described = { "longhand.version": VERSION, ...metadata };
  const model = lower(feedforwardProgram(unfolding), { doc, metadata: described, constants: parameters });
  return encodeModel({ ...model, producerVersion: VERSION });
}

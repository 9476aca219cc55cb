/** The feedforward network as a file for other tools, with the weights of a trained network or drawn ones. */
import { drawnParameters, unfold, unfoldedOnnx } from "longhand";
import { type ChosenNetwork, networkOf } from "./network.ts";

export function job({ steps, ...chosen }: ChosenNetwork & { readonly steps: number }): Uint8Array {
  const network = networkOf(chosen);
  const parameters = chosen.data?.parameters ?? drawnParameters(network);
  return unfoldedOnnx(unfold(network, { steps }), parameters, {
    "longhand.origin": chosen.data?.title ?? "weights drawn with seed 1",
  });
}

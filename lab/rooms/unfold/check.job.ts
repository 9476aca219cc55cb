/** Whether the unfolded network is the recurrent one. */
import { type Equivalence, unfoldingEquivalence } from "longhand";
import { type ChosenNetwork, networkOf } from "./network.ts";

export function job({ steps, ...chosen }: ChosenNetwork & { readonly steps: number }): Equivalence {
  return unfoldingEquivalence(networkOf(chosen), { steps });
}

/** How an unfolded network, and its formula, grow with the number of time steps. */
import type { RecurrentNetwork } from "./network.ts";
import { compareGraphs } from "./normal-form.ts";
import { solutionSize } from "./size.ts";
import { unfoldedStructure } from "./structure.ts";
import { unfold } from "./unfold.ts";

export interface UnfoldedSize {
  readonly steps: number;
  /** Distinct operations of the feedforward network's graph. */
  readonly operations: number;
  /** Weights and biases, each as often as it is there, and each once. */
  readonly parameters: number;
  readonly distinctParameters: number;
  /** Symbols of the output's formula where every value is put in, and where each has an equation of its own. */
  readonly expanded: number;
  readonly named: number;
}

/**
 * The sizes of a network unfolded over 1, 2, … time steps.
 * @param options.steps the most time steps. @param options.thresholds whether units have biases. Default true.
 * @throws LonghandError `argument` for a number of steps that isn't a whole one of at least 1.
 */
export function unfoldingGrowth(
  network: RecurrentNetwork,
  { steps: most, thresholds = true }: { readonly steps: number; readonly thresholds?: boolean },
): UnfoldedSize[] {
  // Says what is wrong with the number of steps.
  unfold(network, { steps: most });
  return Array.from({ length: most }, (_, k) => {
    const steps = k + 1;
    const unfolding = unfold(network, { steps, thresholds });
    const { parameters, distinctParameters } = unfoldedStructure(unfolding).counts;
    return {
      ...{ steps, parameters, distinctParameters },
      operations: compareGraphs([unfolding.output], [unfolding.output]).common,
      expanded: solutionSize(unfolding, () => true),
      named: solutionSize(unfolding, () => false),
    };
  });
}

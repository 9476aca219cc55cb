/** What formulas hold, without writing them: which values, and how many symbols. */

import { type Tensor, topologicalOrder } from "../../graph/index.ts";
import { valueInputs } from "../../runtime/live.ts";
import type { Quantity, Unfolding } from "./unfold.ts";

/** Whether a value's own equation is put in its place. */
export type PutsIn = (quantity: Quantity) => boolean;

/** Nodes of the formula of a tensor: those between it and the values that stand for themselves. */
function walk(root: Tensor, { quantities }: Unfolding, putsIn: PutsIn) {
  const stands = (tensor: Tensor) => {
    const quantity = tensor === root ? undefined : quantities.get(tensor);
    return quantity !== undefined && !(isPutIn(quantity) && putsIn(quantity));
  };
  return { stands, order: topologicalOrder([root], stands) };
}

/** Inputs and what was before the first step have no equation. */
export const isPutIn = ({ kind }: Quantity) => kind !== "input" && kind !== "initial";

/** The values with an equation of their own that the formula of a tensor holds as they are, the nearest first. */
export function valuesIn(root: Tensor, unfolding: Unfolding, putsIn: PutsIn): Quantity[] {
  const { stands, order } = walk(root, unfolding, putsIn);
  const found = new Set<Quantity>();
  for (const node of order.reverse()) {
    for (const used of node.inputs) {
      const quantity = stands(used) ? unfolding.quantities.get(used)! : undefined;
      if (quantity && isPutIn(quantity)) found.add(quantity);
    }
  }
  return [...found];
}

/** How many symbols the formula of a tensor has: weights, inputs, values and numbers, each as often as it is written. */
export function formulaSize(root: Tensor, unfolding: Unfolding, putsIn: PutsIn): number {
  const { stands, order } = walk(root, unfolding, putsIn);
  const sizes = new Map<Tensor, number>();
  for (const node of order) {
    const used = node.kind === "operator" ? valueInputs(node) : [];
    const size = used.reduce((sum, operand) => sum + (stands(operand) ? 1 : (sizes.get(operand) ?? 1)), 0);
    for (const output of node.outputs) sizes.set(output, Math.max(1, size));
  }
  return sizes.get(root) ?? 1;
}

/** What keeps its name in the formula of the output, and in the formulas of what does: the latest first. */
export function keptValues(unfolding: Unfolding, putsIn: PutsIn): Quantity[] {
  // A set that grows while it is gone through.
  const found = new Set(valuesIn(unfolding.output, unfolding, putsIn));
  for (const { tensor } of found) for (const quantity of valuesIn(tensor, unfolding, putsIn)) found.add(quantity);
  return [...found].sort((a, b) => b.time - a.time);
}

/** How many symbols the formula of the output and those of what keeps its name in it have together. */
export function solutionSize(unfolding: Unfolding, putsIn: PutsIn): number {
  const roots = [unfolding.output, ...keptValues(unfolding, putsIn).map(({ tensor }) => tensor)];
  return roots.reduce((sum, root) => sum + formulaSize(root, unfolding, putsIn), 0);
}

/** What the tensors of a scan's body depend on. */
import type { Node, Region, Tensor } from "../tensor.ts";
import { outside, topologicalOrder } from "../traverse.ts";

/** What a tensor of a body depends on: 0 neither items nor state, 1 items only, 2 the state. */
export type Level = 0 | 1 | 2;

/** The level of each tensor that the outputs of a body need. */
export function levels(
  outputs: readonly Tensor[],
  region: Region,
  states: readonly Tensor[],
  items: readonly Tensor[],
): (tensor: Tensor) => Level {
  const known = new Map<Tensor, Level>();
  for (const tensor of items) known.set(tensor, 1);
  for (const tensor of states) known.set(tensor, 2);
  const of = (tensor: Tensor): Level => known.get(tensor) ?? 0;
  const isOutside = outside(region);
  for (const node of topologicalOrder(outputs, (tensor) => known.has(tensor) || isOutside(tensor))) {
    const level = Math.max(0, ...node.inputs.map(of)) as Level;
    for (const output of node.outputs) known.set(output, level);
  }
  return of;
}

/** How often each tensor is read by these nodes. */
export function useCounts(nodes: readonly Node[]): Map<Tensor, number> {
  const counts = new Map<Tensor, number>();
  for (const { inputs } of nodes) for (const used of inputs) counts.set(used, (counts.get(used) ?? 0) + 1);
  return counts;
}

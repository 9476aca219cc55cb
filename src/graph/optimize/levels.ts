/** What the tensors of a scan's body depend on. */
import { isInside, type Region, type Tensor } from "../tensor.ts";
import { topologicalOrder } from "../traverse.ts";

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
  for (const node of topologicalOrder(
    outputs,
    (tensor) => known.has(tensor) || !isInside(tensor.node.region, region),
  )) {
    const level = Math.max(0, ...node.inputs.map(of)) as Level;
    for (const output of node.outputs) known.set(output, level);
  }
  return of;
}

/** Whether a tensor is made by this operator. */
export function isOperator(tensor: Tensor, operator: unknown): boolean {
  return tensor.node.kind === "operator" && tensor.node.operator === operator;
}

/**
 * The order in which nodes are computed, and which of them in one loop: what works element by element over one shape, all
 * of it that can be computed without waiting for anything else. A value then goes from one operator to the next in a register.
 */
import { sameShape } from "../../graph/dimension.ts";
import type { Node, Tensor } from "../../graph/tensor.ts";
import { valueInputs } from "../live.ts";
import { isExpression } from "./elementwise.ts";

/** Nodes that are computed at once: several only where all are expressions over one shape. */
export type Unit = readonly Node[];

/**
 * Units in an order in which each comes after what it reads.
 * @param nodes in such an order. @param needsOf what a node reads. @param isReady whether a tensor is there before them.
 */
export function unitsOf(
  nodes: readonly Node[],
  needsOf: (node: Node) => readonly Tensor[],
  isReady: (tensor: Tensor) => boolean,
): Unit[] {
  const units: Unit[] = [];
  const done = new Set<Node>();
  let waiting = [...nodes];
  const isDone = (tensor: Tensor) => done.has(tensor.node) || isReady(tensor);
  const take = (unit: Unit) => {
    units.push(unit);
    for (const node of unit) done.add(node);
    waiting = waiting.filter((node) => !done.has(node));
  };
  const single = (node: Node) => node.kind !== "operator" || !isExpression(node);
  for (;;) {
    // In the order of the nodes: one pass finds all that wait for nothing but others before them.
    for (const node of [...waiting]) if (single(node) && needsOf(node).every(isDone)) take([node]);
    if (waiting.length === 0) return units;
    // The first that waits has all that it needs.
    const first = waiting[0]!;
    const { shape } = first.outputs[0]!;
    const group = new Set<Node>();
    for (const node of waiting) {
      if (single(node) || !sameShape(node.outputs[0]!.shape, shape)) continue;
      if (needsOf(node).every((tensor) => isDone(tensor) || group.has(tensor.node))) group.add(node);
    }
    take([...group]);
  }
}

/** What an operator reads. */
export function operands(node: Node): readonly Tensor[] {
  return node.kind === "operator" ? valueInputs(node) : node.inputs;
}

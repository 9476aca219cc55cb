/** Walking graphs: order of evaluation, rebuilding with other tensors in place of some. */
import { apply, isInside, type Node, place, type Region, type Tensor, withRegion } from "./tensor.ts";

/**
 * All nodes that the tensors depend on, each after the nodes it needs. Bodies of scans are not entered.
 * @param stop tensors at which to turn back (their nodes are left out, unless reached otherwise).
 * @param needsOf what a node needs. Default: its inputs.
 */
export function topologicalOrder(
  outputs: readonly Tensor[],
  stop?: (tensor: Tensor) => boolean,
  needsOf: (node: Node) => readonly Tensor[] = ({ inputs }) => inputs,
): Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  // Depth first without recursion: unrolled graphs are deep.
  const stack: { readonly node: Node; readonly needs: readonly Tensor[]; next: number }[] = [];
  const enter = (tensor: Tensor) => {
    if (stop?.(tensor) || seen.has(tensor.node)) return;
    seen.add(tensor.node);
    stack.push({ node: tensor.node, needs: needsOf(tensor.node), next: 0 });
  };
  for (const output of outputs) {
    enter(output);
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const following = top.needs[top.next++];
      if (following) enter(following);
      else order.push(stack.pop()!.node);
    }
  }
  return order;
}

/** Whether tensors lie outside a region: where walks through a body turn back. */
export function outside(region: Region): (tensor: Tensor) => boolean {
  return (tensor) => !isInside(tensor.node.region, region);
}

/** The tensors from outside a region that its outputs use, in order of first use. */
export function capturesOf(outputs: readonly Tensor[], region: Region): Tensor[] {
  const isCaptured = outside(region);
  const found = new Set<Tensor>(outputs.filter(isCaptured));
  for (const node of topologicalOrder(outputs, isCaptured)) {
    for (const used of node.inputs) if (isCaptured(used)) found.add(used);
  }
  return [...found];
}

/**
 * The same graph with some tensors replaced, made anew in `region` (the outputs that don't depend on any of them are
 * returned as they are). `rebuildScan` is given by `scan.ts`, which knows how bodies are made. `remake` may make a node
 * in a way of its own.
 */
export function substitute(
  outputs: readonly Tensor[],
  replacements: ReadonlyMap<Tensor, Tensor>,
  region: Region,
  rebuildScan: (node: Extract<Node, { kind: "scan" }>, mapping: ReadonlyMap<Tensor, Tensor>) => readonly Tensor[],
  remake?: (node: Node, mapping: ReadonlyMap<Tensor, Tensor>) => readonly Tensor[] | undefined,
): Tensor[] {
  const mapping = new Map(replacements);
  withRegion(region, () => {
    for (const node of topologicalOrder(outputs, (tensor) => replacements.has(tensor))) {
      const available = isInside(region, node.region);
      if (node.kind === "input") continue;
      const special = place(node.place, () => remake?.(node, mapping));
      if (!special && available && node.inputs.every((used) => (mapping.get(used) ?? used) === used)) continue;
      const made = place(node.place, () => {
        if (special) return special;
        if (node.kind === "scan") return rebuildScan(node, mapping);
        const inputs = node.inputs.map((used) => mapping.get(used) ?? used);
        return [apply(node.operator, inputs, node.attributes)];
      });
      node.outputs.forEach((old, k) => {
        if (made[k]) mapping.set(old, made[k]);
      });
    }
  });
  return outputs.map((output) => mapping.get(output) ?? output);
}

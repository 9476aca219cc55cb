/** The nodes of a region – the outermost graph, or the body of a scan – in an order in which they can be computed. */
import type { Node, OperatorNode, ScanNode, Tensor } from "../../graph/tensor.ts";
import { capturesOf, topologicalOrder } from "../../graph/traverse.ts";
import { liveParts } from "../live.ts";
import { isExpression } from "./elementwise.ts";
import { writeExpressions } from "./expressions.ts";
import { writeOperator } from "./operators.ts";
import { operands, unitsOf } from "./schedule.ts";
import type { Writer } from "./writer.ts";

/** What is still to be computed of a region. */
export interface Region {
  /** Nodes, each after those that it needs. */
  readonly order: readonly Node[];
  /** Whether something outside a group of nodes reads what one of them computes. */
  isRead(tensor: Tensor, group: readonly Node[]): boolean;
}

/** What outputs of a region need. */
export function regionOf(writer: Writer, outputs: readonly Tensor[]): Region {
  const order = topologicalOrder(outputs, writer.isReady, (node) => needsOf(writer, node));
  const readers = new Map<Tensor, Node[]>();
  for (const node of order) {
    for (const used of needsOf(writer, node)) readers.set(used, [...(readers.get(used) ?? []), node]);
  }
  return {
    order,
    isRead: (tensor, group) =>
      outputs.includes(tensor) || (readers.get(tensor) ?? []).some((node) => !group.includes(node)),
  };
}

/** What a node reads: of a scan, what of it is needed. */
export function needsOf({ live }: Writer, node: Node): readonly Tensor[] {
  if (node.kind !== "scan") return operands(node);
  const { states, items, results } = liveParts(node, live);
  return [
    ...states.map(({ initial }) => initial),
    ...items.map(({ sequence }) => sequence),
    ...capturesOf(results, node.body.region),
  ];
}

/** Computes nodes of a region. @param writeScan how a scan is written. */
export function compute(
  writer: Writer,
  { isRead }: Region,
  nodes: readonly Node[],
  writeScan: (writer: Writer, node: ScanNode) => void,
): void {
  for (const unit of unitsOf(nodes, (node) => needsOf(writer, node), writer.isReady)) {
    const [node] = unit as [Node];
    if (node.kind === "scan") writeScan(writer, node);
    else if (node.kind === "operator" && !isExpression(node)) writeOperator(writer, node);
    else writeExpressions(writer, unit as readonly OperatorNode[], (tensor) => isRead(tensor, unit));
    writer.buffers.advance();
  }
}

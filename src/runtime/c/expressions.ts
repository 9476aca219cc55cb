/** Operators that work element by element, in one loop. */
import type { OperatorNode, Tensor } from "../../graph/tensor.ts";
import { expression, valueTypes } from "./elementwise.ts";
import { operands } from "./schedule.ts";
import type { Writer } from "./writer.ts";

/**
 * One loop for operators over one shape; what only they read stays in registers.
 * @param isRead whether anything else reads what one of them computes.
 */
export function writeExpressions(
  writer: Writer,
  nodes: readonly OperatorNode[],
  isRead: (tensor: Tensor) => boolean,
): void {
  const { shape } = nodes[0]!.outputs[0]!;
  const names = new Map(nodes.map((node, k) => [node.outputs[0]!, `v${k}`]));
  const reads = [...new Set(nodes.flatMap(operands))].filter((tensor) => !names.has(tensor));
  const sources = reads.map((tensor) => writer.inRows(writer.read(tensor), shape));
  const written = nodes.map(({ outputs }) => outputs[0]!).filter(isRead);
  const targets = written.map((tensor) => writer.place(tensor));
  writer.loops(shape, sources, targets, (values) => {
    reads.forEach((tensor, k) => {
      names.set(tensor, values[k]!);
    });
    const nameOf = (tensor: Tensor) => names.get(tensor)!;
    const lines = nodes.map((node) => {
      const [output] = node.outputs as [Tensor];
      return `const ${valueTypes[output.dtype]} ${nameOf(output)} = ${expression(node, operands(node).map(nameOf))};`;
    });
    return { lines, results: written.map(nameOf) };
  });
}

/** How much work a program is: what runtimes and their threads are chosen by. */
import { type Dimension, evaluate, type Shape } from "../graph/dimension.ts";
import type { Program } from "../graph/program.ts";
import { isInside, type OperatorNode, type Region, type Tensor } from "../graph/tensor.ts";
import { topologicalOrder } from "../graph/traverse.ts";
import { liveTensors } from "./live.ts";

/**
 * Number of arithmetic operations of one run: 2·m·k·n for a product of matrices [m, k]·[k, n], one for each element that a
 * reduction reads or another operator writes, times the steps of the scans around it. Views and constants are free.
 * @param bindings extents of the open dimensions: `bindDimensions(program, shapes)`.
 * @throws LonghandError `shape` when an open dimension has no value.
 */
export function operationsOf(program: Program, bindings: ReadonlyMap<string, number>): number {
  const live = liveTensors(Object.values(program.outputs));
  const size = (shape: Shape) => shape.reduce((product: number, extent) => product * evaluate(extent, bindings), 1);
  const count = (outputs: readonly Tensor[], region?: Region): number => {
    const stop = (tensor: Tensor) =>
      !live.has(tensor) || (region !== undefined && !isInside(tensor.node.region, region));
    let total = 0;
    for (const node of topologicalOrder(outputs, stop)) {
      if (node.kind === "operator") total += operationsOfNode(node, size);
      if (node.kind === "scan") {
        const { body } = node;
        const steps = evaluate(body.time, bindings);
        total += steps * count([...body.nextStates, ...body.stacked], body.region);
      }
    }
    return total;
  };
  return count(Object.values(program.outputs));
}

function operationsOfNode({ operator, inputs, outputs }: OperatorNode, size: (shape: Shape) => number): number {
  const [result] = outputs as [Tensor];
  if (operator.isView || inputs.length === 0) return 0;
  if (operator.name === "MatMul") return 2 * size(result.shape) * size([inputs[0]!.shape.at(-1) as Dimension]);
  const isReduction = operator.name.startsWith("Reduce") || operator.name === "ArgMax";
  return size(isReduction ? inputs[0]!.shape : result.shape);
}

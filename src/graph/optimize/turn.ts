/**
 * Turning bodies: h U with examples in rows becomes Uᵀ hᵀ with examples in columns.
 *
 * Before it multiplies, an engine copies the matrix on the right into the order in which it will be read. With few examples
 * and a large matrix that is a good part of the work, at every step anew; the small matrix of examples costs next to nothing.
 */
import { type Shape, sameShape } from "../dimension.ts";
import { Add, add } from "../operators/arithmetic.ts";
import { Concat, Slice } from "../operators/arrange.ts";
import { Expand, expand } from "../operators/broadcast.ts";
import { Constant } from "../operators/constant.ts";
import { MatMul, matmul } from "../operators/matmul.ts";
import { reshape } from "../operators/reshape.ts";
import { swapLastAxes, Transpose } from "../operators/transpose.ts";
import { rebuildScan, scanInputs, substituted } from "../scan.ts";
import { apply, currentRegion, isOperator, type OperatorNode, type ScanNode, type Tensor } from "../tensor.ts";
import { outside, topologicalOrder } from "../traverse.ts";
import { levels, useCounts } from "./levels.ts";

/**
 * Whether a scan's body can be turned and has matrices large enough for that: all that depends on state or items is
 * [rows, width], and nothing mixes rows.
 * @param weightsPerNumber numbers of matrices for each number that a step reads or stacks, all of which are turned.
 */
export function isWorthTurning(node: ScanNode, weightsPerNumber: number): boolean {
  const { body } = node;
  const rows = body.states[0]?.shape[0];
  const all = [...body.nextStates, ...body.stacked];
  const inner = [...body.states, ...body.items];
  if (rows === undefined || !inner.every((tensor) => tensor.dtype === "float" && isMatrix(tensor.shape))) return false;
  const levelOf = levels(all, body.region, body.states, body.items);
  if (all.some((tensor) => levelOf(tensor) === 0)) return false;
  const weights = new Set<Tensor>();
  for (const each of topologicalOrder(all, outside(body.region))) {
    if (each.kind === "input" || each.outputs.every((output) => levelOf(output) === 0)) continue;
    if (each.kind === "scan" || !isMatrix(each.outputs[0]!.shape) || !canTurn(each)) return false;
    if (each.operator === MatMul) weights.add(each.inputs[1]!);
  }
  const widths = new Set([...body.items, ...body.stacked]);
  const size = (tensors: ReadonlySet<Tensor>, axes: number) =>
    [...tensors].reduce((sum, { shape }) => sum + shape.slice(-axes).reduce<number>(product, 1), 0);
  return size(weights, 2) >= weightsPerNumber * size(widths, 1);

  function isMatrix(shape: Shape): boolean {
    return shape.length === 2 && shape[0] === rows && typeof shape[1] === "number";
  }
  function canTurn({ operator, attributes, inputs }: OperatorNode): boolean {
    const small = inputs.every(({ shape }) => shape.length <= 2);
    if (operator.isElementwise) return small;
    if (operator === Concat || operator === Slice) return small && (attributes as { axis: number }).axis === -1;
    return operator === MatMul && levelOf(inputs[1]!) === 0 && inputs[1]!.shape.length === 2;
  }
}

const product = (size: number, extent: Shape[number]) => size * Number(extent);

/** The graph with these scans turned. */
export function turnedScans(outputs: readonly Tensor[], scans: ReadonlySet<ScanNode>): Tensor[] {
  if (scans.size === 0) return [...outputs];
  const users = useCounts(topologicalOrder(outputs));
  const known = new Map<Tensor, Tensor>();
  /** [time, rows, width] → [time, width, rows]. What is only made for a scan is made in that order. */
  const turnedSequence = (tensor: Tensor, mapping: ReadonlyMap<Tensor, Tensor>): Tensor => {
    const found = known.get(tensor) ?? make();
    known.set(tensor, found);
    return found;

    function make(): Tensor {
      const { node } = tensor;
      if (isOperator(tensor, Transpose) && isSwap(node as OperatorNode)) return now(node.inputs[0]!);
      if (users.get(tensor) === 1 && isOperator(tensor, Add)) {
        const [a, b] = node.inputs as [Tensor, Tensor];
        if ([a, b].every((x) => x.shape.length <= 1 || sameShape(x.shape, tensor.shape)))
          return add(operand(a), operand(b));
      }
      if (users.get(tensor) === 1 && isOperator(tensor, MatMul)) {
        const [a, b] = node.inputs as [Tensor, Tensor];
        if (a.shape.length === 3 && b.shape.length === 2) {
          return matmul(swapLastAxes(now(b)), turnedSequence(a, mapping));
        }
      }
      return swapLastAxes(now(tensor));
    }
    function operand(x: Tensor): Tensor {
      return x.shape.length <= 1 ? turnedConstant(now(x)) : turnedSequence(x, mapping);
    }
    function now(x: Tensor): Tensor {
      return mapping.get(x) ?? x;
    }
  };
  return substituted(outputs, new Map(), currentRegion(), (node, mapping) =>
    node.kind === "scan" && scans.has(node)
      ? turnedScan(node, mapping, (tensor) => turnedSequence(tensor, mapping))
      : undefined,
  );
}

function isSwap({ attributes }: OperatorNode): boolean {
  return `${(attributes as { permutation: readonly number[] }).permutation}` === "0,2,1";
}

/** A scalar as it is; a row as a column; a matrix transposed. */
function turnedConstant(tensor: Tensor): Tensor {
  const { shape, node } = tensor;
  if (shape.length === 0) return tensor;
  if (shape.length === 1) return reshape(tensor, [shape[0]!, 1]);
  const isRepeated = isOperator(tensor, Expand) && node.inputs[0]!.shape.length === 0;
  return isRepeated ? expand(node.inputs[0]!, [shape[1]!, shape[0]!]) : swapLastAxes(tensor);
}

function turnedScan(
  node: ScanNode,
  mapping: ReadonlyMap<Tensor, Tensor>,
  turnedSequence: (tensor: Tensor) => Tensor,
): readonly Tensor[] {
  const { body } = node;
  const { initial, sequences, captures } = scanInputs(node);
  const now = (tensor: Tensor) => mapping.get(tensor) ?? tensor;
  const captured = new Map(captures.map((tensor) => [tensor, turnedConstant(now(tensor))]));
  const start = initial.map((tensor) => turnedConstant(now(tensor)));
  const made = rebuildScan(node, start, sequences.map(turnedSequence), (states, items) => {
    const turned = new Map<Tensor, Tensor>(captured);
    body.states.forEach((tensor, k) => {
      turned.set(tensor, states[k]!);
    });
    body.items.forEach((tensor, k) => {
      turned.set(tensor, items[k]!);
    });
    const outputs = [...body.nextStates, ...body.stacked];
    for (const inside of topologicalOrder(outputs, outside(body.region))) {
      if (inside.kind !== "operator") continue;
      const operands = inside.inputs.map((tensor) => turned.get(tensor)!);
      turned.set(inside.outputs[0]!, turnedNode(inside, operands));
    }
    const results = outputs.map((tensor) => turned.get(tensor)!);
    return { nextStates: results.slice(0, states.length), stacked: results.slice(states.length) };
  });
  return made.outputs.map(swapLastAxes);
}

function turnedNode({ operator, attributes }: OperatorNode, operands: readonly Tensor[]): Tensor {
  if (operator === Constant) return turnedConstant(apply(operator, [], attributes));
  if (operator === MatMul) return matmul(operands[1]!, operands[0]!);
  if (operator.isElementwise) return apply(operator, operands, attributes);
  return apply(operator, operands, { ...(attributes as object), axis: -2 });
}

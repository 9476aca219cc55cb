/** Graphs without what is zero: what a state of zeros, or a bias that is left out, leaves of a step. */
import { expand, type Node, ndarray, type OperatorNode, scalar, type Tensor } from "../../graph/index.ts";
import { substituted } from "../../graph/scan.ts";
import { currentRegion } from "../../graph/tensor.ts";

/**
 * The same values by a graph without zeros in it:
 *
 *     0 U = 0,   0 ⊙ a = 0,   a + 0 = a,   a − 0 = a,   tanh(0) = 0 and the like
 *
 * for finite a and U; a sum that is −0 stays so, where adding 0 would have made it 0.
 * @param known tensors that are left as they are, and so is what they depend on. Default: none.
 */
export function withoutZeros(outputs: readonly Tensor[], known: readonly Tensor[] = []): Tensor[] {
  const kept = new Map(known.map((tensor) => [tensor, tensor]));
  return substituted(outputs, kept, currentRegion(), (node, mapping) => {
    const made = node.kind === "operator" ? simplified(node, mapping) : undefined;
    return made && [made];
  });
}

/** Zeros of a shape. */
export function zeros(shape: Tensor["shape"]): Tensor {
  return shape.length === 0 ? scalar(0) : expand(scalar(0), shape);
}

/** Whether a tensor is zero whatever the inputs are. */
export function isZero({ node, dtype }: Tensor): boolean {
  if (node.kind !== "operator" || dtype !== "float") return false;
  if (node.operator.name === "Constant") {
    const { data } = node.attributes as { readonly data: ArrayLike<number> };
    return Array.from(data).every((value) => value === 0);
  }
  return node.operator.name === "Expand" && isZero(node.inputs[0]!);
}

/** Operators whose result is zero where all their operands are. */
const keepZero = new Set(["Concat", "Neg", "Reshape", "Slice", "Transpose"]);

function simplified(node: OperatorNode, mapping: ReadonlyMap<Tensor, Tensor>): Tensor | undefined {
  const output = node.outputs[0]!;
  const operands = node.inputs.map((used) => mapping.get(used) ?? used);
  const areZero = operands.map(isZero);
  const same = (operand: Tensor) => expanded(operand, output);
  switch (node.operator.name) {
    case "MatMul":
    case "Mul":
      return areZero.some(Boolean) ? zeros(output.shape) : undefined;
    case "Add":
      if (areZero[0]) return same(operands[1]!);
      return areZero[1] ? same(operands[0]!) : undefined;
    case "Sub":
      return areZero[1] ? same(operands[0]!) : undefined;
    default:
      if (!areZero.every(Boolean) || areZero.length === 0) return undefined;
      return keepZero.has(node.operator.name) || isZeroAtZero(node) ? zeros(output.shape) : undefined;
  }
}

/** Whether a function of one operand, element by element, is 0 at 0. */
function isZeroAtZero({ operator, attributes, inputs: [operand, another], outputs: [output] }: OperatorNode): boolean {
  if (!operand || another || output!.dtype !== "float" || `${operand.shape}` !== `${output!.shape}`) return false;
  const out = ndarray(Float64Array.of(1), [1]);
  operator.value([ndarray(Float64Array.of(0), [1])], out, attributes);
  return out.data[0] === 0;
}

/** What an operator leaves of its only operand that isn't zero: the operand, repeated to the shape of the result. */
function expanded(operand: Tensor, { shape }: Tensor): Tensor {
  return `${operand.shape}` === `${shape}` ? operand : expand(operand, shape);
}

/** An operator's node, of a tensor that one makes. */
export function operatorOf({ node }: { readonly node: Node }, name: string): OperatorNode | undefined {
  return node.kind === "operator" && node.operator.name === name ? node : undefined;
}

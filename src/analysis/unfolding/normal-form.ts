/** Whether two graphs are the same: each operation of the one has its counterpart in the other. */

import { describe, type OperatorNode, type Tensor, topologicalOrder } from "../../graph/index.ts";
import { valueInputs } from "../../runtime/live.ts";
import { operatorOf } from "./zeros.ts";

export interface GraphComparison {
  /** Whether the outputs are the same expressions of the same inputs. */
  readonly isSame: boolean;
  /** Distinct operations in each graph. */
  readonly operations: readonly [first: number, second: number];
  /** Operations that are in both. */
  readonly common: number;
  /** The first operation of a graph that the other one lacks. Default: there is none. */
  readonly missing?: string;
}

/**
 * Compares graphs over the same inputs in normal form: equal operations on equal operands are one (hash consing), so outputs
 * are the same expressions exactly if they get the same number. What only lays numbers out otherwise and is undone again is
 * left out: a part of what was stacked from parts, a shape changed and changed back.
 */
export function compareGraphs(first: readonly Tensor[], second: readonly Tensor[]): GraphComparison {
  const numbers = new Map<string, number>();
  const [a, b] = [first, second].map((outputs) => normalForm(outputs, numbers)) as [NormalForm, NormalForm];
  // From the output on: the last one is the first that was made.
  const lacking = [...a.operations, ...b.operations].findLast(
    ([number]) => !(a.operations.has(number) && b.operations.has(number)),
  );
  return {
    isSame: first.length === second.length && a.outputs.every((number, k) => number === b.outputs[k]),
    operations: [a.operations.size, b.operations.size],
    common: [...a.operations.keys()].filter((number) => b.operations.has(number)).length,
    ...(lacking && { missing: describe(lacking[1]) }),
  };
}

interface NormalForm {
  readonly outputs: readonly number[];
  /** An operation for each number. */
  readonly operations: ReadonlyMap<number, Tensor>;
}

/** @param numbers of the expressions met so far, by what they are; grows. */
function normalForm(outputs: readonly Tensor[], numbers: Map<string, number>): NormalForm {
  const own = new Map<Tensor, number>();
  /** The tensor that another one is, laid out in the same way. */
  const same = new Map<Tensor, Tensor>();
  const now = (tensor: Tensor) => same.get(tensor) ?? tensor;
  for (const node of topologicalOrder(outputs)) {
    for (const tensor of node.outputs) {
      const alike = node.kind === "operator" ? undone(node, now) : undefined;
      if (alike) {
        same.set(tensor, alike);
        continue;
      }
      const key =
        node.kind === "operator" ? keyOf(node, (operand) => own.get(now(operand))!) : `${node.kind} ${tensor.id}`;
      own.set(tensor, numbers.get(key) ?? numbers.size);
      numbers.set(key, own.get(tensor)!);
    }
  }
  const operations = new Map<number, Tensor>();
  const open = outputs.map(now);
  for (const tensor of open) {
    const { node } = tensor;
    const number = own.get(tensor)!;
    if (node.kind !== "operator" || operations.has(number)) continue;
    operations.set(number, tensor);
    open.push(...operandsOf(node, now));
  }
  return { outputs: outputs.map((output) => own.get(now(output))!), operations };
}

/** What the value needs; of changes of shape only the first and the last count. */
function operandsOf(node: OperatorNode, now: (tensor: Tensor) => Tensor): Tensor[] {
  const used = valueInputs(node).map(now);
  return node.operator.name === "Reshape" ? used.map((operand) => unshaped(operand, now)) : used;
}

function keyOf(node: OperatorNode, numberOf: (tensor: Tensor) => number): string {
  const attributes = JSON.stringify(node.attributes, (_, value: unknown) =>
    ArrayBuffer.isView(value)
      ? Array.from(value as Float64Array, (element) => (Object.is(element, -0) ? "-0" : `${element}`))
      : value,
  );
  return `${node.operator.name} ${attributes} ${operandsOf(node, (tensor) => tensor).map(numberOf)}`;
}

/** What was there before any change of shape. */
function unshaped(tensor: Tensor, now: (tensor: Tensor) => Tensor): Tensor {
  let at = tensor;
  for (let node = operatorOf(at, "Reshape"); node; node = operatorOf(at, "Reshape")) at = now(node.inputs[0]!);
  return at;
}

/** The operand that an operation only gives back. */
function undone(node: OperatorNode, now: (tensor: Tensor) => Tensor): Tensor | undefined {
  const output = node.outputs[0]!;
  if (node.operator.name === "Reshape") {
    const before = unshaped(now(node.inputs[0]!), now);
    return `${before.shape}` === `${output.shape}` ? before : undefined;
  }
  if (node.operator.name !== "Slice") return undefined;
  const { axis, start, end } = node.attributes as { axis: number; start: unknown; end: unknown };
  const stacked = operatorOf(now(node.inputs[0]!), "Concat");
  const isOne = typeof start === "number" && end === start + 1;
  if (!stacked || !isOne || (stacked.attributes as { axis: number }).axis !== axis) return undefined;
  return stacked.inputs.every(({ shape }) => shape.at(axis) === 1) ? now(stacked.inputs[start]!) : undefined;
}

/** The functions that a network applies to its units, as formulas write them. */

import type { OperatorNode, PrintStyle, Tensor } from "../../graph/index.ts";
import { atom, named } from "../../graph/print.ts";
import { valueInputs } from "../../runtime/live.ts";
import { operatorOf } from "./zeros.ts";

/** A function of one operand: "clip", and ", −1, 1" where further arguments follow. */
interface AppliedFunction {
  readonly operand: Tensor;
  readonly name: string;
  readonly rest: string;
}

/** The function that a node applies, if it is one: an operator of one operand that is written as a call, or a step. */
export function functionOf(node: OperatorNode, style: PrintStyle): AppliedFunction | undefined {
  const stepped = stepOperand(node);
  if (stepped) return { operand: stepped, name: named("step", style), rest: "" };
  const [operand] = node.inputs;
  if (node.inputs.length !== 1 || !operand) return undefined;
  const call = { inputs: node.inputs, output: node.outputs[0]!, attributes: node.attributes };
  const { text } = node.operator.print([atom("□")], style, call);
  const [, name, rest] = /^(.+?)(?:\\left)?\(□(.*?)(?:\\right)?\)$/.exec(text) ?? [];
  return name === undefined || rest === undefined ? undefined : { operand, name, rest };
}

/** x of where(x > 0, 1, 0). */
function stepOperand({ operator, inputs: [condition, one, zero] }: OperatorNode): Tensor | undefined {
  if (operator.name !== "Where") return undefined;
  const greater = operatorOf(condition!, "Greater");
  if (!greater || numberOf(one!) !== 1 || numberOf(zero!) !== 0 || numberOf(greater.inputs[1]!) !== 0) return undefined;
  return greater.inputs[0];
}

function numberOf(tensor: Tensor): number | undefined {
  const constant = operatorOf(tensor, "Constant");
  const { data } = (constant?.attributes ?? { data: [] }) as { readonly data: ArrayLike<number> };
  return data.length === 1 ? data[0] : undefined;
}

/** All functions that a graph applies to its units, each once. */
export function functionsOf(output: Tensor, style: PrintStyle): string[] {
  const found = new Set<string>();
  // What only derivatives need isn't part of the formula. A set that grows while it is gone through.
  const nodes = new Set([output.node]);
  for (const node of nodes) {
    if (node.kind !== "operator") continue;
    for (const { node: used } of valueInputs(node)) nodes.add(used);
    const applied = isElementwise(node) ? functionOf(node, style) : undefined;
    if (applied) found.add(applied.rest === "" ? applied.name : `${applied.name}(·${applied.rest})`);
  }
  return [...found];
}

const notElementwise = new Set(["Concat", "Gather", "MatMul", "OneHot", "Pad", "ReduceSum", "Softmax", "Transpose"]);

/** Whether an element of the result is made of the elements at the same place of the operands. */
export function isElementwise(node: OperatorNode): boolean {
  const { operator, outputs } = node;
  if (operator.name === "Constant") return outputs[0]!.shape.length === 0;
  const width = outputs[0]!.shape.at(-1);
  return (
    !notElementwise.has(operator.name) &&
    valueInputs(node).every(({ shape }) => shape.length === 0 || shape.at(-1) === width)
  );
}

/** Graphs as formulas, in plain text or LaTeX: each operator's printed form, put together. */
import type { Printed, PrintStyle } from "./operator.ts";
import { atom, call, named } from "./print.ts";
import type { ScanNode, Tensor } from "./tensor.ts";

/**
 * The formula of a tensor in terms of the inputs of its graph: "tanh(x W + h U + b)".
 *
 * Reshapes, casts and repetitions, which are no part of a formula, are left out. An output of a scan is written as
 * scan(initial states, sequences); what its step computes: `recurrence`. A value that is used twice is written twice.
 * @param style "text" (default) with Unicode letters, or "latex".
 */
export function formula(tensor: Tensor, style: PrintStyle = "text"): string {
  return printed(tensor, style).text;
}

function printed(tensor: Tensor, style: PrintStyle): Printed {
  const { node } = tensor;
  if (node.kind === "input") return atom(node.name);
  const operands = node.inputs.map((input) => printed(input, style));
  if (node.kind === "scan") {
    const own = node.body.states.length + node.body.items.length;
    const result = call(named("scan", style), operands.slice(0, own), style);
    return node.outputs.length === 1
      ? result
      : atom(`${result.text}${style === "latex" ? `_{${tensor.index + 1}}` : `[${tensor.index + 1}]`}`);
  }
  return node.operator.print(operands, style, { inputs: node.inputs, output: tensor, attributes: node.attributes });
}

/**
 * What a scan's step computes, a formula each: first the next states, "h ← tanh(x W + h U + b)", then what it stacks, in
 * terms of the states and items of the step and of the values around it.
 * @param style "text" (default) with Unicode letters, or "latex".
 */
export function recurrence({ body }: ScanNode, style: PrintStyle = "text"): string[] {
  const arrow = style === "latex" ? " \\leftarrow " : " ← ";
  return [
    ...body.nextStates.map((next, k) => `${formula(body.states[k]!, style)}${arrow}${formula(next, style)}`),
    ...body.stacked.map((stacked) => formula(stacked, style)),
  ];
}

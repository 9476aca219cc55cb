/** A step as a list of equations: the graph in a form that a small program of its own can read. */
import type { NDArray, Program, Tensor } from "../graph/index.ts";
import type { Equation, StepEquations } from "./certificate.ts";

/**
 * The equations of a program of one example, whose extents are all known.
 * @param program as `stepProgram(model, 1)` makes it: no scans.
 */
export function equationsOf({ inputs, outputs }: Program): StepEquations {
  const names = new Map<Tensor, string>(Object.entries(inputs).map(([name, tensor]) => [tensor, name]));
  const equations: Equation[] = [];
  const nameOf = (tensor: Tensor): string => {
    const known = names.get(tensor);
    if (known !== undefined) return known;
    const { node } = tensor;
    if (node.kind !== "operator") throw new Error(`a ${node.kind} in the equations of a step`);
    // What matters to derivatives only is left out.
    const used = node.inputs.slice(0, node.operator.valueInputs).map(nameOf);
    const name = `t${equations.length + 1}`;
    const attributes = attributesOf(node.operator.name, node.attributes);
    equations.push({
      name,
      operator: node.operator.name,
      inputs: used,
      shape: tensor.shape.map(Number),
      ...(attributes && { attributes }),
    });
    names.set(tensor, name);
    return name;
  };
  const ends = Object.entries(outputs).map(([name, tensor]) => [name, nameOf(tensor)] as const);
  return { equations, outputs: Object.fromEntries(ends) };
}

/** What the certificate says of an operator's attributes. */
function attributesOf(operator: string, attributes: unknown): Record<string, unknown> | undefined {
  if (operator === "Constant") {
    const { dtype, data } = attributes as NDArray;
    return { dtype, values: Array.from(data) };
  }
  if (typeof attributes !== "object" || attributes === null) return undefined;
  const { shape: _, end: __, ...own } = attributes as Record<string, unknown>;
  return Object.keys(own).length > 0 ? own : undefined;
}

/** The derivative of a graph of scalars as a formula: forward mode, with functions and slopes left as they are. */
import { LonghandError } from "../../errors.ts";
import { describe, type NDArray, type OperatorNode, type Tensor } from "../../graph/index.ts";
import { number, plus, type Quantity, type Sum, single, times, zero } from "./quantities.ts";

/** How the tensors of a graph are written. */
export interface Names {
  /** Inputs and abbreviations. */
  readonly quantities: ReadonlyMap<Tensor, Quantity>;
  /** Tensors whose derivative is known, or has a name of its own. */
  readonly derivatives: ReadonlyMap<Tensor, Sum>;
}

/** Operators of one operand that are left as functions, and how they are written. */
const functions: Readonly<Record<string, string>> = {
  Sigmoid: "σ",
  Tanh: "tanh",
  Relu: "relu",
  Exp: "exp",
  Sin: "sin",
  Cos: "cos",
  Softplus: "softplus",
};

/** A function of a named operand that a graph applies. */
export interface AppliedFunction {
  readonly operator: string;
  readonly name: string;
  /** What it is applied to, and what it makes. */
  readonly operand: Tensor;
  readonly result: Tensor;
}

/** The value of a tensor. A tensor with a name is written by it, unless it is the one that is asked about. */
export function express(tensor: Tensor, names: Names): Sum {
  const operand = (used: Tensor) => operandOf(used, names);
  const { node } = tensor;
  if (node.kind === "input") return single(nameOf(tensor, names));
  const operator = operatorOf(tensor);
  const of = operator.inputs;
  switch (operator.operator.name) {
    case "Add":
      return plus(operand(of[0]!), operand(of[1]!));
    case "Sub":
      return plus(operand(of[0]!), times(number(-1), operand(of[1]!)));
    case "Neg":
      return times(number(-1), operand(of[0]!));
    case "Mul":
      return times(operand(of[0]!), operand(of[1]!));
    case "Constant":
      return number((operator.attributes as NDArray).data[0]!);
    default:
      return single(functionOf(tensor, names, "function"));
  }
}

/** An operand: by its name where it has one. */
function operandOf(used: Tensor, names: Names): Sum {
  const quantity = names.quantities.get(used);
  return quantity ? single(quantity) : express(used, names);
}

/**
 * d tensor / d wrt. The sum rule, the product rule and the chain rule; slopes of functions are written as slopes.
 * @throws LonghandError `unsupported` for other operators, and for functions of what has no name.
 */
export function differentiate(tensor: Tensor, wrt: Tensor, names: Names, isRoot = true): Sum {
  if (tensor === wrt) return number(1);
  const known = isRoot ? undefined : names.derivatives.get(tensor);
  if (known) return known;
  if (tensor.node.kind === "input") return names.derivatives.get(tensor) ?? zero;
  const inner = (used: Tensor) => differentiate(used, wrt, names, false);
  const value = (used: Tensor) => operandOf(used, names);
  const operator = operatorOf(tensor);
  const [a, b] = operator.inputs;
  switch (operator.operator.name) {
    case "Add":
      return plus(inner(a!), inner(b!));
    case "Sub":
      return plus(inner(a!), times(number(-1), inner(b!)));
    case "Neg":
      return times(number(-1), inner(a!));
    case "Mul":
      // Weights and gates stand before what they are multiplied by.
      return plus(times(inner(a!), value(b!)), times(value(a!), inner(b!)));
    case "Constant":
      return zero;
    default:
      return times(single(functionOf(tensor, names, "slope")), inner(a!));
  }
}

/** The functions of named operands among these tensors and what they are made of. */
export function appliedFunctions(outputs: readonly Tensor[], names: Names): AppliedFunction[] {
  const found = new Map<Tensor, AppliedFunction>();
  const visit = (tensor: Tensor): void => {
    if (tensor.node.kind !== "operator" || found.has(tensor)) return;
    const operator = functions[tensor.node.operator.name];
    const [operand] = tensor.node.inputs;
    const name = operand && names.quantities.get(operand)?.name;
    if (operator && operand && name) found.set(tensor, { operator, name, operand, result: tensor });
    for (const used of tensor.node.inputs) visit(used);
  };
  for (const output of outputs) visit(output);
  return [...found.values()];
}

function operatorOf(tensor: Tensor): OperatorNode {
  if (tensor.node.kind === "operator") return tensor.node;
  throw new LonghandError("unsupported", `derivative as a formula: ${describe(tensor)}, expected no recurrence inside`);
}

function nameOf(tensor: Tensor, { quantities }: Names): Quantity {
  const quantity = quantities.get(tensor);
  if (quantity) return quantity;
  throw new LonghandError("unsupported", `derivative as a formula: ${describe(tensor)} has no name`);
}

function functionOf(tensor: Tensor, names: Names, kind: "function" | "slope"): Quantity {
  const node = operatorOf(tensor);
  const operator = functions[node.operator.name];
  if (!operator) {
    const known = ["Add", "Sub", "Neg", "Mul", "Constant", ...Object.keys(functions)].join(", ");
    throw new LonghandError("unsupported", `derivative as a formula: ${describe(tensor)}, expected ${known}`);
  }
  const { name, at } = nameOf(node.inputs[0]!, names);
  return { kind, operator, name, at };
}

/** What the equation of a value reads: values, the weights that they come by, and parameters that stand for themselves. */
import type { Tensor } from "../../graph/index.ts";
import type { Quantity, Unfolding } from "./unfold.ts";

export interface Reading {
  readonly source: Quantity;
  /** The matrix that it is multiplied by. Default: none, it goes on element by element. */
  readonly matrix: string | undefined;
  /** All parameters that it is multiplied by, matrices and those of peepholes. */
  readonly by: readonly string[];
}

export interface Readings {
  readonly values: readonly Reading[];
  /** Parameters that multiply no value: biases. */
  readonly alone: readonly string[];
}

/** The named values nearest to a value in the graph, each as often as it comes by other weights. */
export function readingsOf(root: Tensor, { quantities, parameters }: Unfolding): Readings {
  const names = new Map(Object.entries(parameters).map(([name, tensor]) => [tensor, name]));
  const values: Reading[] = [];
  const alone = new Set<string>();
  const seen = new Set<string>();
  const visit = (tensor: Tensor, matrix: string | undefined, by: readonly string[]) => {
    const key = [tensor.id, matrix, ...by].join(" ");
    if (seen.has(key)) return;
    seen.add(key);
    const source = tensor === root ? undefined : quantities.get(tensor);
    if (source) values.push({ source, matrix, by });
    if (source) return;
    const parameter = names.get(tensor);
    if (parameter !== undefined) alone.add(parameter);
    const { node } = tensor;
    const kind = node.kind === "operator" ? node.operator.name : undefined;
    const weights = kind === "MatMul" || kind === "Mul" ? node.inputs.filter((used) => names.has(used)) : [];
    const own = weights.map((weight) => names.get(weight)!);
    for (const used of node.inputs) {
      if (!weights.includes(used)) visit(used, kind === "MatMul" ? (own[0] ?? matrix) : matrix, [...by, ...own]);
    }
  };
  visit(root, undefined, []);
  return { values, alone: [...alone] };
}

/** The sums in the body of a scan: their order, and the products that are joined in them. */
import { type Dimension, sameShape } from "../dimension.ts";
import { Add, add } from "../operators/arithmetic.ts";
import { concat } from "../operators/arrange.ts";
import { expand } from "../operators/broadcast.ts";
import { scalar } from "../operators/constant.ts";
import { MatMul, matmul } from "../operators/matmul.ts";
import { reshape } from "../operators/reshape.ts";
import { isInside, isOperator, type Node, type ScanNode, type Tensor } from "../tensor.ts";
import { outside, topologicalOrder } from "../traverse.ts";
import { levels } from "./levels.ts";

/**
 * Makes the sums of a body anew: terms without the state first, products with the state joined,
 * h₁ R₁ + h₂ R₂ = [h₁, h₂] [R₁; R₂] or L₁ h₁ + L₂ h₂ = [L₁, L₂] [h₁; h₂].
 * @param isTurned whether the body will be turned, where a product costs little beyond its multiplications: then that of
 *   the items, x W, and the bias, 1 b, are joined with the state's: [h, x, 1] [U; W; b].
 */
export function sumsInOrder({ body }: ScanNode, isTurned: boolean) {
  const outputs = [...body.nextStates, ...body.stacked];
  const levelOf = levels(outputs, body.region, body.states, body.items);
  const users = new Map<Tensor, Node[]>();
  for (const node of topologicalOrder(outputs, outside(body.region))) {
    for (const used of node.inputs) users.set(used, [...(users.get(used) ?? []), node]);
  }
  const isSum = (tensor: Tensor) =>
    isOperator(tensor, Add) && tensor.dtype === "float" && isInside(tensor.node.region, body.region);
  const usedOnce = (tensor: Tensor) => users.get(tensor)?.length === 1 && !outputs.includes(tensor);
  const isPart = (tensor: Tensor) => isSum(tensor) && usedOnce(tensor) && isSum(users.get(tensor)![0]!.outputs[0]!);
  const termsOf = (tensor: Tensor): Tensor[] =>
    tensor.node.inputs.flatMap((term) => (isPart(term) ? termsOf(term) : [term]));

  /** Gates that read the same state read it joined the same way. */
  const known = new Map<string, Tensor>();
  const once = (key: string, make: () => Tensor): Tensor => {
    const found = known.get(key) ?? make();
    known.set(key, found);
    return found;
  };
  const concatOnce = (parts: readonly Tensor[], axis: number) =>
    once(`${axis}: ${parts.map(({ id }) => id)}`, () => concat(parts, axis));
  const ones = (rows: Dimension) => once(`ones ${rows}`, () => expand(scalar(1), [rows, 1]));
  const isBias = (term: Tensor, product: Tensor) =>
    levelOf(term) === 0 && term.shape.length === 1 && term.shape[0] === product.shape.at(-1);

  return (node: Node, mapping: ReadonlyMap<Tensor, Tensor>): readonly Tensor[] | undefined => {
    const sum = node.outputs[0]!;
    if (!isSum(sum) || isPart(sum)) return undefined;
    const now = (tensor: Tensor) => mapping.get(tensor) ?? tensor;
    const terms = termsOf(sum);
    const isProduct = (term: Tensor) => {
      const [a, b] = term.node.inputs;
      return isOperator(term, MatMul) && usedOnce(term) && levelOf(a!) > 0 && levelOf(b!) === 0;
    };
    const isMirrored = (term: Tensor) => {
      const [a, b] = term.node.inputs;
      return (
        isOperator(term, MatMul) && usedOnce(term) && levelOf(a!) === 0 && levelOf(b!) === 2 && term.shape.length === 2
      );
    };
    // A product x_t W leaves the loop as one long product over all times. In a population (matrices with axes before
    // them) it would stay many small ones: there it is joined with the products of the state.
    const isLate = (term: Tensor) =>
      levelOf(term) === 2 ||
      (isProduct(term) &&
        (isTurned || now(term).shape.length > 2) &&
        terms.some((other) => levelOf(other) === 2 && isProduct(other) && canJoin(other, term)));
    const late = terms.filter(isLate);
    let early = terms.filter((term) => !late.includes(term));
    const joined: Tensor[] = [];
    let rest = late;
    while (rest.length > 0) {
      const [first] = rest as [Tensor];
      const alike = isProduct(first)
        ? rest.filter((term) => isProduct(term) && canJoin(first, term))
        : isMirrored(first)
          ? rest.filter((term) => isMirrored(term) && term.shape[0] === first.shape[0])
          : [first];
      const bias = isTurned && isProduct(first) ? early.find((term) => isBias(term, first)) : undefined;
      if (alike.length === 1 && !bias) {
        // The same term may come again: h + h.
        rest = rest.slice(1);
        joined.push(now(first));
        continue;
      }
      rest = rest.filter((term) => !alike.includes(term));
      const lefts = alike.map((term) => now(term.node.inputs[0]!));
      const rights = alike.map((term) => now(term.node.inputs[1]!));
      if (bias) {
        early = early.filter((term) => term !== bias);
        lefts.push(ones(lefts[0]!.shape.at(-2)!));
        rights.push(reshape(now(bias), [1, bias.shape[0]!]));
      }
      joined.push(
        isProduct(first)
          ? matmul(concatOnce(lefts, -1), concat(rights, -2))
          : matmul(concat(lefts, -1), concatOnce(rights, -2)),
      );
    }
    const all = [...early.map(now), ...joined];
    return [all.length === 1 ? all[0]! : add(all[0]!, all[1]!, ...all.slice(2))];
  };
}

/** Whether two products agree in all but the extent over which they sum. */
function canJoin(p: Tensor, q: Tensor): boolean {
  const [a, b] = p.node.inputs as [Tensor, Tensor];
  const [c, d] = q.node.inputs as [Tensor, Tensor];
  return (
    sameShape(a.shape.slice(0, -1), c.shape.slice(0, -1)) &&
    sameShape([...b.shape.slice(0, -2), b.shape.at(-1)!], [...d.shape.slice(0, -2), d.shape.at(-1)!])
  );
}

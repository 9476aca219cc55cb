/**
 * What the derivative of a scan keeps of the way forward, and what it makes again.
 *
 * Keeping a tensor means writing it to memory at each step and reading it again on the way back; long rows of cheap
 * work (copies, sums, products, hard functions) are made again faster than that, from what is kept anyway.
 */
import { evaluate, openNames, type Shape } from "./dimension.ts";
import { Add, Mul, Neg, Sub } from "./operators/arithmetic.ts";
import { Concat, Pad, Slice } from "./operators/arrange.ts";
import { Constant } from "./operators/constant.ts";
import { Gather } from "./operators/gather.ts";
import { Abs, Clip, HardSigmoid, Relu } from "./operators/piecewise.ts";
import { Reshape } from "./operators/reshape.ts";
import { Surrogate } from "./operators/surrogate.ts";
import { Transpose } from "./operators/transpose.ts";
import { isInside, type Region, type Tensor } from "./tensor.ts";
import { topologicalOrder } from "./traverse.ts";

/** Made again at no cost. */
const views = new Set<unknown>([Constant, Reshape, Transpose]);
/** Made again at little cost, but for rows shorter than `LONG_ROW`, where each operator costs more than its work. */
const cheap = new Set<unknown>([Concat, Slice, Pad, Gather, Add, Sub, Mul, Neg, Abs, Clip, HardSigmoid, Relu]);
const LONG_ROW = 64;

function isView({ node }: Tensor): boolean {
  if (node.kind !== "operator") return false;
  // A stopped gradient. Of a surrogate with a proxy both would have to be at hand.
  return views.has(node.operator) || (node.operator === Surrogate && node.inputs.length === 1);
}

function isCheap({ node, shape }: Tensor): boolean {
  const row = shape.at(-1);
  return node.kind === "operator" && cheap.has(node.operator) && typeof row === "number" && row >= LONG_ROW;
}

/** Number of elements, where open dimensions are taken to be as long as a row. */
function sizeOf(shape: Shape): number {
  return shape.reduce<number>(
    (size, extent) => size * evaluate(extent, new Map(openNames(extent).map((name) => [name, LONG_ROW]))),
    1,
  );
}

/**
 * The tensors of a body to keep, so that all that the derivative reads can be made from them.
 * @param shares the results of the derivative. @param forward the body's region. @param draft the region of the derivative.
 * @param items what the body reads at each step: at hand on the way back as well.
 */
export function residuals(
  shares: readonly Tensor[],
  forward: Region,
  draft: Region,
  items: readonly Tensor[],
): Tensor[] {
  const isForward = (tensor: Tensor) => isInside(tensor.node.region, forward) && !isInside(tensor.node.region, draft);
  const isOutside = (tensor: Tensor) => !isInside(tensor.node.region, forward);
  const read = new Set<Tensor>(shares.filter(isForward));
  for (const node of topologicalOrder(shares, (tensor) => isForward(tensor) || isOutside(tensor))) {
    for (const used of node.inputs) if (isForward(used)) read.add(used);
  }
  const kept = new Set<Tensor>();
  const isAtHand = (tensor: Tensor) => isOutside(tensor) || kept.has(tensor) || items.includes(tensor);
  /** What a tensor is made of, back to what is neither at hand nor cheap. */
  const missing = (tensor: Tensor): Set<Tensor> => {
    const found = new Set<Tensor>();
    const isEnd = (used: Tensor) => isAtHand(used) || !(isView(used) || isCheap(used));
    for (const { inputs } of topologicalOrder([tensor], isEnd)) {
      for (const used of inputs) if (isEnd(used) && !isAtHand(used)) found.add(used);
    }
    return found;
  };
  const decide = (tensor: Tensor): void => {
    if (isAtHand(tensor)) return;
    if (isView(tensor)) {
      for (const used of tensor.node.inputs) decide(used);
      return;
    }
    if (isCheap(tensor)) {
      const needed = missing(tensor);
      const size = [...needed].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
      if (size < sizeOf(tensor.shape)) {
        for (const leaf of needed) kept.add(leaf);
        return;
      }
    }
    kept.add(tensor);
  };
  // In the order in which they are made, so that later ones are made of earlier ones.
  for (const node of topologicalOrder([...read], isOutside)) {
    for (const tensor of node.outputs) if (read.has(tensor)) decide(tensor);
  }
  // What the body reads at each step costs nothing to read again.
  const remade = [...read].filter((tensor) => !kept.has(tensor));
  for (const tensor of remade) if (items.includes(tensor)) kept.add(tensor);
  for (const node of topologicalOrder(remade, (tensor) => kept.has(tensor) || isOutside(tensor))) {
    for (const used of node.inputs) if (items.includes(used)) kept.add(used);
  }
  return [...kept];
}

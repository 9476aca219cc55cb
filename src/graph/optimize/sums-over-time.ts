/**
 * Sums over time of products, as the gradients of matrices are, taken after the loop: Σ_t a_t b_tᵀ = [a_1, a_2, …]
 * [b_1, b_2, …]ᵀ, one long product in place of many short ones, and no sum that is read and written at every step.
 *
 * Where a step joins factors of sums in one matrix, [a; c], for a product of its own, the sums of these are one product too.
 *
 * Only where examples are columns (`turn.ts`): with examples in rows, trials found sums in the loop faster.
 */
import type { NDArray } from "../array.ts";
import { type Dimension, times } from "../dimension.ts";
import { Add, add } from "../operators/arithmetic.ts";
import { Concat, slice } from "../operators/arrange.ts";
import { Expand } from "../operators/broadcast.ts";
import { Constant } from "../operators/constant.ts";
import { MatMul, matmul } from "../operators/matmul.ts";
import { reshape } from "../operators/reshape.ts";
import { swapLastAxes, Transpose, transpose } from "../operators/transpose.ts";
import { rebuildScan, scanInputs, substituted } from "../scan.ts";
import { currentRegion, isInside, isOperator, type ScanNode, type Tensor } from "../tensor.ts";
import { outside, topologicalOrder } from "../traverse.ts";
import { useCounts } from "./levels.ts";

type Pair = readonly [Dimension, Dimension];

/** A state that only adds up a bᵀ. */
interface Sum {
  readonly index: number;
  readonly a: Tensor;
  readonly b: Tensor;
}

/** Σ_t a_t b_tᵀ, of which sums are rows. */
interface Product {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly rows: readonly { readonly sum: Sum; readonly start: number; readonly end: number }[];
}

/** The graph with such sums taken after their loops. */
export function withoutSumsOverTime(outputs: readonly Tensor[]): Tensor[] {
  return substituted(outputs, new Map(), currentRegion(), (node, mapping) => {
    if (node.kind !== "scan") return undefined;
    const sums = sumsOf(node);
    return sums.length === 0 || sums.length === node.body.states.length ? undefined : withoutSums(node, sums, mapping);
  });
}

function sumsOf({ body }: ScanNode): readonly Sum[] {
  const outputs = [...body.nextStates, ...body.stacked];
  const users = useCounts(topologicalOrder(outputs, outside(body.region)));
  for (const output of outputs) users.set(output, (users.get(output) ?? 0) + 1);
  const isHere = (tensor: Tensor) => isInside(tensor.node.region, body.region);
  return body.states.flatMap((state, index): Sum[] => {
    const next = body.nextStates[index]!;
    if (!isHere(next) || next.node.kind !== "operator" || users.get(next) !== 1 || users.get(state) !== 1) return [];
    const product = next.node.inputs.find((term) => term !== state);
    if (!isSumOf(next, state) || !product || !isOperator(product, MatMul) || users.get(product) !== 1) return [];
    const [a, turned] = product.node.inputs as [Tensor, Tensor];
    if (!isOperator(turned, Transpose) || turned.shape.length !== 2 || a.shape.length !== 2) return [];
    const b = turned.node.inputs[0]!;
    return isHere(a) && isHere(b) && isHere(turned) ? [{ index, a, b }] : [];
  });
}

function withoutSums(node: ScanNode, sums: readonly Sum[], mapping: ReadonlyMap<Tensor, Tensor>): readonly Tensor[] {
  const { body } = node;
  const { initial, sequences } = scanInputs(node);
  const now = (tensor: Tensor) => mapping.get(tensor) ?? tensor;
  const kept = body.states.map((_, k) => k).filter((k) => !sums.some(({ index }) => index === k));
  const products = productsOf(sums, body);
  // Factors that are read at each step are at hand; the others are stacked: of a bᵀ the a as rows, while it is in the cache.
  const isNew = (tensor: Tensor) => !body.items.includes(tensor);
  const lefts = [...new Set(products.map(({ a }) => a))].filter(isNew);
  const rights = [...new Set(products.map(({ b }) => b))].filter(isNew);
  const start = kept.map((k) => now(initial[k]!));
  const made = rebuildScan(node, start, sequences.map(now), (states, items) => {
    const inner = new Map(mapping);
    kept.forEach((k, position) => {
      inner.set(body.states[k]!, states[position]!);
    });
    body.items.forEach((tensor, k) => {
      inner.set(tensor, items[k]!);
    });
    const wanted = [...kept.map((k) => body.nextStates[k]!), ...body.stacked, ...rights, ...lefts];
    const results = substituted(wanted, inner, currentRegion());
    const outputs = results.slice(kept.length);
    const first = outputs.length - lefts.length;
    return {
      nextStates: results.slice(0, kept.length),
      stacked: outputs.map((tensor, k) => (k < first ? tensor : swapLastAxes(tensor))),
    };
  });
  const stacked = made.outputs.slice(kept.length);
  const itemOf = (tensor: Tensor) => now(sequences[body.items.indexOf(tensor)]!);
  /** The right factor at all times: [width, time · rows]. */
  const columns = (b: Tensor) => {
    const [width, rows] = b.shape as Pair;
    const all = isNew(b) ? stacked[body.stacked.length + rights.indexOf(b)]! : itemOf(b);
    return reshape(transpose(all, [1, 0, 2]), [width, times(body.time, rows)]);
  };
  /** The left one: [time · rows, width]. */
  const rows = (a: Tensor) => {
    const [width, rows] = a.shape as Pair;
    const all = isNew(a) ? stacked[body.stacked.length + rights.length + lefts.indexOf(a)]! : swapLastAxes(itemOf(a));
    return reshape(all, [times(body.time, rows), width]);
  };
  const totals = new Map(
    products.flatMap(({ a, b, rows: parts }) => {
      // Σ b aᵀ: the other way round, whose transposition is a sum.
      const all = matmul(columns(b), rows(a));
      const part = (start: number, end: number) => (parts.length === 1 ? all : slice(all, { axis: -1, start, end }));
      return parts.map(({ sum, start, end }) => [sum.index, swapLastAxes(part(start, end))] as const);
    }),
  );
  const finals = body.states.map((_, k) => {
    const total = totals.get(k);
    if (!total) return made.outputs[kept.indexOf(k)]!;
    return isZero(initial[k]!) ? total : add(now(initial[k]!), total);
  });
  return [...finals, ...stacked.slice(0, body.stacked.length)];
}

/** The sums as few products: those of factors that the body joins with each other are one. */
function productsOf(sums: readonly Sum[], { nextStates, stacked, region }: ScanNode["body"]): readonly Product[] {
  const left = new Set(sums);
  const products: Product[] = [];
  for (const { outputs, inputs } of topologicalOrder([...nextStates, ...stacked], outside(region))) {
    const [all] = outputs as [Tensor];
    if (!isOperator(all, Concat) || !isInside(all.node.region, region) || !joinsRows(all)) continue;
    const parts = inputs.map((factor) => [...left].find(({ a }) => a === factor));
    const [first] = parts;
    if (!first || new Set(parts).size < parts.length || parts.some((sum) => sum?.b !== first.b)) continue;
    let end = 0;
    const rows = (parts as Sum[]).map((sum) => {
      const start = end;
      end += sum.a.shape[0] as number;
      left.delete(sum);
      return { sum, start, end };
    });
    products.push({ a: all, b: first.b, rows });
  }
  return [...products, ...[...left].map((sum) => ({ a: sum.a, b: sum.b, rows: [{ sum, start: 0, end: 0 }] }))];
}

/** Whether a matrix is joined out of others of known heights, one below the other. */
function joinsRows({ shape, node }: Tensor): boolean {
  if (node.kind !== "operator" || shape.length !== 2) return false;
  const { axis } = node.attributes as { readonly axis: number };
  return (axis === 0 || axis === -2) && node.inputs.every((part) => typeof part.shape[0] === "number");
}

/** Whether a tensor is zeros, as gradients begin. */
function isZero(tensor: Tensor): boolean {
  if (isOperator(tensor, Expand)) return isZero(tensor.node.inputs[0]!);
  if (!isOperator(tensor, Constant) || tensor.node.kind !== "operator") return false;
  return (tensor.node.attributes as NDArray).data.every((value) => value === 0);
}

function isSumOf(sum: Tensor, state: Tensor): boolean {
  const { node } = sum;
  return isOperator(sum, Add) && node.inputs.includes(state);
}

/**
 * Sums over time of products, as the gradients of matrices are, taken after the loop: Σ_t a_t b_tᵀ = [a_1, a_2, …]
 * [b_1, b_2, …]ᵀ, one long product in place of many short ones, and no sum that is read and written at every step.
 *
 * Only where examples are columns (`turn.ts`): with examples in rows, trials found sums in the loop faster.
 */
import { type Dimension, times } from "../dimension.ts";
import { Add, add } from "../operators/arithmetic.ts";
import { MatMul, matmul } from "../operators/matmul.ts";
import { reshape } from "../operators/reshape.ts";
import { Transpose, transpose } from "../operators/transpose.ts";
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
  // Factors that are read at each step are at hand; the others are stacked.
  const factors = [...new Set(sums.flatMap(({ a, b }) => [a, b]))].filter((tensor) => !body.items.includes(tensor));
  const start = kept.map((k) => now(initial[k]!));
  const made = rebuildScan(node, start, sequences.map(now), (states, items) => {
    const inner = new Map(mapping);
    kept.forEach((k, position) => {
      inner.set(body.states[k]!, states[position]!);
    });
    body.items.forEach((tensor, k) => {
      inner.set(tensor, items[k]!);
    });
    const wanted = [...kept.map((k) => body.nextStates[k]!), ...body.stacked, ...factors];
    const results = substituted(wanted, inner, currentRegion());
    return { nextStates: results.slice(0, kept.length), stacked: results.slice(kept.length) };
  });
  const stacked = made.outputs.slice(kept.length);
  /** A factor at all times: [time, width, rows]. */
  const overTime = (tensor: Tensor): Tensor => {
    const item = body.items.indexOf(tensor);
    return item >= 0 ? now(sequences[item]!) : stacked[body.stacked.length + factors.indexOf(tensor)]!;
  };
  const columns = (tensor: Tensor) => {
    const [width, rows] = tensor.shape as Pair;
    return reshape(transpose(overTime(tensor), [1, 0, 2]), [width, times(body.time, rows)]);
  };
  const rows = (tensor: Tensor) => {
    const [width, rows] = tensor.shape as Pair;
    return reshape(transpose(overTime(tensor), [0, 2, 1]), [times(body.time, rows), width]);
  };
  const finals = body.states.map((_, k) => {
    const sum = sums.find(({ index }) => index === k);
    if (!sum) return made.outputs[kept.indexOf(k)]!;
    return add(now(initial[k]!), matmul(columns(sum.a), rows(sum.b)));
  });
  return [...finals, ...stacked.slice(0, body.stacked.length)];
}

function isSumOf(sum: Tensor, state: Tensor): boolean {
  const { node } = sum;
  return isOperator(sum, Add) && node.inputs.includes(state);
}

/**
 * One more leading axis: the same graph over many replicas at once. A network written for one becomes a population; its
 * parameters, batches and results get the axis, and whatever doesn't depend on them is computed once.
 */
import type { Dimension } from "./dimension.ts";
import { expand } from "./operators/broadcast.ts";
import { transpose } from "./operators/transpose.ts";
import { rebuildScan, type ScanBody, scanInputs } from "./scan.ts";
import {
  apply,
  currentRegion,
  isInside,
  place,
  type Region,
  type ScanNode,
  type Tensor,
  withRegion,
} from "./tensor.ts";
import { outside, topologicalOrder } from "./traverse.ts";

/**
 * The graph of `outputs` with the axis `extent` in front.
 * @param outputs tensors of the graph for one.
 * @param batched for each input that gets the axis: the tensor [extent, …its shape] that takes its place.
 * @param extent the new dimension: a number or an open name such as "population".
 * @returns the outputs [extent, …]; those that depend on no batched input are repeated.
 */
export function vectorize(
  outputs: readonly Tensor[],
  batched: ReadonlyMap<Tensor, Tensor>,
  extent: Dimension,
): Tensor[] {
  const all = new Map<Tensor, Tensor>(batched);
  const made = vectorizeInto(outputs, all, new Set(batched.keys()), extent, currentRegion());
  return made.map(({ tensor, isBatched }) => (isBatched ? tensor : expand(tensor, [extent, ...tensor.shape])));
}

interface Made {
  readonly tensor: Tensor;
  readonly isBatched: boolean;
}

/** Rebuilds into `region`: `mapping` says what replaces what, `wide` which of the replaced have the axis. */
function vectorizeInto(
  outputs: readonly Tensor[],
  mapping: Map<Tensor, Tensor>,
  wide: Set<Tensor>,
  extent: Dimension,
  region: Region,
): Made[] {
  const given = new Set(mapping.keys());
  withRegion(region, () => {
    for (const node of topologicalOrder(outputs, (tensor) => given.has(tensor))) {
      if (node.kind === "input") continue;
      const inputs = node.inputs.map((tensor) => ({
        tensor: mapping.get(tensor) ?? tensor,
        batched: wide.has(tensor),
      }));
      const anyBatched = inputs.some(({ batched }) => batched);
      const unchanged = inputs.every(({ tensor }, k) => tensor === node.inputs[k]);
      if (!anyBatched && unchanged && isInside(region, node.region)) continue;
      place(node.place, () => {
        if (node.kind === "scan") {
          vectorizeScan(node, mapping, wide, extent);
          return;
        }
        const output = node.outputs[0]!;
        if (anyBatched) {
          mapping.set(output, node.operator.vectorize(inputs, node.attributes, extent));
          wide.add(output);
        } else {
          const same = inputs.map(({ tensor }) => tensor);
          mapping.set(output, apply(node.operator, same, node.attributes));
        }
      });
    }
  });
  return outputs.map((tensor) => ({ tensor: mapping.get(tensor) ?? tensor, isBatched: wide.has(tensor) }));
}

/** Which tensors of a body get the axis, without making anything. */
function propagate({ region, nextStates, stacked }: ScanBody, sources: ReadonlySet<Tensor>): Set<Tensor> {
  const wide = new Set(sources);
  for (const node of topologicalOrder([...nextStates, ...stacked], outside(region))) {
    if (node.kind !== "input" && node.inputs.some((used) => wide.has(used))) {
      const some = node.kind === "scan" ? wideOutputs(node, wide) : node.outputs;
      for (const output of some) wide.add(output);
    }
  }
  return wide;
}

/** Which states of a scan get the axis, once it has gone round the loop. */
function wideInBody(node: ScanNode, wide: ReadonlySet<Tensor>): Set<Tensor> {
  const { body } = node;
  const { initial, sequences, captures } = scanInputs(node);
  const sources = new Set<Tensor>(captures.filter((tensor) => wide.has(tensor)));
  sequences.forEach((tensor, k) => {
    if (wide.has(tensor)) sources.add(body.items[k]!);
  });
  initial.forEach((tensor, k) => {
    if (wide.has(tensor)) sources.add(body.states[k]!);
  });
  for (;;) {
    const inside = propagate(body, sources);
    const more = body.states.filter((state, k) => !sources.has(state) && inside.has(body.nextStates[k]!));
    if (more.length === 0) return inside;
    for (const state of more) sources.add(state);
  }
}

function wideOutputs(node: ScanNode, wide: ReadonlySet<Tensor>): Tensor[] {
  const inside = wideInBody(node, wide);
  const { body } = node;
  const inner = [...body.states, ...body.stacked];
  return node.outputs.filter((_, k) => inside.has(inner[k]!));
}

function vectorizeScan(node: ScanNode, mapping: Map<Tensor, Tensor>, wide: Set<Tensor>, extent: Dimension): void {
  const { body } = node;
  const { initial, sequences } = scanInputs(node);
  const inside = wideInBody(node, wide);
  const now = (tensor: Tensor) => mapping.get(tensor) ?? tensor;
  const newInitial = initial.map((tensor, k) => {
    const made = now(tensor);
    return inside.has(body.states[k]!) && !wide.has(tensor) ? expand(made, [extent, ...made.shape]) : made;
  });
  // Time stays the first axis of what a scan reads and stacks: [P, T, …] ↔ [T, P, …].
  const swap = (tensor: Tensor) => transpose(tensor, [1, 0, ...tensor.shape.slice(2).map((_, k) => k + 2)]);
  const newSequences = sequences.map((tensor) => (wide.has(tensor) ? swap(now(tensor)) : now(tensor)));
  const isWide: boolean[] = [];
  const made = rebuildScan(node, newInitial, newSequences, (states, items) => {
    const inner = new Map(mapping);
    const innerWide = new Set(wide);
    body.states.forEach((tensor, k) => {
      inner.set(tensor, states[k]!);
      if (inside.has(tensor)) innerWide.add(tensor);
    });
    body.items.forEach((tensor, k) => {
      inner.set(tensor, items[k]!);
      if (wide.has(sequences[k]!)) innerWide.add(tensor);
    });
    const bodyOutputs = [...body.nextStates, ...body.stacked];
    const results = vectorizeInto(bodyOutputs, inner, innerWide, extent, currentRegion());
    const nextStates = results.slice(0, states.length).map(({ tensor, isBatched }, k) => {
      const wanted = inside.has(body.states[k]!);
      return wanted && !isBatched ? expand(tensor, [extent, ...tensor.shape]) : tensor;
    });
    const stacked = results.slice(states.length);
    isWide.push(...body.states.map((state) => inside.has(state)), ...stacked.map(({ isBatched }) => isBatched));
    return { nextStates, stacked: stacked.map(({ tensor }) => tensor) };
  });
  node.outputs.forEach((output, k) => {
    const result = made.outputs[k]!;
    if (isWide[k]) wide.add(output);
    mapping.set(output, isWide[k] && k >= body.states.length ? swap(result) : result);
  });
}

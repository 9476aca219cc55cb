/** Which letters index which axes: one for the input's features, one for the units of each layer. */

import { type Tensor, topologicalOrder } from "../../graph/index.ts";
import { subscript } from "../../networks/index.ts";
import { operatorOf } from "./zeros.ts";

/** Letters of indices. */
export interface Letters {
  /** The letter of the last axis of a value. */
  of(tensor: Tensor): string;
  /** A letter for a sum over the last axis of a value, none of those that are in use. */
  sum(tensor: Tensor, inUse: readonly string[]): string;
}

const pools = {
  input: [..."kqd"],
  output: [..."ims"],
  hidden: [..."jlmsudeq"],
  /** Where an axis is summed over whose own letter is in use: Σ_i w_ji x_i. */
  other: [..."ilmsudeq"],
};

/**
 * Letters for the axes of a graph: k for inputs, j for hidden units, i for outputs, as papers/002, eq. 1 and 2; further ones
 * for further layers. Axes that meet in a product or element by element are one.
 * @param graph its inputs, its output, and the values whose axes are asked for, by name: those of a name run over one axis.
 * @param names of values, which are no letters of indices.
 * @param isDistinct letters that are in use get a number: j, j₂, j₃, …; otherwise another letter is taken, as the sheet does.
 */
export function lettersOf(
  graph: {
    readonly inputs: readonly Tensor[];
    /** Where it isn't the network's own, its axis is that of its layer. */
    readonly output?: Tensor;
    readonly values: ReadonlyMap<string, readonly Tensor[]>;
  },
  names: ReadonlySet<string>,
  isDistinct: boolean,
): Letters {
  const axes = axesOf(
    [...[...graph.values.values()].flat(), ...(graph.output ? [graph.output] : [])],
    [...graph.values.values()],
  );
  const chosen = new Map<number, string>();
  const taken = new Set<string>();
  const choose = (axis: number, pool: readonly string[]) => {
    if (chosen.has(axis)) return;
    const letter = pool.find((candidate) => !names.has(candidate) && !taken.has(candidate)) ?? `a${chosen.size}`;
    chosen.set(axis, letter);
    taken.add(letter);
  };
  for (const x of graph.inputs) choose(axes(x), pools.input);
  if (graph.output) choose(axes(graph.output), pools.output);
  for (const [value] of graph.values.values()) if (value) choose(axes(value), pools.hidden);
  const of = (tensor: Tensor) => chosen.get(axes(tensor)) ?? "e";
  return {
    of,
    sum(tensor, inUse) {
      const own = of(tensor);
      if (!inUse.includes(own)) return own;
      if (!isDistinct) {
        const letters = [...new Set(chosen.values())];
        const free = pools.other.filter((letter) => !inUse.includes(letter) && !names.has(letter));
        return free.find((letter) => letter === "i" || !letters.includes(letter)) ?? free[0] ?? `${own}₂`;
      }
      for (let number = 2; ; number++) {
        const next = own + subscript(number);
        if (!inUse.includes(next)) return next;
      }
    },
  };
}

/** Numbers the last axes of tensors: equal ones run over the same units. */
function axesOf(outputs: readonly Tensor[], alike: readonly (readonly Tensor[])[]): (tensor: Tensor) => number {
  // Disjoint sets of axes: the last one of each tensor, and the rows of matrices from each row on where values begin.
  const parents: number[] = [];
  const known = new Map<string, number>();
  const axis = (key: string) => {
    const found = known.get(key) ?? parents.push(parents.length) - 1;
    known.set(key, found);
    return found;
  };
  const last = (tensor: Tensor) => axis(`${tensor.id}`);
  const root = (axis: number): number => {
    let at = axis;
    while (parents[at] !== at) at = parents[at]!;
    parents[axis] = at;
    return at;
  };
  const join = (a: number, b: number) => {
    parents[root(a)] = root(b);
  };
  for (const tensors of alike) for (const tensor of tensors) join(last(tensors[0]!), last(tensor));
  for (const node of topologicalOrder(outputs)) {
    const output = node.outputs[0]!;
    const product = operatorOf(output, "MatMul");
    if (product) {
      const [left, right] = product.inputs as [Tensor, Tensor];
      let row = 0;
      for (const part of operatorOf(left, "Concat")?.inputs ?? [left]) {
        join(last(part), axis(`${right.id} from ${row}`));
        row += Number(part.shape.at(-1));
      }
      join(last(output), last(right));
    } else if (!operatorOf(output, "Concat") && !operatorOf(output, "Slice")) {
      for (const used of node.inputs) {
        if (used.shape.at(-1) === output.shape.at(-1)) join(last(used), last(output));
      }
    }
  }
  return (tensor) => root(last(tensor));
}

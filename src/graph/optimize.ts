/**
 * The same values by less work: rewriting the bodies of scans before the derivative is taken.
 *
 * 1. Sums are put in order: what doesn't depend on the state first. Products with the state are joined,
 *    h₁ R₁ + h₂ R₂ = [h₁, h₂] [R₁; R₂], so that a step makes one product where the equations have several.
 * 2. Products that depend on the items but not on the state leave the loop: x_t W for all t is one product, and so is its
 *    derivative. What depends on neither is computed once.
 */
import { sameShape } from "./dimension.ts";
import { Add, add } from "./operators/arithmetic.ts";
import { concat } from "./operators/arrange.ts";
import { Constant } from "./operators/constant.ts";
import { MatMul, matmul } from "./operators/matmul.ts";
import { scan, scanInputs, substituted } from "./scan.ts";
import {
  currentRegion,
  input,
  inRegion,
  isInside,
  type Node,
  type Region,
  type ScanNode,
  type Tensor,
} from "./tensor.ts";
import { topologicalOrder } from "./traverse.ts";
import { vectorize } from "./vectorize.ts";

/** Rewrites the scans that the tensors depend on. Values change by no more than the rounding of sums in another order. */
export function optimize(outputs: readonly Tensor[]): Tensor[] {
  return substituted(outputs, new Map(), currentRegion(), (node, mapping) =>
    node.kind === "scan" ? optimizeScan(node, mapping) : undefined,
  );
}

/** What a tensor of a body depends on: 0 neither items nor state, 1 items only, 2 the state. */
type Level = 0 | 1 | 2;

function levels(
  outputs: readonly Tensor[],
  region: Region,
  states: readonly Tensor[],
  items: readonly Tensor[],
): (tensor: Tensor) => Level {
  const known = new Map<Tensor, Level>();
  for (const tensor of items) known.set(tensor, 1);
  for (const tensor of states) known.set(tensor, 2);
  const of = (tensor: Tensor): Level => known.get(tensor) ?? 0;
  for (const node of topologicalOrder(
    outputs,
    (tensor) => known.has(tensor) || !isInside(tensor.node.region, region),
  )) {
    const level = Math.max(0, ...node.inputs.map(of)) as Level;
    for (const output of node.outputs) known.set(output, level);
  }
  return of;
}

function isOperator(tensor: Tensor, operator: unknown): boolean {
  return tensor.node.kind === "operator" && tensor.node.operator === operator;
}

function optimizeScan(node: ScanNode, mapping: ReadonlyMap<Tensor, Tensor>): readonly Tensor[] {
  const { body } = node;
  const { initial, sequences } = scanInputs(node);
  const now = (tensor: Tensor) => mapping.get(tensor) ?? tensor;

  // A draft of the new body, with sums in order.
  const draft = inRegion((region) => {
    const states = body.states.map(({ shape, dtype }) => input("state", shape, dtype));
    const items = body.items.map(({ shape, dtype }) => input("item", shape, dtype));
    const inner = new Map(mapping);
    body.states.forEach((tensor, k) => {
      inner.set(tensor, states[k]!);
    });
    body.items.forEach((tensor, k) => {
      inner.set(tensor, items[k]!);
    });
    const ordered = sumsInOrder(node);
    const outputs = substituted([...body.nextStates, ...body.stacked], inner, region, (inside, known) =>
      inside.kind === "scan" ? optimizeScan(inside, known) : ordered(inside, known),
    );
    return { region, states, items, outputs };
  });

  // What leaves the loop: tensors that don't depend on the state but are used by what does, or returned.
  const levelOf = levels(draft.outputs, draft.region, draft.states, draft.items);
  const isBody = (tensor: Tensor) => isInside(tensor.node.region, draft.region);
  const leaves = (tensor: Tensor) =>
    isBody(tensor) && levelOf(tensor) < 2 && tensor.node.kind !== "input" && !isOperator(tensor, Constant);
  // Work element by element stays inside, where its operands are in the cache: only products are worth a way through memory.
  const hasProduct = (tensor: Tensor) =>
    levelOf(tensor) === 0 ||
    topologicalOrder([tensor], (part) => !isBody(part)).some(({ outputs }) => isOperator(outputs[0]!, MatMul));
  const leaving = new Set<Tensor>(draft.outputs.filter(leaves));
  for (const inside of topologicalOrder(draft.outputs, (tensor) => leaving.has(tensor) || !isBody(tensor))) {
    if (inside.outputs.some((output) => levelOf(output) < 2)) continue;
    for (const used of inside.inputs) if (leaves(used) && hasProduct(used)) leaving.add(used);
  }
  // What stays inside may use constants of the loop that can leave all the same.
  for (const inside of topologicalOrder(draft.outputs, (tensor) => leaving.has(tensor) || !isBody(tensor))) {
    for (const used of inside.inputs) if (leaves(used) && levelOf(used) === 0) leaving.add(used);
  }
  const constants = [...leaving].filter((tensor) => levelOf(tensor) === 0);
  const streams = [...leaving].filter((tensor) => levelOf(tensor) === 1);
  const outer = substituted(constants, new Map(), currentRegion());
  const overTime =
    streams.length === 0
      ? []
      : vectorize(streams, new Map(draft.items.map((item, k) => [item, now(sequences[k]!)])), body.time);

  // What only passes through is not stacked again.
  const passesThrough = (tensor: Tensor) => draft.items.includes(tensor) || streams.includes(tensor);
  const computed = draft.outputs
    .map((_, k) => k)
    .filter((k) => k >= body.states.length && !passesThrough(draft.outputs[k]!));
  const used = [...draft.outputs.slice(0, body.states.length), ...computed.map((k) => draft.outputs[k]!)];
  const stillRead = new Set<Tensor>();
  for (const inside of topologicalOrder(used, (tensor) => leaving.has(tensor) || !isBody(tensor))) {
    if (inside.kind === "input") stillRead.add(inside.outputs[0]!);
  }
  const kept = draft.items.map((_, k) => k).filter((k) => stillRead.has(draft.items[k]!));
  const byPosition = (tensors: readonly Tensor[], prefix: string) =>
    Object.fromEntries(tensors.map((tensor, k) => [`${prefix}${k}`, tensor]));
  const made = scan<string, string, string>({
    reverse: body.reverse,
    steps: body.time,
    state: byPosition(initial.map(now), "state"),
    sequences: {
      ...byPosition(
        kept.map((k) => now(sequences[k]!)),
        "item",
      ),
      ...byPosition(overTime, "stream"),
    },
    step(state, items) {
      const inner = new Map<Tensor, Tensor>();
      draft.states.forEach((tensor, k) => {
        inner.set(tensor, state[`state${k}`]!);
      });
      kept.forEach((item, k) => {
        inner.set(draft.items[item]!, items[`item${k}`]!);
      });
      streams.forEach((tensor, k) => {
        inner.set(tensor, items[`stream${k}`]!);
      });
      constants.forEach((tensor, k) => {
        inner.set(tensor, outer[k]!);
      });
      const outputs = substituted(draft.outputs, inner, currentRegion());
      return {
        state: byPosition(outputs.slice(0, body.states.length), "state"),
        outputs: Object.fromEntries(computed.map((k) => [`output${k}`, outputs[k]!])),
      };
    },
  });
  return draft.outputs.map((tensor, k) => {
    if (k < body.states.length) return made.node.outputs[k]!;
    const item = draft.items.indexOf(tensor);
    if (item >= 0) return now(sequences[item]!);
    const stream = streams.indexOf(tensor);
    return stream >= 0 ? overTime[stream]! : made.outputs[`output${k}`]!;
  });
}

/** Makes the sums of a body anew: terms without the state first, products with the state joined. */
function sumsInOrder({ body }: ScanNode) {
  const outputs = [...body.nextStates, ...body.stacked];
  const levelOf = levels(outputs, body.region, body.states, body.items);
  const users = new Map<Tensor, Node[]>();
  for (const node of topologicalOrder(outputs, (tensor) => !isInside(tensor.node.region, body.region))) {
    for (const used of node.inputs) users.set(used, [...(users.get(used) ?? []), node]);
  }
  const isSum = (tensor: Tensor) =>
    isOperator(tensor, Add) && tensor.dtype === "float" && isInside(tensor.node.region, body.region);
  const usedOnce = (tensor: Tensor) => users.get(tensor)?.length === 1 && !outputs.includes(tensor);
  const isPart = (tensor: Tensor) => isSum(tensor) && usedOnce(tensor) && isSum(users.get(tensor)![0]!.outputs[0]!);
  const termsOf = (tensor: Tensor): Tensor[] =>
    tensor.node.inputs.flatMap((term) => (isPart(term) ? termsOf(term) : [term]));

  return (node: Node, mapping: ReadonlyMap<Tensor, Tensor>): readonly Tensor[] | undefined => {
    const sum = node.outputs[0]!;
    if (!isSum(sum) || isPart(sum)) return undefined;
    const now = (tensor: Tensor) => mapping.get(tensor) ?? tensor;
    const terms = termsOf(sum);
    const isProduct = (term: Tensor) => {
      const [a, b] = term.node.inputs;
      return isOperator(term, MatMul) && usedOnce(term) && levelOf(a!) > 0 && levelOf(b!) === 0;
    };
    // A product x_t W leaves the loop as one long product over all times. In a population (matrices with axes before
    // them) it would stay many small ones: there it is joined with the products of the state.
    const isLate = (term: Tensor) =>
      levelOf(term) === 2 ||
      (isProduct(term) &&
        now(term).shape.length > 2 &&
        terms.some((other) => levelOf(other) === 2 && isProduct(other) && canJoin(other, term)));
    const late = terms.filter(isLate);
    const early = terms.filter((term) => !late.includes(term));
    const joined: Tensor[] = [];
    let rest = late;
    while (rest.length > 0) {
      const [first] = rest as [Tensor];
      const alike = isProduct(first) ? rest.filter((term) => isProduct(term) && canJoin(first, term)) : [first];
      if (alike.length === 1) {
        // The same term may come again: h + h.
        rest = rest.slice(1);
        joined.push(now(first));
      } else {
        rest = rest.filter((term) => !alike.includes(term));
        const lefts = alike.map((term) => now(term.node.inputs[0]!));
        const rights = alike.map((term) => now(term.node.inputs[1]!));
        joined.push(matmul(concat(lefts, -1), concat(rights, -2)));
      }
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

/**
 * Bodies of scans with their sums in order (`sums.ts`), and without what can leave the loop: products that depend on the
 * items but not on the state – x_t W for all t is one product, and so is its derivative – and what depends on neither.
 */
import { Constant } from "../operators/constant.ts";
import { MatMul } from "../operators/matmul.ts";
import { scan, scanInputs, substituted } from "../scan.ts";
import { currentRegion, input, inRegion, isInside, isOperator, type ScanNode, type Tensor } from "../tensor.ts";
import { topologicalOrder } from "../traverse.ts";
import { vectorize } from "../vectorize.ts";
import { levels } from "./levels.ts";
import { sumsInOrder } from "./sums.ts";
import { isWorthTurning } from "./turn.ts";

/**
 * The scan anew, its sums in order, without what can leave the loop.
 * @param mapping what replaces tensors around the scan. @param turning the scans to be turned (`turn.ts`): may get more.
 * @param weightsPerNumber how large the matrices of such scans are.
 */
export function orderedScan(
  node: ScanNode,
  mapping: ReadonlyMap<Tensor, Tensor>,
  turning: Set<ScanNode>,
  weightsPerNumber: number,
): readonly Tensor[] {
  const { body } = node;
  const { initial, sequences } = scanInputs(node);
  const now = (tensor: Tensor) => mapping.get(tensor) ?? tensor;
  const isTurned = isWorthTurning(node, weightsPerNumber);

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
    const ordered = sumsInOrder(node, isTurned);
    const outputs = substituted([...body.nextStates, ...body.stacked], inner, region, (inside, known) =>
      inside.kind === "scan" ? orderedScan(inside, known, turning, weightsPerNumber) : ordered(inside, known),
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
  if (isTurned) turning.add(made.node);
  return draft.outputs.map((tensor, k) => {
    if (k < body.states.length) return made.node.outputs[k]!;
    const item = draft.items.indexOf(tensor);
    if (item >= 0) return now(sequences[item]!);
    const stream = streams.indexOf(tensor);
    return stream >= 0 ? overTime[stream]! : made.outputs[`output${k}`]!;
  });
}

/** Which values of a program its outputs need: what nothing reads is not written into the model. */
import { scanInputs } from "../graph/scan.ts";
import type { Node, ScanNode, Tensor } from "../graph/tensor.ts";

/**
 * All tensors that the outputs need, bodies of scans included.
 *
 * States, items and stacked outputs of a scan count one by one: residuals stacked for a derivative vanish from a program
 * that doesn't compute it, and so does the proxy of a surrogate. A scan keeps at least one sequence, which counts its
 * steps.
 * @param natives scans in whose place their native operator stands: it needs its own inputs. Default: none.
 */
export function liveTensors(outputs: readonly Tensor[], natives: ReadonlySet<Node> = new Set()): ReadonlySet<Tensor> {
  const live = new Set<Tensor>();
  const waiting: Tensor[] = [];
  const need = (tensor: Tensor) => {
    if (live.has(tensor)) return;
    live.add(tensor);
    waiting.push(tensor);
  };
  /** The inputs of bodies: what makes them live reaches out of the body. */
  const bodyInputs = new Map<Tensor, () => void>();
  const opened = new Set<ScanNode>();
  const open = (node: ScanNode) => {
    if (opened.has(node)) return;
    opened.add(node);
    const { body } = node;
    const { initial, sequences } = scanInputs(node);
    body.states.forEach((state, k) => {
      bodyInputs.set(state, () => {
        need(initial[k]!);
        need(body.nextStates[k]!);
      });
    });
    body.items.forEach((item, k) => {
      bodyInputs.set(item, () => need(sequences[k]!));
    });
  };

  for (const output of outputs) need(output);
  const scansWithoutItems = () =>
    [...opened].filter(({ body }) => body.items.length > 0 && !body.items.some((item) => live.has(item)));
  for (;;) {
    for (let tensor = waiting.pop(); tensor; tensor = waiting.pop()) {
      const { node } = tensor;
      if (node.kind === "operator") for (const used of valueInputs(node)) need(used);
      else if (node.kind === "input") bodyInputs.get(tensor)?.();
      else if (natives.has(node)) for (const used of nativeInputs(node)) need(used);
      else {
        open(node);
        const { body } = node;
        const states = body.states.length;
        need(tensor.index < states ? body.states[tensor.index]! : body.stacked[tensor.index - states]!);
      }
    }
    const counted = scansWithoutItems();
    if (counted.length === 0) return live;
    for (const { body } of counted) need(body.items[0]!);
  }
}

/** What an operator's value needs: the others of its inputs matter to the derivative only. */
export function valueInputs(node: Extract<Node, { kind: "operator" }>): readonly Tensor[] {
  return node.inputs.slice(0, node.operator.valueInputs);
}

/** The scans of which nothing is asked but what their native operators give. @param live of all the outputs. */
export function nativeScans(live: ReadonlySet<Tensor>): ReadonlySet<ScanNode> {
  const found = new Set<ScanNode>();
  for (const { node } of live) {
    if (node.kind !== "scan" || !node.body.native) continue;
    const { native } = node.body;
    if (node.outputs.every((output, k) => !live.has(output) || native.outputs[k])) found.add(node);
  }
  return found;
}

/** What the native operator of a scan reads. */
export function nativeInputs({ body }: ScanNode): Tensor[] {
  return (body.native?.inputs ?? []).filter((tensor) => tensor !== undefined);
}

/** The parts of a scan that are needed, each with its partner outside. */
export function liveParts(node: ScanNode, live: ReadonlySet<Tensor>) {
  const { body, outputs } = node;
  const { initial, sequences } = scanInputs(node);
  const states = body.states
    .map((state, k) => ({ state, initial: initial[k]!, next: body.nextStates[k]!, final: outputs[k]! }))
    .filter(({ state }) => live.has(state));
  const items = body.items.map((item, k) => ({ item, sequence: sequences[k]! })).filter(({ item }) => live.has(item));
  const stacked = body.stacked
    .map((inner, k) => ({ inner, outer: outputs[body.states.length + k]! }))
    .filter(({ outer }) => live.has(outer));
  const results = [...states.map(({ next }) => next), ...stacked.map(({ inner }) => inner)];
  return { states, items, stacked, results };
}

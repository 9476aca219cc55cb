/** Recurrences written out: scans over a known number of indices as plain graphs, the body once for each index. */
import { LonghandError } from "../errors.ts";
import { concat, slice } from "./operators/arrange.ts";
import { squeeze, unsqueeze } from "./operators/reshape.ts";
import { scanInputs, substituted } from "./scan.ts";
import { currentRegion, type Node, type ScanNode, type Tensor } from "./tensor.ts";

/**
 * The same values by a graph without scans.
 * @throws LonghandError `argument` when the number of indices of a scan is open.
 */
export function unrollScans(outputs: readonly Tensor[]): Tensor[] {
  return written(outputs, new Map());
}

function written(outputs: readonly Tensor[], mapping: ReadonlyMap<Tensor, Tensor>): Tensor[] {
  return substituted(outputs, mapping, currentRegion(), (node: Node, known) =>
    node.kind === "scan" ? writtenOut(node, known) : undefined,
  );
}

function writtenOut(node: ScanNode, mapping: ReadonlyMap<Tensor, Tensor>): Tensor[] {
  const { body } = node;
  const { time } = body;
  if (typeof time !== "number" || time < 1) {
    throw new LonghandError("argument", `unrollScans: a scan over ${time} indices, expected a known number of them`);
  }
  const { initial, sequences } = scanInputs(node);
  const now = (tensor: Tensor) => mapping.get(tensor) ?? tensor;
  let states = initial.map(now);
  const stacked: Tensor[][] = body.stacked.map(() => []);
  for (let k = 0; k < time; k++) {
    const t = body.reverse ? time - 1 - k : k;
    const inner = new Map(mapping);
    body.states.forEach((tensor, index) => {
      inner.set(tensor, states[index]!);
    });
    body.items.forEach((tensor, index) => {
      inner.set(tensor, squeeze(slice(now(sequences[index]!), { axis: 0, start: t, end: t + 1 }), [0]));
    });
    const made = written([...body.nextStates, ...body.stacked], inner);
    states = made.slice(0, states.length);
    made.slice(states.length).forEach((tensor, index) => {
      stacked[index]![t] = unsqueeze(tensor, [0]);
    });
  }
  return [...states, ...stacked.map((parts) => (parts.length === 1 ? parts[0]! : concat(parts, 0)))];
}

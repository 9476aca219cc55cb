/** All inputs up to a length, breadth first. */
import { type Child, type InputTree, inputOf, keyOf, type Node } from "./input-tree.ts";
import type { Meter } from "./meter.ts";

export interface AllInputs {
  /** A shortest input on which the network errs, at its last step. */
  readonly failing?: Int32Array;
  /** No shorter input than this has an error, or as long a one where none is failing; ∞: there are no more states. */
  readonly length: number;
}

/**
 * Steps from every state that inputs lead to, the shorter ones first. States that are equal in all bits, with the machine in
 * the same state, are stepped from once; where no others are left, inputs of every length are done.
 * @param until the meter's reading at which no further length is begun.
 */
export async function tryAllInputs(
  { machine, start, expand }: InputTree,
  meter: Meter,
  { until, maxLength }: { readonly until: number; readonly maxLength: number },
): Promise<AllInputs> {
  const seen = new Set<string>();
  let frontier: readonly Node[] = [start];
  for (let length = 1; ; length++) {
    if (frontier.length === 0) return { length: Number.POSITIVE_INFINITY };
    const cost = frontier.reduce((sum, { state }) => sum + machine.letters(state).length, 0);
    if (length > maxLength || meter.spent + cost > until) return { length: length - 1 };
    meter.begin(`all inputs of length ${length}`);
    const next: Child[] = [];
    for (let at = 0; at < frontier.length; at += NODES_AT_ONCE) {
      const nodes = frontier.slice(at, at + NODES_AT_ONCE);
      const children = await expand(
        nodes.flatMap((node) => machine.letters(node.state).map((letter) => ({ node, letter }))),
      );
      for (const child of children) {
        if (child.isWrong) return { failing: inputOf(child), length };
        const key = keyOf(child);
        if (seen.has(key)) continue;
        seen.add(key);
        next.push(child);
      }
    }
    frontier = next;
  }
}

const NODES_AT_ONCE = 1024;

/** A beam search for inputs after which the right answer is hardly ahead: the way to an error is often downhill. */
import type { Stream } from "../../random/index.ts";
import { type Child, type InputTree, inputOf, keyOf, type Node, type Step } from "./input-tree.ts";
import type { Meter } from "./meter.ts";

/** Nodes that are looked ahead from, for each that is gone on with. */
const AHEAD = 4;
/** Letters that are tried of a node; where more may come, random ones. */
const LETTERS = 32;

/** A node with its children. */
interface Opened {
  readonly node: Node;
  readonly children: readonly Child[];
  /** The least margin of the children, those of its forebears' where no answer is asked of them. */
  readonly margin: number;
  /** Distance of the network's state from the mean of those seen with the same machine's state. */
  readonly drift: number;
}

/**
 * Follows, from letter to letter, nodes of every state of the machine: those whose next margins are the smallest, those
 * whose network states have drifted furthest from their mean, and random ones.
 * @param width nodes that are gone on with at each length. @param until the meter's reading at which it ends.
 * @returns an input whose last answer is wrong.
 */
export async function searchMargin(
  { machine, start, expand }: InputTree,
  stream: Stream,
  meter: Meter,
  { width, until, maxLength }: { readonly width: number; readonly until: number; readonly maxLength: number },
): Promise<Int32Array | undefined> {
  const means = runningMeans();
  const margins = new Map<Node, number>();
  let pool: readonly Node[] = [start];
  for (let length = 1; length <= maxLength && meter.spent < until; length++) {
    meter.begin(`search on the margin, length ${length}`);
    const steps = pool.flatMap((node) =>
      someOf(machine.letters(node.state), LETTERS, stream).map((letter) => ({ node, letter })),
    );
    const children = await expand(steps);
    const wrong = children.find(({ isWrong }) => isWrong);
    if (wrong) return inputOf(wrong);
    const opened = open(steps, children, margins, means.distance);
    margins.clear();
    const next = new Map<string, Child>();
    for (const { children: own, margin } of beamOf(opened, width, stream)) {
      for (const child of own) {
        const key = keyOf(child);
        if (next.has(key)) continue;
        next.set(key, child);
        margins.set(child, child.margin === Number.POSITIVE_INFINITY ? margin : child.margin);
      }
    }
    pool = someOf([...next.values()], AHEAD * width, stream);
    for (const node of next.values()) means.add(node);
  }
  return undefined;
}

function open(
  steps: readonly Step[],
  children: readonly Child[],
  inherited: ReadonlyMap<Node, number>,
  drift: (node: Node) => number,
): Opened[] {
  const made = steps.map(({ node }, k) => ({ node, child: children[k]! }));
  return [...groupsBy(made, ({ node }) => node)].map(([node, group]) => {
    const own = group.map(({ child }) => child);
    const least = Math.min(...own.map(({ margin }) => margin));
    const margin = least === Number.POSITIVE_INFINITY ? (inherited.get(node) ?? least) : least;
    return { node, children: own, margin, drift: drift(node) };
  });
}

/** As many of each machine's state: half of them by margin, a quarter by drift, the rest random. */
function beamOf(opened: readonly Opened[], width: number, stream: Stream): Opened[] {
  const groups = groupsBy(opened, ({ node }) => node.state);
  const each = Math.max(4, Math.floor(width / groups.size));
  return [...groups.values()].flatMap((group) => {
    const chosen = new Set([...group].sort((a, b) => a.margin - b.margin).slice(0, each / 2));
    const add = (from: readonly Opened[], most: number) => {
      for (const one of from.filter((other) => !chosen.has(other)).slice(0, most)) chosen.add(one);
    };
    add(
      [...group].sort((a, b) => b.drift - a.drift),
      each / 4,
    );
    add(shuffled(group, stream), each - chosen.size);
    return [...chosen];
  });
}

/** At most so many of the items; all of them in their order, or random ones. */
function someOf<Item>(items: readonly Item[], most: number, stream: Stream): readonly Item[] {
  return items.length <= most ? items : shuffled(items, stream).slice(0, most);
}

function shuffled<Item>(items: readonly Item[], stream: Stream): Item[] {
  return Array.from(stream.permutation(items.length), (k) => items[k]!);
}

function groupsBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Means of the network's states by machine's state, and the distance from them. */
function runningMeans() {
  const sums = new Map<number, { count: number; readonly sum: Float64Array }>();
  return {
    add({ state, values }: Child): void {
      const known = sums.get(state) ?? { count: 0, sum: new Float64Array(values.length) };
      sums.set(state, known);
      known.count++;
      values.forEach((value, k) => {
        known.sum[k]! += value;
      });
    },
    distance({ state, values }: Node): number {
      const known = sums.get(state);
      if (!known || !values) return 0;
      return values.reduce((sum, value, k) => sum + (value - known.sum[k]! / known.count) ** 2, 0);
    },
  };
}

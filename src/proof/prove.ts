/** Proving that a network answers its task right on inputs of every length, or finding one that it gets wrong. */
import { machineOf, type Network } from "../networks/index.ts";
import type { Letter } from "../tasks/index.ts";
import { certify, type FoundInvariant } from "./certify.ts";
import { letterText } from "./extract/mealy.ts";
import { type Obstacle, searchInvariant } from "./invariant/boxes.ts";
import { searchPoints } from "./invariant/points.ts";
import { type RefuteOptions, refute } from "./refute/index.ts";
import type { Verdict } from "./verdict.ts";

export interface ProveOptions {
  /** Numbers of last letters by which sets are told apart, in the order in which they are tried. Default: 0, 1, 2, 3, 4. */
  readonly recent?: readonly number[];
  /** Most moves between sets. Default 100,000. */
  readonly moves?: number;
  /**
   * How an input that the network gets wrong is looked for, where no proof is found; a function is called only then.
   * Default: none is looked for.
   */
  readonly refute?: RefuteOptions | (() => RefuteOptions | Promise<RefuteOptions>);
}

/**
 * Tries to prove that a network makes no error on any input of its task, in exact arithmetic and in float32 in any order of
 * summation: first by all states that it can reach, where they are finitely many points, then by an inductive invariant of
 * boxes.
 * @throws LonghandError `argument` for tasks without a finite machine and for networks that read the whole problem first.
 */
export async function prove(network: Network, options: ProveOptions = {}): Promise<Verdict> {
  const { recent, moves, refute: search } = options;
  machineOf(network);
  const wild = Object.entries(network.parameters).find(([, { data }]) =>
    data.some((x) => !Number.isFinite(Math.fround(x))),
  );
  if (wild) return { verdict: "unknown", blocked: `parameter ${wild[0]} has numbers that aren't finite`, tried: [] };
  const points = searchPoints(network);
  if (points.kind === "closed") return proved(network, points.invariant);
  const { invariant, obstacles } =
    points.kind === "wrong"
      ? { invariant: undefined, obstacles: [] }
      : searchInvariant(network, { ...(recent && { recent }), ...(moves !== undefined && { moves }) });
  if (invariant) {
    const { history, bounds, margin } = invariant;
    return proved(network, {
      states: history.sets.map(({ state }) => state),
      bounds,
      moves: history.moves,
      margin,
      found: { method: "boxes by machine state and last letters", recent: history.recent },
    });
  }
  const refutation = search && (await refute(network, typeof search === "function" ? await search() : search));
  if (refutation) return { verdict: "refuted", refutation };
  return { verdict: "unknown", ...blockedBy(network, obstacles) };
}

async function proved(network: Network, invariant: FoundInvariant): Promise<Verdict> {
  return { verdict: "proved", certificate: await certify(network, invariant) };
}

/** What stood in the way, in words. */
function blockedBy(network: Network, obstacles: readonly (Obstacle & { readonly recent: number })[]) {
  const tried = obstacles.map(({ recent, reason, rounds, margin }) => {
    const sets = `boxes by machine state, ${counted(recent)} remembered`;
    return reason === "growth"
      ? `${sets}: still growing after ${rounds} rounds, least margin ${margin.toPrecision(3)}`
      : `${sets}: a margin of ${margin.toPrecision(3)} after ${rounds} rounds`;
  });
  const best = [...obstacles].sort((a, b) => b.margin - a.margin)[0];
  if (!best)
    return { blocked: "a step from the network's states to a wrong answer was found, but no input was run", tried };
  const { task } = network;
  const { move, from, recent, reason, margin } = best;
  const written = (letter: Letter) => letterText(letter, task.channels);
  const after = from && from.letters.length > 0 ? ` after ${from.letters.map(written).join(", ")}` : "";
  const where = from
    ? `in the machine's state "${machineOf(network).states[from.state]}"${after}`
    : "at the first step";
  const what =
    reason === "growth"
      ? "the boxes grow without end"
      : `the answer "${task.output[move.answer]}" has a margin of only ${margin.toPrecision(3)}: the boxes are too large, or it errs`;
  const blocked = `${where}, by ${written(move.letter)}, with ${counted(recent)} remembered: ${what}`;
  return { blocked, tried };
}

function counted(letters: number): string {
  return letters === 1 ? "the last letter" : letters === 0 ? "no letters" : `the last ${letters} letters`;
}

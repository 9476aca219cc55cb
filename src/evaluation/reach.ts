/** How far a network answers without an error. */
import type { LengthResult } from "./evaluate.ts";

/**
 * The longest length up to which a network makes no error at any length: of aⁿbⁿ the largest n such that it accepts the
 * words of 1 … n.
 *
 * Reads results no further than the length at which the last network has made an error.
 *
 * @param results of rising lengths, each of all replicas in the same order, as evaluations yield them.
 * @returns by replica, in that order; 0 where the first length has an error.
 */
export async function reachOf(results: AsyncIterable<readonly LengthResult[]>): Promise<number[]> {
  let reached: number[] | undefined;
  let isGoing: boolean[] = [];
  for await (const found of results) {
    reached ??= found.map(() => 0);
    isGoing = found.map(({ exact }, k) => (isGoing[k] ?? true) && exact.successes === exact.trials);
    for (const [k, { length }] of found.entries()) if (isGoing[k]) reached[k] = length;
    if (!isGoing.includes(true)) break;
  }
  return reached ?? [];
}

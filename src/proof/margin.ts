/** How far logits that are known by bounds stay from a wrong answer. */
import type { Bounds } from "./invariant/bounded-steps.ts";

/**
 * The least margin: z for answer 1 and −z for answer 0 of one logit, else the right logit less the largest other one.
 * @param row which of the logits [rows][logits]. @param answer −1: none is asked, ∞.
 */
export function marginOf(logits: Bounds, count: number, row: number, answer: number): number {
  return margin(logits.lower, logits.upper, count, row, answer);
}

/** The margin of logits that are known; where they aren't numbers it is −∞. */
export function knownMargin(logits: Float64Array, count: number, row: number, answer: number): number {
  const own = margin(logits, logits, count, row, answer);
  return Number.isNaN(own) ? Number.NEGATIVE_INFINITY : own;
}

/** The largest margin: where it isn't right, the answer is surely wrong. */
export function largestMargin(logits: Bounds, count: number, row: number, answer: number): number {
  return margin(logits.upper, logits.lower, count, row, answer);
}

function margin(right: Float64Array, wrong: Float64Array, count: number, row: number, answer: number): number {
  if (answer < 0) return Number.POSITIVE_INFINITY;
  const at = row * count;
  if (count === 1) return answer === 1 ? right[at]! : 0 - wrong[at]!;
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < count; k++) if (k !== answer) largest = Math.max(largest, wrong[at + k]!);
  return right[at + answer]! - largest;
}

/** Whether an answer with this margin is right: one logit of exactly 0 answers symbol 0. */
export function isRightAnswer(margin: number, answer: number, count: number): boolean {
  return margin > 0 || (margin === 0 && count === 1 && answer === 0);
}

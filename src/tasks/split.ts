import { LonghandError } from "../errors.ts";
import type { Stream } from "../random/stream.ts";
import type { Side, Task } from "./contract.ts";

/** Problems that `drawSide` draws before it gives up: one of the rarer side is missed by all with probability 10⁻²⁸. */
const TRIES = 1000;

/**
 * Whether a problem is held out for tests: about a sixteenth of all problems are, whatever the task, its length and the
 * seed. Nothing has to be remembered to keep training and test problems apart.
 *
 *   h₀ = 2166136261,  h_i = ((h_{i−1} ⊕ x_i) · 16777619) mod 2³²   (FNV-1a, a symbol for a byte)
 *
 * over the n symbols x_i; padding, −1, is left out. Then h_n ⊕ n is mixed as at the end of MurmurHash3, and the problem is
 * held out if the four highest bits are 0. Of a length with a handful of problems none may be, or more than a sixteenth.
 *
 * @param problem [steps][channels], or a row of `padBatch`.
 */
export function isHeldOut(problem: Int32Array): boolean {
  return problemHash(problem) >>> 28 === 0;
}

/** The 32 bits that decide. */
export function problemHash(problem: Int32Array): number {
  let hash = 0x811c9dc5;
  let symbols = 0;
  for (let i = 0; i < problem.length; i++) {
    if (problem[i]! < 0) continue;
    hash = Math.imul(hash ^ problem[i]!, 0x01000193);
    symbols++;
  }
  hash ^= symbols;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Draws one problem of a side: the first on it of those that the task draws from the stream.
 *
 * @throws LonghandError "argument" where 1,000 problems are all on the other side, as with a few short lengths that have
 * hardly any problems.
 */
export function drawSide(task: Task, stream: Stream, length: number, side: Side): Int32Array {
  for (let i = 0; i < TRIES; i++) {
    const problem = task.sample(stream, length);
    if (isHeldOut(problem) === (side === "test")) return problem;
  }
  throw new LonghandError("argument", `${task.name}: no problem of length ${length} is on the ${side} side`);
}

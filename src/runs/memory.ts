/** What fits in memory, told before it is tried: where memory is lent freely, the system ends who takes too much. Node only. */
import { freemem } from "node:os";
import { LonghandError } from "../errors.ts";
import type { Trained } from "../trained/index.ts";

/** Arrays as large as the state that a step of a network with positions holds at once, measured with `dngpu`: 15. */
const ARRAYS = 20;

/**
 * Checks that a problem fits in memory, for networks whose state has positions; others need little.
 * @param steps of the problem. @param kept arrays of all steps that are asked for, each [steps, steps, width].
 * @param free bytes.
 * @throws LonghandError `argument` with how much memory the problem needs, how much there is and for which lengths it would do.
 */
export function checkMemory({ model, task }: Trained, steps: number, kept = 0, free = freemem()): void {
  const { width } = model;
  if (width === undefined) return;
  const needs = (length: number) => 4 * width * length * (ARRAYS + kept * length);
  if (needs(steps) <= free) return;
  let fits = 0;
  for (let by = 2 ** 31; by >= 1; by /= 2) if (needs(fits + by) <= free) fits += by;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toPrecision(3)} GB`;
  throw new LonghandError(
    "argument",
    `${model.name} on ${task.name}: a problem of ${steps} symbols needs about ${gigabytes(needs(steps))} of memory${kept > 0 ? " with its trace" : ""}, and ${gigabytes(free)} are free; expected at most about ${fits} symbols`,
  );
}

import type { Stream } from "../random/stream.ts";
import { wholeNumber } from "./check.ts";
import type { AnyTask, DrawnBatch, Side, Task } from "./contract.ts";
import { isDrawn } from "./kinds.ts";
import { runMachine } from "./machine.ts";

/** Problems of one length with their answers. */
export interface Batch {
  /** [count][steps][channels], row-major. */
  readonly input: Int32Array;
  /** [count][steps]; −1 where no answer is asked. */
  readonly target: Int32Array;
}

/**
 * Draws `count` problems of one length with their answers: as the task draws them, by its machine where it has one, else by
 * `solve`.
 *
 * @param length a valid length of the task.
 * @param count number of problems, ≥ 1.
 * @param side of tasks that are drawn with their answers. Default "train".
 * @throws LonghandError "argument" for an invalid length or count.
 */
export function drawBatch(task: Task, stream: Stream, length: number, count: number): Batch;
export function drawBatch(task: AnyTask, stream: Stream, length: number, count: number, side?: Side): DrawnBatch;
export function drawBatch(task: AnyTask, stream: Stream, length: number, count: number, side: Side = "train") {
  if (isDrawn(task)) return task.draw(stream, length, count, side);
  const steps = task.steps(length);
  const input = task.sample(stream, length, count);
  if (task.machine) return { input, target: runMachine(task, input, steps) };
  const target = new Int32Array(count * steps);
  const size = steps * task.channels.length;
  for (let problem = 0; problem < count; problem++)
    target.set(task.solve(input.subarray(problem * size, (problem + 1) * size)), problem * steps);
  return { input, target };
}

/** The task's valid lengths from `low` to `high`, both included; may be empty. */
export function validLengths(task: Pick<AnyTask, "name" | "validLength">, low: number, high: number): number[] {
  wholeNumber(task.name, "shortest length", low, 1);
  wholeNumber(task.name, "longest length", high, low);
  return Array.from({ length: high - low + 1 }, (_, i) => low + i).filter((length) => task.validLength(length));
}

/** The first length from this one on that the task has, if one of the next ten is. */
export function nextValid(task: Pick<AnyTask, "name" | "validLength">, length: number): number[] {
  return validLengths(task, length, length + 10).slice(0, 1);
}

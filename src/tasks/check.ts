import { LonghandError } from "../errors.ts";
import type { Task } from "./contract.ts";

/** `value` if it is a whole number on [low, high]; throws LonghandError "argument" otherwise. */
export function wholeNumber(object: string, field: string, value: number, low: number, high = Infinity): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  const range = high === Infinity ? `≥ ${low}` : `from ${low} to ${high}`;
  throw new LonghandError("argument", `${object}: ${field} is ${value}; expected a whole number ${range}`);
}

/** Number of steps of one problem; throws LonghandError "argument" unless `input` is [steps][channels] of known symbols. */
export function inputSteps(task: Pick<Task, "name" | "channels">, input: Int32Array): number {
  const channels = task.channels.length;
  if (input.length === 0 || input.length % channels !== 0)
    throw new LonghandError(
      "argument",
      `${task.name}: input has ${input.length} symbols; expected steps × ${channels} channel${channels > 1 ? "s" : ""}, steps ≥ 1`,
    );
  for (let i = 0; i < input.length; i++) {
    const size = task.channels[i % channels]!.length;
    if (input[i]! < 0 || input[i]! >= size)
      throw new LonghandError(
        "argument",
        `${task.name}: input symbol ${input[i]} at step ${Math.floor(i / channels)}, channel ${i % channels}; expected 0 … ${size - 1}`,
      );
  }
  return input.length / channels;
}

/**
 * Number of steps of an answer; throws LonghandError "argument" unless it has one output symbol for each step of `input`.
 *
 * @param lowest −1 (default) where steps without an answer are possible, 0 where every step has one.
 */
export function checkAnswer(
  task: Pick<Task, "name" | "channels" | "output">,
  output: Int32Array,
  input: Int32Array,
  lowest: -1 | 0 = -1,
): number {
  const steps = inputSteps(task, input);
  if (output.length !== steps)
    throw new LonghandError(
      "argument",
      `${task.name}: answer has ${output.length} symbols; expected ${steps}, one a step`,
    );
  const wrong = output.findIndex((symbol) => symbol < lowest || symbol >= task.output.length);
  if (wrong >= 0)
    throw new LonghandError(
      "argument",
      `${task.name}: answer symbol ${output[wrong]} at step ${wrong}; expected ${lowest} … ${task.output.length - 1}`,
    );
  return steps;
}

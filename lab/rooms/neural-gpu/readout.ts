/** What would be read as the answer after each step: how the answer comes to be. */
import type { NetworkTrace, Task } from "longhand";
import { type Palette, type Pixels, pixels } from "./pixels.ts";

/** Of the colours: large areas in full colour are loud. */
export const STRENGTH = 0.6;

/** The symbol that would be read after a step at a position; empty where none is asked. */
export function readAt(task: Pick<Task, "output">, trace: NetworkTrace, step: number, position: number): string {
  if (trace.exact[position] === "") return "";
  const symbol = trace.readout?.data[step * trace.input.length + position];
  return symbol === undefined ? "" : (task.output[symbol] ?? "");
}

/** All symbols that would be read after a step. */
export function readRow(task: Pick<Task, "output">, trace: NetworkTrace, step: number): string[] {
  return trace.input.map((_, position) => readAt(task, trace, step, position));
}

/**
 * Steps downwards, positions across: the colour of positive values where the right symbol would be read, of negative ones where
 * a wrong one, of 0 where none is asked.
 * @param palette of a range of both signs.
 */
export function readoutPixels(task: Pick<Task, "output">, trace: NetworkTrace, palette: Palette): Pixels {
  const length = trace.input.length;
  const valueAt = (k: number) => {
    const position = k % length;
    const exact = trace.exact[position];
    if (exact === "") return 0;
    return readAt(task, trace, (k - position) / length, position) === exact ? STRENGTH : -STRENGTH;
  };
  return pixels(length, length + 1, valueAt, [-1, 1], palette);
}

/** The first step from which on the whole answer would be read right to the end; null where it never is. */
export function rightFrom(task: Pick<Task, "output">, trace: NetworkTrace): number | null {
  const length = trace.input.length;
  let from: number | null = null;
  for (let step = length; step >= 0; step--) {
    const isRight = trace.exact.every((exact, position) => exact === readAt(task, trace, step, position));
    if (!isRight) break;
    from = step;
  }
  return from;
}

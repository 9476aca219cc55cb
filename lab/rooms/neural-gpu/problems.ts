/** The problem that a room shows: typed, or drawn by kind, length and seed. */
import { nearLengths, randomSource, type Task, validLengths } from "longhand";

/** Longer problems would take minutes. */
export const LONGEST = 2001;
/** Every length that a task has up to here can be chosen; of longer ones a few. */
const ALL_UP_TO = 61;
const FAR = [81, 101, 151, 201, 301, 401, 601, 801, 1001];

/** "random", and the task's structured kinds. */
export function kindsOf(task: Task): readonly string[] {
  return ["random", ...Object.keys(task.structured ?? {})];
}

/** The lengths to choose from: those trained on and far past them. */
export function lengthsOf(task: Task): readonly number[] {
  const far = FAR.flatMap((length) => nearLengths(task, length).slice(0, 1));
  return [...new Set([...validLengths(task, 1, ALL_UP_TO), ...far])].sort((a, b) => a - b);
}

/** Index of the length to choose that is nearest. */
export function nearestIndex(lengths: readonly number[], length: number): number {
  return lengths.reduce((best, each, k) => (Math.abs(each - length) < Math.abs(lengths[best]! - length) ? k : best), 0);
}

/** The problem of a kind, a length and a seed, as text. */
export function drawnProblem(task: Task, kind: string, length: number, seed: number): string {
  const stream = randomSource(seed).stream("lab", task.name, kind, length);
  const sample = task.structured?.[kind] ?? task.sample;
  return task.format(sample(stream, length));
}

/**
 * Reads a problem that somebody typed.
 * @throws LonghandError as the task's `parse`; Error for one that is too long here.
 */
export function readProblem(task: Task, text: string): Int32Array {
  const problem = task.parse(text);
  const steps = problem.length / task.channels.length;
  if (steps > LONGEST) throw new Error(`received ${steps} symbols, expected at most ${LONGEST} in this page`);
  return problem;
}

/** `longhand eval --reach`: the length up to which networks make no error. */
import { reachOf, type Trained, validLengths } from "../src/index.ts";
import { type EvaluateTrainedOptions, evaluateTrained } from "../src/node.ts";
import type { Output } from "./output.ts";
import { count, counted, list, median } from "./words.ts";

/** How far networks hold: see `reachOf`. */
export interface Reach {
  /** The longest length that was to be tried. */
  readonly most: number;
  /** Problems of each length; fewer where the task has fewer. */
  readonly samples: number;
  /** By replica. */
  readonly reached: readonly number[];
}

/** Problems of each length where no number is given. */
const SAMPLES = 64;

/** Tries all lengths up to `most`, no further than the last network's first error. */
export async function measureReach(
  trained: Trained,
  most: number,
  { samples = SAMPLES, ...options }: Omit<EvaluateTrainedOptions, "lengths">,
): Promise<Reach> {
  const lengths = validLengths(trained.task, 1, most);
  return { most, samples, reached: await reachOf(evaluateTrained(trained, { ...options, lengths, samples })) };
}

export function printReach(output: Output, { most, reached }: Reach): void {
  const upTo = (length: number) => (length >= most ? `${count(length)}, the longest tried` : count(length));
  output.print();
  if (reached.length === 1) {
    output.print(`No error at any length up to ${upTo(reached[0]!)}.`);
    return;
  }
  output.print(
    `No error at any length up to ${upTo(median(reached))} (median of ${counted(reached.length, "replica")}); each: ${list(reached.map(count))}.`,
  );
}

/** What a step of a training by bins computes: which bins, how many problems of each, in which parts. */
import type { RandomSource } from "../../random/index.ts";
import type { TrainingConfig } from "../config.ts";
import type { RecipeState } from "./recipe.ts";

export type BinsConfig = NonNullable<TrainingConfig["bins"]>;

/** A part of a step, whose gradient is computed at once: some of the problems of one bin. */
export interface Part {
  /** The bin: its padded length, which is also the number of steps of the network. */
  readonly length: number;
  /** The part's problems are `first` … `first + count − 1` of the bin's in this step. */
  readonly first: number;
  readonly count: number;
  /** Weight of the part's mean loss in the step's loss; the weights of a step sum to 1. */
  readonly share: number;
}

/** The parts of step t, the most work first. */
export function planStep(config: TrainingConfig, recipe: RecipeState, random: RandomSource, t: number): Part[] {
  const bins = config.bins!;
  const chosen =
    bins.step === "all"
      ? workOf(bins, recipe, config.batch)
      : [{ length: oneLength(config, recipe, random, t), problems: config.batch }];
  const parts = chosen.flatMap(({ length, problems }) =>
    Array.from({ length: Math.ceil(problems / bins.chunk) }, (_, k) => {
      const count = Math.min(bins.chunk, problems - k * bins.chunk);
      return { length, first: k * bins.chunk, count, share: count / problems / chosen.length };
    }),
  );
  return parts.sort((a, b) => b.length ** 2 * b.count - a.length ** 2 * a.count);
}

/**
 * How many problems of each bin a step trains: all of a batch up to the first bin that isn't learned yet and `ahead` bins
 * more, fewer or none of the longer ones, which can't be learned before.
 */
function workOf(bins: BinsConfig, recipe: RecipeState, batch: number): { length: number; problems: number }[] {
  const { lengths, ahead } = bins;
  if (ahead === null) return lengths.map((length) => ({ length, problems: batch }));
  return lengths.slice(0, recipe.open).map((length) => ({ length, problems: batch }));
}

/** One bin: mostly the longest that the curriculum has reached, sometimes any. */
function oneLength({ bins }: TrainingConfig, { open }: RecipeState, random: RandomSource, t: number): number {
  const { lengths } = bins!;
  const draw = random.stream("bin", t);
  const [u] = draw.uniform(new Float64Array(1));
  if (u! >= ANY) return lengths[open - 1]!;
  return lengths[draw.integers(new Int32Array(1), 0, lengths.length)[0]!]!;
}

/** Part of the steps of a curriculum that train a bin of any length. (Kaiser and Sutskever 2016) */
const ANY = 0.2;

/** What a step of a training by bins computes: which bins, how many problems of each, in which parts. */
import type { RandomSource } from "../../random/index.ts";
import type { TrainingConfig } from "../config.ts";
import type { Part } from "../parts/part.ts";
import type { RecipeState } from "./recipe.ts";

/** The parts of step t, the most work first: a batch of every bin that is open, or of one. */
export function planStep(config: TrainingConfig, recipe: RecipeState, random: RandomSource, t: number): Part[] {
  const { lengths, step, chunk } = config.bins!;
  const chosen = step === "all" ? lengths.slice(0, recipe.open) : [oneLength(config, recipe, random, t)];
  const parts = chosen.flatMap((length) =>
    Array.from({ length: Math.ceil(config.batch / chunk) }, (_, k) => {
      const count = Math.min(chunk, config.batch - k * chunk);
      return { length, first: k * chunk, count, share: count / config.batch / chosen.length };
    }),
  );
  return parts.sort((a, b) => b.length ** 2 * b.count - a.length ** 2 * a.count);
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

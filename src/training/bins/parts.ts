/** What the parts of a training by bins read: their problems and their dropout masks. */
import { type RandomSource, randomSource } from "../../random/index.ts";
import type { Arrays } from "../../runtime/contract.ts";
import { drawSide, exactTask, padBatch, type Task, validLengths } from "../../tasks/index.ts";
import { prefixed, scalarArray } from "../arrays.ts";
import { configuredModel, type Own, type TrainingConfig } from "../config.ts";
import type { Part, PartSource } from "../parts/part.ts";
import { gradientProgram, MASKS, positionsOf } from "./program.ts";

/** The parts of a training by bins: some problems of one bin each, with masks of their own. */
export function binParts(config: TrainingConfig, own: Own = {}): PartSource {
  const { task, model } = configuredModel(config, own);
  const exact = exactTask(task);
  const random = randomSource(config.seed);
  return {
    kind: ({ length, count }) => `${length} ${count}`,
    program: ({ length, count }) => gradientProgram(model, config, length, count),
    inputs({ step, weights }, part) {
      const share = part.share!;
      const scaled = Object.entries(weights).map(([name, weight]) => [name, scalarArray(share * weight)]);
      return {
        share,
        arrays: {
          ...prefixed("weight", Object.fromEntries(scaled)),
          ...problemsOf(exact, config, random, step, part),
          ...(model.dropout && masksOf(model.dropout, random, step, part)),
        },
      };
    },
  };
}

/**
 * The problems of a part. Each problem of a bin is chosen by its length (the longest that fits, or with probability
 * `shorter` one of the others) and by its number among the distinct problems of that length; a problem of given length and
 * number is the same throughout the training, and never one that is held out for tests.
 */
export function problemsOf(
  task: Task,
  config: TrainingConfig,
  random: RandomSource,
  step: number,
  { length, first, count }: Pick<Part, "length" | "first" | "count">,
): Arrays {
  const { shorter, examples } = config.bins!;
  const lengths = validLengths(task, config.lengths[0], length);
  const longest = lengths.at(-1)!;
  const problems: Int32Array[] = [];
  for (let k = first; k < first + count; k++) {
    const draw = random.stream("problem", step, length, k);
    const [u] = draw.uniform(new Float64Array(1));
    const choice = draw.integers(new Int32Array(2), 0, 2 ** 30);
    const own = u! < shorter && lengths.length > 1 ? lengths[choice[0]! % (lengths.length - 1)]! : longest;
    const stream =
      examples === null
        ? random.stream("new problem", step, length, k)
        : random.stream("example", own, choice[1]! % examples);
    problems.push(drawSide(task, stream, own, "train"));
  }
  const { input, target } = padBatch(
    problems,
    problems.map((problem) => task.solve(problem)),
    length,
  );
  return {
    symbols: { dtype: "int", shape: [count, length, 1], data: input },
    targets: { dtype: "int", shape: [count, length], data: target },
  };
}

/** A pool of masks for a part, and which of them each position takes at each step. */
function masksOf(
  { width, keep }: { readonly width: number; keep(length: number): number },
  random: RandomSource,
  step: number,
  { length, first, count }: Part,
): Arrays {
  const stream = random.stream("dropout", step, length, first);
  const positions = positionsOf(length);
  const pool = stream.mask(new Float32Array(MASKS * count * width), keep(length));
  const rows = stream.integers(new Int32Array((length + 1) * positions), 0, MASKS);
  return {
    pool: { dtype: "float", shape: [MASKS, count * width], data: pool },
    rows: { dtype: "int", shape: [length + 1, positions], data: rows },
  };
}

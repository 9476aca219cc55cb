/** Computes the gradients of parts of steps: their problems, their dropout masks, the gradient program of their shape. */
import type { NDArray } from "../../graph/index.ts";
import { type RandomSource, randomSource } from "../../random/index.ts";
import type { Arrays, Executable, Runtime } from "../../runtime/contract.ts";
import { drawSide, exactTask, padBatch, type Task, validLengths } from "../../tasks/index.ts";
import { scalarArray } from "../arrays.ts";
import { configuredModel, type Own, type TrainingConfig } from "../config.ts";
import type { Part } from "./plan.ts";
import { gradientProgram, MASKS, positionsOf, prefixed } from "./program.ts";

/** What a step asks for. */
export interface PartsOrder {
  readonly step: number;
  readonly parts: readonly Part[];
  /** [size]. */
  readonly parameters: Float32Array | Float64Array;
  /** Weights of the costs, by name. */
  readonly weights: Readonly<Record<string, number>>;
}

/** What a part came to. */
export interface PartResult {
  /** [size], of the part's share of the step's loss and costs. */
  readonly gradient: Float32Array | Float64Array;
  readonly loss: number;
  readonly symbolAccuracy: number;
  readonly exactAccuracy: number;
  /** Costs without their weights. */
  readonly costs: Readonly<Record<string, number>>;
}

/** Computes parts, one after the other or at the same time; the results are in the order of the parts. */
export interface PartRunner extends AsyncDisposable {
  run(order: PartsOrder): Promise<readonly PartResult[]>;
}

/** A runner of parts in this thread. */
export function partRunner(config: TrainingConfig, runtime: Runtime, own: Own = {}): PartRunner {
  const { task, model } = configuredModel(config, own);
  const random = randomSource(config.seed);
  const executables = new Map<string, Promise<Executable>>();
  const executableFor = ({ length, count }: Part) => {
    const key = `${length} ${count}`;
    let made = executables.get(key);
    if (!made) {
      made = runtime.compile(gradientProgram(model, config, length, count));
      executables.set(key, made);
    }
    return made;
  };
  const runPart = async ({ step, parameters, weights }: PartsOrder, part: Part): Promise<PartResult> => {
    const executable = await executableFor(part);
    const size = parameters.length;
    const inputs: Record<string, NDArray> = {
      parameters: { dtype: "float", shape: [size], data: parameters },
      share: scalarArray(part.share),
      ...prefixed(
        "weight",
        Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, scalarArray(part.share * weight)])),
      ),
      ...problemsOf(exactTask(task), config, random, step, part),
      ...(model.dropout && masksOf(model.dropout, random, step, part)),
    };
    const { gradient, loss, symbolAccuracy, exactAccuracy, ...costs } = await executable.run(inputs);
    return {
      gradient: gradient!.data as Float32Array,
      loss: loss!.data[0]!,
      symbolAccuracy: symbolAccuracy!.data[0]!,
      exactAccuracy: exactAccuracy!.data[0]!,
      costs: Object.fromEntries(Object.entries(costs).map(([name, { data }]) => [name, data[0]!])),
    };
  };
  return {
    async run(order) {
      const results: PartResult[] = [];
      for (const part of order.parts) results.push(await runPart(order, part));
      return results;
    },
    async [Symbol.asyncDispose]() {
      // What couldn't be compiled was told of by `run`.
      const compiled = await Promise.allSettled(executables.values());
      for (const made of compiled) if (made.status === "fulfilled") await made.value.close();
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

/** What a training remembers between steps: enough to go on as if it had never stopped. */
import { LonghandError } from "../errors.ts";
import { type ArrayData, type NDArray, ndarray } from "../graph/index.ts";
import type { RecipeState } from "./bins/recipe.ts";
import type { Layout } from "./flat.ts";

export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  /** Parameters of the population [population · size]. */
  readonly parameters: ArrayData;
  /** The optimizer's arrays, each of the parameters' size; `average`: the moving average of the parameters, where there is one. */
  readonly slots: Readonly<Record<string, ArrayData>>;
  /** Longest problem that the curriculum has reached. */
  readonly longest: number;
  /** By replica: the step of the look since which it has been solved, or null. */
  readonly solvedAt: readonly (number | null)[];
  /** By replica: the step at which its numbers stopped being finite, or null. */
  readonly divergedAt: readonly (number | null)[];
  /** What a training by bins has decided so far. */
  readonly recipe?: RecipeState;
}

/** The trained network's parameters: their moving average where there is one. */
export function trainedParameters({ parameters, slots }: TrainingState): ArrayData {
  return slots.average ?? parameters;
}

/** The parameters by name, each [population, …shape] (without that axis for one replica). */
export function namedParameters(data: ArrayData, layout: Layout, population: number): Record<string, NDArray> {
  return Object.fromEntries(
    layout.parts.map(({ name, shape, start, end }) => {
      const extent = end - start;
      const part =
        data instanceof Float64Array ? new Float64Array(population * extent) : new Float32Array(population * extent);
      for (let replica = 0; replica < population; replica++) {
        const from = replica * layout.size;
        part.set(data.subarray(from + start, from + end), replica * extent);
      }
      return [name, ndarray(part, population > 1 ? [population, ...shape] : shape)];
    }),
  );
}

/** The inverse of `namedParameters`. */
export function joinParameters(
  named: Readonly<Record<string, NDArray>>,
  layout: Layout,
  population: number,
): ArrayData {
  const first = Object.values(named)[0];
  const all =
    first?.data instanceof Float64Array
      ? new Float64Array(population * layout.size)
      : new Float32Array(population * layout.size);
  for (const { name, start, end } of layout.parts) {
    const part = named[name];
    const extent = end - start;
    if (!part || part.data.length !== population * extent) {
      throw new LonghandError(
        "format",
        `checkpoint: parameter ${name} has ${part ? `shape [${part.shape}]` : "no values"}, expected ${population * extent} numbers`,
      );
    }
    for (let replica = 0; replica < population; replica++) {
      all.set(part.data.subarray(replica * extent, (replica + 1) * extent), replica * layout.size + start);
    }
  }
  return all;
}

/** Networks with noise on their weights. */
import { type NDArray, ndarray } from "../graph/index.ts";
import type { RandomSource } from "../random/index.ts";

/** Which weights bear noise: "all"; "present": biases, and connections whose weight isn't zero. */
export type NoisyConnections = "all" | "present";

export interface NoisyOptions {
  /** Which of many, from 0. Default 0. */
  readonly draw?: number;
  /** Default "all". */
  readonly connections?: NoisyConnections;
}

/**
 * Parameters with normal noise added:
 *
 *     θ + s·n,     n from a standard normal distribution
 *
 * The n of a draw are the same at every s, and whichever connections bear them.
 * @param deviation s ≥ 0.
 * @returns float64 arrays.
 */
export function noisyParameters(
  parameters: Readonly<Record<string, NDArray>>,
  deviation: number,
  random: RandomSource,
  { draw = 0, connections = "all" }: NoisyOptions = {},
): Record<string, NDArray> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, data }]) => {
      const noise = random.stream("noise on weights", draw, name).normal(new Float64Array(data.length));
      const isNoisy = (value: number) => connections === "all" || shape.length === 1 || value !== 0;
      const values = Float64Array.from(data, (value, k) => (isNoisy(value) ? value + deviation * noise[k]! : value));
      return [name, ndarray(values, shape)];
    }),
  );
}

/** How much noise on its weights a network bears before it errs. */
import { LonghandError } from "../errors.ts";
import { type Rate, rate } from "../evaluation/index.ts";
import { type Network, type NoisyConnections, noisyParameters } from "../networks/index.ts";
import { randomSource } from "../random/index.ts";
import { searchInvariant } from "./invariant/boxes.ts";
import { statesDecider } from "./states.ts";

export interface NoisePoint {
  /** Standard deviation of the normal noise on weights and biases. */
  readonly deviation: number;
  /** Noisy copies that are known to be exact at every length, of all. */
  readonly exact: Rate;
  /** Copies of which it isn't known: they reach more than `limit` states, none of them wrong, and no proof was found. */
  readonly undecided: number;
}

export interface NoiseOptions {
  /** Noisy copies of the network for each deviation. Default 400. */
  readonly draws?: number;
  /** Of the noise. Default 1. */
  readonly seed?: number;
  /** Which weights bear noise. Default "all". */
  readonly connections?: NoisyConnections;
  /** States of a copy that are looked at before a proof is tried. Default 1000. */
  readonly limit?: number;
}

/** Standard deviations from nothing to the size of the weights. */
export const noiseLevels: readonly number[] = [
  0, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.02, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 1,
];

/**
 * Yields a point a deviation: of noisy copies of a network, the share that still computes its task exactly, at every length.
 * A copy is decided by all states that it reaches, in float64, or, where they are too many, by an inductive invariant. The
 * same draws of noise are scaled to each deviation.
 * @throws LonghandError `argument` for a deviation or a number of draws out of range, and as `statesDecider` does.
 */
export function* noiseCurve(
  network: Network,
  deviations: readonly number[] = noiseLevels,
  { draws = 400, seed = 1, limit = 1000, connections = "all" }: NoiseOptions = {},
): Generator<NoisePoint> {
  if (!Number.isSafeInteger(draws) || draws < 1) {
    throw new LonghandError("argument", `noise: draws is ${draws}, expected a whole number of at least 1`);
  }
  for (const deviation of deviations) {
    if (Number.isFinite(deviation) && deviation >= 0) continue;
    throw new LonghandError("argument", `noise: deviation is ${deviation}, expected a number of at least 0`);
  }
  const decide = statesDecider(network);
  const random = randomSource(seed);
  for (const deviation of deviations) {
    const found = { right: 0, wrong: 0, undecided: 0 };
    for (let draw = 0; draw < draws; draw++) {
      const parameters = noisyParameters(network.parameters, deviation, random, { draw, connections });
      const { answers } = decide(parameters, limit);
      const isProved = answers === "undecided" && searchInvariant({ ...network, parameters }).invariant !== undefined;
      found[isProved ? "right" : answers]++;
    }
    yield { deviation, exact: rate(found.right, draws), undecided: found.undecided };
  }
}

/** A rate with its uncertainty. */

/** Successes out of a number of trials, with a 95% confidence interval. */
export interface Rate {
  readonly value: number;
  readonly successes: number;
  readonly trials: number;
  readonly low: number;
  readonly high: number;
}

/** The 97.5% point of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * Wilson's score interval (Wilson 1927): with p = successes/trials and z = 1.96,
 * (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n). Holds at 0 and at n of n too.
 */
export function rate(successes: number, trials: number): Rate {
  if (trials === 0) return { value: Number.NaN, successes, trials, low: 0, high: 1 };
  const p = successes / trials;
  const z2 = (Z * Z) / trials;
  const centre = (p + z2 / 2) / (1 + z2);
  const half = (Z * Math.sqrt((p * (1 - p)) / trials + z2 / (4 * trials))) / (1 + z2);
  // At the ends the exact bound is 0 or 1; floating point may miss it by a rounding.
  const low = successes === 0 ? 0 : Math.max(0, centre - half);
  const high = successes === trials ? 1 : Math.min(1, centre + half);
  return { value: p, successes, trials, low, high };
}

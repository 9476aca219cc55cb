/** How many regions there are: in general position by a formula, of any arrangement without finding them. */
import { LonghandError } from "../../errors.ts";
import type { Arrangement } from "./arrangement.ts";
import { insideOf, type Plane, planesOf } from "./plane.ts";

/** Numbers of regions. */
export interface RegionCounts {
  readonly regions: bigint;
  readonly bounded: bigint;
}

/**
 * Regions of n hyperplanes of d dimensions in general position: no two parallel, no more than d through a point.
 *
 *     regions = Σ_{k ≤ d} C(n, k)        bounded = C(n − 1, d)
 *
 * No n hyperplanes have more. Beside it stands n^d, the estimate of papers/002, exercise 3h, which for n much larger than d is
 * too large by a factor of about d!.
 * @param units n, at least 0. @param dimension d, at least 1.
 * @throws LonghandError `argument` for numbers that aren't whole or are too small.
 */
export function genericRegionCounts(units: number, dimension: number): RegionCounts & { readonly estimate: bigint } {
  for (const [name, value, low] of [["units", units, 0] as const, ["dimension", dimension, 1] as const]) {
    if (!Number.isSafeInteger(value) || value < low) {
      throw new LonghandError("argument", `regions: ${name} is ${value}, expected a whole number of at least ${low}`);
    }
  }
  let regions = 0n;
  let ways = 1n; // C(n, k)
  for (let k = 0; k <= Math.min(dimension, units); k++) {
    regions += ways;
    ways = (ways * BigInt(units - k)) / BigInt(k + 1);
  }
  return { regions, bounded: binomial(units - 1, dimension), estimate: BigInt(units) ** BigInt(dimension) };
}

function binomial(n: number, k: number): bigint {
  if (n < k) return 0n;
  let ways = 1n;
  for (let i = 0; i < k; i++) ways = (ways * BigInt(n - i)) / BigInt(i + 1);
  return ways;
}

export interface ArrangementCounts extends RegionCounts {
  /** Absolute values of the coefficients of the characteristic polynomial, that of t^d first. */
  readonly coefficients: readonly bigint[];
  /** No other n hyperplanes have more regions. */
  readonly isGeneric: boolean;
}

/**
 * Counts the regions of an arrangement by its characteristic polynomial, exactly and without finding one of them.
 *
 *     χ(t) = Σ_k (−1)^k c_k t^(d−k)      regions = |χ(−1)| = Σ c_k      bounded = |χ(1)|
 *
 * c_k is the number of sets of k hyperplanes with a point in common that contain no broken circuit: hyperplanes are numbered,
 * and each set is such that its last ones, however many, have no hyperplane in common with a lower number than theirs, nor
 * one that contains all they have in common. Where the hyperplanes' normals don't span the space, no region is bounded.
 *
 * Source: T. Zaslavsky, "Facing up to arrangements", Memoirs of the AMS 154, 1975, theorems A and C; H. Whitney, "A logical
 * expansion in mathematics", Bulletin of the AMS 38, 1932 (broken circuits).
 * @param options.limit of sets. Default 10 million: about a minute.
 * @throws LonghandError `unsupported` beyond the limit.
 */
export function arrangementCounts(arrangement: Arrangement, { limit = 10_000_000 } = {}): ArrangementCounts {
  const { dimension, hyperplanes } = arrangement;
  const counts = new Array<number>(dimension + 1).fill(0);
  let found = 0;
  const visit = (planes: readonly Plane[], size: number): void => {
    counts[size]!++;
    if (++found > limit) {
      const most = genericRegionCounts(hyperplanes.length, dimension).regions;
      throw new LonghandError(
        "unsupported",
        `regions: more than ${limit.toLocaleString("en-US")} of ${hyperplanes.length} hyperplanes in ${dimension} dimensions, which have up to ${most.toLocaleString("en-US")}; expected fewer, or a higher limit`,
      );
    }
    planes.forEach((plane, k) => {
      const inside = insideOf(plane);
      const lower: Plane[] = [];
      for (const other of planes.slice(0, k)) {
        const met = inside.restrict(other);
        if (met === "everywhere") return; // a broken circuit, in every larger set too
        if (met !== "nowhere") lower.push(met);
      }
      visit(lower, size + 1);
    });
  };
  visit(planesOf(arrangement), 0);
  const rank = counts.findLastIndex((count) => count > 0);
  const alternating = counts.reduce((sum, count, k) => sum + (k % 2 === 0 ? count : -count), 0);
  const regions = BigInt(found);
  return {
    regions,
    bounded: rank === dimension ? BigInt(Math.abs(alternating)) : 0n,
    coefficients: counts.map(BigInt),
    isGeneric: regions === genericRegionCounts(hyperplanes.length, dimension).regions,
  };
}

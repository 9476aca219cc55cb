/** Hyperplanes to begin with: lines that look well on a sheet, and random ones. */
import { type Rational, rationals } from "../../algebra/index.ts";
import { LonghandError } from "../../errors.ts";
import { randomSource, type Seed, type Stream } from "../../random/index.ts";
import { type Arrangement, type Hyperplane, makeArrangement } from "./arrangement.ts";
import { arrangementCounts } from "./count.ts";

/** Lines x·(cos φ, sin φ) = p. */
interface Drawn {
  readonly angles: Float64Array;
  readonly offsets: Float64Array;
}

/** Steps of the search, and how many distances from a crossing to a line they may take in all. */
const STEPS = 30_000;
const DISTANCES = 100_000_000;
const MOST_LINES = 300;

/**
 * Lines in general position for a drawing by hand (papers/002, exercise 3a): each crosses all others on the sheet, and no
 * region is small because three lines nearly meet. The least distance from a crossing to another line, on a sheet of a given
 * size, is made large by random changes; weights and thresholds are decimals of few digits. They are numbered by their angle.
 * @param count at least 1, at most 300. @param seed default 1.
 * @throws LonghandError `argument` for another count.
 */
export function drawnLines(count: number, seed: Seed = 1): Arrangement {
  if (!Number.isSafeInteger(count) || count < 1 || count > MOST_LINES) {
    throw new LonghandError("argument", `lines: received ${count}, expected a whole number from 1 to ${MOST_LINES}`);
  }
  const stream = randomSource(seed).stream("lines", count);
  let best = spread(count, stream);
  let score = roomOf(best);
  const steps = count < 3 ? 0 : Math.min(STEPS, Math.floor(DISTANCES / count ** 3));
  for (let step = 0; step < steps; step++) {
    const size = 0.3 * (1 - step / steps) + 0.01;
    const next = changed(best, size, stream);
    const reached = roomOf(next);
    if (reached <= score) continue;
    best = next;
    score = reached;
  }
  return decimals(best);
}

/** Angles evenly apart but for a part of a step, offsets as those of tangents to a curve with three cusps. */
function spread(count: number, stream: Stream): Drawn {
  const [phase, ...parts] = stream.uniform(new Float64Array(2 * count + 1), -1, 1) as Iterable<number>;
  const angles = Float64Array.from({ length: count }, (_, k) => (Math.PI * (k + 0.5 + 0.1 * parts[k]!)) / count);
  const offsets = angles.map((angle, k) => 0.4 * Math.cos(3 * angle + Math.PI * phase!) + 0.02 * parts[count + k]!);
  return { angles, offsets };
}

/** One line turned and moved. */
function changed({ angles, offsets }: Drawn, size: number, stream: Stream): Drawn {
  const [which, turn, move] = stream.uniform(new Float64Array(3)) as unknown as [number, number, number];
  const k = Math.floor(which * angles.length);
  const low = (Math.PI * k) / angles.length;
  const high = (Math.PI * (k + 1)) / angles.length;
  const angle = Math.min(high, Math.max(low, angles[k]! + size * (turn - 0.5)));
  return { angles: angles.with(k, angle), offsets: offsets.with(k, offsets[k]! + size * (2 * move - 1)) };
}

/** The least distance from a crossing to a third line, by the size of what all crossings span. */
function roomOf({ angles, offsets }: Drawn): number {
  const cos = angles.map(Math.cos);
  const sin = angles.map(Math.sin);
  let least = Number.POSITIVE_INFINITY;
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as [number, number];
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY] as [number, number];
  for (let i = 0; i < angles.length; i++) {
    for (let j = 0; j < i; j++) {
      const determinant = cos[i]! * sin[j]! - sin[i]! * cos[j]!;
      const x = (offsets[i]! * sin[j]! - sin[i]! * offsets[j]!) / determinant;
      const y = (cos[i]! * offsets[j]! - offsets[i]! * cos[j]!) / determinant;
      low[0] = Math.min(low[0], x);
      low[1] = Math.min(low[1], y);
      high[0] = Math.max(high[0], x);
      high[1] = Math.max(high[1], y);
      for (let k = 0; k < angles.length; k++) {
        if (k !== i && k !== j) least = Math.min(least, Math.abs(cos[k]! * x + sin[k]! * y - offsets[k]!));
      }
    }
  }
  const size = Math.max(high[0] - low[0], high[1] - low[1]);
  return Number.isFinite(size) ? least / size : 0;
}

/** The same lines by decimals with as few digits as leave them in general position. */
function decimals({ angles, offsets }: Drawn): Arrangement {
  for (let digits = angles.length <= 12 ? 2 : 3; ; digits++) {
    const lines = Array.from(angles, (angle, k): Hyperplane => {
      const numbers = [Math.cos(angle), Math.sin(angle), offsets[k]!].map((value) => decimal(value, digits));
      return { weights: numbers.slice(0, 2), threshold: numbers[2]! };
    });
    const arrangement = makeArrangement(lines, 2);
    if (arrangementCounts(arrangement).isGeneric || digits >= 12) return arrangement;
  }
}

function decimal(value: number, digits: number): Rational {
  return rationals.rational(BigInt(Math.round(value * 10 ** digits)), 10n ** BigInt(digits));
}

/**
 * Random hyperplanes: normals with directions that are all equally likely, at distances from 0 uniform up to 1, rounded to
 * three decimals. Nearly always they are in general position; `arrangementCounts` says whether they are.
 * @param count at least 0. @param dimension at least 1. @param seed default 1.
 * @throws LonghandError `argument` for numbers outside of these.
 */
export function randomHyperplanes(count: number, dimension: number, seed: Seed = 1): Arrangement {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new LonghandError("argument", `hyperplanes: received ${count}, expected a whole number of at least 0`);
  }
  const stream = randomSource(seed).stream("hyperplanes", dimension);
  const hyperplanes: Hyperplane[] = [];
  while (hyperplanes.length < count && dimension >= 1) {
    const normal = stream.normal(new Float64Array(dimension));
    const length = Math.hypot(...normal);
    const [distance] = stream.uniform(new Float64Array(1), -1, 1) as unknown as [number];
    const weights = Array.from(normal, (value) => decimal(value / length, 3));
    if (!weights.every(rationals.isZero)) hyperplanes.push({ weights, threshold: decimal(distance, 3) });
  }
  return makeArrangement(hyperplanes, dimension);
}

/** Arrangements of hyperplanes: what the threshold units of a first layer cut their input space with. */
import { type Rational, rationals } from "../../algebra/index.ts";
import { LonghandError } from "../../errors.ts";
import type { NDArray } from "../../graph/index.ts";

/** The points x with w·x = θ. The unit of it is on where w·x > θ, its positive side. */
export interface Hyperplane {
  /** w, not all of them 0. */
  readonly weights: readonly Rational[];
  /** θ. */
  readonly threshold: Rational;
}

export interface Arrangement {
  /** Of the space: a hyperplane has as many weights. At least 1. */
  readonly dimension: number;
  /** Coincident ones are allowed. */
  readonly hyperplanes: readonly Hyperplane[];
}

/**
 * Checks hyperplanes, numbered from 1 in messages.
 * @param dimension default: that of the first hyperplane.
 * @throws LonghandError `input` for a hyperplane of another dimension, or with weights that are all 0; `argument` for a
 *   dimension below 1, or none and no hyperplanes.
 */
export function makeArrangement(hyperplanes: readonly Hyperplane[], dimension?: number): Arrangement {
  const size = dimension ?? hyperplanes[0]?.weights.length;
  if (size === undefined || !Number.isSafeInteger(size) || size < 1) {
    const received =
      dimension === undefined && hyperplanes.length === 0 ? "no hyperplanes and no dimension" : `${size}`;
    throw new LonghandError("argument", `arrangement: received ${received}, expected a dimension of at least 1`);
  }
  hyperplanes.forEach(({ weights }, k) => {
    if (weights.length !== size) {
      throw new LonghandError(
        "input",
        `hyperplane ${k + 1}: received ${weights.length} weights, expected ${size}, the dimension`,
      );
    }
    if (weights.every(rationals.isZero)) {
      throw new LonghandError(
        "input",
        `hyperplane ${k + 1}: all its weights are 0, so its unit has the same input everywhere; expected one that is not 0`,
      );
    }
  });
  return Object.freeze({ dimension: size, hyperplanes });
}

/**
 * The hyperplanes of a layer of threshold units g(x W − θ), by the exact values of its numbers.
 * @param weights W, of shape [d, n]: a column a unit.
 * @param thresholds θ, n numbers; of a layer with biases b they are −b.
 * @throws LonghandError `shape` for a W that is no matrix, or thresholds that aren't as many as its columns; `argument` for
 *   numbers that aren't finite; `input` for a unit whose weights are all 0.
 */
export function layerArrangement(weights: NDArray, thresholds: ArrayLike<number>): Arrangement {
  const [dimension, units] = weights.shape;
  if (weights.shape.length !== 2 || thresholds.length !== units) {
    throw new LonghandError(
      "shape",
      `layer: received weights of shape [${weights.shape}] and ${thresholds.length} thresholds, expected [d, n] and n`,
    );
  }
  const hyperplanes = Array.from({ length: units }, (_, unit) => ({
    weights: Array.from({ length: dimension! }, (_, k) => rationals.fromNumber(weights.data[k * units + unit]!)),
    threshold: rationals.fromNumber(thresholds[unit]!),
  }));
  return makeArrangement(hyperplanes, dimension!);
}

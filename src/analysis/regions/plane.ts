/** Hyperplanes and points in whole numbers, and what a hyperplane cuts out of the others. */

import { type Rational, rationals } from "../../algebra/index.ts";
import { absolute, gcd } from "../../algebra/integer.ts";
import type { Arrangement } from "./arrangement.ts";

/** w·x = θ in whole numbers without a common divisor; its positive side is w·x > θ. */
export interface Plane {
  readonly weights: readonly bigint[];
  readonly threshold: bigint;
  /** The weights and the threshold as the nearest float64: most signs can be told by them. */
  readonly near: Float64Array;
}

/** The point x / scale, scale > 0. */
export interface Place {
  readonly x: readonly bigint[];
  readonly scale: bigint;
}

/** The hyperplanes of an arrangement, each times a positive number that makes it whole. */
export function planesOf({ hyperplanes }: Arrangement): Plane[] {
  return hyperplanes.map(({ weights, threshold }) => {
    const common = [...weights, threshold].reduce((product, { denominator }) => product * denominator, 1n);
    const whole = ({ numerator, denominator }: Rational) => (numerator * common) / denominator;
    return primitive(weights.map(whole), whole(threshold));
  });
}

/** A plane by numbers that may have a common divisor. */
export function primitive(weights: readonly bigint[], threshold: bigint): Plane {
  const divisor = commonDivisor(weights, threshold);
  const reduced = divisor <= 1n ? weights : weights.map((weight) => weight / divisor);
  const rest = divisor <= 1n ? threshold : threshold / divisor;
  return { weights: reduced, threshold: rest, near: nearOf(reduced, rest) };
}

/** Numbers, and one more, as float64. */
export function nearOf(numbers: readonly bigint[], last: bigint): Float64Array {
  const near = new Float64Array(numbers.length + 1);
  for (let k = 0; k < numbers.length; k++) near[k] = Number(numbers[k]!);
  near[numbers.length] = Number(last);
  return near;
}

/** Of all numbers; it stops at 1. */
function commonDivisor(numbers: readonly bigint[], last: bigint): bigint {
  let divisor = absolute(last);
  for (const number of numbers) {
    if (divisor === 1n) return 1n;
    divisor = gcd(divisor, number);
  }
  return divisor;
}

/** A point by numbers that may have a common divisor. */
export function makePlace(x: readonly bigint[], scale: bigint): Place {
  const divisor = commonDivisor(x, scale);
  return divisor <= 1n ? { x, scale } : { x: x.map((part) => part / divisor), scale: scale / divisor };
}

export function coordinatesOf({ x, scale }: Place): Rational[] {
  return x.map((part) => rationals.rational(part, scale));
}

/** w·v. */
export function slope({ weights }: Plane, direction: readonly bigint[]): bigint {
  let sum = 0n;
  for (let k = 0; k < weights.length; k++) sum += weights[k]! * direction[k]!;
  return sum;
}

/** (w·x − θ)·scale at a point: its sign is the side. */
export function activation(plane: Plane, { x, scale }: Place): bigint {
  return slope(plane, x) - plane.threshold * scale;
}

/** As much smaller than its terms a sum in float64 may be and still be known to a thousandth: 2⁻³⁰ is 2²² of its roundings. */
const CERTAIN = 2 ** -30;

/**
 * w·x − θ·scale of numbers in float64, right to a thousandth; NaN where rounding may have spoilt it.
 * @param near of a plane. @param at of a point (x, scale), or of a direction with 0 in the place of scale.
 */
export function nearActivation(near: Float64Array, at: Float64Array): number {
  const last = near.length - 1;
  let sum = -near[last]! * at[last]!;
  let size = Math.abs(sum);
  for (let k = 0; k < last; k++) {
    const term = near[k]! * at[k]!;
    sum += term;
    size += Math.abs(term);
  }
  return Math.abs(sum) > CERTAIN * size ? sum : Number.NaN;
}

/** The side of each plane on which a point lies: "+", "−" as "-", or "0" for a point on the plane. */
export function signsAt(planes: readonly Plane[], place: Place): string {
  const at = nearOf(place.x, place.scale);
  let signs = "";
  for (const plane of planes) {
    const near = nearActivation(plane.near, at);
    const value = Number.isNaN(near) ? activation(plane, place) : near;
    signs += value > 0 ? "+" : value < 0 ? "-" : "0";
  }
  return signs;
}

export type Restricted = "everywhere" | "nowhere" | Plane;

/** The inside of a plane as a space of its own: all coordinates but one, which the plane's equation gives. */
export interface Inside {
  /** Where another plane meets this one: everywhere, nowhere (it is parallel), or in a plane of the inside. */
  restrict(other: Plane): Restricted;
  /** A point of the inside as one of the space. */
  lift(place: Place): Place;
  /** A direction of the inside as one of the space. */
  liftDirection(direction: readonly bigint[]): bigint[];
}

export function insideOf({ weights, threshold }: Plane): Inside {
  const left = weights.findIndex((weight) => weight !== 0n);
  const size = weights[left]! < 0n ? -weights[left]! : weights[left]!;
  const sign = weights[left]! < 0n ? -1n : 1n;
  /** |w_j|·x_j = sign·(θ·scale − the others): the coordinate that is left out, from the others. */
  const complete = (x: readonly bigint[], constant: bigint) => {
    let rest = constant;
    x.forEach((part, k) => {
      rest -= weights[k < left ? k : k + 1]! * part;
    });
    return [...x.slice(0, left).map((part) => part * size), sign * rest, ...x.slice(left).map((part) => part * size)];
  };
  return {
    restrict(other) {
      const factor = sign * other.weights[left]!;
      const reduced: bigint[] = [];
      let isConstant = true;
      for (let k = 0; k < weights.length; k++) {
        if (k === left) continue;
        const weight = other.weights[k]! * size - factor * weights[k]!;
        if (weight !== 0n) isConstant = false;
        reduced.push(weight);
      }
      const rest = other.threshold * size - factor * threshold;
      if (isConstant) return rest === 0n ? "everywhere" : "nowhere";
      return primitive(reduced, rest);
    },
    lift: ({ x, scale }) => ({ x: complete(x, threshold * scale), scale: scale * size }),
    liftDirection: (direction) => [...makePlace(complete(direction, 0n), 0n).x],
  };
}

/** The first of each set of coincident planes; which sides are positive doesn't matter. */
export function distinct(planes: readonly Plane[]): Plane[] {
  const found = new Map<string, Plane>();
  for (const plane of planes) {
    const key = nameOf(plane);
    if (!found.has(key)) found.set(key, plane);
  }
  return [...found.values()];
}

/** The same text for coincident planes, and for them alone. */
export function nameOf({ weights, threshold }: Pick<Plane, "weights" | "threshold">): string {
  const first = weights.find((weight) => weight !== 0n);
  const sign = first !== undefined && first < 0n ? -1n : 1n;
  return `${weights.map((weight) => sign * weight)}=${sign * threshold}`;
}

/** The points in which two of some lines cross, one for each pair. */
export function crossingsOf(lines: readonly Plane[]): Place[] {
  return lines.flatMap((one, k) => lines.slice(0, k).flatMap((other) => crossingOf(one, other) ?? []));
}

/** Where two lines cross; undefined: they are parallel. */
function crossingOf(
  { weights: [a, b], threshold: s }: Plane,
  { weights: [c, d], threshold: t }: Plane,
): Place | undefined {
  const determinant = a! * d! - b! * c!;
  if (determinant === 0n) return undefined;
  const sign = determinant < 0n ? -1n : 1n;
  return makePlace([sign * (s * d! - b! * t), sign * (a! * t - s * c!)], sign * determinant);
}

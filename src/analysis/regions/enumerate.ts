/**
 * All regions of an arrangement, exactly, without a linear program: by deletion and restriction.
 *
 * A hyperplane h that is added cuts those regions in two that it meets, and these are the regions of what the hyperplanes
 * before it cut out of h: an arrangement in one dimension less, whose regions are found in the same way. A point q of such a
 * region lies inside the region that is cut, and q ± ε w lie inside of its two halves.
 *
 * Source: T. Zaslavsky, "Facing up to arrangements", Memoirs of the AMS 154, 1975: r(A ∪ h) = r(A) + r(A restricted to h).
 */
import { codeOf, signKeys, withKey } from "./codes.ts";
import {
  activation,
  distinct,
  insideOf,
  makePlace,
  nearActivation,
  nearOf,
  type Place,
  type Plane,
  type Restricted,
  signsAt,
  slope,
} from "./plane.ts";

export interface Cell {
  /** Inside the region. */
  readonly place: Place;
  /** In which the region goes on for ever from each of its points; undefined: it is bounded. */
  readonly direction: readonly bigint[] | undefined;
}

/**
 * The regions of planes in a space.
 * @param planes no two of them coincident.
 */
export function cellsOf(planes: readonly Plane[], dimension: number): Cell[] {
  const origin = { x: new Array<bigint>(dimension).fill(0n), scale: 1n };
  const direction = dimension === 0 ? undefined : origin.x.map((_, k) => (k === 0 ? 1n : 0n));
  const keys = signKeys(planes.length);
  // By the code of their signs. Were two codes the same, a region would be missing, which its count tells.
  let cells = new Map<number, Cell>([[0, { place: origin, direction }]]);
  planes.forEach((plane, k) => {
    const before = planes.slice(0, k);
    const walls = new Map(
      wallsOf(plane, before, dimension).map((wall) => [codeOf(signsAt(before, wall.place), keys), wall]),
    );
    const next = new Map<number, Cell>();
    for (const [code, cell] of cells) {
      const wall = walls.get(code);
      const on = withKey(code, keys[k]!);
      if (wall) {
        next.set(on, half(cell, wall, plane, before, 1n));
        next.set(code, half(cell, wall, plane, before, -1n));
      } else next.set(signsAt([plane], cell.place) === "+" ? on : code, cell);
    }
    cells = next;
  });
  return [...cells.values()].map((cell) => ({ ...cell, place: simplified(cell.place, planes) }));
}

/** What a plane has in common with the regions of the planes before it, one after the other. */
function wallsOf(plane: Plane, before: readonly Plane[], dimension: number): Cell[] {
  const inside = insideOf(plane);
  const met = distinct(before.map(inside.restrict).filter(isPlane));
  return cellsOf(met, dimension - 1).map(({ place, direction }) => ({
    place: inside.lift(place),
    direction: direction && inside.liftDirection(direction),
  }));
}

function isPlane(restricted: Restricted): restricted is Plane {
  return typeof restricted === "object";
}

/** Binary digits behind the point that are tried. */
const DIGITS = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96];

/** A point of the same region with few binary digits: without this, points get longer from dimension to dimension. */
function simplified(place: Place, planes: readonly Plane[]): Place {
  const signs = signsAt(planes, place);
  for (const digits of DIGITS) {
    const scale = 1n << BigInt(digits);
    const x = place.x.map((part) => nearest(part * scale, place.scale));
    if (signsAt(planes, { x, scale }) === signs) return makePlace(x, scale);
  }
  return place;
}

/** The whole number nearest to a / b, for b > 0. */
function nearest(a: bigint, b: bigint): bigint {
  const doubled = 2n * a + b;
  const quotient = doubled / (2n * b);
  return doubled < 0n && quotient * 2n * b !== doubled ? quotient - 1n : quotient;
}

/** The half of a region that lies on one side of a plane through it. */
function half(cell: Cell, wall: Cell, plane: Plane, before: readonly Plane[], side: 1n | -1n): Cell {
  return {
    place: beside(wall.place, plane, before, side),
    direction: wall.direction ?? heading(cell.direction, plane, before, side),
  };
}

/**
 * q ± 2⁻ᵐ w, for a point q of the plane w·x = θ: about half as far as the next of the other planes, or less, and no coordinate
 * changes by more than 1.
 */
function beside({ x, scale }: Place, plane: Plane, others: readonly Plane[], side: bigint): Place {
  const at = nearOf(x, scale);
  const ahead = nearOf(plane.weights, 0n);
  let digits = Math.max(...plane.weights.map(lengthOf));
  for (const other of others) {
    // 2ᵐ ≥ 2·|w_i·w|·scale / |(w_i·x − θ_i)·scale|
    const change = nearActivation(other.near, ahead);
    const ratio = Math.abs((2.1 * change * at[x.length]!) / nearActivation(other.near, at));
    digits = Math.max(
      digits,
      Number.isFinite(ratio)
        ? Math.ceil(Math.log2(ratio))
        : lengthOf(2n * slope(other, plane.weights) * scale) - lengthOf(activation(other, { x, scale })) + 1,
    );
  }
  const steps = 1n << BigInt(digits);
  return { x: x.map((part, k) => part * steps + side * scale * plane.weights[k]!), scale: scale * steps };
}

/** Binary digits of |value|, at least. */
function lengthOf(value: bigint): number {
  return absolute(value).toString(2).length;
}

/**
 * A direction in which a half goes on for ever, where its cut does not: then no direction of the region lies in the plane,
 * and all of them lead to the same side, unless they are a line, both of whose ends are directions of the region.
 */
function heading(
  direction: readonly bigint[] | undefined,
  plane: Plane,
  before: readonly Plane[],
  side: bigint,
): readonly bigint[] | undefined {
  if (!direction) return undefined;
  if (slope(plane, direction) * side > 0n) return direction;
  const isLine = before.every((other) => slope(other, direction) === 0n);
  return isLine ? direction.map((part) => -part) : undefined;
}

const absolute = (value: bigint) => (value < 0n ? -value : value);

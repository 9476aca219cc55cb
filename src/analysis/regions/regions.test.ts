/** Regions found by deletion and restriction: against counts, points, and arrangements whose regions are known. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rationals } from "../../algebra/index.ts";
import { sidesOf, smallArrangements, whole } from "./arrangements.test-helper.ts";
import { arrangementCounts, drawnLines, randomHyperplanes, regionsOf } from "./index.ts";

describe.each([
  [1, 8, 4],
  [2, 7, 2],
  [3, 6, 1],
  [4, 6, 2],
  [5, 5, 1],
])("%d dimensions", (dimension, most, size) => {
  const arrangements = smallArrangements(dimension, most, size);

  test("as many regions, and as many bounded ones, as the characteristic polynomial counts", () => {
    fc.assert(
      fc.property(arrangements, (arrangement) => {
        const regions = regionsOf(arrangement);
        const counts = arrangementCounts(arrangement);
        expect(BigInt(regions.length)).toBe(counts.regions);
        expect(BigInt(regions.filter(({ isBounded }) => isBounded).length)).toBe(counts.bounded);
      }),
    );
  });

  test("each region's point lies on its sides, and so does every other point of some region", () => {
    fc.assert(
      fc.property(
        arrangements,
        fc.array(fc.array(fc.integer({ min: -99, max: 99 }), { minLength: dimension, maxLength: dimension })),
        (arrangement, points) => {
          const regions = regionsOf(arrangement);
          for (const { signs, point } of regions) expect(sidesOf(arrangement, point)).toBe(signs);
          const known = new Set(regions.map(({ signs }) => signs));
          expect(known.size).toBe(regions.length);
          for (const point of points) {
            const sides = sidesOf(
              arrangement,
              point.map((number) => rationals.rational(number, 16)),
            );
            if (!sides.includes("0")) expect(known).toContain(sides);
          }
        },
      ),
    );
  });

  test("an unbounded region goes on in its direction for ever", () => {
    fc.assert(
      fc.property(arrangements, (arrangement) => {
        const far = rationals.rational(10n ** 9n);
        for (const { signs, point, isBounded, direction } of regionsOf(arrangement)) {
          expect(isBounded).toBe(direction === undefined);
          if (!direction) continue;
          expect(direction.every(rationals.isZero)).toBe(false);
          const there = point.map((x, k) => rationals.add(x, rationals.multiply(far, direction[k]!)));
          expect(sidesOf(arrangement, there)).toBe(signs);
        }
      }),
    );
  });
});

const pairs = [
  [0, 1],
  [0, 2],
  [1, 2],
];
/** x_i − x_j = θ in three dimensions. */
const differences = (thresholds: readonly number[]) =>
  whole(
    pairs.flatMap(([i, j]) =>
      thresholds.map((threshold) => [...[0, 1, 2].map((k) => Number(k === i) - Number(k === j)), threshold]),
    ),
  );

test.each([
  ["no hyperplane", whole([], 3), 1, 0],
  [
    "the coordinate planes",
    whole([
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
    ]),
    8,
    0,
  ],
  // x_i = 0 and x_i = 1: three pieces of each axis, the cube in the middle.
  [
    "a cube",
    whole([0, 1, 2].flatMap((i) => [0, 1].map((t) => [0, 1, 2].map((k) => Number(k === i)).concat(t)))),
    27,
    1,
  ],
  // R. Stanley, "An introduction to hyperplane arrangements", 2004, lectures 1 and 5: n!, (n + 1)^(n − 1), n! times the
  // Catalan number, and Linial's 1, 2, 7, 36, …
  ["the braid arrangement", differences([0]), 6, 0],
  ["the Shi arrangement", differences([0, 1]), 16, 0],
  ["the Catalan arrangement", differences([-1, 0, 1]), 30, 0],
  ["the Linial arrangement", differences([1]), 7, 0],
  ["five lines", drawnLines(5), 16, 6],
  ["twelve hyperplanes in four dimensions", randomHyperplanes(12, 4), 794, 330],
])("%s", (_, arrangement, count, bounded) => {
  const regions = regionsOf(arrangement);
  expect(regions).toHaveLength(count);
  expect(regions.filter(({ isBounded }) => isBounded)).toHaveLength(bounded);
});

test("numbers may be as long as they like", () => {
  // A triangle with sides of 10⁻⁴⁰, far from 0, beside a line that floats can't tell from its corner.
  const tiny = rationals.rational(1n, 10n ** 40n);
  const far = rationals.rational(10n ** 30n);
  const line = (a: number, b: number, threshold: rationals.Rational) => ({
    weights: [rationals.rational(a), rationals.rational(b)],
    threshold,
  });
  const hyperplanes = [
    line(1, 0, far),
    line(0, 1, far),
    line(1, 1, rationals.add(rationals.add(far, far), tiny)),
    line(1, 0, rationals.add(far, tiny)),
  ];
  const regions = regionsOf({ dimension: 2, hyperplanes });
  // The fourth is parallel to the first and meets the others in the triangle's corner alone: 7 + 2 regions.
  expect(regions).toHaveLength(9);
  for (const { signs, point } of regions) expect(sidesOf({ dimension: 2, hyperplanes }, point)).toBe(signs);
});

test("outer regions clockwise from the top, then the inner ones", () => {
  // A triangle: its lines are the axes and x₁ + x₂ = 1.
  const regions = regionsOf(
    whole([
      [1, 0, 0],
      [0, 1, 0],
      [1, 1, 1],
    ]),
  );
  expect(regions.map(({ label, signs }) => `${label} ${signs}`)).toEqual([
    "A +++", // above the triangle and right of the vertical line
    "B +-+",
    "C +--",
    "D ---",
    "E -+-",
    "F -++",
    "G ++-",
  ]);
  // Coincident lines are crossed at once; parallel ones have a top too.
  expect(
    regionsOf(
      whole([
        [0, 1, 0],
        [0, 2, 0],
        [0, 1, 1],
      ]),
    ).map(({ signs }) => signs),
  ).toEqual(["+++", "++-", "---"]);
});

test("inner regions come by rings, from the outside", () => {
  // A square of nine: eight outer regions but for the corners, and one in the middle.
  const regions = regionsOf(
    whole(
      [0, 1, 2, 3].flatMap((t) => [
        [1, 0, t],
        [0, 1, t],
      ]),
    ),
  );
  expect(regions).toHaveLength(25);
  const centres = regions.slice(16).map(({ point }) => point.map((x) => Math.floor(rationals.toNumber(x))).join());
  expect(centres).toEqual(["1,2", "2,2", "2,1", "2,0", "1,0", "0,0", "0,1", "0,2", "1,1"]);
});

test("intervals from the left, others unbounded ones first", () => {
  const line = regionsOf(
    whole([
      [-1, 2],
      [1, 3],
      [2, -4],
    ]),
  );
  expect(line.map(({ signs }) => signs)).toEqual(["+--", "--+", "-++"]);
  const space = regionsOf(randomHyperplanes(4, 3));
  expect(space.map(({ isBounded }) => isBounded)).toEqual([...new Array(14).fill(false), true]);
  expect(space.slice(0, 14).map(({ signs }) => signs)).toEqual(
    space
      .slice(0, 14)
      .map(({ signs }) => signs)
      .sort(),
  );
});

test("more regions than the limit are refused with their number in general position", () => {
  expect(() => regionsOf(randomHyperplanes(20, 10), { limit: 1000 })).toThrow(
    "regions: more than 1,000 of 20 hyperplanes in 10 dimensions, which have up to 616,666",
  );
  expect(regionsOf(randomHyperplanes(6, 2), { limit: 22 })).toHaveLength(22);
  expect(() => regionsOf(randomHyperplanes(6, 2), { limit: 21 })).toThrow("more than 21");
});

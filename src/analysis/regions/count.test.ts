/** Counting regions: the formula, and the characteristic polynomial against points of finite spaces. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { rationals } from "../../algebra/index.ts";
import type { Arrangement } from "./arrangement.ts";
import { smallArrangements, whole } from "./arrangements.test-helper.ts";
import { arrangementCounts, genericRegionCounts, randomHyperplanes } from "./index.ts";

test("hyperplanes in general position", () => {
  // papers/002, exercise 3: 16 regions of 5 lines; 20 hyperplanes in 10 dimensions, estimated as 2¹⁰·10¹⁰.
  expect(genericRegionCounts(5, 2)).toEqual({ regions: 16n, bounded: 6n, estimate: 25n });
  expect(genericRegionCounts(20, 10)).toEqual({ regions: 616_666n, bounded: 92_378n, estimate: 10_240_000_000_000n });
  expect(genericRegionCounts(0, 3)).toEqual({ regions: 1n, bounded: 0n, estimate: 0n });
  expect(genericRegionCounts(7, 1)).toEqual({ regions: 8n, bounded: 6n, estimate: 7n });
  // With no more hyperplanes than dimensions every vector of signs is a region.
  for (const [n, d] of [
    [5, 5],
    [5, 9],
  ] as const)
    expect(genericRegionCounts(n, d).regions).toBe(32n);
  expect(genericRegionCounts(1000, 100).regions.toString()).toHaveLength(140);
});

test("the formula's numbers come from one more hyperplane: r(n, d) = r(n − 1, d) + r(n − 1, d − 1)", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 2, max: 30 }), (n, d) => {
      for (const kind of ["regions", "bounded"] as const) {
        const all = genericRegionCounts(n, d)[kind];
        expect(all).toBe(
          genericRegionCounts(n - 1, d)[kind] +
            (n > 1 ? genericRegionCounts(n - 1, d - 1)[kind] : kind === "regions" ? 1n : 0n),
        );
      }
    }),
  );
});

test("random hyperplanes are in general position", () => {
  const counts = arrangementCounts(randomHyperplanes(9, 5));
  expect(counts).toEqual({
    regions: 382n,
    bounded: 56n,
    coefficients: [1n, 9n, 36n, 84n, 126n, 126n],
    isGeneric: true,
  });
});

/**
 * χ(p) is the number of points of a space over the integers modulo a prime p that lie on no hyperplane, where p is large enough
 * for no determinant to vanish (C. Athanasiadis, "Characteristic polynomials of subspace arrangements and finite fields",
 * Advances in Mathematics 122, 1996).
 */
function pointsOutside({ dimension, hyperplanes }: Arrangement, p: number): number {
  const rows = hyperplanes.map(({ weights, threshold }) => [...weights, threshold].map(rationals.toNumber));
  let count = 0;
  for (let code = 0; code < p ** dimension; code++) {
    const point = Array.from({ length: dimension }, (_, k) => Math.floor(code / p ** k) % p);
    const isOutside = rows.every((row) => (point.reduce((sum, x, k) => sum + row[k]! * x, 0) - row.at(-1)!) % p !== 0);
    if (isOutside) count++;
  }
  return count;
}

test.each([
  [2, 7, 2, 53],
  [3, 5, 1, 17],
])("%d dimensions: as many points of a finite space lie on no hyperplane as the polynomial says", (d, n, size, p) => {
  // Determinants of 3 × 3 numbers of up to 2 are at most 48, of 4 × 4 of up to 1 at most 16.
  fc.assert(
    fc.property(smallArrangements(d, n, size), (arrangement) => {
      const { coefficients } = arrangementCounts(arrangement);
      const value = coefficients.reduce((sum, c, k) => sum + (k % 2 === 0 ? 1 : -1) * Number(c) * p ** (d - k), 0);
      expect(value).toBe(pointsOutside(arrangement, p));
    }),
    { numRuns: 40 },
  );
});

test("special positions have fewer regions", () => {
  const three = arrangementCounts(
    whole([
      [1, 0, 0],
      [0, 1, 0],
      [1, 1, 0],
    ]),
  );
  expect(three).toEqual({ regions: 6n, bounded: 0n, coefficients: [1n, 3n, 2n], isGeneric: false });
  const strip = arrangementCounts(
    whole([
      [1, 0, 0],
      [1, 0, 1],
      [2, 0, 2],
    ]),
  );
  expect(strip).toEqual({ regions: 3n, bounded: 0n, coefficients: [1n, 2n, 0n], isGeneric: false });
});

test("numbers that can't be counted are refused", () => {
  expect(() => genericRegionCounts(-1, 2)).toThrow("units is -1, expected a whole number of at least 0");
  expect(() => genericRegionCounts(3, 0)).toThrow("dimension is 0, expected a whole number of at least 1");
  expect(() => arrangementCounts(randomHyperplanes(12, 6), { limit: 100 })).toThrow(/more than 100 .* up to 2,510/);
});

import { expect, test } from "vitest";
import { normalQuantile, normalTail, portableLog } from "./normal.ts";

const EPSILON = Number.EPSILON;

function expectClose(received: number, expected: number, ulps: number): void {
  expect(Math.abs(received / expected - 1)).toBeLessThanOrEqual(ulps * EPSILON);
}

// Correctly rounded values, computed with 50 digits.
test.each([
  [0.2, -1.6094379124341003],
  [0.5, -Math.LN2],
  [0.7, -0.35667494393873245],
  [Math.SQRT1_2 - 2 ** -53, -0.34657359027997275],
  [Math.SQRT1_2, -0.3465735902799726],
  [1.5, 0.4054651081081644],
  [3, 1.0986122886681098],
  [1e-10, -23.025850929940457],
  [1e300, 690.7755278982137],
  [2.3e-308, -708.363299519231],
])("ln %f", (x, expected) => expectClose(portableLog(x), expected, 2));

test("ln agrees with the engine's to a few units in the last place", () => {
  expect(portableLog(1)).toBe(0);
  for (let x = 1e-12; x < 0.08; x *= 1.0137) expectClose(portableLog(x), Math.log(x), 2);
});

// Upper tail probabilities and their quantiles with 50 digits; 0.001 and 1e−20 are the paper's own checks.
test.each([
  [0.025, 1.9599639845400543],
  [0.001, 3.0902323061678136],
  [1e-9, 5.9978070150076865],
  [1e-10, 6.361340902404057],
  [1e-12, 7.034483825301132],
  [1e-16, 8.222082216130435],
  [1e-20, 9.262340089798407],
])("the normal number exceeded with probability %f", (p, z) => expectClose(normalTail(p), z, 4));

test.each([
  [0.25, 0.6744897501960817],
  [0.1, 0.25334710313579983],
  [-0.4, -1.2815515655446006],
  [0.425, 1.439531470938456],
  [0.4250001, 1.4395321773759004],
  [1e-8, 2.5066282746310008e-8],
  [-0.475, -1.9599639845400545],
])("the quantile at one half + %f", (q, z) => expectClose(normalQuantile(q), z, 4));

test("the quantile is odd and increasing, also over the seams of its pieces", () => {
  expect(normalQuantile(0)).toBe(0);
  let last = -Infinity;
  for (let q = -0.4999; q < 0.5; q += 0.0001) {
    const z = normalQuantile(q);
    expect(z).toBeGreaterThan(last);
    expect(normalQuantile(-q)).toBe(-z);
    last = z;
  }
  const seam = Math.exp(-25);
  expectClose(normalTail(seam * 1.000001), normalTail(seam * 0.999999), 1e9);
  expect(normalTail(seam * 0.999999)).toBeGreaterThan(normalTail(seam * 1.000001));
});

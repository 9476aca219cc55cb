import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileInterval } from "../runtime/interval/interval.ts";
import { ndarray } from "./array.ts";
import { add } from "./operators/arithmetic.ts";
import { matmul } from "./operators/matmul.ts";
import { program } from "./program.ts";
import { quantumOf } from "./sums.ts";
import { input } from "./tensor.ts";

test("the largest power of two that divides a number", () => {
  const golden = [
    [1, 1],
    [-6, 2],
    [12, 4],
    [0.75, 0.25],
    [1 + 2 ** -52, 2 ** -52],
    [2 ** 40 + 2 ** 33, 2 ** 33],
    [-(2 ** -140), 2 ** -140],
    [0, Number.POSITIVE_INFINITY],
    [Number.POSITIVE_INFINITY, 0],
    [Number.NaN, 0],
  ] as const;
  for (const [x, quantum] of golden) expect(quantumOf(x), String(x)).toBe(quantum);
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), fc.integer({ min: -100, max: 100 }), (n, exponent) => {
      fc.pre(n !== 0);
      const x = n * 2 ** exponent;
      expect(Math.abs((x / quantumOf(x)) % 2)).toBe(1);
    }),
    { seed: 1 },
  );
});

/** Bounds of x W + h U + b for points, with as many rows of W and U. */
const sum = (() => {
  const inputs = {
    x: input("x", [1, "n"]),
    W: input("W", ["n", 1]),
    h: input("h", [1, "m"]),
    U: input("U", ["m", 1]),
    b: input("b", [1]),
  };
  const z = add(matmul(inputs.x, inputs.W), matmul(inputs.h, inputs.U), inputs.b);
  const { run } = compileInterval(program("sum", inputs, { z }));
  return (x: readonly number[], W: readonly number[], h: readonly number[], U: readonly number[], b: number) => {
    const point = (values: readonly number[], shape: readonly number[]) => {
      const array = ndarray(Float64Array.from(values), shape);
      return { lower: array, upper: array };
    };
    const { z } = run({
      x: point(x, [1, x.length]),
      W: point(W, [W.length, 1]),
      h: point(h, [1, h.length]),
      U: point(U, [U.length, 1]),
      b: point([b], [1]),
    });
    return [z!.lower.data[0]!, z!.upper.data[0]!] as const;
  };
})();

describe("sums whose terms may be added in any order", () => {
  test("small multiples of a power of two are added without error", () => {
    expect(sum([1, 0], [-1, 1], [1, 1], [0.5, 0.25], 0.25)).toEqual([0, 0]);
    expect(sum([2 ** 20], [1], [1], [2 ** -3], 0)).toEqual([2 ** 20 + 2 ** -3, 2 ** 20 + 2 ** -3]);
    // 2^21 + 2^-3 is whole 2^-3's, but more than 2^24 of them.
    const [low, high] = sum([2 ** 22], [1], [1], [2 ** -3], 0);
    expect([low < 2 ** 22 + 2 ** -3, high > 2 ** 22 + 2 ** -3]).toEqual([true, true]);
  });

  test("what is swallowed in one order is in the bounds of every other", () => {
    // (10^8 − 10^8) + 1 = 1, but (1 + 10^8) − 10^8 = 0 in float32.
    const [low, high] = sum([1e8], [1], [1], [1], -1e8);
    expect([low <= 0, high >= 1]).toEqual([true, true]);
  });

  test("any order of float32 additions, with and without fused multiplication, stays within the bounds", () => {
    const numbers = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(numbers, numbers, fc.float({ min: -8, max: 8, noNaN: true }), fc.nat(), (left, right, b, seed) => {
        const weights = (of: readonly number[]) => of.map((value, k) => Math.fround(Math.sin(7 * value + k)));
        const [W, U] = [weights(left), weights(right)];
        const [low, high] = sum(left, W, right, U, b);
        const factors = [...left.map((x, k) => [x, W[k]!]), ...right.map((h, k) => [h, U[k]!]), [b, 1]] as [
          number,
          number,
        ][];
        let state = seed;
        const random = (below: number) => {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
          return Math.floor((state / 2 ** 32) * below);
        };
        for (let trial = 0; trial < 5; trial++) {
          const rest = [...factors];
          let z = 0;
          while (rest.length > 0) {
            const [[p, q]] = rest.splice(random(rest.length), 1) as [[number, number]];
            // float64 holds the product exactly: one rounding is a fused operation, two are a product and a sum.
            z = random(2) === 0 ? Math.fround(z + p * q) : Math.fround(z + Math.fround(p * q));
          }
          expect(low <= z && z <= high, `${z} in ${low} … ${high}`).toBe(true);
        }
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});

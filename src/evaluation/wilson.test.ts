import { describe, expect, test } from "vitest";
import { rate } from "./index.ts";

describe("Wilson's interval at 95%", () => {
  // Newcombe 1998 (Statistics in Medicine 17:857), table I, method 3, prints four digits: 81/263, 15/148, 0/20, 1/29.
  test.each([
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
    [5, 10, 0.2366, 0.7634],
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("of %d in %d is %d … %d", (successes, trials, low, high) => {
    const found = rate(successes, trials);
    expect(found).toMatchObject({ successes, trials, value: successes / trials });
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });

  test("its ends p solve (p̂ − p)² = z² p(1 − p)/n", () => {
    for (const [successes, trials] of [
      [3, 17],
      [1000, 1024],
      [1, 1024],
      [512, 1024],
    ] as const) {
      const { value, low, high } = rate(successes, trials);
      for (const p of [low, high]) {
        expect((value - p) ** 2 / ((p * (1 - p)) / trials)).toBeCloseTo(1.959963984540054 ** 2, 9);
      }
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
  });

  test("mirrors: successes and failures change places", () => {
    for (const [k, n] of [
      [0, 7],
      [2, 7],
      [40, 100],
    ] as const) {
      expect(rate(k, n).low).toBeCloseTo(1 - rate(n - k, n).high, 14);
      expect(rate(k, n).high).toBeCloseTo(1 - rate(n - k, n).low, 14);
    }
  });

  test("nothing is known after no trials", () => {
    expect(rate(0, 0)).toEqual({ value: Number.NaN, successes: 0, trials: 0, low: 0, high: 1 });
  });
});

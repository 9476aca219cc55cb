import { describe, expect, test } from "vitest";
import { randomSource } from "./stream.ts";

const stream = () => randomSource(1).stream("noise");

describe("noise", () => {
  test("is made of the halves of words, the low half first", () => {
    const words = stream().words(new Uint32Array(3));
    const expected = [...words].flatMap((word) => [word & 0xffff, word >>> 16].map((half) => (half + 0.5) / 32768 - 1));
    expect([...stream().noise(new Float32Array(6))]).toEqual(expected);
    expect([...stream().noise(new Float32Array(5))]).toEqual(expected.slice(0, 5));
  });

  test("is scaled by its amplitude", () => {
    const plain = stream().noise(new Float32Array(7));
    const scaled = stream().noise(new Float32Array(7), 0.25);
    expect([...scaled]).toEqual([...plain].map((x) => 0.25 * x));
    expect(() => stream().noise(new Float32Array(1), -1)).toThrow("amplitude is -1");
  });

  test("has the moments of the uniform distribution on (−1, 1)", () => {
    const numbers = stream().noise(new Float32Array(300_001));
    const moment = (k: number) => numbers.reduce((sum, x) => sum + x ** k, 0) / numbers.length;
    // Five standard deviations of the mean of each power.
    expect(Math.abs(moment(1))).toBeLessThan(5 * Math.sqrt(1 / 3 / numbers.length));
    expect(Math.abs(moment(2) - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / numbers.length));
    expect(Math.abs(moment(4) - 1 / 5)).toBeLessThan(5 * Math.sqrt(16 / 225 / numbers.length));
    expect(Math.max(...numbers.subarray(0, 100_000))).toBeLessThan(1);
  });

  test("fills beyond a chunk as it fills the beginning", () => {
    const long = stream().noise(new Float32Array(5000));
    expect([...long.subarray(0, 2500)]).toEqual([...stream().noise(new Float32Array(2500))]);
  });

  test("halves fall evenly into 64 classes (χ²)", () => {
    const count = 64_000;
    const classes = new Array<number>(64).fill(0);
    for (const x of stream().noise(new Float32Array(count))) classes[Math.floor((x + 1) * 32)]!++;
    const expected = count / 64;
    const chi2 = classes.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 63 degrees of freedom: between the 0.1% and 99.9% points.
    expect(chi2).toBeGreaterThan(32.5);
    expect(chi2).toBeLessThan(103.4);
  });
});

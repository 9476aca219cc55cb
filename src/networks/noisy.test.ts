import { expect, test } from "vitest";
import { randomSource } from "../random/index.ts";
import { fullAdder } from "./built/index.ts";
import { noisyParameters } from "./noisy.ts";

const { parameters } = fullAdder.network;
const random = randomSource(5);
const all = (named: Readonly<Record<string, { readonly data: ArrayLike<number> }>>) =>
  Object.values(named).flatMap(({ data }) => Array.from(data));
const exact = all(parameters);
const noiseOf = (deviation: number, options = {}) =>
  all(noisyParameters(parameters, deviation, random, options)).map((value, k) => value - exact[k]!);

test("normal noise of the deviation on every parameter, zeros included", () => {
  const noise = Array.from({ length: 40 }, (_, draw) => noiseOf(0.25, { draw })).flat();
  const count = noise.length;
  expect(count).toBe(40 * 160);
  const mean = noise.reduce((sum, n) => sum + n, 0) / count;
  const second = noise.reduce((sum, n) => sum + n ** 2, 0) / count;
  // Four standard errors: s/√n of the mean, s²√(2/n) of the variance.
  expect(Math.abs(mean)).toBeLessThan((4 * 0.25) / Math.sqrt(count));
  expect(Math.abs(second - 0.25 ** 2)).toBeLessThan(4 * 0.25 ** 2 * Math.sqrt(2 / count));
  expect(noise.every((n) => n !== 0)).toBe(true);
});

test("draws are scaled to each deviation, differ from each other, and come again", () => {
  const one = noiseOf(1, { draw: 3 });
  noiseOf(0.5, { draw: 3 }).forEach((n, k) => {
    expect(n).toBeCloseTo(0.5 * one[k]!, 12);
  });
  expect(noiseOf(1, { draw: 3 })).toEqual(one);
  expect(noiseOf(1, { draw: 4 })).not.toEqual(one);
  expect(noiseOf(0).every((n) => n === 0)).toBe(true);
});

test("on present connections alone: all biases, and the weights that aren't zero", () => {
  const noise = noiseOf(1, { connections: "present" });
  const weights = exact.length - 11;
  expect(noise.filter((n) => n !== 0)).toHaveLength(11 + exact.filter((value) => value !== 0).length - 2);
  expect(weights).toBe(149);
  const full = noiseOf(1);
  noise.forEach((n, k) => {
    if (n !== 0) expect(n).toBe(full[k]);
  });
});

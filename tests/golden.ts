/** Golden values: numbers that an independent framework computed in float64 (tests/golden/), and how near ours must be. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { NDArray } from "../src/graph/index.ts";

/** A number, or a list of lists of numbers of equal lengths. */
export type Nested = number | readonly Nested[];

export function shapeOf(nested: Nested): number[] {
  return typeof nested === "number" ? [] : [nested.length, ...shapeOf(nested[0]!)];
}

/** Nested lists as a float64 array of the same shape. */
export function toArray(nested: Nested): NDArray {
  const flatten = (part: Nested): number[] => (typeof part === "number" ? [part] : part.flatMap(flatten));
  return { dtype: "float", shape: shapeOf(nested), data: Float64Array.from(flatten(nested)) };
}

export function toArrays(named: Readonly<Record<string, Nested>>): Record<string, NDArray> {
  return Object.fromEntries(Object.entries(named).map(([name, nested]) => [name, toArray(nested)]));
}

/** The contents of a file of tests/golden, without its ".json". */
export function readGolden<Content>(name: string): Content {
  return JSON.parse(readFileSync(new URL(`./golden/${name}.json`, import.meta.url), "utf8")) as Content;
}

/** Every element within `tolerance` of the expected one, relative to the largest expected element (absolute if all are 0). */
export function expectClose(received: NDArray, expected: Nested | NDArray, tolerance: number, what = ""): void {
  const wanted = typeof expected === "object" && "data" in expected ? expected : toArray(expected);
  expect(received.shape, `shape of ${what}`).toEqual(wanted.shape);
  const scale = Array.from(wanted.data, Math.abs).reduce((a, b) => Math.max(a, b), 0) || 1;
  received.data.forEach((x, k) => {
    const difference = Math.abs(x - wanted.data[k]!);
    // Negated so that NaN fails.
    if (!(difference <= tolerance * scale)) {
      expect.fail(`${what}[${k}] is ${x}, expected ${wanted.data[k]} ± ${tolerance * scale}`);
    }
  });
}

import fc from "fast-check";
import { expect, test } from "vitest";
import { type PathPart, type Seed, seedState, streamKey } from "./seeds.ts";

const key = (seed: Seed, ...path: PathPart[]) => streamKey(seedState(seed), path);

// From an implementation of the documented chain in another language.
test.each([
  [0, [], [0x02718a50, 0xe6f7eab6]],
  [7, ["weights"], [0x1e7f4009, 0x645afea7]],
  [7, ["dropout", 3], [0x7cead83b, 0x6fa1c257]],
  ["7", ["weights"], [0x2f1d740a, 0xc05a8847]],
  [2n ** 64n + 5n, ["a", "b", -0.5], [0xeca18c16, 0x4cc06a12]],
  [-(2n ** 70n), ["ab"], [0x6ab50e7d, 0x83d81a90]],
  ["größe", ["λ∑", 1, "xxxxxxxxx"], [0xae80a134, 0xece2736c]],
] as [Seed, PathPart[], number[]][])("the key of seed %s, path %j", (seed, path, expected) => {
  expect(key(seed, ...path)).toEqual(expected);
});

test("an integer seed is the same as a number and as a bigint, −0 the same as 0", () => {
  expect(key(12n, "a")).toEqual(key(12, "a"));
  expect(key(-0, -0)).toEqual(key(0, 0));
});

test("seeds and paths that look alike have different keys", () => {
  const paths: PathPart[][] = [
    [],
    [""],
    ["", ""],
    ["a", "b"],
    ["ab"],
    ["b", "a"],
    ["a"],
    ["a\0"],
    ["a", ""],
    ["1"],
    [1],
    [1, 0],
    [0, 1],
    [-1],
    [0.1],
    ["12345678"],
    ["12345678\0"],
    ["1234567", "8"],
    [2 ** 32],
    [2 ** 64],
  ];
  const seeds: Seed[] = [0, 1, -1, "", "0", "1", 2 ** 53 - 1, 2n ** 53n, -(2n ** 53n), 2n ** 53n + 1n, 2n ** 64n];
  const keys = seeds.flatMap((seed) => paths.map((path) => key(seed, ...path).join()));
  expect(new Set(keys).size).toBe(seeds.length * paths.length);
});

test("different paths have different keys", () => {
  const part = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  const path = fc.array(part, { maxLength: 4 });
  fc.assert(
    fc.property(path, path, (a, b) => {
      const same = a.length === b.length && a.every((x, i) => x === b[i]);
      expect(key(3, ...a).join() === key(3, ...b).join()).toBe(same);
    }),
    { seed: 2, numRuns: 300 },
  );
});

test("refuses what has no exact encoding", () => {
  for (const seed of [0.5, Number.NaN, 2 ** 53, Infinity]) {
    expect(() => seedState(seed)).toThrow(expect.objectContaining({ code: "argument" }));
  }
  expect(() => seedState("\ud800")).toThrow(/seed is "\\ud800", which has a lone surrogate/);
  expect(() => key(1, "x", Number.NaN)).toThrow(/path\[1\] is NaN; expected a string or a finite number/);
  expect(() => key(1, "\udc00x")).toThrow(expect.objectContaining({ code: "argument" }));
  expect(key(1, "😀")).toHaveLength(2);
});

import { describe, expect, test } from "vitest";
import { toArray } from "../../tests/golden.ts";
import { floats, ints, runGraph } from "../../tests/run-graph.ts";
import { decodeLogits, encodeSymbols, featureCount, logitCount } from "./index.ts";

describe("symbols as features", () => {
  test("two bits are two features, 0 and 1", () => {
    const symbols = ints([0, 1, 1, 1], [1, 2, 2]);
    const { y } = runGraph({ symbols }, ({ symbols: s }) => ({ y: encodeSymbols(s!, [2, 2]) }));
    expect(y).toEqual(toArray([[[0, 1], [1, 1]]])); // biome-ignore format: as a table
    expect(featureCount([2, 2])).toBe(2);
  });

  test("other symbols are one-hot, beside bits in the order of the channels", () => {
    const symbols = ints([2, 1, 0, 0, 0, 3], [2, 3]);
    const { y } = runGraph({ symbols }, ({ symbols: s }) => ({ y: encodeSymbols(s!, [3, 2, 4]) }));
    expect(y).toEqual(
      toArray([
        [0, 0, 1, 1, 1, 0, 0, 0],
        [1, 0, 0, 0, 0, 0, 0, 1],
      ]),
    );
    expect(featureCount([3, 2, 4])).toBe(8);
  });

  test("centred: ±1", () => {
    const symbols = ints([2, 1], [1, 2]);
    const { y } = runGraph({ symbols }, ({ symbols: s }) => ({ y: encodeSymbols(s!, [3, 2], true) }));
    expect(y).toEqual(toArray([[-1, -1, 1, 1]]));
  });
});

describe("logits as symbols", () => {
  test("one logit says 1 above 0, otherwise 0", () => {
    const { y } = runGraph({ z: floats([-1, 0, 1e-9, 5], [2, 2, 1]) }, ({ z }) => ({ y: decodeLogits(z!) }));
    expect(y).toEqual(ints([0, 0, 1, 1], [2, 2]));
  });

  test("of several the largest counts, the first among equals", () => {
    const { y } = runGraph({ z: floats([-3, -1, -2, 7, 7, 0], [2, 3]) }, ({ z }) => ({ y: decodeLogits(z!) }));
    expect(y).toEqual(ints([1, 0]));
  });

  test("two symbols take one logit, more take one each", () => {
    expect([2, 3, 10].map(logitCount)).toEqual([1, 3, 10]);
  });
});

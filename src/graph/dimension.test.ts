import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  broadcast,
  type Dimension,
  dimension,
  elements,
  evaluate,
  minus,
  monomials,
  openNames,
  plus,
  printShape,
  sameShape,
  times,
} from "./dimension.ts";

test("equal polynomials are equal strings, whatever the order they were built in", () => {
  expect(plus("length", 2)).toBe("length+2");
  expect(plus(2, "length")).toBe("length+2");
  expect(minus("length+2", 2)).toBe("length");
  expect(minus("length", "length")).toBe(0);
  expect(plus("b", "a")).toBe("a+b");
  expect(minus("a", "b")).toBe("a-b");
  expect(minus(1, "b")).toBe("-b+1");
  expect(times("time", "batch")).toBe("batch*time");
  expect(times("a+1", "a-1")).toBe("a*a-1");
  expect(times(3, "a+b-2")).toBe("3*a+3*b-6");
  expect(times("a", 0)).toBe(0);
  expect(plus("a", "b", 3)).toBe("a+3*b");
  expect(dimension("time*2*batch + 0".replaceAll(" ", ""))).toBe("2*batch*time");
  expect(elements(["batch", 3, "time"])).toBe("3*batch*time");
  expect(elements([])).toBe(1);
});

test("arithmetic holds at every extent", () => {
  const name = fc.constantFrom("a", "b", "time");
  const base: fc.Arbitrary<Dimension> = fc.oneof(fc.integer({ min: 0, max: 9 }), name);
  const operations = fc.array(fc.tuple(fc.constantFrom("plus", "minus", "times"), base), { maxLength: 6 });
  const extents = fc.record({ a: fc.nat(20), b: fc.nat(20), time: fc.nat(20) });
  fc.assert(
    fc.property(base, operations, extents, (first, steps, values) => {
      const bindings = new Map(Object.entries(values));
      const at = (d: Dimension) => (typeof d === "number" ? BigInt(d) : BigInt(bindings.get(d)!));
      let made = first;
      let expected = at(first);
      for (const [operation, operand] of steps) {
        made = { plus, minus, times }[operation as "plus"](made, operand);
        if (operation === "plus") expected += at(operand);
        else if (operation === "minus") expected -= at(operand);
        else expected *= at(operand);
      }
      expect(BigInt(evaluate(made, bindings))).toBe(expected);
    }),
    { seed: 1 },
  );
});

test("names and terms", () => {
  expect(openNames("2*batch*time-batch+1")).toEqual(expect.arrayContaining(["batch", "time"]));
  expect(openNames("2*batch*time-batch+1")).toHaveLength(2);
  expect(openNames(4)).toEqual([]);
  const terms = monomials("2*a*b-a+3");
  expect(terms).toHaveLength(3);
  expect(terms).toContainEqual({ names: ["a", "b"], coefficient: 2 });
  expect(terms).toContainEqual({ names: ["a"], coefficient: -1 });
  expect(terms).toContainEqual({ names: [], coefficient: 3 });
});

test("what is no dimension is refused by name", () => {
  for (const wrong of [-1, 1.5, Number.NaN, "2batch", "a b", "a/b"]) {
    expect(() => dimension(wrong)).toThrow(
      expect.objectContaining({ code: "shape", message: expect.stringContaining(String(wrong)) }),
    );
  }
  expect(() => evaluate("batch*time", new Map([["batch", 2]]))).toThrow(/"time" of "batch\*time"/);
});

describe("broadcasting", () => {
  test("by hand", () => {
    expect(broadcast([[3, 1], [4]])).toEqual([3, 4]);
    expect(
      broadcast([
        ["batch", 1, 5],
        [7, 1],
      ]),
    ).toEqual(["batch", 7, 5]);
    expect(broadcast([["batch", 3], [3], []])).toEqual(["batch", 3]);
    expect(broadcast([[0], [1]])).toEqual([0]);
    expect(broadcast([])).toEqual([]);
    expect(broadcast([[2], [3]])).toEqual({ conflict: [2, 3] });
    expect(broadcast([["batch"], ["time"]])).toEqual({ conflict: ["batch", "time"] });
    expect(broadcast([["batch"], [2]])).toEqual({ conflict: ["batch", 2] });
  });

  test("the result doesn't depend on the order, and every operand fits it", () => {
    const shape = fc.array(fc.constantFrom<Dimension>(1, 2, "batch"), { maxLength: 4 });
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        const result = broadcast([a, b]);
        const swapped = broadcast([b, a]);
        if ("conflict" in result) {
          expect(swapped).toHaveProperty("conflict");
          return;
        }
        expect(swapped).toEqual(result);
        for (const operand of [a, b]) {
          operand.forEach((extent, axis) => {
            expect([1, result[axis + result.length - operand.length]]).toContain(extent);
          });
        }
      }),
      { seed: 2 },
    );
  });
});

test("shapes compare and print", () => {
  expect(sameShape(["a", 2], ["a", 2])).toBe(true);
  expect(sameShape(["a", 2], ["a"])).toBe(false);
  expect(sameShape(["a"], ["b"])).toBe(false);
  expect(printShape(["batch", 8])).toBe("[batch, 8]");
  expect(printShape([])).toBe("[]");
});

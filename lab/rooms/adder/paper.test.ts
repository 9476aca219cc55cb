import * as fc from "fast-check";
import { binaryAddition, evenPairs, findTask, modularArithmetic, parity } from "longhand";
import { expect, test } from "vitest";
import { paperOf, turned, windowAround } from "./paper.ts";

test("3 + 1: the lowest digits stand on the right, the carry over the column that it goes to", () => {
  const problem = binaryAddition.parse("3+1");
  const { columns, stateName, signs, isBackward } = paperOf(binaryAddition, problem, Int32Array.of(0, 0, 1));
  expect({ stateName, signs, isBackward }).toEqual({ stateName: "carry", signs: ["", "+"], isBackward: true });
  const read = (of: "state" | "answer" | "exact") => columns.map((column) => column[of] || " ").join("");
  expect(read("state")).toBe("11 ");
  expect(columns.map(({ digits }) => digits.join("/"))).toEqual(["0/0", "1/0", "1/1"]);
  expect([read("answer"), read("exact")]).toEqual(["100", "100"]);
  expect(columns.map(({ step }) => step)).toEqual([2, 1, 0]);
});

test("wrong digits are told, those that nobody asks for are neither right nor wrong", () => {
  const problem = binaryAddition.parse("3+1");
  const { columns } = paperOf(binaryAddition, problem, Int32Array.of(0, 1, 1));
  expect(columns.map(({ isRight }) => isRight)).toEqual([true, false, true]);
  const terms = modularArithmetic.parse("2*3+1");
  const { columns: sums } = paperOf(modularArithmetic, terms, new Int32Array(terms.length).fill(1));
  expect(sums.map(({ answer }) => answer === "")).toEqual([false, true, false, true, false]);
  expect(sums.filter(({ answer }) => answer === "").every(({ isRight }) => isRight)).toBe(true);
});

test("other tasks: borrow, digits of base 10, states by name; sequences run to the right", () => {
  const subtraction = findTask("binary-subtraction") as typeof binaryAddition;
  const minus = paperOf(subtraction, subtraction.parse("4-1"), new Int32Array(3));
  expect([minus.stateName, minus.signs[1]]).toEqual(["borrow", "-"]);
  expect(minus.columns.map(({ state }) => state || " ").join("")).toBe("11 ");
  const decimal = findTask("base-10-addition") as typeof binaryAddition;
  expect(
    paperOf(decimal, decimal.parse("387+18"), new Int32Array(4))
      .columns.map(({ exact }) => exact)
      .join(""),
  ).toBe("0405");
  const odd = paperOf(parity, Int32Array.of(1, 0, 1), new Int32Array(3));
  expect(odd.isBackward).toBe(false);
  expect(odd.columns.map(({ state }) => state)).toEqual(["even", "odd", "odd"]);
  expect(paperOf(evenPairs, Int32Array.of(0, 1), new Int32Array(2)).stateName).toBe("state");
});

test("on paper it is the sum: digits and carries of any two numbers", () => {
  const number = fc.bigInt({ min: 0n, max: (1n << 80n) - 1n });
  fc.assert(
    fc.property(number, number, (a, b) => {
      const problem = binaryAddition.parse(`${a}+${b}`);
      const { columns } = paperOf(binaryAddition, problem, binaryAddition.solve(problem));
      const inBase2 = (digits: readonly string[]) => BigInt(`0b${digits.join("")}`);
      expect(inBase2(columns.map(({ digits }) => digits[0]!))).toBe(a);
      expect(inBase2(columns.map(({ answer }) => answer))).toBe(a + b);
      // A digit of the sum is 1 where an odd number of digits and carry are.
      expect(inBase2(columns.map(({ state }) => state || "0"))).toBe(a ^ b ^ (a + b));
    }),
  );
});

test("a digit goes one up, and round to 0", () => {
  const problem = binaryAddition.parse("5+2");
  expect(turned(binaryAddition, problem, 0, 1)).toBe("5+3");
  expect(turned(binaryAddition, problem, 2, 0)).toBe("1+2");
  const subtraction = findTask("binary-subtraction") as typeof binaryAddition;
  // 1 − 2 is no problem of its.
  expect(turned(subtraction, subtraction.parse("5-2"), 2, 0)).toBeUndefined();
});

test("a window lies within all, around what is looked at", () => {
  expect(windowAround(3, 9, 24)).toEqual({ from: 0, to: 9 });
  expect(windowAround(50, 100, 24)).toEqual({ from: 38, to: 62 });
  expect(windowAround(99, 100, 24)).toEqual({ from: 76, to: 100 });
});

import { findTask } from "longhand";
import { expect, test } from "vitest";
import { drawnProblem, kindsOf, LONGEST, lengthsOf, nearestIndex, readProblem } from "./problems.ts";

const multiplication = findTask("binary-multiplication");

test("the lengths to choose from are the task's own, far past those trained on", () => {
  const lengths = lengthsOf(multiplication);
  expect(lengths.slice(0, 3)).toEqual([3, 5, 7]);
  expect(lengths).toContain(401);
  expect(lengths.every((length) => multiplication.validLength(length))).toBe(true);
  expect(lengths[nearestIndex(lengths, 22)]).toBe(21);
  expect(lengths[nearestIndex(lengths, 5000)]).toBe(lengths.at(-1));
});

test("problems are drawn again from kind, length and seed", () => {
  const draw = (kind: string, seed: number) => drawnProblem(multiplication, kind, 21, seed);
  expect(draw("random", 1)).toBe(draw("random", 1));
  expect(draw("random", 1)).not.toBe(draw("random", 2));
  for (const seed of [1, 2, 3]) expect(draw("largest-digits", seed)).toMatch(/^0*1+\*0*1+$/);
  for (const kind of kindsOf(multiplication)) expect(readProblem(multiplication, draw(kind, 3))).toHaveLength(21);
});

test("what a task can't read is said in its words, what is too long in the page's", () => {
  expect(() => readProblem(multiplication, "12*1")).toThrow('binary-multiplication: character "2" at position 2');
  expect(() => readProblem(findTask("reverse"), "1 ".repeat(LONGEST + 1))).toThrow(
    `received ${LONGEST + 1} symbols, expected at most ${LONGEST}`,
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { randomSource } from "../../random/index.ts";
import { addingProblem } from "./adding-problem.ts";

test("two marks, one in each half; the answer after the last step is the sum of the marked numbers", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 2, max: 40 }), (seed, length) => {
      const { input, target } = addingProblem.draw(randomSource(seed).stream("x"), length, 3, "train");
      for (let k = 0; k < 3; k++) {
        const marked: number[] = [];
        let sum = 0;
        for (let t = 0; t < length; t++) {
          const at = 2 * (k * length + t);
          expect(input[at]! >= 0 && input[at]! <= 1).toBe(true);
          if (input[at + 1] === 0) continue;
          marked.push(t);
          sum += input[at]!;
        }
        expect(marked.length).toBe(2);
        expect(marked[0]! < Math.floor(length / 2) && marked[1]! >= Math.floor(length / 2)).toBe(true);
        const own = target.slice(k * length, (k + 1) * length);
        expect(own.at(-1)).toBeCloseTo(sum, 6);
        expect(own.slice(0, -1).every(Number.isNaN)).toBe(true);
      }
    }),
  );
});

test("answering 1 has the squared error 1/6", () => {
  const { target } = addingProblem.draw(randomSource(1).stream("x"), 2, 20_000, "train");
  const sums = Array.from(target).filter((value) => !Number.isNaN(value));
  const error = sums.reduce((sum, value) => sum + (value - 1) ** 2, 0) / sums.length;
  expect(error).toBeCloseTo(1 / 6, 2);
});

test("as text", () => {
  const problem = addingProblem.parse("0.5 0, 0.25 1,0.75 0, 0.125 1");
  expect([...problem.target]).toEqual([Number.NaN, Number.NaN, Number.NaN, 0.375]);
  expect(addingProblem.format(problem)).toBe("0.5 0, 0.25 1, 0.75 0, 0.125 1");
  expect(addingProblem.formatAnswer(Float32Array.of(1, 2, 3, 0.40001), problem)).toBe("0.4");
});

test.each([
  ["1 0", "adding-problem: received 1 steps, expected at least 2"],
  ["1 0, 1", 'adding-problem: step 2 is "1", expected 2 numbers: number mark'],
  ["1 0, x 1", 'adding-problem: step 2: "x" is no number'],
])("%s is refused", (text, message) => {
  expect(() => addingProblem.parse(text)).toThrow(message);
});

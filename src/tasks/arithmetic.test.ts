import { describe, expect, it } from "vitest";
import { randomSource } from "../random/index.ts";
import type { Task } from "./contract.ts";
import { decimalMultiplicationInBinary, multiplication } from "./multiplication.ts";
import { answer, expectRefused, taskProperties } from "./properties.test-helper.ts";
import { unalignedAddition, unalignedIncrement } from "./unaligned-addition.ts";

/** The value of digits, one after the other. */
function read(text: string, base: number): bigint {
  return [...text].reduce((sum, digit) => sum * BigInt(base) + BigInt(digit), 0n);
}

function oracle(base: number, operator: string, compute: (a: bigint, b: bigint) => bigint) {
  return (problem: string) => {
    const [a, b] = problem.split(operator);
    return compute(read(a!, base), read(b!, base)).toString(base);
  };
}

/** Uniform digits d + 1 around one operator. */
const digitsAround = (base: number, operator: number) => (step: number, symbol: number, length: number) => {
  if (step === (length - 1) / 2) return symbol === operator ? 1 : 0;
  return symbol >= 1 && symbol <= base ? 1 / base : 0;
};

for (const base of [2, 3, 4, 10]) {
  const share = (operator: number) => ({ aligned: false, share: digitsAround(base, operator) });
  taskProperties(multiplication(base), { oracle: oracle(base, "*", (a, b) => a * b), ...share(12) });
  taskProperties(unalignedAddition(base), { oracle: oracle(base, "+", (a, b) => a + b), ...share(11) });
}
taskProperties(unalignedIncrement, {
  oracle: (text) => ((read(text, 2) + 1n) % 2n ** BigInt(text.length)).toString(2),
  aligned: false,
  share: (_, symbol) => (symbol === 1 || symbol === 2 ? 0.5 : 0),
});
taskProperties(decimalMultiplicationInBinary, {
  oracle: oracle(10, "*", (a, b) => a * b),
  aligned: false,
  share(step, symbol, length) {
    const half = (length - 1) / 2;
    if (step === half) return symbol === 12 ? 1 : 0;
    const i = (step < half ? step : step - half - 1) % 4;
    const bit = symbol - (i === 3 ? 3 : 1);
    if (bit !== 0 && bit !== 1) return 0;
    return [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter((digit) => ((digit >> i) & 1) === bit).length / 10;
  },
});

describe("symbols of numbers side by side", () => {
  // The first position is the lowest digit; digit d is d + 1.
  it.each<[Task, string, number[], number[], string]>([
    // 13 · 11 = 143 = 10001111
    [multiplication(2), "1101*1011", [2, 1, 2, 2, 12, 2, 2, 1, 2], [2, 2, 2, 2, 1, 1, 1, 2, 1], "10001111"],
    [multiplication(10), "12*34", [3, 2, 12, 5, 4], [9, 1, 5, 1, 1], "408"],
    [multiplication(4), "33*33", [4, 4, 12, 4, 4], [2, 1, 3, 4, 1], "3201"],
    [unalignedAddition(2), "11+01", [2, 2, 11, 2, 1], [1, 1, 2, -1, -1], "100"],
    [unalignedAddition(10), "12+34", [3, 2, 11, 5, 4], [7, 5, 1, -1, -1], "46"],
    [unalignedIncrement, "0111", [2, 2, 2, 1], [1, 1, 1, 2], "1000"],
    [unalignedIncrement, "111", [2, 2, 2], [1, 1, 1], "0"],
    // 6 = 0110, 9 = 1001, 54 = 5, 4: 4 = 0100 first.
    [decimalMultiplicationInBinary, "6*9", [1, 2, 2, 3, 12, 2, 1, 1, 4], [1, 1, 2, 3, 2, 1, 2, 3, -1], "54"],
  ])("%# $name", (task, text, input, output, written) => {
    const problem = task.parse(text);
    expect(Array.from(problem)).toEqual(input);
    expect(task.format(problem)).toBe(text);
    const solution = task.solve(problem);
    expect(Array.from(solution)).toEqual(output);
    expect(task.formatAnswer(solution, problem)).toBe(written);
  });

  it("has 13 input symbols in every base, and a blank and the digits in answers", () => {
    const sizes = (task: Task) => [task.channels.length, task.channels[0]!.length, task.output.length];
    expect([multiplication(2), unalignedIncrement, unalignedAddition(2)].map(sizes)).toEqual([
      [1, 13, 3],
      [1, 13, 3],
      [1, 13, 3],
    ]);
    expect([multiplication(4), decimalMultiplicationInBinary, multiplication(10)].map(sizes)).toEqual([
      [1, 13, 5],
      [1, 13, 5],
      [1, 13, 11],
    ]);
    expect(multiplication(10).channels[0]!.join("")).toBe("_0123456789+*");
  });

  it("has lengths of whole numbers of digits", () => {
    const lengths = (task: Task) => Array.from({ length: 20 }, (_, i) => i).filter(task.validLength);
    expect(lengths(multiplication(2))).toEqual([3, 5, 7, 9, 11, 13, 15, 17, 19]);
    expect(lengths(decimalMultiplicationInBinary)).toEqual([9, 17]);
    expect(lengths(unalignedIncrement)).toEqual(Array.from({ length: 19 }, (_, i) => i + 1));
    expect(multiplication(2).defaultTrainLengths).toEqual([3, 41]);
    expect(decimalMultiplicationInBinary.defaultTrainLengths).toEqual([9, 41]);
    expect(() => multiplication(2).steps(4)).toThrow("binary-multiplication: length is 4; expected one of 3, 5, 7, …");
  });

  it("multiplies 2000 digits", () => {
    for (const base of [2, 10]) {
      const task = multiplication(base);
      const problem = task.sample(randomSource(3).stream(), 4001);
      const [a, b] = task.format(problem).split("*");
      const value = (text: string) => BigInt(base === 2 ? `0b${text}` : text);
      expect(task.formatAnswer(task.solve(problem), problem)).toBe((value(a!) * value(b!)).toString(base));
    }
  });
});

describe("texts of numbers side by side", () => {
  it.each<[Task, string, string, string]>([
    [multiplication(2), " 1011 × 1101 ", "1011*1101", "10001111"],
    [multiplication(2), "1x101", "001*101", "101"],
    [multiplication(2), "000*0", "000*000", "0"],
    [multiplication(10), "99*99", "99*99", "9801"],
    [decimalMultiplicationInBinary, "387x18", "387*018", "6966"],
    [unalignedAddition(10), "999 + 1", "999+001", "1000"],
    [unalignedAddition(2), "00+01", "00+01", "1"],
    [unalignedIncrement, " 0011 ", "0011", "100"],
  ])("%# $name of %s", (task, text, written, result) => {
    expect(task.format(task.parse(text))).toBe(written);
    expect(answer(task, text)).toBe(result);
  });

  it("shows what isn't a digit, and takes only leading zeros away", () => {
    const task = multiplication(2);
    const problem = task.parse("11*01");
    // Lowest digit first: 1, blank, 0, 1, 0, and without an answer in the middle.
    expect(task.formatAnswer(Int32Array.of(2, 0, 1, 2, 1), problem)).toBe("10_1");
    expect(task.formatAnswer(Int32Array.of(2, 1, -1, 1, 0), problem)).toBe("_0_01");
    expect(task.formatAnswer(Int32Array.of(1, 1, 1, 1, 1), problem)).toBe("0");
    const sum = unalignedAddition(2);
    // Only three positions are asked: what a network says at the others doesn't count.
    expect(sum.formatAnswer(Int32Array.of(2, 1, 2, 0, 2), sum.parse("11+10"))).toBe("101");
    // Fifteen and an unmarked last bit are no digits.
    const coded = decimalMultiplicationInBinary;
    expect(coded.formatAnswer(Int32Array.of(2, 2, 2, 4, 2, 1, 1, 3, 0), coded.parse("3*5"))).toBe("1_");
    expect(coded.formatAnswer(Int32Array.of(2, 1, 2, 3, 2, 1, 1, 1, 0), coded.parse("3*5"))).toBe("_5");
  });

  it("says which character doesn't fit, where, and what would", () => {
    expectRefused(multiplication(2), "102*1", 'character "2" at position 3', "base 2 (0 … 1)", '"1011*1101"');
    expectRefused(multiplication(4), "1*14", 'character "4" at position 4', "base 4");
    expectRefused(multiplication(10), "12+34", 'character "+" at position 3', '"*"');
    expectRefused(multiplication(10), "1*2*3", 'character "*" at position 4', "the end of the text");
    expectRefused(multiplication(10), "-1*2", 'character "-" at position 1');
    expectRefused(multiplication(10), "12", 'no "*" in the text');
    expectRefused(multiplication(10), "12*", 'the text ends after "*"');
    expectRefused(decimalMultiplicationInBinary, "a*1", 'character "a" at position 1', "a decimal digit");
    expectRefused(unalignedAddition(2), "1*1", 'character "*" at position 2', '"+"');
    expectRefused(unalignedIncrement, "12", 'character "2" at position 2');
    expectRefused(unalignedIncrement, "  ", "empty text");
  });

  it("refuses symbols that don't fit where they stand", () => {
    const refused = (task: Task, ...symbols: number[]) => {
      expect(() => task.solve(Int32Array.from(symbols))).toThrow(expect.objectContaining({ code: "argument" }));
      expect(() => task.format(Int32Array.from(symbols))).toThrow(task.name);
    };
    refused(multiplication(2), 1, 11, 1);
    refused(multiplication(2), 1, 12, 3);
    refused(multiplication(2), 0, 12, 1);
    refused(multiplication(2), 1, 12, 1, 1);
    refused(unalignedAddition(4), 1, 12, 1);
    // 10 isn't a digit, and the last bit must be marked.
    refused(decimalMultiplicationInBinary, 1, 2, 1, 4, 12, 1, 1, 1, 3);
    refused(decimalMultiplicationInBinary, 1, 2, 1, 2, 12, 1, 1, 1, 3);
  });

  it("refuses other bases", () => {
    for (const base of [1, 11, 2.5]) {
      expect(() => multiplication(base)).toThrow(/base is .* from 2 to 10/);
      expect(() => unalignedAddition(base)).toThrow(/base is .* from 2 to 10/);
    }
  });
});

import { describe, expect, it } from "vitest";
import { randomSource } from "../random/index.ts";
import { addition, binaryAddition } from "./addition.ts";
import { additionRows, algorithm1 } from "./algorithm1.ts";
import type { Task } from "./contract.ts";
import { binaryIncrement, increment } from "./increment.ts";
import { runMachine } from "./machine.ts";
import { answer, expectRefused, taskProperties } from "./properties.test-helper.ts";
import { binarySubtraction, subtraction } from "./subtraction.ts";

/** A number from its text in a base, one digit after the other (base 2: decimal, as the tasks write it). */
function read(text: string, base: number): bigint {
  if (base === 2) return BigInt(text);
  return [...text].reduce((sum, digit) => sum * BigInt(base) + BigInt(Number.parseInt(digit, 36)), 0n);
}

function write(value: bigint, base: number): string {
  return value.toString(base === 2 ? 10 : base);
}

function oracle(base: number, operator: string, compute: (a: bigint, b: bigint) => bigint) {
  return (problem: string) => {
    const [a, b] = problem.split(operator);
    return write(compute(read(a!, base), b === undefined ? 0n : read(b, base)), base);
  };
}

for (const base of [2, 3, 10, 36]) {
  taskProperties(addition(base), { oracle: oracle(base, "+", (a, b) => a + b) });
  // Larger first makes the top digits depend on each other; both channels together are still uniform.
  taskProperties(subtraction(base), { oracle: oracle(base, "-", (a, b) => a - b), pooled: true });
  taskProperties(increment(base), { oracle: oracle(base, "+", (a) => a + 1n) });
}

describe("Table 1 of the ILRNN paper", () => {
  // 387 = 110000011, 18 = 000010010, 405 = 110010101; the table's columns t1 … t9 are their digits from the right.
  const x1 = [1, 1, 0, 0, 0, 0, 0, 1, 1];
  const x2 = [0, 1, 0, 0, 1, 0, 0, 0, 0];
  const y1 = [1, 0, 1, 0, 1, 0, 0, 1, 1];
  const input = binaryAddition.parse("387+18");

  it("reads 387 + 18 into the table's columns, and the step of the last carry", () => {
    expect(Array.from(input)).toEqual([...x1.flatMap((bit, t) => [bit, x2[t]!]), 0, 0]);
    expect(binaryAddition.format(input)).toBe("387+18");
  });

  it("answers 405", () => {
    expect(Array.from(binaryAddition.solve(input))).toEqual([...y1, 0]);
    expect(Array.from(runMachine(binaryAddition, input))).toEqual([...y1, 0]);
    expect(binaryAddition.formatAnswer(binaryAddition.solve(input), input)).toBe("405");
  });

  it("is what Algorithm 1 makes of the same bits: no carry remains, so nine rows", () => {
    expect(additionRows(input.slice(0, 18))).toEqual(x1.map((bit, t) => [bit, x2[t], y1[t]]));
  });
});

describe("algorithm1", () => {
  it("appends (0, 0, 1) only when a carry remains", () => {
    expect(additionRows(Int32Array.of(1, 1))).toEqual([
      [1, 1, 0],
      [0, 0, 1],
    ]);
    expect(additionRows(Int32Array.of(1, 1, 0, 0))).toEqual([
      [1, 1, 0],
      [0, 0, 1],
    ]);
    expect(additionRows(Int32Array.of(1, 1, 1, 1))).toEqual([
      [1, 1, 0],
      [1, 1, 1],
      [0, 0, 1],
    ]);
  });

  it("draws the problems of binary addition, and both lengths of sample occur", () => {
    const rowCounts = new Set<number>();
    for (let seed = 0; seed < 200; seed++) {
      const rows = algorithm1(randomSource(seed).stream("data"), 6);
      rowCounts.add(rows.length);
      const input = binaryAddition.sample(randomSource(seed).stream("data"), 6);
      const exact = Array.from(binaryAddition.solve(input), (y, t) => [input[2 * t], input[2 * t + 1], y]);
      expect(rows).toEqual(rows.length === 7 ? exact : exact.slice(0, 6));
      if (rows.length === 6) expect(exact[6]).toEqual([0, 0, 0]);
      const value = (column: 0 | 1 | 2) => rows.reduce((sum, row, i) => sum + row[column] * 2 ** i, 0);
      expect(value(2)).toBe(value(0) + value(1));
    }
    expect(rowCounts).toEqual(new Set([6, 7]));
  });

  it("refuses other digit counts", () => {
    const stream = randomSource(1).stream();
    for (const n of [0, -1, 2.5]) expect(() => algorithm1(stream, n)).toThrow(/algorithm 1: n is .* ≥ 1/);
  });
});

describe("texts of sums, differences and increments", () => {
  it.each<[Task, string, string]>([
    [binaryAddition, "387+18", "405"],
    [binaryAddition, " 387 +\t18\n", "405"],
    [binaryAddition, "0b1011+0b11", "14"],
    [binaryAddition, "0B1011+3", "14"],
    [binaryAddition, "0+0", "0"],
    [binaryAddition, "007+01", "8"],
    [binaryAddition, "18446744073709551615+1", "18446744073709551616"],
    [addition(10), "387+18", "405"],
    [addition(10), "999+1", "1000"],
    [addition(3), "22+1", "100"],
    [addition(16), "FF+1", "100"],
    [addition(16), "0b1+0", "b1"],
    [addition(36), "zz+1", "100"],
    [addition(36), "Zz+Zz", "1zy"],
    [binarySubtraction, "387-18", "369"],
    [binarySubtraction, "387−387", "0"],
    [binarySubtraction, "0b1000-1", "7"],
    [subtraction(10), "1000-1", "999"],
    [subtraction(36), "100-1", "zz"],
    [binaryIncrement, "387", "388"],
    [binaryIncrement, "0", "1"],
    [binaryIncrement, "255", "256"],
    [increment(10), "999", "1000"],
    [increment(10), "129", "130"],
  ])("%o: %s → %s", (task, problem, expected) => {
    expect(answer(task, problem)).toBe(expected);
  });

  it("keeps numbers, not widths", () => {
    expect(binaryAddition.parse("0b0001+1").length).toBe(binaryAddition.parse("1+1").length);
    expect(addition(10).parse("007+1")).toEqual(Int32Array.of(7, 1, 0, 0));
    expect(addition(10).parse("0+0")).toEqual(Int32Array.of(0, 0, 0, 0));
    expect(subtraction(10).parse("12-3")).toEqual(Int32Array.of(2, 3, 1, 0));
    expect(increment(10).parse("12")).toEqual(Int32Array.of(2, 1, 0));
  });

  it("names the character, its position and what was expected", () => {
    expectRefused(binaryAddition, "38a+18", 'character "a" at position 3', "decimal digit");
    expectRefused(binaryAddition, " 38+1z8", 'character "z" at position 6', "decimal digit");
    expectRefused(binaryAddition, "0b102+1", 'character "2" at position 5', "base 2 (0 … 1)");
    expectRefused(binaryAddition, "1+0b", 'character "b" at position 4', "base 2 (0 … 1) after it");
    expectRefused(addition(3), "12+13", 'character "3" at position 5', "base 3 (0 … 2)");
    expectRefused(addition(16), "fg+1", 'character "g" at position 2', "base 16 (0 … f)");
    expectRefused(binaryAddition, "", "empty text", 'two numbers with "+"');
    expectRefused(binaryAddition, "  \n", "empty text");
    expectRefused(binaryAddition, "387", 'no "+" in the text', "two numbers");
    expectRefused(binaryAddition, "387+", 'the text ends after "+"', "a second number");
    expectRefused(binaryAddition, "+18", 'character "+" at position 1', "decimal digit", "no sign");
    expectRefused(binaryAddition, "-3+4", 'character "-" at position 1', "no sign");
    expectRefused(binaryAddition, "3+-4", 'character "-" at position 3', "no sign");
    expectRefused(binaryAddition, "3.5+1", 'character "." at position 2', 'a decimal digit or "+"');
    expectRefused(binaryAddition, "1,000+1", 'character "," at position 2');
    expectRefused(binaryAddition, "1+2+3", 'character "+" at position 4', "the end of the text after two numbers");
    expectRefused(binaryAddition, "1 2+3", 'character "2" at position 3', '"+"');
    expectRefused(binaryAddition, "3*4", 'character "*" at position 2', '"+"');
    expectRefused(binaryAddition, "٣+1", 'character "٣" at position 1', "decimal digit");
    expectRefused(binaryAddition, "1+😀", 'character "😀" at position 3');
    expectRefused(binarySubtraction, "18-387", "the first number is smaller than the second", "a ≥ b");
    expectRefused(subtraction(10), "99-100", "the first number is smaller than the second");
    expectRefused(binarySubtraction, "18+3", 'character "+" at position 3', '"-"');
    expectRefused(binaryIncrement, "3+4", 'character "+" at position 2', "the end of the text after one number");
    expectRefused(binaryIncrement, "-3", 'character "-" at position 1', "no sign");
    expectRefused(binaryIncrement, "", "empty text", "a number");
    expectRefused(binaryAddition, 5 as unknown as string, "received a number");
  });

  it("shows a wrong answer of a network as the number it is", () => {
    const input = addition(10).parse("12+34");
    expect(addition(10).formatAnswer(Int32Array.of(6, 5, 0), input)).toBe("56");
    expect(() => addition(10).formatAnswer(Int32Array.of(6, -1, 0), input)).toThrow(/answer symbol -1 at step 1/);
  });
});

describe("digits beyond what fits", () => {
  it("drops a carry out of the last step, and borrows from beyond it, as the machines do", () => {
    const overflow = Int32Array.of(9, 9, 9, 9);
    expect(addition(10).solve(overflow)).toEqual(Int32Array.of(8, 9));
    expect(runMachine(addition(10), overflow)).toEqual(Int32Array.of(8, 9));
    const underflow = Int32Array.of(1, 2, 0, 0);
    expect(subtraction(10).solve(underflow)).toEqual(Int32Array.of(9, 9));
    expect(runMachine(subtraction(10), underflow)).toEqual(Int32Array.of(9, 9));
  });
});

describe("numbers of 100,000 digits", () => {
  const digits = (seed: number, base: number) =>
    Array.from(randomSource(seed).stream("digits").integers(new Int32Array(100_000), 1, base), (digit) =>
      digit.toString(base),
    ).join("");

  it("are read, added and written in binary", () => {
    const [a, b] = [digits(1, 10), digits(2, 10)];
    expect(answer(binaryAddition, `${a}+${b}`)).toBe((BigInt(a) + BigInt(b)).toString());
  });

  it.each([10, 36])("are read, added and written in base %i, and the machine agrees", (base) => {
    const task = addition(base);
    const input = task.parse(`${digits(3, base)}+${digits(4, base)}`);
    expect(input.length).toBe(2 * 100_001);
    const sum = task.solve(input);
    expect(sum).toEqual(runMachine(task, input));
    expect(task.formatAnswer(sum, input).length).toBeGreaterThanOrEqual(100_000);
  });
});

describe("bases", () => {
  it.each([addition, subtraction, increment])("from 2 to 36 only: %o", (make) => {
    expect(make(2).channels[0]).toEqual(["0", "1"]);
    expect(make(36).output.at(-1)).toBe("z");
    for (const base of [1, 0, 37, 2.5, Number.NaN]) expect(() => make(base)).toThrow(/base is .* from 2 to 36/);
  });

  it("make steps: one more than digits for sums, as many for differences", () => {
    expect([binaryAddition, binarySubtraction, binaryIncrement].map((task) => task.steps(7))).toEqual([8, 7, 8]);
  });
});

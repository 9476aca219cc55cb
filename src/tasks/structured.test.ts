import { describe, expect, it } from "vitest";
import { randomSource } from "../random/index.ts";
import { addition } from "./addition.ts";
import { findTask } from "./index.ts";
import { multiplication } from "./multiplication.ts";
import { unalignedAddition, unalignedIncrement } from "./unaligned-addition.ts";

const COUNT = 300;

/** Texts of special problems. */
function draw(name: string, family: string, length: number): string[] {
  const task = findTask(name);
  const problems = task.structured![family]!(randomSource(11).stream("structured", name, family), length, COUNT);
  const size = problems.length / COUNT;
  return Array.from({ length: COUNT }, (_, k) => task.format(problems.subarray(k * size, (k + 1) * size)));
}

function numbers(text: string, base: number): bigint[] {
  return text.split(/[+*]/).map((digits) => [...digits].reduce((sum, digit) => sum * BigInt(base) + BigInt(digit), 0n));
}

const bases = [2, 4, 10];

describe("numbers", () => {
  it.each(bases)("carry through all digits in half of the sums in base %i", (base) => {
    const length = 21;
    const top = BigInt(base) ** 10n;
    const sums = draw(`unaligned-base-${base}-addition`, "long-carry", length).map((text) => {
      const [a, b] = numbers(text, base);
      return a! + b!;
    });
    for (const sum of sums) expect(sum === top || sum === top - 1n).toBe(true);
    const carried = sums.filter((sum) => sum === top).length;
    expect(Math.abs(carried - COUNT / 2)).toBeLessThan(5 * Math.sqrt(COUNT / 4));
  });

  it.each(bases)("are all the largest digit, or the lowest ones, in base %i", (base) => {
    const digit = base - 1;
    const pattern = new RegExp(`^0*${digit}+[+*]0*${digit}+$`);
    for (const task of [unalignedAddition(base), multiplication(base)]) {
      const texts = draw(task.name, "largest-digits", 17);
      for (const text of texts) expect(text).toMatch(pattern);
      const full = String(digit).repeat(8);
      expect(texts).toContain(`${full}${task.name.endsWith("addition") ? "+" : "*"}${full}`);
      expect(new Set(texts).size).toBeGreaterThan(20);
    }
  });

  it.each(bases)("are powers of base %i, or one more or less", (base) => {
    const near = new Set<bigint>();
    for (let j = 0; j <= 8; j++) for (const d of [-1n, 0n, 1n]) near.add(BigInt(base) ** BigInt(j) + d);
    const seen = new Set<bigint>();
    for (const text of draw(`base-${base}-multiplication`, "powers", 17))
      for (const number of numbers(text, base)) {
        expect(near.has(number), text).toBe(true);
        seen.add(number);
      }
    for (const number of [0n, 1n, BigInt(base) ** 7n, BigInt(base) ** 7n + 1n, BigInt(base) ** 8n - 1n])
      expect(seen.has(number), `${number}`).toBe(true);
  });

  it.each(bases)("are tiny in base %i", (base) => {
    const seen = new Set<bigint>();
    for (const text of draw(`base-${base}-multiplication`, "tiny", 17))
      for (const number of numbers(text, base)) seen.add(number);
    const most = Math.max(3, base - 1);
    expect([...seen].sort((a, b) => Number(a - b))).toEqual(Array.from({ length: most + 1 }, (_, i) => BigInt(i)));
    // One binary digit holds 0 and 1 alone.
    for (const text of draw("binary-multiplication", "tiny", 3)) expect(text).toMatch(/^[01]\*[01]$/);
  });

  it("have one to three ones", () => {
    const texts = draw("decimal-multiplication", "sparse", 41);
    const ones = texts.flatMap((text) => text.split("*").map((number) => number.replaceAll("0", "")));
    expect(new Set(ones)).toEqual(new Set(["1", "11", "111"]));
  });

  it("are multiplied by zero or one from either side", () => {
    const trivial = [0, 0, 0, 0];
    for (const text of draw("decimal-multiplication", "zeros", 21)) {
      const [a, b] = numbers(text, 10);
      expect(a! < 2n || b! < 2n).toBe(true);
      if (a! < 2n) trivial[Number(a)]!++;
      else trivial[2 + Number(b)]!++;
    }
    for (const count of trivial) expect(Math.abs(count - COUNT / 4)).toBeLessThan(5 * Math.sqrt((COUNT * 3) / 16));
  });

  it("end in ones when one is added", () => {
    const texts = draw(unalignedIncrement.name, "long-carry", 12);
    const runs = new Set(texts.map((text) => /1*$/.exec(text)![0].length));
    expect(runs).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
  });

  it("are the same in the aligned task", () => {
    const stream = () => randomSource(2).stream();
    const aligned = addition(10).structured!;
    const sideBySide = unalignedAddition(10).structured!;
    expect(Object.keys(aligned)).toEqual(["long-carry", "largest-digits", "powers", "tiny"]);
    for (const family of Object.keys(aligned)) {
      const pairs = aligned[family]!(stream(), 6, 4);
      const sequences = sideBySide[family]!(stream(), 13, 4);
      for (let problem = 0; problem < 4; problem++) {
        const one = pairs.subarray(problem * 14, (problem + 1) * 14);
        const digits = [0, 1].map((channel) => one.filter((_, i) => i % 2 === channel));
        expect(digits.map((number) => number[6])).toEqual([0, 0]);
        const symbols = [...digits[0]!.slice(0, 6), 10, ...digits[1]!.slice(0, 6)].map((digit) => digit + 1);
        expect(symbols, family).toEqual(Array.from(sequences.subarray(problem * 13, (problem + 1) * 13)));
      }
    }
  });
});

describe("sequences", () => {
  const values = (text: string) => text.split(" ").map(Number);
  const kinds = (family: string, task = "sort") => draw(task, family, 12).map((text) => new Set(values(text)).size);

  it("have one symbol, two, or all but one of them the same", () => {
    expect(new Set(kinds("equal"))).toEqual(new Set([1]));
    expect(Math.max(...kinds("two-values"))).toBe(2);
    for (const text of draw("copy", "one-different", 12)) {
      const counts = [1, 2, 3, 4, 5].map((value) => values(text).filter((one) => one === value).length);
      expect(counts.sort()).toEqual([0, 0, 0, 1, 11]);
    }
    const both = new Set(draw("sort", "two-values", 40).map((text) => [...new Set(values(text))].sort().join("")));
    expect([...both].sort()).toEqual(["12", "13", "14", "15", "23", "24", "25", "34", "35", "45"]);
  });

  it("are in order already, or in the opposite one", () => {
    for (const text of draw("sort", "sorted", 12)) expect(values(text)).toEqual(values(text).sort());
    for (const text of draw("sort", "reversed", 12)) expect(values(text)).toEqual(values(text).sort().reverse());
  });

  it("are special in their keys where there are keys", () => {
    const texts = draw("sort-by-key", "equal", 12);
    const half = (text: string, parity: number) => new Set(values(text).filter((_, i) => i % 2 === parity)).size;
    for (const text of texts) expect(half(text, 0)).toBe(1);
    expect(new Set(texts.flatMap((text) => values(text).filter((_, i) => i % 2 === 1))).size).toBe(5);
    expect(Math.max(...texts.map((text) => half(text, 1)))).toBeGreaterThan(2);
  });

  it("leave the blanks", () => {
    for (const text of draw("duplicate", "equal", 12)) expect(values(text)).toHaveLength(6);
  });
});

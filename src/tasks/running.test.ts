import { describe, expect, it } from "vitest";
import { counter } from "./counter.ts";
import { cycle, cycleNavigation } from "./cycle-navigation.ts";
import { evenPairs } from "./even-pairs.ts";
import { parity } from "./parity.ts";
import { answer, expectRefused, taskProperties } from "./properties.test-helper.ts";

taskProperties(parity, { oracle: (bits) => `${bits.replaceAll("0", "").length % 2}` });
taskProperties(evenPairs, { oracle: (letters) => (letters[0] === letters.at(-1) ? "even" : "odd") });
for (const n of [3, 10]) taskProperties(counter(n), { oracle: (bits) => `${bits.replaceAll("0", "").length % n}` });
for (const n of [2, 5, 7])
  taskProperties(cycle(n), {
    oracle(moves) {
      const sum = [...moves].reduce((at, move) => at + (move === "+" ? 1 : move === "-" ? -1 : 0), 0);
      return `${(sum + 1000 * n) % n}`;
    },
  });

describe("parity", () => {
  it("answers every prefix", () => {
    expect(Array.from(parity.solve(parity.parse("1011")))).toEqual([1, 1, 0, 1]);
    expect(answer(parity, "1011")).toBe("1");
    expect(answer(parity, "1 1")).toBe("0");
  });

  it("refuses other characters", () => {
    expectRefused(parity, "10a1", 'character "a" at position 3', '"0" or "1"');
    expectRefused(parity, "", "empty text", '"0" or "1"');
  });
});

describe("even pairs", () => {
  it("counts ab and ba", () => {
    // aabba: ab once, ba once.
    expect(Array.from(evenPairs.solve(evenPairs.parse("aabba")))).toEqual([0, 0, 1, 1, 0]);
    expect(answer(evenPairs, "abba")).toBe("even");
    expect(answer(evenPairs, "aab")).toBe("odd");
    expect(answer(evenPairs, "b")).toBe("even");
  });

  it("refuses other characters", () => {
    expectRefused(evenPairs, "abc", 'character "c" at position 3', '"a" or "b"');
  });
});

describe("cycle navigation", () => {
  it("follows the moves", () => {
    expect(Array.from(cycleNavigation.solve(cycleNavigation.parse("+ + - 0")))).toEqual([1, 2, 1, 1]);
    expect(Array.from(cycleNavigation.solve(cycleNavigation.parse("-−+")))).toEqual([4, 3, 4]);
    expect(answer(cycleNavigation, "++-0")).toBe("1");
    expect(answer(cycleNavigation, "+++++")).toBe("0");
  });

  it("refuses other characters and sizes", () => {
    expectRefused(cycleNavigation, "+1", 'character "1" at position 2', '"0" or "+" or "-"');
    for (const n of [1, 65, 2.5]) expect(() => cycle(n)).toThrow(/positions is .* from 2 to 64/);
  });
});

describe("counting modulo n", () => {
  it("answers every prefix", () => {
    expect(Array.from(counter(3).solve(counter(3).parse("1011 1")))).toEqual([1, 1, 2, 0, 1]);
    expect(answer(counter(3), "1011")).toBe("0");
  });

  it("refuses other sizes: modulo 2 is parity", () => {
    for (const n of [2, 65, 2.5]) expect(() => counter(n)).toThrow(/modulus is .* from 3 to 64/);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomSource } from "../random/index.ts";
import { findTask, tasks } from "./index.ts";
import { padBatch } from "./padded.ts";
import { drawSide, isHeldOut, problemHash } from "./split.ts";

const stream = (...path: (string | number)[]) => randomSource(5).stream("split", ...path);

describe("isHeldOut", () => {
  // From an implementation of the documented hash in another language.
  it.each<[number[], number]>([
    [[], 0xab3e7c0b],
    [[2], 0x06b9f8da],
    [[0], 0x841fbb59],
    [[1], 0x3e49135f],
    [[0, 0], 0x523991e4],
    [[2, 2, 2, 2, 12, 1, 1, 2, 1], 0x90ce739d],
    [Array.from({ length: 4800 }, (_, i) => 1 + (i % 12)), 0x3cb50176],
  ])("hashes %j to a fixed number", (symbols, hash) => {
    expect(problemHash(Int32Array.from(symbols))).toBe(hash);
    expect(isHeldOut(Int32Array.from(symbols))).toBe(hash < 2 ** 28);
  });

  it("holds out a sixteenth of every task's problems, at every length", () => {
    for (const task of tasks)
      for (const length of [17, 40, 41].filter(task.validLength)) {
        const count = 2000;
        const problems = task.sample(stream(task.name), length, count);
        const size = problems.length / count;
        const different = new Map<string, boolean>();
        for (let at = 0; at < problems.length; at += size) {
          const problem = problems.subarray(at, at + size);
          different.set(problem.join(), isHeldOut(problem));
        }
        const held = [...different.values()].filter(Boolean).length;
        // Five standard deviations of a binomial count.
        const spread = 5 * Math.sqrt((different.size * 15) / 256);
        expect(Math.abs(held - different.size / 16), `${task.name} ${length}`).toBeLessThan(spread);
      }
  });

  it("says the same of equal problems, padded or not", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(12), { maxLength: 30 }), fc.nat(9), (symbols, padding) => {
        const problem = Int32Array.from(symbols);
        const { input } = padBatch([problem], [problem], symbols.length + padding + 1);
        expect(problemHash(input)).toBe(problemHash(problem));
        expect(isHeldOut(Int32Array.from(symbols))).toBe(isHeldOut(problem));
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe("drawSide", () => {
  it("draws the first problem of the side", () => {
    const task = findTask("sort");
    for (const side of ["train", "test"] as const)
      for (let k = 0; k < 20; k++) {
        const drawn = drawSide(task, stream(k), 12, side);
        const again = stream(k);
        let problem = task.sample(again, 12);
        while (isHeldOut(problem) !== (side === "test")) problem = task.sample(again, 12);
        expect(drawn).toEqual(problem);
        expect(isHeldOut(drawn)).toBe(side === "test");
      }
  });

  it("gives up where a side has no problem", () => {
    expect(() => drawSide(findTask("binary-multiplication"), stream(), 3, "test")).toThrow(
      expect.objectContaining({
        code: "argument",
        message: "binary-multiplication: no problem of length 3 is on the test side",
      }),
    );
  });
});

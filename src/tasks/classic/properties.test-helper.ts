/** The promises that every task made of numbers makes, as tests. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomSource, type Stream } from "../../random/index.ts";
import type { DrawnBatch, DrawnTask } from "../contract.ts";

/** Draws one problem from the stream of a seed. */
export function drawOne(task: DrawnTask, length: number, seed: number): DrawnBatch {
  return task.draw(streamOf(seed), length, 1, "train");
}

function streamOf(seed: number): Stream {
  return randomSource(seed).stream("classic tasks");
}

/**
 * @param oracle the answer to a problem by another route: a number for each step and value, NaN where none is asked.
 * @param longest length that is tried.
 */
export function drawnTaskProperties(task: DrawnTask, oracle: (input: number[]) => number[], longest = 60): void {
  const lengths = fc.integer({ min: 1, max: longest }).filter(task.validLength);
  const width = task.features?.length ?? task.channels.length;

  describe(`${task.name}: what every task promises`, () => {
    it("draws problems whose answers are the oracle's", () => {
      fc.assert(
        fc.property(fc.nat(), lengths, fc.integer({ min: 1, max: 3 }), (seed, length, count) => {
          const { input, target } = task.draw(streamOf(seed), length, count, "train");
          const steps = task.steps(length);
          expect(input.length).toBe(count * steps * width);
          expect(target.length).toBe(count * steps * task.values!.length);
          for (let k = 0; k < count; k++) {
            const own = Array.from(input.subarray(k * steps * width, (k + 1) * steps * width));
            const size = target.length / count;
            const answer = Array.from(target.subarray(k * size, (k + 1) * size));
            expectNear(answer, oracle(own));
          }
        }),
      );
    });

    it("draws equal problems from equal streams, and prefers no place in a batch", () => {
      const [low] = task.defaultTrainLengths;
      expect(task.draw(streamOf(3), low, 4, "train")).toEqual(task.draw(streamOf(3), low, 4, "train"));
      const { input, target } = task.draw(streamOf(3), low, 2, "train");
      expect(drawOne(task, low, 3)).toEqual({
        input: input.slice(0, input.length / 2),
        target: target.slice(0, target.length / 2),
      });
    });

    it("reads what it writes, and answers it", () => {
      fc.assert(
        fc.property(fc.nat(), lengths, (seed, length) => {
          const drawn = drawOne(task, length, seed);
          const read = task.parse(task.format(drawn));
          expect(task.format(read)).toBe(task.format(drawn));
          expectNear(Array.from(read.target), oracle(Array.from(read.input)));
          expectNear(Array.from(read.target), Array.from(drawn.target), 2e-4);
        }),
      );
    });

    it("is frozen, and its example is one", () => {
      expect(Object.isFrozen(task)).toBe(true);
      expect(task.format(task.parse(task.example))).toBe(task.example);
      const [low, high] = task.defaultTrainLengths;
      expect(task.validLength(low) && task.validLength(high)).toBe(true);
    });

    it("refuses lengths that it doesn't have", () => {
      for (const length of [0, -1, 2.5, Number.NaN]) {
        expect(task.validLength(length)).toBe(false);
        expect(() => drawOne(task, length, 1)).toThrow(expect.objectContaining({ code: "argument" }));
      }
    });
  });
}

/** Numbers like others, NaN where they are. */
export function expectNear(numbers: readonly number[], others: readonly number[], tolerance = 1e-6): void {
  expect(numbers.length).toBe(others.length);
  numbers.forEach((number, k) => {
    if (Number.isNaN(others[k]!)) expect(number).toBeNaN();
    else expect(Math.abs(number - others[k]!)).toBeLessThanOrEqual(tolerance);
  });
}

import { describe, expect, it } from "vitest";
import { randomSource } from "../../random/index.ts";
import { drawnTaskProperties } from "./properties.test-helper.ts";
import { spikeDistance, timedSpikes } from "./spikes.ts";

/** Distances by looking back from each spike, one step at a time. */
const measured = (least: number) => (input: number[]) =>
  input.map((spike, t) => {
    if (spike !== 1) return Number.NaN;
    let steps = 1;
    while (t - steps >= 0 && input[t - steps] !== 1) steps++;
    return (steps - least) / 10;
  });

/** A countdown: at 0 a spike, and a new distance is read at the next step. */
const generated = (least: number) => (input: number[]) => {
  let left = 0;
  return input.map((offset) => {
    if (left === 0) left = least + Math.round(offset * 10);
    left--;
    return left === 0 ? 1 : 0;
  });
};

for (const least of [10, 3]) {
  drawnTaskProperties(spikeDistance(least), measured(least), 100);
  drawnTaskProperties(timedSpikes(least), generated(least), 100);
}

describe("distances between spikes", () => {
  it("are F to F + 10 steps, each about as often", () => {
    const { target } = spikeDistance(4).draw(randomSource(2).stream("distances"), 14, 11_000, "train");
    // The first spike always lies within 14 steps: its distance counts from before the first step.
    const firsts = Array.from({ length: 11_000 }, (_, k) =>
      target.subarray(14 * k, 14 * (k + 1)).find((number) => !Number.isNaN(number)),
    );
    for (let offset = 0; offset <= 10; offset++) {
      const count = firsts.filter((number) => number === Math.fround(offset / 10)).length;
      expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(1000));
    }
  });

  it("by hand", () => {
    const measure = spikeDistance(3);
    const problem = measure.parse("0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1");
    expect(measure.formatAnswer(problem.target, problem)).toBe("0, 0.1, 0.3");
    const generate = timedSpikes(3);
    const spikes = generate.parse("0, 0, 0, 0.1, 0.1, 0.1, 0.1, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0");
    expect(Array.from(spikes.target)).toEqual([0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0]);
  });

  it("are in the name where they are others", () => {
    expect([spikeDistance().name, timedSpikes(50).name]).toEqual(["spike-distance", "timed-spikes-50"]);
    expect(() => spikeDistance(1)).toThrow(/least distance is 1; expected a whole number from 2 to 1000/);
  });
});

import { describe, expect, test } from "vitest";
import { type ScheduleConfig, scheduleFactor } from "./index.ts";
import { scheduleConfig } from "./schedules.ts";

const at = (given: unknown, steps: number, times: readonly number[]) => {
  const config: ScheduleConfig = scheduleConfig.parse(given);
  return times.map((t) => scheduleFactor(config, t, steps));
};

describe("schedules, from step 1 to the last", () => {
  test.each([
    [{ name: "constant" }, 5, [1, 3, 5], [1, 1, 1]],
    [{ name: "linear" }, 5, [1, 2, 3, 4, 5], [1, 0.75, 0.5, 0.25, 0]],
    [{ name: "linear", final: 0.2 }, 5, [1, 3, 5, 6], [1, 0.6, 0.2, 0.2]],
    [{ name: "linear", from: 0.5, final: 0.2 }, 5, [1, 2, 3, 4, 5], [1, 1, 1, 0.6, 0.2]],
    [{ name: "plateau" }, 5, [1, 5], [1, 1]],
    [{ name: "linear", final: 2 }, 3, [1, 2, 3], [1, 1.5, 2]],
    [{ name: "cosine" }, 5, [1, 2, 3, 4, 5], [1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2, 0]],
    [{ name: "cosine", final: 0.5 }, 5, [1, 3, 5, 9], [1, 0.75, 0.5, 0.5]],
    [{ name: "step", every: 3, factor: 0.5 }, 100, [1, 3, 4, 6, 7, 10], [1, 1, 0.5, 0.5, 0.25, 0.125]],
    [{ name: "exponential", factor: 0.5 }, 100, [1, 2, 5], [1, 0.5, 0.0625]],
    [{ name: "warmup" }, 100, [1, 5, 10, 11, 100], [0.1, 0.5, 1, 1, 1]],
    [{ name: "warmup", part: 0.5 }, 8, [1, 2, 4, 8], [0.25, 0.5, 1, 1]],
    [{ name: "warmup", part: 0 }, 8, [1, 8], [1, 1]],
    [{ name: "linear" }, 1, [1], [1]],
    [{ name: "cosine" }, 1, [1], [1]],
  ] as const)("%j over %d steps", (config, steps, times, factors) => {
    at(config, steps, times).forEach((factor, k) => {
      expect(factor, `step ${times[k]}`).toBeCloseTo(factors[k]!, 14);
    });
  });

  test("what isn't one is refused", () => {
    for (const config of [
      { name: "step", every: 0, factor: 1 },
      { name: "exponential", factor: 1.5 },
      { name: "warmup", part: 2 },
      { name: "linear", last: 0 },
      { name: "lineal" },
    ]) {
      expect(scheduleConfig.safeParse(config).success, JSON.stringify(config)).toBe(false);
    }
  });
});

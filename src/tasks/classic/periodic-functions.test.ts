import { describe, expect, it } from "vitest";
import { periodicFunction } from "./periodic-functions.ts";
import { drawnTaskProperties, drawOne, expectNear } from "./properties.test-helper.ts";

drawnTaskProperties(periodicFunction("triangle", 4), (input) => input.map((_, t) => [0, 0.5, 1, 0.5][t % 4]!));
drawnTaskProperties(periodicFunction("rectangle", 5), (input) => input.map((_, t) => [0, 0, 0, 1, 1][t % 5]!));
drawnTaskProperties(periodicFunction("cosine"), (input) => input.map((_, t) => Math.sin((Math.PI * t) / 10) ** 2));

describe("periodic functions", () => {
  it("by hand, for a period of 10", () => {
    const wave = (name: "cosine" | "triangle" | "rectangle") =>
      Array.from(drawOne(periodicFunction(name), 12, 1).target);
    expectNear(wave("triangle"), [0, 0.2, 0.4, 0.6, 0.8, 1, 0.8, 0.6, 0.4, 0.2, 0, 0.2]);
    expectNear(wave("rectangle"), [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0]);
    expectNear(wave("cosine").slice(0, 6), [0, 0.0954915, 0.3454915, 0.6545085, 0.9045085, 1]);
  });

  it("are told only where they begin", () => {
    expect(Array.from(drawOne(periodicFunction("cosine"), 4, 1).input)).toEqual([1, 0, 0, 0]);
  });

  it("have other periods in their names", () => {
    expect(periodicFunction("triangle", 25).name).toBe("periodic-triangle-25");
    expect(() => periodicFunction("triangle", 1)).toThrow(/period is 1/);
  });
});

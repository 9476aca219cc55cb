import { expect, test } from "vitest";
import { ndarray } from "../graph/index.ts";
import { findModel } from "../models/index.ts";
import { fullAdder, fullAdderWithMargin, noisyParameters, parityNetwork } from "../networks/index.ts";
import { randomSource } from "../random/index.ts";
import { noiseCurve, noiseLevels } from "./noise.ts";
import { statesDecider } from "./states.ts";

const shares = (...given: Parameters<typeof noiseCurve>) => [...noiseCurve(...given)].map(({ exact }) => exact.value);

test("the printed adder bears no noise at all, that with the margin some", () => {
  expect(shares(fullAdder.network, [0, 1e-6, 1e-3], { draws: 40 })).toEqual([1, 0, 0]);
  expect(shares(fullAdderWithMargin.network, [0, 1e-6, 1e-3, 1], { draws: 40 })).toEqual([1, 1, 1, 0]);
});

test("each draw counts once, by what its states say; the interval is Wilson's", () => {
  const draws = 60;
  const [point] = [...noiseCurve(parityNetwork.network, [0.15], { draws, seed: 9 })];
  const decide = statesDecider(parityNetwork.network);
  const right = Array.from({ length: draws }, (_, draw) =>
    decide(noisyParameters(parityNetwork.network.parameters, 0.15, randomSource(9), { draw })),
  ).filter(({ answers }) => answers === "right").length;
  expect(point).toMatchObject({ deviation: 0.15, exact: { successes: right, trials: draws }, undecided: 0 });
  expect(right).toBeGreaterThan(20);
  expect(right).toBeLessThan(55);
  expect(point!.exact.low).toBeLessThan(right / draws);
});

test("fewer connections with noise, fewer errors", () => {
  const at = (connections: "all" | "present") =>
    shares(fullAdderWithMargin.network, [0.1], { draws: 60, connections })[0]!;
  expect(at("present")).toBeGreaterThan(0.9);
  expect(at("all")).toBeLessThan(0.3);
});

test("what can't be is refused", () => {
  expect(() => shares(fullAdder.network, [-1])).toThrow("deviation is -1, expected a number of at least 0");
  expect(() => shares(fullAdder.network, [0.1], { draws: 0 })).toThrow("draws is 0, expected a whole number");
  expect([...noiseLevels].sort((a, b) => a - b)).toEqual(noiseLevels);
});

test("copies that reach too many states are tried to be proved", () => {
  // The same construction with hard units. Noise keeps the output unit from 0 and 1, and feeds its past back to it.
  const { task, parameters } = parityNetwork.network;
  const model = findModel("ilrnn").build({ layers: [2], activation: "hard-sigmoid" }, { channels: [2], answers: 2 });
  const steep = Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, data }]) => {
      const factor = name === "W2" || name === "b2" ? 2 : 4;
      return [
        name,
        ndarray(
          Float64Array.from(data, (weight) => factor * weight),
          shape,
        ),
      ];
    }),
  );
  const network = { task, model, parameters: steep };
  const deciding = noisyParameters(steep, 0.01, randomSource(1), { draw: 0 });
  expect(statesDecider(network)(deciding, 10).answers).toBe("undecided");
  const points = [...noiseCurve(network, [0, 0.01, 3], { draws: 10, limit: 10 })];
  expect(points.map(({ exact, undecided }) => [exact.successes, undecided])).toEqual([
    [10, 0],
    [10, 0],
    [0, 0],
  ]);
});

import { describe, expect, test } from "vitest";
import { ndarray } from "../../graph/index.ts";
import { findModel } from "../../models/index.ts";
import * as built from "../../networks/built/index.ts";
import type { Network } from "../../networks/index.ts";
import { randomSource } from "../../random/index.ts";
import { binaryAddition } from "../../tasks/index.ts";
import { searchPoints } from "./points.ts";

const [fullAdder, fullAdderWithMargin, threeUnitAdder] = [
  built.fullAdder.network,
  built.fullAdderWithMargin.network,
  built.threeUnitAdder.network,
];

function changed(network: Network, name: string, index: number, by: number): Network {
  const { shape, data } = network.parameters[name]!;
  const values = Float64Array.from(data);
  values[index]! += by;
  return { ...network, parameters: { ...network.parameters, [name]: ndarray(values, shape) } };
}

describe("all states of a network of step units", () => {
  test("the full adder of papers/000, whose pre-activations lie on the threshold itself", () => {
    const found = searchPoints(fullAdder);
    expect(found.kind).toBe("closed");
    if (found.kind !== "closed") return;
    expect(found.invariant.margin).toBe(0);
    expect(found.invariant.moves.length).toBe(4 * (found.invariant.states.length + 1));
    expect(new Set(found.invariant.states)).toEqual(new Set([0, 1]));
  });

  test("with ½ from the threshold, and the one of three units, answers are ½ from the threshold", () => {
    for (const network of [fullAdderWithMargin, threeUnitAdder]) {
      const found = searchPoints(network);
      expect(found.kind).toBe("closed");
      if (found.kind === "closed") expect(found.invariant.margin).toBe(0.5);
    }
  });

  test("a weight changed: the shortest word that shows it", () => {
    // Unit 2, the carry, no longer comes on at two ones, so that unit 1 is alone: 1 + 1 = 1.
    expect(searchPoints(changed(threeUnitAdder, "b1", 1, -1))).toEqual({ kind: "wrong", word: [[1, 1]] });
    // The carry no longer reaches unit 1: after 1 + 1, 0 + 0 gives 0.
    const word = [
      [1, 1],
      [0, 0],
    ];
    expect(searchPoints(changed(threeUnitAdder, "R11", 3, -1))).toEqual({ kind: "wrong", word });
  });

  test("1e-6 of noise breaks the paper's adder, whatever the seed", () => {
    for (let seed = 0; seed < 20; seed++) {
      const stream = randomSource(seed).stream("noise");
      const parameters = Object.fromEntries(
        Object.entries(fullAdder.parameters).map(([name, { shape, data }]) => {
          const noise = new Float64Array(data.length);
          stream.normal(noise);
          return [
            name,
            ndarray(
              Float64Array.from(data, (value, k) => value + 1e-6 * noise[k]!),
              shape,
            ),
          ];
        }),
      );
      expect(searchPoints({ ...fullAdder, parameters }).kind).toBe("wrong");
    }
  });

  test("units that aren't steps have no such states, or too many", () => {
    const model = findModel("ilrnn").build({ layers: [2], activation: "tanh" }, { channels: [2, 2], answers: 2 });
    const parameters = Object.fromEntries(
      Object.entries(model.parameters).map(([name, { shape }]) => {
        const size = shape.reduce((a, b) => a * b, 1);
        return [
          name,
          ndarray(
            Float64Array.from({ length: size }, (_, k) => 0.3 + 0.1 * k),
            shape,
          ),
        ];
      }),
    );
    expect(searchPoints({ task: binaryAddition, model, parameters }).kind).not.toBe("closed");
    expect(searchPoints(threeUnitAdder, 1).kind).toBe("open");
  });
});

import { describe, expect, test } from "vitest";
import { ndarray } from "../graph/index.ts";
import { findModel } from "../models/index.ts";
import { builtNetworks, parityNetwork, threeUnitAdder } from "../networks/index.ts";
import { binaryMultiplication, parity } from "../tasks/index.ts";
import { statesDecider } from "./states.ts";

test.each(builtNetworks)("$name is right in all states that it reaches", ({ network }) => {
  expect(statesDecider(network)(network.parameters).answers).toBe("right");
});

test("the states of the adder of three units: how many digits were on, 0 to 3", () => {
  const { network } = threeUnitAdder;
  expect(statesDecider(network)(network.parameters)).toEqual({ answers: "right", states: 4 });
});

describe("one weight changed", () => {
  const { network } = parityNetwork;
  const decide = statesDecider(network);
  const withWeight = (name: string, k: number, value: number) => {
    const { shape, data } = network.parameters[name]!;
    return { ...network.parameters, [name]: ndarray(Float64Array.from(data).with(k, value), shape) };
  };
  test("within the margin", () => {
    expect(decide(withWeight("W1", 0, 0.51)).answers).toBe("right");
    expect(decide(withWeight("R21", 1, 1.49)).answers).toBe("right");
  });
  test("beyond it, where it is seen only at a later step", () => {
    expect(decide(withWeight("W1", 0, 0.49)).answers).toBe("wrong");
    // x ∧ y' is on for y' = 1, x = 0: the ones are seen, but then not kept.
    expect(decide(withWeight("R21", 1, 1.51)).answers).toBe("wrong");
  });
});

test("states without end are not decided", () => {
  // h ← h/2 + x is another number after every word, and the answer is read from what is fed back beside it.
  const model = findModel("rnn").build({ hidden: 2, activation: "identity" }, { channels: [2], answers: 2 });
  const values: Record<string, number[]> = { W: [1, 0], U: [0.5, 0, 0, 0], b: [0, 0], V: [0, 0], c: [-1] };
  const parameters = Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape }]) => [
      name,
      ndarray(Float64Array.from(values[name]!), shape),
    ]),
  );
  const always = { ...parity, machine: { ...parity.machine!, next: () => ({ state: 0, output: 0 }) } };
  const verdict = statesDecider({ task: always, model })(parameters, 50);
  expect(verdict.answers).toBe("undecided");
  expect(verdict.states).toBeGreaterThan(50);
});

test("a task without a machine is refused", () => {
  const { model } = parityNetwork.network;
  expect(() => statesDecider({ task: binaryMultiplication, model })).toThrow("no finite machine answers this task");
});

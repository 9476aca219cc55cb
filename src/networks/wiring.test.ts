import { expect, test } from "vitest";
import { ndarray } from "../graph/index.ts";
import { findModel, ilrnnModel } from "../models/index.ts";
import { randomSource } from "../random/index.ts";
import { binaryAddition, findTask, parity, signatureOf } from "../tasks/index.ts";
import { fullAdder, threeUnitAdder } from "./built/index.ts";
import { makeNetwork } from "./network.ts";
import { noisyParameters } from "./noisy.ts";
import { stepperOf } from "./stepper.ts";
import { stepThrough } from "./steps.ts";
import { rewired, unitNames, wiringOf } from "./wiring.ts";

test("the full adder's connections are those of the figure", () => {
  const { inputs, layers, connections } = wiringOf(fullAdder.network, fullAdder);
  expect(inputs).toEqual(["x₁", "x₂"]);
  expect(layers.map((layer) => layer.map(({ bias }) => bias))).toEqual([
    [0, 0, -1],
    [0, 0],
    [0, 0, -1, 0],
    [0, 0],
  ]);
  const named = connections.map(({ from, to, weight, isRecurrent }) => {
    const source = from.layer === 0 ? inputs[from.unit] : layers[from.layer - 1]![from.unit]!.name;
    return `${source} ${isRecurrent ? "⇢" : "→"} ${layers[to.layer - 1]![to.unit]!.name}: ${weight}`;
  });
  expect(named).toHaveLength(20);
  expect(named.filter((text) => text.includes("⇢"))).toEqual([
    "carry ⇢ p ∧ ¬c: -1",
    "carry ⇢ ¬p ∧ c: 1",
    "carry ⇢ p ∧ c: 1",
  ]);
  expect(named).toContain("x₂ → x₁ ∧ ¬x₂: -1");
  expect(named).toContain("p → ¬p ∧ c: -1");
});

test("names of any network's units", () => {
  const wired = (task: string, layers: number[], unread = 0) => {
    const found = findTask(task);
    const signature = { channels: found.channels.map((alphabet) => alphabet.length), answers: found.output.length };
    const model = ilrnnModel.build({ layers, unread }, signature);
    const zero = Object.fromEntries(
      Object.entries(model.parameters).map(([name, { shape }]) => [
        name,
        { dtype: "float", shape, data: new Float64Array(shape.reduce((a, b) => a * b)) } as const,
      ]),
    );
    const network = makeNetwork({ task: found, model, parameters: noisyParameters(zero, 1, randomSource(1)) });
    return wiringOf(network);
  };
  const one = wired("parity", [2]);
  expect(one.inputs).toEqual(["x"]);
  expect(one.layers.map((layer) => layer.map(({ name }) => name))).toEqual([["h₁", "h₂"], ["y"]]);
  // 2 + 2 from below, 3 units back to 3.
  expect(one.connections).toHaveLength(4 + 9);
  const two = wired("base-3-addition", [1, 2]);
  expect(two.inputs.slice(2, 5)).toEqual(["x₁ = 2", "x₂ = 0", "x₂ = 1"]);
  expect(two.layers.map((layer) => layer.map(({ name }) => name))).toEqual([
    ["h¹"],
    ["h²₁", "h²₂"],
    ["y₁", "y₂", "y₃"],
  ]);
  expect(wired("binary-addition", [3], 1).layers[1]!.map(({ name }) => name)).toEqual(["y₁", "y₂"]);
  // A tenth layer has a number of two digits, and a comma between it and another.
  expect(wired("parity", new Array<number>(10).fill(1)).connections).toHaveLength(11 + 121);
});

test("with other weights the connections stay, those that became zero too", () => {
  const { network } = fullAdder;
  const wiring = wiringOf(network, fullAdder);
  const noisy = noisyParameters(network.parameters, 0.1, randomSource(2));
  const other: typeof noisy = { ...noisy, R43: { ...noisy.R43!, data: new Float64Array(8) } };
  const { inputs, layers, connections } = rewired(wiring, other);
  expect(inputs).toEqual(wiring.inputs);
  expect(layers.flat().map(({ bias }) => bias)).toEqual([1, 2, 3, 4].flatMap((n) => [...other[`b${n}`]!.data]));
  expect(connections.map(({ from, to }) => [from, to])).toEqual(wiring.connections.map(({ from, to }) => [from, to]));
  expect(connections.filter(({ weight }) => weight === 0).map(({ parameter }) => parameter)).toEqual([
    "R43",
    "R43",
    "R43",
  ]);
  const first = connections.find(({ parameter, from, to }) => parameter === "W2" && from.unit === 2 && to.unit === 1);
  expect(first!.weight).toBe(other.W2!.data[5]);
  expect(rewired(wiring, network.parameters)).toEqual(wiring);
});

test("what a network reads: a 1 in a symbol's place, or bits around zero", () => {
  const read = (task: string, options: object, text: string) => {
    const found = findTask(task);
    const model = ilrnnModel.build(options, signatureOf(found));
    const parameters = Object.fromEntries(
      Object.entries(model.parameters).map(([name, { shape }]) => [
        name,
        ndarray(new Float64Array(shape.reduce((a, b) => a * b)), shape),
      ]),
    );
    return stepThrough(makeNetwork({ task: found, model, parameters }), found.parse(text), stepperOf(model)).inputs;
  };
  expect(read("base-3-addition", {}, "2+0")[0]).toEqual([0, 0, 1, 1, 0, 0]);
  expect(read("binary-addition", { centred: true }, "1+0")).toEqual([
    [1, -1],
    [-1, -1],
  ]);
});

test("every activation at every step: 3 + 1 counts 2, 2, 1 ones", () => {
  const { network } = threeUnitAdder;
  const { inputs, initial, states, answer } = stepThrough(network, binaryAddition.parse("3+1"));
  expect(inputs).toEqual([
    [1, 1],
    [1, 0],
    [0, 0],
  ]);
  expect(initial).toEqual([[0, 0, 0], [0]]);
  expect(states).toEqual([
    [[1, 1, 0], [0]],
    [[1, 1, 0], [0]],
    [[1, 0, 0], [1]],
  ]);
  expect([...answer]).toEqual([0, 0, 1]);
});

test("names of units that are no circuit: each state tensor's", () => {
  const signature = signatureOf(parity);
  const of = (name: string, options: object) =>
    unitNames({ task: parity, model: findModel(name).build(options, signature) });
  expect(of("rnn", { hidden: 2 })).toEqual({ inputs: ["x"], units: [["h₁", "h₂"]] });
  expect(of("lstm", { hidden: 1 }).units.flat().sort()).toEqual(["c", "h"]);
});

test("what has no wiring is refused", () => {
  const rnn = findModel("rnn").build({ hidden: 1 }, { channels: [2], answers: 2 });
  expect(() => wiringOf({ task: parity, model: rnn, parameters: {} })).toThrow(
    "model rnn: has no drawing as a circuit",
  );
  const short = { inputs: ["a"], units: fullAdder.units };
  expect(() => wiringOf(fullAdder.network, short)).toThrow("names of 1-3-2-4-2 units, expected 2-3-2-4-2");
});

import { describe, expect, test } from "vitest";
import { namedNetwork } from "./named.ts";
import type { FormulaForm } from "./names.ts";
import { unfoldedStructure } from "./structure.ts";
import { unfold } from "./unfold.ts";

const structureOf = (name: string, options: object, steps: number) =>
  unfoldedStructure(unfold(namedNetwork(name, options), { steps }));

test("papers/002, exercise 1b: t hidden layers and one output layer, each reading the input of its step and the layer before", () => {
  const { layers, connections, weights, counts } = structureOf("rnn", { input: 2, hidden: 3, output: 1 }, 4);
  expect(layers.map(({ name, kind, units }) => `${kind} ${name} ${units}`)).toEqual([
    ...[1, 2, 3, 4].flatMap((t) => [`input x^(0)(t=${t}) 2`, `hidden x^(1)(t=${t}) 3`]),
    "output ŷ(t=4) 1",
  ]);
  const told = connections.map(({ from, to, weights: by }) => `${layers[from]!.name} → ${layers[to]!.name}: ${by}`);
  expect(told.sort()).toEqual(
    [
      ...[1, 2, 3, 4].map((t) => `x^(0)(t=${t}) → x^(1)(t=${t}): w^(1)`),
      ...[1, 2, 3].map((t) => `x^(1)(t=${t}) → x^(1)(t=${t + 1}): w^(rec)`),
      "x^(1)(t=4) → ŷ(t=4): w^(2)",
    ].sort(),
  );
  expect(connections.every(({ isOneToOne }) => !isOneToOne)).toBe(true);
  expect(weights.map(({ parameter, uses }) => [parameter, uses])).toEqual([
    ["W", 4],
    ["U", 3],
    ["b", 4],
    ["V", 1],
    ["c", 1],
  ]);
  expect(counts).toEqual({
    hiddenLayers: 4,
    units: 4 * 3 + 1,
    connections: 4 * 6 + 3 * 9 + 3,
    parameters: 4 * 6 + 3 * 9 + 4 * 3 + 3 + 1,
    distinctParameters: 6 + 9 + 3 + 3 + 1,
  });
});

describe("cells with gates", () => {
  test("an lstm is one layer a step; its state goes on from unit to unit", () => {
    const { layers, connections, counts } = structureOf("lstm", { input: 2, hidden: 3 }, 2);
    expect(layers.map(({ name }) => name)).toEqual(["x(t=1)", "h(t=1)", "x(t=2)", "h(t=2)", "ŷ(t=2)"]);
    const along = connections.find(({ from, to }) => layers[from]!.name === "h(t=1)" && layers[to]!.name === "h(t=2)")!;
    expect(along).toMatchObject({ isOneToOne: true });
    expect(new Set(along.weights)).toEqual(new Set(["w^(rec,i)", "w^(rec,f)", "w^(rec,g)", "w^(rec,o)"]));
    // At the first step the forget gate has nothing to forget.
    const first = connections.find(({ from }) => from === 0)!;
    expect(new Set(first.weights)).toEqual(new Set(["w^(in,i)", "w^(in,g)", "w^(in,o)"]));
    expect(counts).toMatchObject({ hiddenLayers: 2, units: 7, connections: 3 * 6 + 4 * (6 + 9) + 3 });
  });
  test("peepholes are connections, one a unit", () => {
    const plain = structureOf("lstm", { input: 2, hidden: 3 }, 2).counts;
    const peeping = structureOf("lstm-peephole", { input: 2, hidden: 3 }, 2).counts;
    // o sees c at both steps; i and f see c of the step before, which is zero before the first.
    expect(peeping.connections - plain.connections).toBe(4 * 3);
    expect(peeping.distinctParameters - plain.distinctParameters).toBe(3 * 3);
  });
  test("layers of a stack, and the layers that are fed back", () => {
    const { layers, connections } = structureOf("stack", { model: { feedback: true } }, 2);
    const named = (name: string) => layers.findIndex((layer) => layer.name === name);
    const isConnected = (from: string, to: string) =>
      connections.some((connection) => connection.from === named(from) && connection.to === named(to));
    expect(isConnected("h^(1)(t=1)", "h^(2)(t=1)")).toBe(true);
    expect(isConnected("h^(1)(t=1)", "h^(2)(t=2)")).toBe(true);
    expect(isConnected("h^(2)(t=1)", "h^(1)(t=2)")).toBe(true);
    expect(isConnected("h^(2)(t=1)", "h^(1)(t=1)")).toBe(false);
  });
});

test("the last layer of an inter-layer network is its output, and is fed back", () => {
  const { layers, counts } = structureOf("ilrnn", { hidden: 3 }, 2);
  expect(layers.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    "input x^(0)(t=1)",
    "hidden x^(1)(t=1)",
    "hidden x^(2)(t=1)",
    "input x^(0)(t=2)",
    "hidden x^(1)(t=2)",
    "output ŷ(t=2)",
  ]);
  expect(counts.units).toBe(8);
});

test("a network without a state is over one step whatever it reads before", () => {
  const { layers, counts } = structureOf("feedforward", {}, 3);
  expect(layers.map(({ name }) => name)).toEqual(["x^(0)(t=3)", "x^(1)(t=3)", "ŷ(t=3)"]);
  expect(counts).toMatchObject({ hiddenLayers: 1, parameters: counts.distinctParameters });
});

describe("what layers and connections are made of, by the cell's own names", () => {
  test("an lstm with peepholes", () => {
    const { layers, connections } = structureOf("lstm-peephole", { input: 2, hidden: 3 }, 2);
    const at = (time: number) => layers.findIndex((layer) => layer.kind === "hidden" && layer.time === time);
    expect(new Set(layers[at(2)]!.values)).toEqual(new Set(["i", "f", "g", "o", "c", "h"]));
    // At the first step there is nothing to forget; o sees c of its own step.
    expect(new Set(layers[at(1)]!.values)).toEqual(new Set(["i", "g", "o", "c", "h"]));
    expect(new Set(layers[at(2)]!.parameters)).toEqual(new Set(["bi", "bf", "bg", "bo", "po"]));
    const along = connections.find(({ from, to }) => from === at(1) && to === at(2))!;
    expect(new Set(along.parameters)).toEqual(new Set(["Ui", "Uf", "Ug", "Uo", "pi", "pf"]));
    expect(new Set(along.values)).toEqual(new Set(["h", "c"]));
    expect(along.carried).toEqual(["c"]);
  });
  test("papers/002's network", () => {
    const { layers, connections } = structureOf("rnn", {}, 2);
    expect(layers.map(({ values, parameters }) => `${values}: ${parameters}`)).toEqual([
      "x: ",
      "h: b",
      "x: ",
      "h: b",
      "y: c",
    ]);
    expect(connections.map(({ parameters, values }) => `${values} by ${parameters}`).sort()).toEqual([
      "h by U",
      "h by V",
      "x by W",
      "x by W",
    ]);
  });
});

test("names are those of the formula's form", () => {
  const names = (form: FormulaForm) => {
    const { layers, weights } = unfoldedStructure(unfold(namedNetwork("rnn"), { steps: 2 }), form);
    return [...layers.map(({ name }) => name), ...weights.map(({ name }) => name)].join(" ");
  };
  expect(names("sums")).toBe("x^(0)(t=1) x^(1)(t=1) x^(0)(t=2) x^(1)(t=2) ŷ(t=2) w^(1) w^(rec) b^(1) w^(2) b^(2)");
  expect(names("matrix")).toBe("x₁ h₁ x₂ h₂ y₂ W U b V c");
});

test("of a state that is asked for: what it depends on, and nothing else", () => {
  const { layers, weights } = unfoldedStructure(unfold(namedNetwork("lstm"), { steps: 2, of: "c" }), "matrix");
  expect(layers.map(({ kind, name }) => `${kind} ${name}`)).toEqual(["input x₁", "hidden h₁", "input x₂", "hidden c₂"]);
  expect(layers.at(-1)!.values).not.toContain("o");
  expect(weights.find(({ parameter }) => parameter === "Wo")!.uses).toBe(1);
  expect(weights.some(({ parameter }) => parameter === "V")).toBe(false);
});

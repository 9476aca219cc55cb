import { expect, test } from "vitest";
import { findModel } from "../../models/index.ts";
import { drawnParameters, namedNetwork, networkOfModel, unfoldableNames } from "./named.ts";
import { parametersOf } from "./network.ts";

test("every kind of cell, with sizes", () => {
  expect(unfoldableNames).toEqual(
    expect.arrayContaining([
      "rnn",
      "ilrnn",
      "lstm",
      "lstm-peephole",
      "lstm-sigmoid",
      "dcm",
      "gru",
      "stack",
      "feedforward",
    ]),
  );
  for (const name of unfoldableNames) {
    const { cell, readout } = namedNetwork(name, { input: 4, hidden: 5, output: 2 });
    expect([cell.input, readout?.units ?? cell.output], name).toEqual([4, 2]);
  }
  expect(namedNetwork("rnn", { hidden: [5, 6] }).cell.state).toEqual({ "1.h": 5, "2.h": 6 });
});

test("the function of the output units is the cell's own where the sheet has it so", () => {
  const readoutOf = (name: string, options = {}) => namedNetwork(name, options).readout?.activation;
  expect(readoutOf("rnn")).toBe("tanh");
  expect(readoutOf("rnn", { model: { activation: "sigmoid" } })).toBe("sigmoid");
  expect(readoutOf("feedforward", { model: { activation: "relu" } })).toBe("relu");
  expect(readoutOf("lstm")).toBe("sigmoid");
  expect(readoutOf("lstm", { readout: "identity" })).toBe("identity");
  expect(readoutOf("lstm", { readout: "none" })).toBeUndefined();
  expect(readoutOf("ilrnn")).toBeUndefined();
});

test("a model is a network with its own parameters", () => {
  for (const [name, options] of [
    ["rnn", {}],
    ["gru", { learnedState: true, hidden: [3, 4] }],
    ["stack", { feedback: true }],
    ["ilrnn", { unread: 2 }],
  ] as const) {
    const model = findModel(name).build(options, { channels: [2, 3], answers: 5 });
    const network = networkOfModel(model);
    const shapes = (specs: Readonly<Record<string, { readonly shape: readonly number[] }>>) =>
      Object.fromEntries(Object.entries(specs).map(([parameter, { shape }]) => [parameter, shape]));
    expect(shapes(parametersOf(network)), name).toEqual(
      name === "ilrnn" ? shapes(network.cell.parameters) : shapes(model.parameters),
    );
    expect(shapes(drawnParameters(network))).toEqual(shapes(parametersOf(network)));
  }
});

test("parameters are drawn from a seed", () => {
  const network = namedNetwork("rnn");
  expect(drawnParameters(network, 2)).toEqual(drawnParameters(network, 2));
  expect(drawnParameters(network, 2).W).not.toEqual(drawnParameters(network, 3).W);
});

test("what isn't a network of steps is refused", () => {
  expect(() => namedNetwork("ltsm")).toThrow('unknown cell "ltsm". Did you mean "lstm"?');
  expect(() => namedNetwork("rnn", { hidden: 0 })).toThrow("rnn: hidden is 0, expected a positive integer");
  expect(() => namedNetwork("rnn", { hidden: [] })).toThrow("rnn: hidden is [], expected a positive integer");
  expect(() => namedNetwork("rnn", { input: 1.5 })).toThrow("rnn: input is 1.5");
  expect(() => namedNetwork("rnn", { model: { gates: 1 } })).toThrow('unknown option of model rnn "gates"');
  expect(() => namedNetwork("gru", { model: { bidirectional: true } })).toThrow("gru: reads the whole problem first");
  expect(() => namedNetwork("feedforward", { hidden: [2, 3] })).toThrow("received 2 hidden layers, expected one");
  const whole = findModel("dngpu").build({}, { channels: [3], answers: 3 });
  expect(() => networkOfModel(whole)).toThrow("model dngpu: reads the whole problem first");
});

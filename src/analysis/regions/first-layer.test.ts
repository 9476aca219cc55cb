/** The units of a network's first layer as hyperplanes. */
import { expect, test } from "vitest";
import { rationals } from "../../algebra/index.ts";
import { ndarray, sizeOf } from "../../graph/index.ts";
import { findModel } from "../../models/index.ts";
import { findBuilt, makeNetwork, type Network } from "../../networks/index.ts";
import { findTask } from "../../tasks/index.ts";
import { firstLayer } from "./index.ts";

const task = findTask("binary-addition");
const signature = { channels: task.channels.map(({ length }) => length), answers: task.output.length };

/** A network whose parameters are 1, 2, 3, … in the order of their names. */
function counting(name: string, options: object): Network {
  const model = findModel(name).build(options, signature);
  let next = 0;
  const parameters = Object.fromEntries(
    Object.entries(model.parameters).map(([key, { shape }]) => {
      const data = Float64Array.from({ length: sizeOf(shape) }, () => ++next);
      return [key, ndarray(data, shape)];
    }),
  );
  return makeNetwork({ task, model, parameters });
}

const rowsOf = (network: Network) =>
  firstLayer(network).arrangement.hyperplanes.map(({ weights, threshold }) =>
    [...weights, threshold].map(rationals.toNumber),
  );

test("the full adder's, with the names it was given", () => {
  const { network, units } = findBuilt("full-adder");
  const { arrangement, names, blind, hasState } = firstLayer(network, units[0]);
  expect(names).toEqual(["x₁ ∧ ¬x₂", "¬x₁ ∧ x₂", "x₁ ∧ x₂"]);
  expect(arrangement.hyperplanes.map(({ weights }) => weights.map(rationals.toNumber))).toEqual([
    [1, -1],
    [-1, 1],
    [1, 1],
  ]);
  expect(blind).toEqual([]);
  expect(hasState).toBe(false);
});

test("Elman's network: a column of W a unit, thresholds the biases' negatives", () => {
  const network = counting("rnn", { hidden: 3 });
  const { W, b } = network.parameters;
  expect(W!.data.join()).toBe("1,2,3,4,5,6");
  expect(rowsOf(network)).toEqual([0, 1, 2].map((k) => [k + 1, k + 4, -b!.data[k]!]));
  expect(firstLayer(network)).toMatchObject({ names: ["h₁", "h₂", "h₃"], hasState: true });
});

test("gates are units too, of the first layer alone, in both directions", () => {
  expect(firstLayer(counting("lstm", { hidden: 2 })).names).toEqual(["i₁", "i₂", "f₁", "f₂", "g₁", "g₂", "o₁", "o₂"]);
  expect(firstLayer(counting("rnn", { hidden: 1, bidirectional: true })).names).toEqual(["forward h₁", "reverse h₁"]);
  const stack = counting("stack", {});
  const { names } = firstLayer(stack);
  expect(names).toHaveLength(4 * stack.parameters["1.bi"]!.data.length);
  expect(names[0]).toBe("i₁");
});

test("units that the input doesn't reach have no hyperplane", () => {
  const network = counting("rnn", { hidden: 3 });
  const W = ndarray(Float64Array.of(1, 0, 0, 2, 0, 3), [2, 3]);
  const { arrangement, names, blind } = firstLayer({ ...network, parameters: { ...network.parameters, W } });
  expect(names).toEqual(["h₁", "h₃"]);
  expect(blind).toEqual(["h₂"]);
  expect(arrangement.hyperplanes).toHaveLength(2);
  const none = ndarray(new Float64Array(6), [2, 3]);
  expect(() => firstLayer({ ...network, parameters: { ...network.parameters, W: none } })).toThrow(
    "first layer of rnn: no unit reads the input",
  );
});

test("networks that read whole problems have none", () => {
  const sort = findTask("sort");
  const model = findModel("dngpu").build(
    { maps: 3 },
    { channels: sort.channels.map(({ length }) => length), answers: sort.output.length },
  );
  const parameters = Object.fromEntries(
    Object.entries(model.parameters).map(([key, { shape }]) => [key, ndarray(new Float64Array(sizeOf(shape)), shape)]),
  );
  expect(() => firstLayer({ task: sort, model, parameters })).toThrow(
    "first layer of dngpu: it has no layer of units that read the input's features",
  );
});

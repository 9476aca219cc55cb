/** Networks of recurrent cells: names, directions, padding, feedback, costs and initial values. */
import { describe, expect, test } from "vitest";
import { expectClose } from "../../../tests/golden.ts";
import { floats, ints, runGraph } from "../../../tests/run-graph.ts";
import { gradient, type NDArray, reduceSum } from "../../graph/index.ts";
import { randomSource } from "../../random/index.ts";
import { findModel, type Model, recurrentModels } from "../index.ts";

const bits = { channels: [2, 2], answers: 2 };
const random = randomSource(3);

/** Parameters drawn from normal noise, so that nothing is zero by chance. */
function drawn(model: Model): Record<string, NDArray> {
  return Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape }]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return [name, floats([...random.stream(name).normal(new Float64Array(size))], shape)];
    }),
  );
}
const shapes = (model: Model) =>
  Object.fromEntries(Object.entries(model.parameters).map(([name, { shape }]) => [name, shape.join("×")]));

describe("names and shapes", () => {
  test("one layer has the cell's own names", () => {
    const model = findModel("gru").build({ hidden: 3 }, bits);
    expect(shapes(model)).toEqual({
      ...{ Wr: "2×3", Ur: "3×3", br: "3", Wz: "2×3", Uz: "3×3", bz: "3", Wn: "2×3", Un: "3×3", bn: "3", an: "3" },
      ...{ V: "3×1", c: "1" },
    });
    expect(model.state).toEqual({ h: 3 });
  });

  test("layers have numbers, directions names", () => {
    const model = findModel("rnn").build({ hidden: [3, 4], bidirectional: true, learnedState: true }, bits);
    expect(shapes(model)).toEqual({
      ...{ "1.forward.W": "2×3", "1.forward.U": "3×3", "1.forward.b": "3" },
      ...{ "1.reverse.W": "2×3", "1.reverse.U": "3×3", "1.reverse.b": "3" },
      ...{ "2.forward.W": "6×4", "2.forward.U": "4×4", "2.forward.b": "4" },
      ...{ "2.reverse.W": "6×4", "2.reverse.U": "4×4", "2.reverse.b": "4" },
      ...{ "initial 1.forward.h": "3", "initial 1.reverse.h": "3" },
      ...{ "initial 2.forward.h": "4", "initial 2.reverse.h": "4" },
      ...{ V: "8×1", c: "1" },
    });
  });

  test("a stack of different cells, with feedback one cell of all", () => {
    const layers = [
      { cell: "lstm", hidden: 3 },
      { cell: "rnn", hidden: 2, activation: "relu" },
    ];
    const plain = findModel("stack").build({ layers }, bits);
    expect(plain.state).toEqual({ "1.h": 3, "1.c": 3, "2.h": 2 });
    expect(shapes(plain)["2.W"]).toBe("3×2");
    const fed = findModel("stack").build({ layers, feedback: true }, bits);
    expect(fed.state).toEqual({ "1.h": 3, "1.c": 3, "1.y": 3, "2.h": 2, "2.y": 2 });
    expect([shapes(fed)["1.Wi"], shapes(fed)["2.W"]]).toEqual(["4×3", "6×2"]);
  });

  test("numbers in place of symbols", () => {
    const model = findModel("lstm").build({ hidden: 3 }, { channels: [], features: 5, answers: 0, values: 2 });
    expect([shapes(model).Wi, shapes(model).V]).toEqual(["5×3", "3×2"]);
    const x = floats([...random.stream("x").normal(new Float64Array(20))], [1, 4, 5]);
    const { outputs } = runGraph({ ...drawn(model), x }, (inputs) => ({
      outputs: model.apply(inputs, inputs.x!).outputs,
    }));
    expect(outputs!.shape).toEqual([1, 4, 2]);
  });
});

describe.each(recurrentModels.map((kind) => [kind.name, kind] as const))("%s", (_, kind) => {
  test.each([
    ["one direction", { hidden: 3 }],
    ["both directions, two layers", { hidden: [3, 2], bidirectional: true, learnedState: true }],
    ["feedback", { hidden: [3, 2], feedback: true }],
  ])("%s: an example in padding is answered as it is alone, its state stays", (_, options) => {
    const model = kind.build(options, bits);
    const parameters = drawn(model);
    const short = ints([1, 0, 0, 1, 1, 1], [1, 3, 2]);
    const padded = ints([1, 0, 0, 1, 1, 1, -1, -1, -1, -1, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1], [2, 5, 2]);
    const present = floats([1, 1, 1, 0, 0, 1, 1, 1, 1, 1], [2, 5]);
    const { alone, aloneState, both, bothState } = runGraph(
      { ...parameters, short, padded, present },
      ({ short: one, padded: many, present: mask, ...P }) => {
        const first = model.apply(P, one!);
        const second = model.apply(P, many!, { present: mask! });
        const [name] = Object.keys(first.final) as [string];
        return {
          ...{ alone: first.logits, aloneState: first.final[name]! },
          ...{ both: second.logits, bothState: second.final[name]! },
        };
      },
    );
    expectClose(floats([...both!.data.slice(0, 3)]), floats([...alone!.data]), 1e-14);
    const width = aloneState!.data.length;
    expectClose(floats([...bothState!.data.slice(0, width)]), floats([...aloneState!.data]), 1e-14);
  });

  test("the padding has no influence on any gradient", () => {
    const model = kind.build({ hidden: 2 }, bits);
    const parameters = drawn(model);
    const names = Object.keys(parameters);
    const slopes = (symbols: NDArray, present: NDArray) =>
      runGraph({ ...parameters, symbols, present }, ({ symbols: x, present: mask, ...P }) => {
        const { logits } = model.apply(P, x!, { present: mask! });
        const made = gradient(
          reduceSum(logits),
          names.map((name) => P[name]!),
        );
        return Object.fromEntries(names.map((name, k) => [name, made[k]!]));
      });
    const own = slopes(ints([1, 0, 0, 1], [1, 2, 2]), floats([1, 1], [1, 2]));
    const padded = slopes(ints([1, 0, 0, 1, -1, -1], [1, 3, 2]), floats([1, 1, 0], [1, 3]));
    // The readout's own bias counts every position, the padded one too.
    for (const name of names.filter((name) => name !== "c")) expectClose(padded[name]!, own[name]!, 1e-13, name);
  });
});

test("both directions: the reverse half is the forward network on the reversed problem", () => {
  const both = findModel("lstm").build({ hidden: 2, bidirectional: true }, bits);
  const one = findModel("lstm").build({ hidden: 2 }, bits);
  const P = drawn(both);
  const reverse = Object.fromEntries(
    Object.keys(one.parameters).flatMap((name) => (P[`reverse.${name}`] ? [[name, P[`reverse.${name}`]!]] : [])),
  );
  // Only the reverse half is read: rows 2 and 3 of V.
  const V = floats([0, 0, P.V!.data[2]!, P.V!.data[3]!], [4, 1]);
  const symbols = ints([1, 0, 0, 1, 1, 1], [1, 3, 2]);
  const backwards = ints([1, 1, 0, 1, 1, 0], [1, 3, 2]);
  const { logits } = runGraph({ ...P, V, symbols }, ({ symbols: x, ...T }) => ({ logits: both.apply(T, x!).logits }));
  const ownV = floats([P.V!.data[2]!, P.V!.data[3]!], [2, 1]);
  const alone = runGraph({ ...reverse, c: P.c!, V: ownV, symbols: backwards }, ({ symbols: x, ...T }) => ({
    logits: one.apply(T, x!).logits,
  }));
  expectClose(floats([...logits!.data].reverse()), floats([...alone.logits!.data]), 1e-14);
});

test("hard functions cost their saturation: mean over steps and examples of Σ max(0, |z| − 0.9)", () => {
  const model = findModel("lstm").build(
    { hidden: 1, gate: "hard-sigmoid", candidate: "hard-tanh", squash: "identity", biases: { i: 0, f: 0, g: 0, o: 0 } },
    { channels: [], features: 1, answers: 0, values: 1 },
  );
  const zero = Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape }]) => [name, floats([0], shape)]),
  );
  const given = { ...zero, Wi: floats([2], [1, 1]), bf: floats([-1.4]), x: floats([1, 0.1, 5], [1, 3, 1]) };
  const cost = (present?: NDArray) =>
    runGraph({ ...given, ...(present && { present }) }, ({ x, present: mask, ...P }) => ({
      cost: model.apply(P, x!, mask ? { present: mask } : {}).costs!.saturation!,
    })).cost!.data[0]!;
  // z_i = 2, 0.2, 10 and z_f = −1.4: (1.1 + 0.5) + 0.5 + (9.1 + 0.5), all others are 0.
  expect(cost()).toBeCloseTo((1.6 + 0.5 + 9.6) / 3, 14);
  expect(cost(floats([1, 1, 0], [1, 3]))).toBeCloseTo((1.6 + 0.5) / 2, 14);
  expect(findModel("lstm").build({}, bits).apply).toBeDefined();
});

test("biases and matrices begin as they are told to", () => {
  const initialOf = (model: Model, name: string) => {
    const { initial, shape } = model.parameters[name]!;
    return [...initial.draw(randomSource(1).stream(name), shape)];
  };
  const lstm = findModel("lstm").build({ hidden: 2 }, bits);
  expect(initialOf(lstm, "bf")).toEqual([1, 1]);
  expect(initialOf(lstm, "bi")).toEqual([0, 0]);
  const timing = findModel("lstm-peephole").build({ hidden: 2, biases: { f: -2, o: 2 } }, bits);
  expect([initialOf(timing, "bf"), initialOf(timing, "bo")]).toEqual([
    [-2, -2],
    [2, 2],
  ]);
  // Kumar: standard deviation 1/√N for tanh, 4/√(1.25 N) = 3.58/√N for σ.
  const wide = findModel("lstm").build({ hidden: 400, initial: "kumar" }, bits);
  const deviation = (name: string) => {
    const values = initialOf(wide, name);
    return Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
  };
  expect(deviation("Ug") * 20).toBeCloseTo(1, 1);
  expect(deviation("Ui") * 20).toBeCloseTo(4 / Math.sqrt(1.25), 1);
});

test.each([
  ["lstm", { hidden: [] }, /model lstm, hidden/],
  ["lstm", { activation: "tanh" }, /activation/],
  ["gru", { squash: "tanh" }, /squash/],
  ["stack", { layers: [{ cell: "lsmt" }] }, 'unknown cell of model stack, layers, 0: "lsmt". Did you mean "lstm"?'],
  ["stack", { layers: [{ cell: "gru", squash: "tanh" }] }, /model stack, layers, 0, gru.*squash/],
  ["lstm", { gate: "sigmoyd" }, 'Did you mean "sigmoid"?'],
])("%s with %j is refused", (name, options, message) => {
  expect(() => findModel(name).build(options, bits)).toThrow(message);
});

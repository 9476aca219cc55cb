/** Scans of cells as ONNX's recurrent operators: what is packed where, and when the loop stays. */
import { describe, expect, test } from "vitest";
import type { Cell } from "../../cells/index.ts";
import { gru, lstm, lstmPeephole, rnn, unroll } from "../../cells/index.ts";
import {
  add,
  expose,
  gradient,
  input,
  ndarray,
  type Program,
  program,
  reduceSum,
  type Tensor,
  vectorize,
} from "../../graph/index.ts";
import { type LoweringOptions, lower } from "./lowering.ts";

const inputsOf = (cell: Cell) =>
  Object.fromEntries(Object.entries(cell.parameters).map(([name, { shape }]) => [name, input(name, shape)]));

/** A cell along time, with its parameters as inputs. */
function along(cell: Cell, options: Parameters<typeof unroll>[3] = {}) {
  const x = input("x", ["time", "batch", cell.input]);
  const parameters = inputsOf(cell);
  return { x, parameters, made: unroll(cell, parameters, x, options) };
}

const written = (one: Program, options: LoweringOptions = { recurrence: "native" }) =>
  lower(one, options).graph.nodes.flatMap(({ opType }) => (/RNN|LSTM|GRU|Scan/.test(opType) ? [opType] : []));

test("weights that are known are packed in ONNX's order of the gates: i, o, f, c, and peepholes i, o, f", () => {
  const cell = lstmPeephole({ input: 1, hidden: 1 });
  const { x, parameters, made } = along(cell);
  const numbers = Object.keys(cell.parameters).map((name, k) => [name, k + 1] as const);
  const of = Object.fromEntries(numbers) as Record<string, number>;
  const constants = Object.fromEntries(
    numbers.map(([name, k]) => [name, ndarray(Float64Array.of(k), cell.parameters[name as "Wi"].shape)]),
  );
  const { graph } = lower(program("p", { x, ...parameters }, { y: made.outputs }), { recurrence: "native", constants });
  const held = Object.fromEntries(graph.initializers.map(({ name, dims, data }) => [name, { dims, data: [...data] }]));
  const pick = (prefix: string, letters: string) => [...letters].map((letter) => of[prefix + letter]);
  expect(held).toMatchObject({
    "LSTM/W": { dims: [1, 4, 1], data: pick("W", "iofg") },
    "LSTM/R": { dims: [1, 4, 1], data: pick("U", "iofg") },
    "LSTM/B": { dims: [1, 8], data: [...pick("b", "iofg"), 0, 0, 0, 0] },
    "LSTM/P": { dims: [1, 3], data: pick("p", "iof") },
  });
  expect(graph.inputs.map(({ name }) => name)).toEqual(["x"]);
  expect(graph.nodes[0]).toMatchObject({
    opType: "LSTM",
    inputs: ["x", "LSTM/W", "LSTM/R", "LSTM/B", "", "", "", "LSTM/P"],
    attributes: { hidden_size: { type: "int", value: 1 } },
  });
  expect(Object.keys(graph.nodes[0]!.attributes)).toEqual(["hidden_size"]);
});

test("the candidate's second bias of a GRU whose reset gate comes late stays in the product", () => {
  const cell = gru({ input: 1, hidden: 1, candidate: "relu" });
  const { x, parameters, made } = along(cell, { reverse: true });
  const constants = Object.fromEntries(
    Object.entries(cell.parameters).map(([name, { shape }]) => {
      return [name, ndarray(Float64Array.of({ bz: 1, br: 2, bn: 3, an: 4 }[name] ?? 0), shape)];
    }),
  );
  const { graph } = lower(program("p", { x, ...parameters }, { y: made.outputs }), { recurrence: "native", constants });
  expect(graph.initializers.find(({ name }) => name === "GRU/B")!.data).toEqual(Float32Array.of(1, 2, 3, 0, 0, 4));
  expect(graph.nodes[0]!.attributes).toEqual({
    hidden_size: { type: "int", value: 1 },
    direction: { type: "string", value: "reverse" },
    activations: { type: "strings", value: ["Sigmoid", "Relu"] },
    linear_before_reset: { type: "int", value: 1 },
  });
});

describe("the loop stays", () => {
  const cell = lstm({ input: 2, hidden: 3 });
  const programOf = ({ x, parameters }: ReturnType<typeof along>, outputs: Record<string, Tensor>) =>
    program("p", { x, ...parameters }, outputs);

  test("unless asked otherwise", () => {
    const one = along(cell);
    const plain = programOf(one, { y: one.made.outputs, ...one.made.final });
    expect(written(plain)).toEqual(["LSTM"]);
    expect(written(plain, {})).toEqual(["Scan"]);
  });

  test("where something inside is asked for, and only then", () => {
    const one = along(cell);
    const inner = expose(one.made.node, one.made.node.body.nextStates[1]!);
    expect(written(programOf(one, { y: one.made.outputs, inner }))).toEqual(["Scan"]);
    expect(written(programOf(one, { y: one.made.outputs }))).toEqual(["LSTM"]);
  });

  test("with a derivative", () => {
    const one = along(cell);
    const [slope] = gradient(reduceSum(one.made.outputs), [one.parameters.Wi!]);
    expect(written(programOf(one, { y: one.made.outputs, slope: slope! }))).toEqual(["Scan", "Scan"]);
  });

  test("with noise on the state", () => {
    const noise = input("noise", ["time", "batch", 3]);
    const one = along(cell, { noise: { h: noise } });
    const noisy = program("p", { x: one.x, noise, ...one.parameters }, { y: one.made.outputs });
    expect(written(noisy)).toEqual(["Scan"]);
  });

  test("for a population", () => {
    const one = along(cell);
    const many = Object.fromEntries(
      Object.entries(cell.parameters).map(([name, { shape }]) => [name, input(name, ["population", ...shape])]),
    );
    const batched = new Map(Object.keys(many).map((name) => [one.parameters[name]!, many[name]!]));
    const [y] = vectorize([one.made.outputs], batched, "population");
    expect(written(program("p", { x: one.x, ...many }, { y: y! }))).toEqual(["Scan"]);
  });

  test("for a function that ONNX has no word for, or one of one's own", () => {
    for (const activation of ["hard-tanh" as const, "step" as const, (x: Tensor) => add(x, 1)]) {
      const one = along(rnn({ input: 1, hidden: 1, activation }));
      expect(written(program("p", { x: one.x, ...one.parameters }, { y: one.made.outputs }))).toEqual(["Scan"]);
    }
  });
});

/** The state form of papers/004, eq. 4: written out by hand, and as the recurrent layer seen before its function. */
import { expect, test } from "vitest";
import { input, ndarray, program } from "../graph/index.ts";
import { compileReference } from "../runtime/reference/reference.ts";
import { type Cell, rnn, rnnPreactivation, unroll } from "./index.ts";

const sizes = { input: 2, hidden: 2 };
const [steps, batch] = [5, 1];
const given = {
  x: ndarray(
    Float64Array.from({ length: steps * batch * 2 }, (_, k) => Math.cos(3 * k)),
    [steps, batch, 2],
  ),
  W: ndarray(Float64Array.of(0.3, -0.8, 1.1, 0.4), [2, 2]),
  U: ndarray(Float64Array.of(0.9, -0.5, 0.7, 1.2), [2, 2]),
  b: ndarray(Float64Array.of(0.1, -0.2), [2]),
};

function outputsOf(cell: Cell, start: readonly number[]): number[] {
  const x = input("x", [steps, batch, 2]);
  const h = input("h", [batch, 2]);
  const parameters = { W: input("W", [2, 2]), U: input("U", [2, 2]), b: input("b", [2]) };
  const { outputs } = unroll(cell, parameters, x, { initial: { h } });
  const compiled = compileReference(program("cell", { x, h, ...parameters }, { outputs }));
  return Array.from(compiled.run({ ...given, h: ndarray(Float64Array.from(start), [batch, 2]) }).outputs!.data);
}

test("h_t = tanh(h_{t−1}) U + x_t W + b, by hand", () => {
  let h = [0.5, -1.5];
  const expected: number[] = [];
  for (let t = 0; t < steps; t++) {
    const [x1, x2] = [given.x.data[2 * t]!, given.x.data[2 * t + 1]!];
    const [φ1, φ2] = h.map(Math.tanh) as [number, number];
    h = [φ1 * 0.9 + φ2 * 0.7 + x1 * 0.3 + x2 * 1.1 + 0.1, φ1 * -0.5 + φ2 * 1.2 + x1 * -0.8 + x2 * 0.4 - 0.2];
    expected.push(...h);
  }
  outputsOf(rnnPreactivation(sizes), [0.5, -1.5]).forEach((value, k) => {
    expect(value).toBeCloseTo(expected[k]!, 14);
  });
});

test.each(["tanh", "sigmoid", "relu"] as const)("φ of its state is the state of rnn: %s", (activation) => {
  const φ = { tanh: Math.tanh, sigmoid: (z: number) => 1 / (1 + Math.exp(-z)), relu: (z: number) => Math.max(0, z) }[
    activation
  ];
  const start = [0.5, -1.5];
  const before = outputsOf(rnnPreactivation({ ...sizes, activation }), start);
  const after = outputsOf(rnn({ ...sizes, activation }), start.map(φ));
  before.forEach((value, k) => {
    expect(φ(value)).toBeCloseTo(after[k]!, 14);
  });
});

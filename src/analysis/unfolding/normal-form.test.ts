import { expect, test } from "vitest";
import {
  add,
  concat,
  input,
  matmul,
  mul,
  scalar,
  sigmoid,
  slice,
  squeeze,
  sub,
  tanh,
  unsqueeze,
} from "../../graph/index.ts";
import { compareGraphs } from "./normal-form.ts";
import { withoutZeros, zeros } from "./zeros.ts";

const x = input("x", [2, 2]);
const y = input("y", [2, 2]);
const W = input("W", [2, 2]);

test("the same expression, made twice", () => {
  const graph = () => tanh(add(matmul(x, W), mul(y, 2)));
  expect(compareGraphs([graph()], [graph()])).toEqual({ isSame: true, operations: [5, 5], common: 5 });
});

test("one operation, one operand, one number or the order of operands differs", () => {
  const graph = tanh(add(matmul(x, W), mul(y, 2)));
  const others = [
    tanh(add(matmul(y, W), mul(y, 2))),
    tanh(add(matmul(x, W), mul(y, 3))),
    tanh(add(mul(y, 2), matmul(x, W))),
    add(matmul(x, W), mul(y, 2)),
    tanh(mul(matmul(x, W), mul(y, 2))),
  ];
  for (const other of others) expect(compareGraphs([graph], [other]).isSame).toBe(false);
  expect(compareGraphs([graph], [others[0]!])).toMatchObject({
    common: 2,
    operations: [5, 5],
    missing: "MatMul [2, 2]",
  });
  expect(compareGraphs([graph], [graph, graph]).isSame).toBe(false);
});

test("a part of what was stacked is that part, and no other one", () => {
  const stacked = concat([unsqueeze(x, [0]), unsqueeze(y, [0])], 0);
  const part = (k: number) => tanh(squeeze(slice(stacked, { axis: 0, start: k, end: k + 1 }), [0]));
  expect(compareGraphs([part(0)], [tanh(x)])).toEqual({ isSame: true, operations: [1, 1], common: 1 });
  expect(compareGraphs([part(1)], [tanh(y)]).isSame).toBe(true);
  expect(compareGraphs([part(1)], [tanh(x)]).isSame).toBe(false);
  // Two rows of x aren't parts that were stacked.
  const row = (k: number) => slice(x, { axis: 0, start: k, end: k + 1 });
  expect(compareGraphs([row(0)], [row(1)]).isSame).toBe(false);
});

test("−0 is not 0, and equal numbers in other shapes are not the same", () => {
  expect(compareGraphs([mul(x, 0)], [mul(x, -0)]).isSame).toBe(false);
  expect(compareGraphs([scalar(1)], [zeros([1])]).isSame).toBe(false);
});

test("zeros drop out", () => {
  const zero = zeros([2, 2]);
  const [sum, product, kept] = withoutZeros([
    add(matmul(x, W), matmul(zero, W)),
    mul(zero, y),
    add(matmul(x, W), mul(y, 0.5)),
  ]);
  expect(compareGraphs([matmul(x, W)], [sum!]).isSame).toBe(true);
  expect(compareGraphs([zero], [product!]).isSame).toBe(true);
  expect(compareGraphs([add(matmul(x, W), mul(y, 0.5))], [kept!]).isSame).toBe(true);
  const [less, minus, joined] = withoutZeros([sub(x, zero), sub(zero, x), concat([zero, zero], -1)]);
  expect(compareGraphs([x], [less!]).isSame).toBe(true);
  expect(compareGraphs([x], [minus!]).isSame).toBe(false);
  expect(compareGraphs([zeros([2, 4])], [joined!]).isSame).toBe(true);
  const [none, half] = withoutZeros([tanh(zero), sigmoid(zero)]);
  expect(compareGraphs([zero], [none!]).isSame).toBe(true);
  expect(compareGraphs([sigmoid(zero)], [half!]).isSame).toBe(true);
  // Repeated to the shape that the sum has.
  const row = input("row", [1, 2]);
  const [repeated] = withoutZeros([add(row, zero)]);
  expect(repeated!.shape).toEqual([2, 2]);
});

/** Operations of a run, counted by hand. */
import { expect, test } from "vitest";
import {
  add,
  bindDimensions,
  constant,
  gradient,
  input,
  matmul,
  ndarray,
  program,
  reduceSum,
  reshape,
  scan,
  tanh,
} from "../graph/index.ts";
import { operationsOf } from "./operations.ts";

test("products count 2mkn, reductions what they read, others what they write, views nothing", () => {
  const x = input("x", ["batch", 3]);
  const w = input("w", [3, 4]);
  const y = tanh(add(matmul(x, w), constant(ndarray(Float64Array.of(1), []))));
  const flat = program("p", { x, w }, { total: reduceSum(reshape(y, ["4*batch"])) });
  const bindings = bindDimensions(flat, { x: [5, 3], w: [3, 4] });
  expect(operationsOf(flat, bindings)).toBe(2 * 5 * 3 * 4 + 20 + 20 + 20);
});

test("scans count each step; what a derivative would need doesn't count without it", () => {
  const x = input("x", ["time", 3]);
  const h0 = input("h0", [3]);
  const { state } = scan({
    state: { h: h0 },
    sequences: { x },
    step: ({ h }, items) => ({ state: { h: tanh(add(h, items.x)) } }),
  });
  const run = program("p", { x, h0 }, { h: state.h });
  const bindings = new Map([["time", 7]]);
  expect(operationsOf(run, bindings)).toBe(7 * 6);
  gradient(reduceSum(state.h), [x]);
  expect(operationsOf(run, bindings)).toBe(7 * 6);
  expect(operationsOf(run, new Map([["time", 0]]))).toBe(0);
  expect(() => operationsOf(run, new Map())).toThrow(/"time"/);
});

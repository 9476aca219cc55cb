import { expect, test } from "vitest";
import { expectClose } from "../../tests/golden.ts";
import { floats, runGraph } from "../../tests/run-graph.ts";
import type { NDArray } from "../graph/index.ts";
import { randomSource } from "../random/index.ts";
import { dcgru, gateDirections } from "./index.ts";

const filled = (value: number, ...shape: number[]): NDArray =>
  floats(new Array(shape.reduce((a, b) => a * b, 1)).fill(value), shape);
/** Kernels of zeros: gates and candidates are what the biases say. */
const constantUnit = (maps: number, [bu, br, bc]: readonly [number, number, number]) => ({
  ...{ Uu: filled(0, 3, maps, maps), Ur: filled(0, 3, maps, maps), Uc: filled(0, 3, maps, maps) },
  ...{ bu: filled(bu, maps), br: filled(br, maps), bc: filled(bc, maps) },
});

test("by hand: offsets, hard functions, what is kept of the state", () => {
  // z_u = 0.1 + 0.7, u = 0.9; z_r = −0.9 + 0.5, r = 0.3; z_c = 1.5, c = 1; s' = 0.9 · 0.5 + 0.1 · 1
  const given = { ...constantUnit(1, [0.1, -0.9, 1.5]), s: floats([0.5], [1, 1, 1]) };
  const results = runGraph(given, (inputs) => {
    const { state, gates, preactivations } = dcgru({ maps: 1 }).step(inputs, inputs.s!);
    return { state, ...gates, zGates: preactivations.gates, zCandidate: preactivations.candidate };
  });
  expect(results.update!.data[0]).toBeCloseTo(0.9, 14);
  expect(results.reset!.data[0]).toBeCloseTo(0.3, 14);
  expect(results.zGates!.shape).toEqual([1, 1, 2]);
  expectClose(results.zGates!, [[[0.8, -0.4]]], 1e-14);
  expectClose(results.zCandidate!, [[[1.5]]], 1e-14);
  expect(results.state!.data[0]).toBeCloseTo(0.55, 14);
});

test("by hand: the smooth functions", () => {
  const given = { ...constantUnit(1, [0.3, 0, 1.5]), s: floats([0.5], [1, 1, 1]) };
  const { state } = runGraph(given, (inputs) => ({
    state: dcgru({ maps: 1, hard: false }).step(inputs, inputs.s!).state,
  }));
  const u = 1 / (1 + Math.exp(-1));
  expect(state!.data[0]).toBeCloseTo(u * 0.5 + (1 - u) * Math.tanh(1.5), 14);
});

test("open gates move thirds of the maps: none, up, down; zeros come in", () => {
  // u = 1 everywhere: s' = s̃. Maps 0 … 3 stay, 4 and 5 come from before, 6 and 7 from after.
  const s = floats(
    Array.from({ length: 24 }, (_, k) => k + 1),
    [3, 1, 8],
  );
  const rows = (state: NDArray) => [0, 1, 2].map((i) => Array.from(state.data.slice(8 * i, 8 * i + 8)));
  const results = runGraph({ ...constantUnit(8, [1, 0, 0]), s }, (inputs) => ({
    moved: dcgru({ maps: 8 }).step(inputs, inputs.s!).state,
    still: dcgru({ maps: 8, diagonal: false }).step(inputs, inputs.s!).state,
  }));
  expect(rows(results.moved!)).toEqual([
    [1, 2, 3, 4, 0, 0, 15, 16],
    [9, 10, 11, 12, 5, 6, 23, 24],
    [17, 18, 19, 20, 13, 14, 0, 0],
  ]);
  expect(results.still!.data).toEqual(s.data);
  expect(gateDirections(8)).toEqual([0, 0, 0, 0, 1, 1, -1, -1]);
  expect(gateDirections(8, false)).toEqual(new Array(8).fill(0));
});

test("dropout acts on the candidate alone, the mask on all", () => {
  // u = ½ of s = 1 and c = 1 · factor.
  const given = {
    ...constantUnit(2, [-0.7, 0, 1]),
    s: filled(1, 2, 1, 2),
    dropout: floats([0, 2, 0, 2], [2, 1, 2]),
    mask: floats([1, 0], [2, 1, 1]),
  };
  const { state } = runGraph(given, (inputs) => ({
    state: dcgru({ maps: 2 }).step(inputs, inputs.s!, { dropout: inputs.dropout!, mask: inputs.mask! }).state,
  }));
  expect([...state!.data]).toEqual([0.5, 1.5, 0, 0]);
});

test("kernels begin uniform on ±1/√maps, biases at zero", () => {
  const { parameters } = dcgru({ maps: 9 });
  for (const [name, { shape, initial }] of Object.entries(parameters)) {
    const largest = Math.max(...initial.draw(randomSource(1).stream(name), shape).map(Math.abs));
    expect(shape).toEqual(name.startsWith("U") ? [3, 9, 9] : [9]);
    if (name.startsWith("b")) expect(largest).toBe(0);
    else expect(3 * largest).toSatisfy((share: number) => share > 0.97 && share <= 1);
  }
  expect(() => dcgru({ maps: -1 })).toThrow(/dcgru: maps is -1, expected a positive integer/);
});

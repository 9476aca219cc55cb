import { describe, expect, test } from "vitest";
import type { NDArray } from "../graph/index.ts";
import { threeUnitAdder } from "../networks/index.ts";
import { checkMemory } from "./memory.ts";
import { networkOf } from "./network.test-helper.ts";
import { predict } from "./predict.ts";
import { traceRun } from "./trace.ts";

const dngpu = (task: string) => networkOf({ task, model: { name: "dngpu", maps: 6 } });
const clip = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));
const values = (array: NDArray | undefined) => Array.from(array!.data);

describe("a network with positions", () => {
  const trained = dngpu("unaligned-binary-addition");
  const { E, bE, Uu, bu, O, bO } = trained.parameters;
  const maps = 6;
  // 10 + 11, lowest digits first: 0 1 + 1 1, digit d as the symbol d + 1.
  const symbols = [1, 2, 11, 2, 2];
  const traced = traceRun(trained, "10+11", { runtime: "reference", gates: true });

  test("begins with the embedded input", async () => {
    const { values: found } = await traced;
    expect(found.state!.shape).toEqual([6, 5, maps]);
    symbols.forEach((symbol, position) => {
      for (let map = 0; map < maps; map++) {
        const expected = clip(values(E)[symbol * maps + map]! + values(bE)[map]!, -1, 1);
        expect(found.state!.data[position * maps + map]).toBeCloseTo(expected, 6);
      }
    });
  });

  test("ends with the state that the answer is read from", async () => {
    const { values: found, answer, exact, prediction } = await traced;
    const last = found.state!.data.subarray(5 * 5 * maps);
    const answers = values(bO).length;
    const read = symbols.map((_, position) => {
      const logits = values(bO).map((bias, k) => {
        let sum = bias;
        for (let map = 0; map < maps; map++) sum += last[position * maps + map]! * values(O)[map * answers + k]!;
        return sum;
      });
      return logits.indexOf(Math.max(...logits));
    });
    // Three digits are asked: of 2 + 3 = 5.
    expect(answer).toEqual([...read.slice(0, 3).map((symbol) => trained.task.output[symbol]), "", ""]);
    expect(exact).toEqual(["1", "0", "1", "", ""]);
    expect(prediction).toEqual(await predict(trained, "10+11", { runtime: "reference" }));
    expect(prediction.exact).toBe("101");
  });

  test("has the gates of each step, which come from the state before it", async () => {
    const { values: found } = await traced;
    for (const name of ["update", "reset"]) expect(found[name]!.shape).toEqual([5, 5, maps]);
    const state = (time: number, position: number, map: number) =>
      position < 0 || position > 4 ? 0 : found.state!.data[(time * 5 + position) * maps + map]!;
    for (const [time, position, map] of [
      [0, 0, 0],
      [1, 2, 3],
      [4, 4, 5],
    ] as const) {
      let z = values(bu)[map]! + 0.7;
      for (let tap = 0; tap < 3; tap++) {
        for (let from = 0; from < maps; from++) {
          z += state(time, position + tap - 1, from) * values(Uu)[(tap * maps + from) * maps + map]!;
        }
      }
      expect(found.update!.data[(time * 5 + position) * maps + map]).toBeCloseTo(clip(z / 2 + 0.5, 0, 1), 5);
    }
  });

  test("names the symbols, and says where its gates point", async () => {
    const { input, directions } = await traced;
    expect(input).toEqual([["0"], ["1"], ["+"], ["1"], ["1"]]);
    expect(directions).toEqual([0, 0, 1, 1, -1, -1]);
  });

  test("is the same on ONNX Runtime, where gates that nobody asked for aren't computed", async () => {
    const here = await traced;
    const there = await traceRun(trained, "10+11", { runtime: "onnx" });
    expect(Object.keys(there.values)).toEqual(["state"]);
    here.values.state!.data.forEach((value, k) => {
      expect(there.values.state!.data[k]).toBeCloseTo(value, 4);
    });
  });
});

test("a grid is one row of numbers at each position, whose gates stay", async () => {
  const network = networkOf({ task: "reverse", model: { name: "neural-gpu", maps: 3, rows: 2 } });
  const { values: found, directions } = await traceRun(network, "3 1 2 5", { runtime: "reference" });
  expect(found.state!.shape).toEqual([5, 4, 6]);
  expect(directions).toEqual([0, 0, 0, 0, 0, 0]);
});

test("an aligned network's units: the adder by hand counts the ones of a step", async () => {
  const { parameters } = threeUnitAdder.network;
  const model = { name: "ilrnn", layers: [3], activation: "step" };
  const {
    values: found,
    answer,
    prediction,
    directions,
  } = await traceRun(networkOf({ task: "binary-addition", model }, parameters), "387+18", { runtime: "reference" });
  expect(prediction).toMatchObject({ answer: "405", isRight: true });
  const bit = (number: number, t: number) => (number >> t) & 1;
  const digits = Array.from({ length: 10 }, (_, t) => bit(405, t));
  expect(answer).toEqual(digits.map(String));
  expect(found.output!.shape).toEqual([10, 1]);
  expect(Array.from(found.output!.data)).toEqual(digits);
  expect(found.h1!.shape).toEqual([10, 3]);
  for (let t = 0; t < 10; t++) {
    const carry = bit((387 % 2 ** t) + (18 % 2 ** t), t);
    const ones = bit(387, t) + bit(18, t) + carry;
    const units = Array.from(found.h1!.data.subarray(3 * t, 3 * t + 3));
    expect(
      units.reduce((sum, unit) => sum + unit, 0),
      `step ${t}`,
    ).toBe(ones);
  }
  expect(directions).toBeNull();
});

test("gates of networks without any, and problems that can't be read, are refused", async () => {
  const parity = networkOf({ task: "parity" });
  await expect(traceRun(parity, "101", { gates: true })).rejects.toThrow("model ilrnn: has no gates");
  await expect(traceRun(dngpu("sort"), "3 7")).rejects.toThrow('sort: "7" at position 3');
  await expect(traceRun(parity, "101", { replica: 1 })).rejects.toThrow("replica 1 of run nowhere");
});

test("what can't fit in memory is refused before it is tried, with the largest that can", () => {
  const network = dngpu("sort");
  // 20 arrays of 6 numbers of 4 bytes each at every position: 480 bytes.
  expect(() => checkMemory(network, 1000, 0, 480_000)).not.toThrow();
  expect(() => checkMemory(network, 1001, 0, 480_000)).toThrow(
    /^dngpu on sort: a problem of 1001 symbols needs about 0\.000480 GB of memory, .*; expected at most about 1000 symbols$/,
  );
  expect(() => checkMemory(network, 1000, 3, 480_000)).toThrow("with its trace");
  expect(() => checkMemory(networkOf({ task: "parity" }), 1e9, 0, 1)).not.toThrow();
});

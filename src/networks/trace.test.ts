import { expect, test } from "vitest";
import type { Program } from "../graph/index.ts";
import { findModel } from "../models/index.ts";
import { mapsTraceOf } from "../pictures/maps-trace.ts";
import { randomSource } from "../random/index.ts";
import { reference } from "../runtime/reference/reference.ts";
import { findTask, signatureOf } from "../tasks/index.ts";
import { drawParameters, layoutOf, namedParameters } from "../training/index.ts";
import { judged } from "./prediction.ts";
import { traceNetwork, tracer } from "./trace.ts";

const task = findTask("reverse");
const model = findModel("dngpu").build({ maps: 6 }, signatureOf(task));
const parameters = (seed: number) =>
  namedParameters(drawParameters(model.parameters, 1, randomSource(seed)), layoutOf(model.parameters), 1);
const problem = task.parse("3 1 2");

test("a tracer traces one network after the other, each as if alone, on the runtime it is given", async () => {
  const asked: unknown[] = [];
  const open = async ({ name }: Program, sizes: Readonly<Record<string, number>>) => {
    asked.push(name, sizes);
    return reference;
  };
  await using traces = await tracer(task, model, problem, { open, gates: true });
  expect(traces.runtime).toBe(reference.description);
  const first = await traces.trace(parameters(1));
  const second = await traces.trace(parameters(2));
  expect(asked).toEqual(["trace", { batch: 1, time: 3 }]);
  expect(first).not.toEqual(second);
  for (const [seed, found] of [[1, first] as const, [2, second] as const]) {
    const alone = await traceNetwork({ task, model, parameters: parameters(seed) }, problem, { open, gates: true });
    expect(found).toEqual(alone);
  }
});

test.each([
  ["dngpu", { maps: 6 }, 6],
  // A grid of two rows: the answer is read from the first.
  ["neural-gpu", { maps: 3, rows: 2 }, 3],
])("%s: what would be read after each step, by hand", async (name, options, read) => {
  const model = findModel(name).build(options, signatureOf(task));
  const drawn = drawParameters(model.parameters, 1, randomSource(3));
  const parameters = namedParameters(drawn, layoutOf(model.parameters), 1);
  const trace = await traceNetwork({ task, model, parameters }, problem, { open: async () => reference });
  const { O, bO } = parameters;
  const answers = task.output.length;
  expect(trace.readout!.shape).toEqual([4, 3]);
  trace.readout!.data.forEach((symbol, k) => {
    const state = trace.values.state!.data.subarray(k * 6, (k + 1) * 6);
    const logits = Array.from({ length: answers }, (_, j) =>
      state.subarray(0, read).reduce((sum, value, map) => sum + value * O!.data[map * answers + j]!, bO!.data[j]!),
    );
    expect(symbol, `of ${logits}`).toBe(logits.indexOf(Math.max(...logits)));
  });
  expect(Array.from(trace.readout!.data.subarray(9), (symbol) => task.output[symbol])).toEqual(trace.answer);
});

test("what was traced is drawn by name", async () => {
  const trace = await traceNetwork({ task, model, parameters: parameters(1) }, problem, {
    open: async () => reference,
  });
  const maps = mapsTraceOf("reverse", trace, "state");
  expect(maps).toMatchObject({ task: "reverse", input: ["3", "1", "2"], exact: ["2", "1", "3"], range: [-1, 1] });
  expect(maps).toMatchObject({ time: 3, length: 3, maps: 6, directions: [0, 0, 1, 1, -1, -1] });
  expect(maps.values).toBe(trace.values.state!.data);
  expect(() => mapsTraceOf("reverse", trace, "update")).toThrow('received "update", expected state');
});

test("an answer is judged where one is asked", () => {
  const addition = findTask("unaligned-binary-addition");
  // 1 + 1, lowest digits first; asked are two digits: 0 and 1. The third answer counts for nothing.
  const sum = addition.parse("1+1");
  expect(judged(addition, sum, Int32Array.of(1, 1, 0))).toEqual({
    input: "1+1",
    answer: "0",
    exact: "10",
    isRight: false,
    steps: 3,
    asked: 2,
    wrong: 1,
  });
});

import { type MapsTrace, type NetworkTrace, reference, traceNetwork } from "longhand";
import { expect, test } from "vitest";
import { networkOfData } from "../../networks/data.ts";
import { freshNetwork } from "./fresh.test-helper.ts";
import { inWords, valueAt, within } from "./place.ts";
import { readProblem } from "./problems.ts";

async function traced(): Promise<NetworkTrace> {
  const { task, model, parameters } = networkOfData(freshNetwork("reverse", 6));
  if (!("solve" in task)) throw new Error("reverse has exact answers");
  const problem = readProblem(task, "3 1 2");
  return traceNetwork({ task, model, parameters }, problem, { open: async () => reference, gates: true });
}

test("values lie at map, step and position; no gate made the embedded input", async () => {
  const trace = await traced();
  const place = { map: 4, step: 2, position: 1 };
  expect(valueAt(trace, "state", place)).toBe(trace.values.state!.data[(2 * 3 + 1) * 6 + 4]);
  // The gates of the second step, which made the state after it.
  expect(valueAt(trace, "update", place)).toBe(trace.values.update!.data[(1 * 3 + 1) * 6 + 4]);
  expect(valueAt(trace, "reset", { ...place, step: 0 })).toBeUndefined();
  const { reset: _, ...values } = trace.values;
  expect(valueAt({ ...trace, values }, "reset", place)).toBeUndefined();
});

test("places outside are moved inside", () => {
  const trace = { maps: 6, length: 3 } as MapsTrace;
  expect(within(trace, 3, { map: 99, step: 99, position: 99 })).toEqual({ map: 5, step: 3, position: 2 });
  expect(within(trace, 3, { map: 2, step: 0, position: 1 })).toEqual({ map: 2, step: 0, position: 1 });
});

test("numbers are written with three places and a minus sign", () => {
  expect([0.5214, -1, 0].map((value) => inWords(value))).toEqual(["0.521", "−1.000", "0.000"]);
});

import { expect, test } from "vitest";
import { decodeCheckpoint, encodeCheckpoint } from "../files/index.ts";
import { completeConfig, configuredModel, initialState, layoutOf, type TrainingState } from "../training/index.ts";
import { checkpointOf, stateOf } from "./state.ts";

const config = completeConfig({ task: "parity", population: 2, model: { name: "ilrnn", layers: [3] } });
const layout = layoutOf(configuredModel(config).model.parameters);
const begin = initialState(config, 64);
const state: TrainingState = {
  ...begin,
  step: 75,
  slots: { m: begin.parameters.map((value) => value / 3), v: begin.parameters.map((value) => value * value) },
  longest: 7,
  solvedAt: [50, null],
  divergedAt: [null, 33],
};
const progress = { steps: 100, ends: null, configHash: "abc" };

test("a state in a checkpoint's bytes reads back as the same numbers, under the parameters' names", async () => {
  const checkpoint = checkpointOf("run-1", state, layout, 2, progress);
  expect(Object.keys(checkpoint.tensors)).toContain("parameters/W1");
  expect(checkpoint.tensors["optimizer/m/W1"]?.shape).toEqual([2, ...layout.parts[0]!.shape]);
  // The second replica's first parameter follows the first replica's whole one.
  const [first] = layout.parts;
  expect(checkpoint.tensors[`parameters/${first!.name}`]?.data[first!.end]).toBe(state.parameters[layout.size]);
  const read = await decodeCheckpoint(await encodeCheckpoint(checkpoint), { run: "run-1" });
  expect(stateOf(read, layout, 2)).toEqual({ state, progress });
});

test("what doesn't fit the run is refused by name", () => {
  const checkpoint = checkpointOf("run-1", state, layout, 2, progress);
  const { "parameters/W1": _, ...others } = checkpoint.tensors;
  const refused = (change: object, message: string) =>
    expect(() => stateOf({ ...checkpoint, ...change }, layout, 2)).toThrow(message);
  refused({ tensors: others }, "checkpoint: parameter W1 has no values");
  refused({ state: { ...(checkpoint.state as object), step: "3" } }, "checkpoint: state step:");
  refused({ state: { ...(checkpoint.state as object), solvedAt: [null] } }, "solvedAt is about 1 replicas, expected 2");
  expect(() => stateOf(checkpoint, layout, 1)).toThrow("expected 1");
});

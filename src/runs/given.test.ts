import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ndarray } from "../graph/index.ts";
import { ilrnnModel } from "../models/index.ts";
import { makeNetwork } from "../networks/index.ts";
import { parity } from "../tasks/index.ts";
import { describeTrained } from "../trained/index.ts";
import { writeNetworkRun } from "./given.ts";
import { predict } from "./predict.ts";
import { resumeRun } from "./train-run.ts";
import { openTrained } from "./trained.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "longhand-given-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Keeps the last symbol but one in a hidden unit; a third is no float32 number, so that rounding would be seen. */
const model = ilrnnModel.build({ layers: [1] }, { channels: [2], answers: 2 });
const values: Record<string, number> = {
  W1: 1 / 3,
  R11: 0.1,
  R21: 0.2,
  b1: -0.25,
  W2: 2,
  R12: 0.3,
  R22: 0.4,
  b2: -0.5,
};
const parameters = Object.fromEntries(
  Object.entries(model.parameters).map(([name, { shape }]) => [name, ndarray(Float64Array.of(values[name]!), shape)]),
);
const network = makeNetwork({ task: parity, model, parameters });

test("chosen parameters are read back to the last bit, with where they come from", async () => {
  const path = join(folder, "exact");
  const config = await writeNetworkRun(path, network, { origin: "by hand", solved: true });
  expect(config.model).toMatchObject({ name: "ilrnn", layers: [1], unread: 0 });
  const trained = await openTrained(path);
  expect(trained).toMatchObject({ step: 0, population: 1, origin: "by hand", solved: [true], diverged: [false] });
  for (const [name, value] of Object.entries(values)) {
    expect(trained.parameters[name]).toEqual(ndarray(Float64Array.of(value), model.parameters[name]!.shape));
  }
  expect(describeTrained(trained, 0)).toMatchObject({ origin: "by hand", "steps.trained": "0" });
  expect((await predict(trained, "1011")).exact).toBe("1");
  expect(JSON.parse(await readFile(join(path, "config.json"), "utf8"))).toMatchObject({
    config: { origin: "by hand" },
  });
});

test("it is not called solved unless that is known", async () => {
  const path = join(folder, "unsolved");
  await writeNetworkRun(path, network, { origin: "by hand" });
  expect((await openTrained(path)).solved).toEqual([false]);
});

test("a training goes on from the chosen parameters, not from drawn ones", async () => {
  const path = join(folder, "trains");
  const training = { steps: 2, batch: 4, lengths: [3, 3], learningRate: 1e-6, solved: null, stateNoise: null };
  await writeNetworkRun(path, network, { origin: "by hand", training });
  const run = await resumeRun(path);
  expect(run).toMatchObject({ step: 0, ended: null });
  const types: string[] = [];
  for await (const event of run.events()) types.push(event.type);
  await run.close();
  expect(types.at(-1)).toBe("done");
  const trained = await openTrained(path);
  expect(trained).toMatchObject({ step: 2, origin: "by hand" });
  // Two steps of Adam at 1e-6 move a parameter by at most about 2e-6.
  for (const [name, value] of Object.entries(values)) {
    expect(Math.abs(trained.parameters[name]!.data[0]! - value)).toBeLessThan(1e-5);
  }
  expect(values.W1).not.toBe(trained.parameters.W1!.data[0]);
});

test("what doesn't fit is refused", async () => {
  await expect(writeNetworkRun(join(folder, "exact"), network, { origin: "again" })).rejects.toThrow("isn't empty");
  const { W1: _, ...rest } = parameters;
  await expect(writeNetworkRun(join(folder, "none"), { ...network, parameters: rest }, { origin: "" })).rejects.toThrow(
    "parameter W1 is missing",
  );
});

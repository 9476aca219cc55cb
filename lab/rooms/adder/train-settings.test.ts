import { completeConfig } from "longhand";
import { expect, test } from "vitest";
import { configOf, type TrainValues, trainFields } from "./train-settings.ts";

const defaults = Object.fromEntries(
  Object.entries(trainFields).map(([name, { fallback }]) => [name, fallback]),
) as TrainValues;

test("where nothing is said, it is what is recommended, all steps of it", () => {
  const recommended = completeConfig({ task: "binary-addition", population: 12 });
  expect(configOf(defaults)).toEqual({
    ...recommended,
    solved: { ...recommended.solved, stop: false },
    reportEvery: 10,
    checkpointEvery: 50,
  });
});

test("what is recommended follows the task and the units", () => {
  const config = configOf({ ...defaults, trainTask: "parity", trainModel: "rnn" });
  const recommended = completeConfig({ task: "parity", model: { name: "rnn" } });
  expect([config.steps, config.learningRate, config.model]).toEqual([
    recommended.steps,
    recommended.learningRate,
    recommended.model,
  ]);
  const tanh = configOf({ ...defaults, trainActivation: "tanh" });
  expect([tanh.steps, tanh.stateNoise?.scale]).toEqual([5000, 1.3]);
});

test("what is given goes over it", () => {
  const given: Partial<TrainValues> = {
    trainUnits: 3,
    trainSteps: 700,
    trainRate: 0.5,
    trainNoise: 0,
    trainLength: 6,
    trainCurriculum: true,
    trainBatch: 5,
    trainNetworks: 4,
    trainSeed: 9,
  };
  expect(configOf({ ...defaults, ...given })).toMatchObject({
    model: { name: "ilrnn", layers: [3] },
    steps: 700,
    learningRate: 0.5,
    stateNoise: null,
    lengths: [2, 6],
    curriculum: { start: 2, grow: 1, accuracy: 0.9 },
    batch: 5,
    population: 4,
    seed: 9,
  });
  const worst = configOf({ ...defaults, trainModel: "rnn", trainUnits: 5, trainNoise: 0.1, trainNoiseKind: "worst" });
  expect(worst).toMatchObject({ model: { hidden: 5 }, stateNoise: { scale: 0.1, growth: 0.5, kind: "worst" } });
});

test("settings that are recommended are written as auto", () => {
  const { trainRate } = trainFields;
  expect([trainRate.read("auto"), trainRate.read(" "), trainRate.read("0.5")]).toEqual([null, null, 0.5]);
  expect([trainRate.write(null), trainRate.write(0.5)]).toEqual(["auto", "0.5"]);
  expect(() => trainRate.read("none")).toThrow('received "none"');
});

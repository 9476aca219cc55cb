import { completeConfig, findTask } from "longhand";
import { expect, test } from "vitest";
import { binsUpTo, trainFields, trainingOf, trainTasks } from "./training.ts";

const values = {
  task: "reverse",
  maps: 24,
  longest: 17,
  steps: 200,
  batch: 32,
  rate: 1,
  trainSeed: 1,
};

test("what is set when nothing is said is a training of the defaults", () => {
  const defaults = Object.entries(trainFields).map(([name, { fallback }]) => [name, fallback]);
  expect(Object.fromEntries(defaults)).toEqual(values);
});

test("bins are lengths of the task, up to the longest", () => {
  expect(binsUpTo(findTask("reverse"), 17)).toEqual([6, 10, 14, 17]);
  // Numbers of equally many digits on both sides of a sign.
  expect(binsUpTo(findTask("unaligned-binary-addition"), 14)).toEqual([5, 7, 11, 13]);
  expect(binsUpTo(findTask("reverse"), 5)).toEqual([3, 4, 5]);
});

test("a training is what is recommended for so many maps, with the rate as a factor, and goes on where it ended", () => {
  const recommended = completeConfig({ task: "reverse", model: { name: "dngpu", maps: 24 } });
  const config = trainingOf({ ...values, rate: 0.5 }, 200);
  expect(config.learningRate).toBeCloseTo(recommended.learningRate / 2, 12);
  expect(config).toMatchObject({
    steps: 400,
    batch: 32,
    lengths: [1, 17],
    bins: { lengths: [6, 10, 14, 17] },
    solved: null,
  });
  expect(config.optimizer).toEqual(recommended.optimizer);
});

test("every task that is offered can be trained", () => {
  expect(trainTasks.length).toBeGreaterThan(10);
  for (const task of trainTasks) {
    const { bins, lengths } = trainingOf({ ...values, task });
    expect(bins!.lengths.at(-1)).toBe(lengths[1]);
  }
});

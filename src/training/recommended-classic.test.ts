/** What trainings of the classic tasks use where nothing is said. */
import { expect, test } from "vitest";
import { drawnTasks } from "../tasks/index.ts";
import { completeConfig } from "./config.ts";
import { recommendedClassic } from "./recommended-classic.ts";

const classic = drawnTasks.filter((task) => recommendedClassic(task, "lstm", true));

test("the classic tasks have settings of their own, also with other distances and periods", () => {
  expect(classic.map(({ name }) => name)).toEqual([
    ...["adding-problem", "storing-precise-values", "spike-distance", "timed-spikes"],
    ...["periodic-cosine", "periodic-triangle", "periodic-rectangle", "anbn", "anbncn"],
  ]);
  expect(completeConfig({ task: "timed-spikes-20" })).toMatchObject({
    ...{
      lengths: [120, 120],
      loss: "cross-entropy",
      model: { name: "lstm", hidden: 16, squash: "identity", biases: { f: -2, i: 0, g: 0, o: 2 } },
    },
    solved: { length: 120, symbolAccuracy: 0.99, cost: null },
  });
});

test.each(classic.map((task) => [task.name, task] as const))("%s: every kind of cell can be trained", (_, task) => {
  for (const name of ["rnn", "lstm", "gru", "dcm", "stack"]) {
    const { loss, solved, lengths } = completeConfig({ task: task.name, model: { name } });
    expect(loss).toBe(task.yesNo ? "cross-entropy" : "squares");
    expect(solved!.length).toBeGreaterThanOrEqual(lengths[1]);
  }
});

test("words are counted by hard units, in whatever cell has a state c", () => {
  const hard = { gate: "hard-sigmoid", candidate: "hard-tanh", squash: "hard-tanh" };
  expect(completeConfig({ task: "anbn" })).toMatchObject({
    model: { name: "lstm", hidden: 8, ...hard },
    learningRate: 0.02,
  });
  expect(completeConfig({ task: "anbncn", model: { name: "dcm" } }).model).toMatchObject({
    name: "dcm",
    hidden: 10,
    ...hard,
  });
  expect(completeConfig({ task: "anbn", model: { name: "gru" } }).model).toMatchObject({ gate: "sigmoid", hidden: 8 });
  expect(() => completeConfig({ task: "anbn", loss: "squares" })).toThrow(
    'config, loss: received "squares", expected "cross-entropy": anbn asks for yes or no',
  );
});

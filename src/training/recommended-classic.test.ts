/** What trainings of the classic tasks use where nothing is said. */
import { expect, test } from "vitest";
import { type DrawnTask, drawnTasks, findAnyTask } from "../tasks/index.ts";
import { completeConfig } from "./config.ts";
import { defaultModel } from "./recommended.ts";
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

test("where steps have to be counted the model sees its cells", () => {
  const modelOf = (name: string) => defaultModel(findAnyTask(name) as DrawnTask);
  expect(["anbn", "anbncn", "timed-spikes", "adding-problem"].map(modelOf)).toEqual([
    ...["lstm-peephole", "lstm-peephole", "lstm", "lstm"],
  ]);
  expect(() => completeConfig({ task: "anbn", loss: "squares" })).toThrow(
    'config, loss: received "squares", expected "cross-entropy": anbn asks for yes or no',
  );
});

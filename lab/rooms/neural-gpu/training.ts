/** The training of a small network in the page: its settings, and the configuration that they make. */
import { completeConfig, findTask, type Task, type TrainingConfig, tasks, validLengths } from "longhand";
import { choiceField, integerField, numberField } from "../../app/fields.ts";

/** Tasks for networks whose state has positions, the ones that are learned soonest first. */
const soon = ["reverse", "copy", "duplicate", "shift-left", "shift-right", "sort", "unaligned-binary-addition"];
const others = tasks.filter(({ name, unaligned }) => unaligned && !soon.includes(name)).map(({ name }) => name);
export const trainTasks: readonly string[] = [...soon, ...others].filter((name) =>
  tasks.some((task) => task.name === name),
);

/** Settings in the address. */
export const trainFields = {
  task: choiceField(trainTasks, "reverse"),
  maps: integerField(24, { min: 3, max: 96 }),
  /** Longest problem. */
  longest: integerField(17, { min: 5, max: 41 }),
  steps: integerField(200, { min: 1, max: 20_000 }),
  batch: integerField(32, { min: 1, max: 128 }),
  /** As a factor on the recommended one. */
  rate: numberField(1, { min: 0.01, max: 100 }),
  trainSeed: integerField(1, { min: 0, max: 1_000_000 }),
};

type Fields = typeof trainFields;
export type TrainValues = { -readonly [Name in keyof Fields]: Fields[Name]["fallback"] };

/** Bins of padded lengths, evenly spread up to the longest problem, at most four. */
export function binsUpTo(task: Task, longest: number): readonly number[] {
  const lengths = validLengths(task, 1, longest);
  const last = lengths.at(-1)!;
  const wanted = [0.3, 0.53, 0.77, 1].map((part) => lengths.find((length) => length >= part * last)!);
  const long = [...new Set(wanted)].filter((length) => length >= 3);
  return long.length > 0 ? long : [last];
}

/**
 * The configuration: what is recommended for a dngpu of so many maps, on shorter problems.
 * @param done steps that were taken before: as many again are to follow.
 * @throws LonghandError for settings that don't go together.
 */
export function trainingOf(values: TrainValues, done = 0): TrainingConfig {
  const task = findTask(values.task);
  const lengths = binsUpTo(task, values.longest);
  const model = { name: "dngpu", maps: values.maps };
  // Read twice: once for what is recommended, which the settings are factors of.
  const shared = {
    task: task.name,
    model,
    lengths: [validLengths(task, 1, lengths[0]!)[0]!, lengths.at(-1)!] as [number, number],
    bins: { lengths: [...lengths] },
  };
  const { learningRate } = completeConfig(shared);
  return completeConfig({
    ...shared,
    seed: values.trainSeed,
    steps: done + values.steps,
    batch: values.batch,
    learningRate: learningRate * values.rate,
    solved: null,
    checkpointEvery: 5,
    reportEvery: 5,
  });
}

/** What a visitor sets of a training, and the configuration that it makes. */
import { completeConfig, type TrainingConfig } from "longhand";
import { choiceField, type Field, flagField, integerField, numberField } from "../../app/fields.ts";

/** Tasks that a finite machine answers: what is learned can be proved. */
export const trainTasks = [
  { name: "binary-addition", title: "addition, base 2" },
  { name: "base-4-addition", title: "addition, base 4" },
  { name: "base-10-addition", title: "addition, base 10" },
  { name: "binary-subtraction", title: "subtraction, base 2" },
  { name: "binary-increment", title: "increment, base 2" },
  { name: "parity", title: "parity" },
  { name: "even-pairs", title: "even pairs" },
  { name: "count-modulo-3", title: "counting modulo 3" },
] as const;

export const trainModels = [
  { name: "ilrnn", title: "ILRNN: the answer is fed back too" },
  { name: "rnn", title: "RNN: one recurrent layer" },
] as const;

export const trainActivations = [
  { name: "hard-sigmoid", title: "hard σ" },
  { name: "sigmoid", title: "σ" },
  { name: "tanh", title: "tanh" },
  { name: "step", title: "step" },
  { name: "relu", title: "relu" },
] as const;

export const trainNoises = [
  { name: "uniform", title: "drawn" },
  { name: "worst", title: "the worst there is" },
] as const;

const namesOf = <Name extends string>(options: readonly { readonly name: Name }[]) => options.map(({ name }) => name);

/** A setting that is what the library recommends for the task unless it is given: written "auto", null here. */
function recommendedField<T>(field: Field<T>): Field<T | null> {
  return {
    fallback: null,
    read: (text) => (text.trim() === "" || text.trim() === "auto" ? null : field.read(text)),
    write: (value) => (value === null ? "auto" : field.write(value)),
  };
}

/** Settings in the address: spread them into those of the room. */
export const trainFields = {
  trainTask: choiceField(namesOf(trainTasks), "binary-addition"),
  trainModel: choiceField(namesOf(trainModels), "ilrnn"),
  trainUnits: recommendedField(integerField(8, { min: 1, max: 128 })),
  trainActivation: choiceField(namesOf(trainActivations), "hard-sigmoid"),
  trainSteps: recommendedField(integerField(1000, { min: 1, max: 100_000 })),
  trainRate: recommendedField(numberField(0.01, { min: 1e-6, max: 10 })),
  trainNoise: recommendedField(numberField(0.4, { min: 0, max: 4 })),
  trainNoiseKind: choiceField(namesOf(trainNoises), "uniform"),
  trainLength: recommendedField(integerField(10, { min: 2, max: 60 })),
  /** Short problems first. */
  trainCurriculum: flagField(false),
  trainBatch: recommendedField(integerField(32, { min: 1, max: 256 })),
  /** How many networks at once, each with a seed of its own. */
  trainNetworks: integerField(12, { min: 1, max: 100 }),
  trainSeed: integerField(1, { min: 0 }),
  /** The network that the room shows, from 1. */
  trainChosen: integerField(1, { min: 1, max: 100 }),
};

export type TrainValues = {
  -readonly [Name in keyof typeof trainFields]: ReturnType<(typeof trainFields)[Name]["read"]>;
};
export type TrainProblems = Readonly<Partial<Record<keyof TrainValues, string>>>;

/** What the library recommends for the task and the kind of network. @throws LonghandError for names that don't go together. */
export function recommendedFor({ trainTask: task, trainModel: name, trainActivation: activation }: TrainValues) {
  return completeConfig({ task, model: { name, activation } });
}

/**
 * The configuration of a training: what is recommended, then what was given. All steps are taken, as for proofs: what answers
 * right may still not be provable, and the steps that are left bring states closer together.
 * @throws LonghandError for settings that don't go together.
 */
export function configOf(values: TrainValues): TrainingConfig {
  const { trainTask: task, trainUnits: units, trainLength: length } = values;
  const model = {
    name: values.trainModel,
    activation: values.trainActivation,
    ...(units !== null && (values.trainModel === "ilrnn" ? { layers: [units] } : { hidden: units })),
  };
  const recommended = recommendedFor(values);
  const longest = length ?? recommended.lengths[1];
  const short = Math.min(values.trainCurriculum ? 2 : recommended.lengths[0], longest);
  const noise = { ...recommended.stateNoise, kind: values.trainNoiseKind };
  const scale = values.trainNoise ?? recommended.stateNoise?.scale ?? 0;
  const steps = values.trainSteps ?? recommended.steps;
  return completeConfig({
    task,
    model,
    seed: values.trainSeed,
    population: values.trainNetworks,
    steps,
    ...(values.trainBatch !== null && { batch: values.trainBatch }),
    ...(values.trainRate !== null && { learningRate: values.trainRate }),
    lengths: [short, longest],
    stateNoise: scale === 0 ? null : { ...noise, scale },
    ...(values.trainCurriculum && { curriculum: { start: short, grow: 1, accuracy: 0.9 } }),
    solved: { ...recommended.solved, stop: false },
    reportEvery: Math.min(20, Math.ceil(steps / 250)),
    checkpointEvery: 50,
  });
}

/** What a visitor sets of the networks that are compared, and what it makes: networks before training, and trainings. */
import {
  type AnyTask,
  type ArrayData,
  activationNames,
  completeConfig,
  configuredModel,
  findAnyTask,
  freshNetwork,
  joinParameters,
  layoutOf,
  type NDArray,
  namedParameters,
  nearestLength,
  scaledRecurrence,
  type TrainingConfig,
} from "longhand";
import { choiceField, integerField, numberField, textField } from "../../app/fields.ts";
import { type NetworkData, networkOfData } from "../../networks/data.ts";

export const cells = [
  { name: "rnn", title: "RNN" },
  { name: "lstm", title: "LSTM" },
  { name: "gru", title: "GRU" },
  { name: "lstm-peephole", title: "LSTM with peepholes" },
  { name: "dcm", title: "DCM" },
] as const;
export type CellName = (typeof cells)[number]["name"];

export const comparedTasks = [
  { name: "adding-problem", title: "the adding problem" },
  { name: "storing-precise-values", title: "storing a precise value" },
  { name: "parity", title: "parity" },
  { name: "even-pairs", title: "even pairs" },
  { name: "count-modulo-3", title: "counting modulo 3" },
  { name: "binary-addition", title: "addition, base 2" },
] as const;

export const initials = [
  { name: "uniform", title: "uniform on ±1/√units" },
  { name: "normal", title: "normal, 1/√units" },
  { name: "glorot", title: "Glorot" },
  { name: "orthogonal", title: "orthogonal" },
] as const;

export const scalings = [
  { name: "gain", title: "times a gain" },
  { name: "radius", title: "to a spectral radius" },
] as const;

export const views = [
  { name: "lags", title: "gradient by lag" },
  { name: "units", title: "gradient of each unit over time" },
  { name: "jacobians", title: "singular values of the steps" },
  { name: "products", title: "singular values of many steps" },
  { name: "map", title: "from every step to every step" },
  { name: "saturation", title: "saturated units" },
  { name: "clipping", title: "what clipping does" },
] as const;

const namesOf = <Name extends string>(options: readonly { readonly name: Name }[]) => options.map(({ name }) => name);

/** Settings in the address. */
export const networkFields = {
  first: choiceField(namesOf(cells), "rnn"),
  second: choiceField(namesOf(cells), "lstm"),
  units: integerField(16, { min: 1, max: 32 }),
  initial: choiceField(namesOf(initials), "uniform"),
  scaling: choiceField(namesOf(scalings), "gain"),
  scale: numberField(1, { min: 0, max: 4 }),
  phi: choiceField(activationNames, "tanh"),
  /** What the biases of forget gates begin at. */
  forget: numberField(1, { min: -10, max: 10 }),
  task: choiceField(namesOf(comparedTasks), "adding-problem"),
  length: integerField(30, { min: 2, max: 100 }),
  samples: integerField(16, { min: 1, max: 64 }),
  seed: integerField(1, { min: 0 }),
  clip: numberField(1, { min: 1e-6, max: 1e6 }),
  trainSteps: integerField(600, { min: 1, max: 20_000 }),
  trainBatch: integerField(32, { min: 1, max: 256 }),
  trainRate: numberField(0.01, { min: 1e-6, max: 10 }),
  view: choiceField(namesOf(views), "lags"),
  /** A network from elsewhere, to be looked at in place of the two. */
  network: textField(""),
};

export type NetworkValues = {
  -readonly [Name in keyof typeof networkFields]: ReturnType<(typeof networkFields)[Name]["read"]>;
};

/** What makes a network before training. */
export type FreshSettings = Pick<
  NetworkValues,
  "units" | "initial" | "scaling" | "scale" | "phi" | "forget" | "task" | "seed"
>;

/** Name and options of the model. */
export function modelOf({ units, initial, phi, forget }: FreshSettings, cell: CellName): NetworkData["model"] {
  const own =
    cell === "rnn" ? { activation: phi } : cell === "gru" ? { candidate: phi } : { candidate: phi, squash: phi };
  const biases = cell === "rnn" || cell === "gru" ? {} : { biases: { f: forget } };
  return { name: cell, hidden: units, initial, ...own, ...biases };
}

/** A network as it is drawn, its recurrent matrices scaled; or with the parameters of a training. */
export function networkOf(settings: FreshSettings, cell: CellName, trained?: ArrayData): NetworkData {
  const { task, seed, scaling, scale } = settings;
  const model = modelOf(settings, cell);
  const made = configuredModel({ task, model });
  const title = cells.find(({ name }) => name === cell)!.title;
  const parameters: Readonly<Record<string, NDArray>> = trained
    ? namedParameters(trained, layoutOf(made.model.parameters), 1)
    : scaledRecurrence(freshNetwork(made, seed).parameters, scaling === "gain" ? { gain: scale } : { radius: scale });
  return { title, task, model, parameters };
}

/** The length of problems that the task has, at most as long as was asked for if there is one. */
export function lengthOf(task: string | AnyTask, length: number): number {
  return nearestLength(typeof task === "string" ? findAnyTask(task) : task, length);
}

export type TrainSettings = FreshSettings &
  Pick<NetworkValues, "length" | "clip" | "trainSteps" | "trainBatch" | "trainRate">;

/** The training of one of the networks: without noise, on problems of one length. */
export function trainingOf(settings: TrainSettings, cell: CellName): TrainingConfig {
  const { task, seed, clip, trainSteps: steps, trainBatch: batch, trainRate: learningRate } = settings;
  const length = lengthOf(task, settings.length);
  return completeConfig({
    task,
    model: modelOf(settings, cell),
    ...{ seed, clip, steps, batch, learningRate },
    lengths: [length, length],
    schedule: { name: "constant" },
    stateNoise: null,
    solved: null,
    reportEvery: Math.max(1, Math.ceil(steps / 250)),
    checkpointEvery: Math.max(1, Math.ceil(steps / 30)),
  });
}

/** The parameters of a network as a training keeps them. */
export function joined(network: NetworkData): ArrayData {
  const { model } = networkOfData(network);
  return joinParameters(network.parameters, layoutOf(model.parameters), 1);
}

/** Settings that another training, and other networks, come of. */
export function identityOf(values: NetworkValues): string {
  const { view: _, samples: __, network: ___, ...rest } = values;
  return JSON.stringify(rest);
}

/** A trained network, or a population of them, out of the files of its run. */
import { LonghandError } from "../errors.ts";
import type { Checkpoint } from "../files/index.ts";
import { type NDArray, ndarray } from "../graph/index.ts";
import type { Model } from "../models/index.ts";
import type { Network } from "../networks/index.ts";
import { type AnyTask, exactTask } from "../tasks/index.ts";
import {
  configuredModel,
  layoutOf,
  namedParameters,
  type TrainingConfig,
  trainedParameters,
} from "../training/index.ts";
import { describedTraining, type Engine } from "./described.ts";
import { stateOf } from "./state.ts";

/** The network that a run has trained, or its population of networks. */
export interface Trained {
  readonly folder: string;
  /** Id of the run. */
  readonly run: string;
  readonly config: TrainingConfig;
  readonly engine: Engine;
  readonly task: AnyTask;
  readonly model: Model;
  /** Steps it was trained. */
  readonly step: number;
  /** Where its parameters of step 0 come from, where they weren't drawn: "full adder of papers/000, built by hand". */
  readonly origin?: string;
  /** Number of replicas. */
  readonly population: number;
  /** The population's parameters by name, each [population, …shape] (without that axis for one replica). */
  readonly parameters: Readonly<Record<string, NDArray>>;
  /** By replica: whether it was solved when last looked at. */
  readonly solved: readonly boolean[];
  /** By replica: whether its numbers stopped being finite. */
  readonly diverged: readonly boolean[];
}

/** What a run's files hold. */
export interface RunFiles {
  /** Where they lie: messages name it. */
  readonly folder: string;
  /** Id of the run. */
  readonly run: string;
  /** The `config` of config.json. */
  readonly config: unknown;
  readonly checkpoint: Checkpoint;
}

/**
 * The network of a checkpoint.
 * @throws LonghandError `format` when the configuration can't be used, or the checkpoint doesn't fit it.
 */
export function trainedFrom({ folder, run, config, checkpoint }: RunFiles): Trained {
  const { training, engine, origin } = describedTraining(config, folder);
  const { task, model } = configuredModel(training);
  const layout = layoutOf(model.parameters);
  const { state } = stateOf(checkpoint, layout, training.population);
  return {
    folder,
    run,
    config: training,
    engine,
    task,
    model,
    step: state.step,
    ...(origin !== undefined && { origin }),
    population: training.population,
    parameters: namedParameters(trainedParameters(state), layout, training.population),
    solved: state.solvedAt.map((at) => at !== null),
    diverged: state.divergedAt.map((at) => at !== null),
  };
}

/** One network of a population, by its number. */
export interface Replica {
  readonly replica: number;
  /** By name, each of the model's shape. */
  readonly parameters: Readonly<Record<string, NDArray>>;
}

/**
 * One replica of a trained population.
 * @param number from 0. Default: the first that is solved, or else the first that hasn't diverged.
 * @throws LonghandError `argument` when there is no such replica.
 */
export function replicaOf(trained: Trained, number?: number): Replica {
  const { population, solved, diverged } = trained;
  const preferred = [solved.indexOf(true), diverged.indexOf(false), 0].find((index) => index >= 0)!;
  const replica = number ?? preferred;
  if (!Number.isInteger(replica) || replica < 0 || replica >= population) {
    const range = population === 1 ? "0, the only one" : `from 0 to ${population - 1}`;
    throw new LonghandError("argument", `replica ${replica} of run ${trained.folder}: expected ${range}`);
  }
  if (population === 1) return { replica, parameters: trained.parameters };
  const parameters = Object.entries(trained.parameters).map(([name, { shape, data }]) => {
    const size = data.length / population;
    return [name, ndarray(data.slice(replica * size, (replica + 1) * size), shape.slice(1))] as const;
  });
  return { replica, parameters: Object.fromEntries(parameters) };
}

/**
 * One replica as a network: see `replicaOf`.
 * @throws LonghandError `argument` as `replicaOf`, and for a task that is drawn with its answers.
 */
export function networkOf(trained: Trained, number?: number): Network {
  const { task, model } = trained;
  return { task: exactTask(task), model, parameters: replicaOf(trained, number).parameters };
}

/** A trained network out of its run folder. Node only. */
import { LonghandError } from "../errors.ts";
import { readRun } from "../files/run-folder.ts";
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
import { describedRun, type Engine } from "./described.ts";
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

export interface OpenTrainedOptions {
  /** The step of a checkpoint. Default: the newest. */
  readonly checkpoint?: number;
  /** Where that one is damaged, take the newest before it that isn't. Default: false, an error. */
  readonly previous?: boolean;
}

/**
 * Reads a run's newest checkpoint (or the one chosen), whether or not its training is going on.
 * @throws LonghandError `file` when the folder is no run or has no checkpoint; `format` when its files are damaged, of
 *   another program or of a newer format.
 */
export async function openTrained(folder: string, options: OpenTrainedOptions = {}): Promise<Trained> {
  const { checkpoint: step, previous = false } = options;
  const run = await readRun(folder);
  const { training: config, engine, origin } = describedRun(run);
  const { task, model } = configuredModel(config);
  const layout = layoutOf(model.parameters);
  const loaded = await run.loadCheckpoint({ previous, ...(step !== undefined && { step }) });
  const { state } = stateOf(loaded.checkpoint, layout, config.population);
  return {
    folder,
    run: run.run,
    config,
    engine,
    task,
    model,
    step: state.step,
    ...(origin !== undefined && { origin }),
    population: config.population,
    parameters: namedParameters(trainedParameters(state), layout, config.population),
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

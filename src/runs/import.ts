/** Runs of networks that other tools trained. Node only. */
import { LonghandError } from "../errors.ts";
import { findModel, parseConfig } from "../models/index.ts";
import { encodingOf, type Foreign, foreignModel, foreignParameters } from "../networks/index.ts";
import { completeConfig, configuredModel, joinParameters, layoutOf, type TrainingConfig } from "../training/index.ts";
import { writePopulationRun } from "./given.ts";

export interface ImportRunOptions {
  /** Name of the task that the network is for. */
  readonly task: string;
  /** Where the network comes from, in words. */
  readonly origin: string;
  /** Name of the model, where several have the same parameters. Default: the one that other tools mean. */
  readonly model?: string | undefined;
  /** Options of the model that no file says, such as `activation` and `centred`, and settings of a training that goes on. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface ImportedRun {
  readonly config: TrainingConfig;
  /** How the network is given the task's problems, in words. */
  readonly encoding: string;
  /** Number of parameters. */
  readonly size: number;
}

/**
 * Writes a network that another tool trained as a run whose only checkpoint, of step 0, holds its parameters. All that takes
 * a trained network reads it; `resumeRun` trains on from it.
 * @param folder new or empty.
 * @throws LonghandError `shape` when the network doesn't read or answer what the task has; `argument` for a model that it
 *   isn't; `config`; `unknown-name`; `file` when the folder isn't empty or can't be written.
 */
export async function importRun(folder: string, foreign: Foreign, options: ImportRunOptions): Promise<ImportedRun> {
  const { task, origin, settings = {} } = options;
  const { model: own = {}, ...training } = settings as { model?: Record<string, unknown> };
  const { name, ...found } = foreignModel(foreign, options.model);
  // The model's own defaults: what is recommended for trainings may differ from them.
  const model = { name, ...parseConfig(findModel(name).options, { ...found, ...own }, `model ${name}`) };
  const config = completeConfig({ ...training, task, model, population: 1 });
  const made = configuredModel(config).model;
  const parameters = foreignParameters(foreign, made);
  for (const name of Object.keys(made.parameters)) {
    if (!parameters[name]) {
      throw new LonghandError("argument", `model ${made.name}: the file has nothing for its parameter "${name}"`);
    }
  }
  const layout = layoutOf(made.parameters);
  await writePopulationRun(folder, config, joinParameters(parameters, layout, 1), { origin });
  return { config, encoding: encodingOf(made.signature), size: layout.size };
}

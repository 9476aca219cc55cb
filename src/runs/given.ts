/** Run folders of networks whose parameters were chosen rather than trained: built by hand or solved for. Node only. */
import { encodeCheckpoint } from "../files/index.ts";
import { createRun } from "../files/run-folder.ts";
import { type ArrayData, ndarray } from "../graph/index.ts";
import { makeNetwork, type Network } from "../networks/index.ts";
import { checkpointOf } from "../trained/index.ts";
import { completeConfig, configuredModel, joinParameters, layoutOf, type TrainingConfig } from "../training/index.ts";
import { VERSION } from "../version.ts";
import { configHash } from "./described.ts";
import { trainingEngine } from "./train-run.ts";

export interface NetworkRunOptions {
  /** Where the parameters come from, in words: "full adder of papers/000, built by hand". */
  readonly origin: string;
  /** Whether the network is known to answer right. Default false. */
  readonly solved?: boolean;
  /** Settings of a training that goes on from these parameters, such as `steps` or `seed`. Default: those recommended. */
  readonly training?: Readonly<Record<string, unknown>>;
}

/**
 * Writes a network as a run whose only checkpoint, of step 0, holds its parameters in float64. `openTrained` and all that
 * takes a trained network read it; `resumeRun` trains on from it.
 * @param folder new or empty.
 * @throws LonghandError `file` when the folder isn't empty or can't be written; `shape` or `argument` for parameters that
 *   aren't the model's; `unknown-name` for a task or model that is in no list; `config`.
 */
export async function writeNetworkRun(
  folder: string,
  network: Network,
  options: NetworkRunOptions,
): Promise<TrainingConfig> {
  const { task, model, parameters } = makeNetwork(network);
  const { origin, solved = false, training = {} } = options;
  const config = completeConfig({
    ...training,
    task: task.name,
    model: { ...model.options, name: model.name },
    population: 1,
  });
  const layout = layoutOf(model.parameters);
  // All in float64: whoever goes on with fewer bits rounds them there.
  const exact = Object.entries(parameters).map(
    ([name, { shape, data }]) => [name, ndarray(Float64Array.from(data), shape)] as const,
  );
  await writePopulationRun(folder, config, joinParameters(Object.fromEntries(exact), layout, 1), { origin, solved });
  return config;
}

/**
 * Writes a population as a run whose only checkpoint, of step 0, holds its parameters.
 * @param config complete: see `completeConfig`.
 * @param parameters [population · size].
 * @throws LonghandError `file` when the folder isn't empty or can't be written.
 */
export async function writePopulationRun(
  folder: string,
  config: TrainingConfig,
  parameters: ArrayData,
  { origin, solved = false }: Pick<NetworkRunOptions, "origin" | "solved">,
): Promise<void> {
  const { population } = config;
  const { model } = configuredModel(config);
  const { engine, runtime } = await trainingEngine(config, config.runtime);
  const versions = { longhand: VERSION, runtime: runtime.description };
  await using run = await createRun(folder, { training: config, engine, origin }, { versions });
  const state = {
    step: 0,
    parameters,
    slots: {},
    longest: config.curriculum?.start ?? config.lengths[1],
    solvedAt: new Array(population).fill(solved ? 0 : null),
    divergedAt: new Array(population).fill(null),
  };
  const progress = { steps: config.steps, ends: null, configHash: configHash(config) };
  const checkpoint = checkpointOf(run.run, state, layoutOf(model.parameters), population, progress);
  await run.saveCheckpoint(await encodeCheckpoint(checkpoint), 0);
}

/** Populations that begin near a network built by hand. Node only. */
import * as z from "zod";
import { ndarray } from "../graph/index.ts";
import { findBuilt, makeNetwork, noisyParameters } from "../networks/index.ts";
import { randomSource } from "../random/index.ts";
import { exactTask } from "../tasks/index.ts";
import { configuredModel, joinParameters, layoutOf, type TrainingConfig } from "../training/index.ts";
import { writePopulationRun } from "./given.ts";

export const beginConfig = z.strictObject({
  /** Name of a network built by hand, of the same layers as the training's model. */
  network: z.string(),
  /** Factor on its weights and biases: units that aren't steps want larger ones. */
  scale: z.number().positive().default(1),
  /** Standard deviation of the normal noise that is then added to each of them, other noise in each replica. */
  noise: z.number().min(0).default(0),
});

/** Where a training begins. */
export type Begin = z.output<typeof beginConfig>;

/**
 * Writes a population near a network built by hand as a run of step 0.
 * @throws LonghandError `unknown-name` for a network that there isn't; `argument` or `shape` for one of other layers; `file`.
 */
export async function writeBeginning(folder: string, config: TrainingConfig, begin: Begin): Promise<void> {
  const { population, seed } = config;
  const { network, scale, noise } = begin;
  const { task, model } = configuredModel(config);
  const layout = layoutOf(model.parameters);
  const { parameters } = makeNetwork({
    task: exactTask(task),
    model,
    parameters: findBuilt(network).network.parameters,
  });
  const scaled = Object.entries(parameters).map(
    ([name, { shape, data }]) =>
      [
        name,
        ndarray(
          Float64Array.from(data, (value) => scale * value),
          shape,
        ),
      ] as const,
  );
  const random = randomSource(seed);
  const all = new Float64Array(population * layout.size);
  for (let draw = 0; draw < population; draw++) {
    const noisy = noisyParameters(Object.fromEntries(scaled), noise, random, { draw });
    all.set(joinParameters(noisy, layout, 1), draw * layout.size);
  }
  const parts = [network, ...(scale === 1 ? [] : [`times ${scale}`]), ...(noise > 0 ? [`with noise ${noise}`] : [])];
  await writePopulationRun(folder, config, all, { origin: parts.join(" ") });
}

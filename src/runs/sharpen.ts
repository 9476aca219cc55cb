/** Runs whose networks were made to decide. Node only. */
import { sharpened } from "../networks/index.ts";
import type { Trained } from "../trained/index.ts";
import { joinParameters, layoutOf } from "../training/index.ts";
import { writePopulationRun } from "./given.ts";

/**
 * Writes what a run trained, with all pre-activations times `factor` (see `sharpened`), as a run of its own, which isn't
 * counted as solved.
 * @param folder new or empty.
 * @throws LonghandError `argument` for the factor or the model; `file` when the folder isn't empty or can't be written.
 */
export async function sharpenRun(trained: Trained, factor: number, folder: string): Promise<void> {
  const { config, model, parameters, population, run } = trained;
  const made = sharpened(model, parameters, factor);
  await writePopulationRun(folder, config, joinParameters(made, layoutOf(model.parameters), population), {
    origin: `run ${run}, all pre-activations times ${factor}`,
  });
}

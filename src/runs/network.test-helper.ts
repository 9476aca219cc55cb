/** Networks that are in no folder, for tests. */
import type { NDArray } from "../graph/index.ts";
import { randomSource } from "../random/index.ts";
import type { Trained } from "../trained/index.ts";
import { completeConfig, configuredModel, drawParameters, layoutOf, namedParameters } from "../training/index.ts";

/** The network of a configuration; untrained unless there are parameters. */
export function networkOf(
  given: Parameters<typeof completeConfig>[0],
  parameters?: Readonly<Record<string, NDArray>>,
): Trained {
  const config = completeConfig(given);
  const { task, model } = configuredModel(config);
  const drawn = namedParameters(drawParameters(model.parameters, 1, randomSource(7)), layoutOf(model.parameters), 1);
  return {
    folder: "nowhere",
    run: "none",
    config,
    engine: { name: "reference", precision: 64, threads: 1 },
    task,
    model,
    step: 0,
    population: 1,
    parameters: parameters ?? drawn,
    solved: [true],
    diverged: [false],
  };
}

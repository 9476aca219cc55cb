/** A network that was trained in this page, as one of a run. */
import {
  configuredModel,
  layoutOf,
  namedParameters,
  type Trained,
  type TrainingConfig,
  type TrainingState,
  trainedParameters,
} from "longhand";

/**
 * What a run's files would hold: for `trainedNetwork`, `exportSafetensors`, `exportOnnx`.
 * @param config complete. @param state of the training.
 */
export function trainedHere(config: TrainingConfig, state: TrainingState): Trained {
  const { task, model } = configuredModel(config);
  const { population } = config;
  return {
    folder: `${task.name}, trained here`,
    run: "lab",
    config,
    engine: { name: "onnx-web", precision: state.parameters instanceof Float64Array ? 64 : 32, threads: 1 },
    task,
    model,
    step: state.step,
    population,
    parameters: namedParameters(trainedParameters(state), layoutOf(model.parameters), population),
    solved: state.solvedAt.map((at) => at !== null),
    diverged: state.divergedAt.map((at) => at !== null),
  };
}

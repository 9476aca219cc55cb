/** The training layer: what the layers above may use. */
export { batchParts, chunkFor, chunkOf, planBatch } from "./batch-parts.ts";
export { gradientProgram } from "./bins/program.ts";
export type { BinResult, RecipeState } from "./bins/recipe.ts";
export { trainBins } from "./bins/trainer.ts";
export {
  completeConfig,
  configuredModel,
  mergeConfig,
  type Own,
  type TrainingConfig,
  trainingConfig,
} from "./config.ts";
export type { TrainingEvent } from "./events.ts";
export { drawParameters, flatten, type Layout, layoutOf, unflatten } from "./flat.ts";
export {
  adam,
  adamax,
  adamaxClipped,
  makeOptimizer,
  momentum,
  type Optimizer,
  type OptimizerConfig,
  rmsprop,
  sgd,
} from "./optimizers/index.ts";
export {
  type Part,
  type PartResult,
  type PartRunner,
  type PartSource,
  type PartsOrder,
  partRunner,
} from "./parts/part.ts";
export { type PartsStep, type PartsStepper, partsStepper } from "./parts/step.ts";
export { type UpdateConfig, updateProgram } from "./parts/update.ts";
export { partsOf } from "./parts-of.ts";
export { accuracies, lossOf, problemLoss, type TrainingProgram, trainingProgram } from "./program.ts";
export { type ScheduleConfig, scheduleFactor } from "./schedules.ts";
export { type RunShard, shardsOf, trainPopulation } from "./shards.ts";
export { joinParameters, namedParameters, type TrainingState, trainedParameters } from "./state.ts";
export { type Answer, initialState, isSolvedBy, type TrainOptions, train } from "./trainer.ts";
export { addGradientNoise, clipByGlobalNorm, decayWeights, globalNorm } from "./transformations.ts";

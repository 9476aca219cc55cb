/** The trained layer: networks out of the files of runs and of other tools, into files for other tools, and proved. */
export { type DescribedTraining, describedTraining, type Engine } from "./described.ts";
export { type EvaluateOnOptions, evaluateOn, lengthsFor } from "./evaluate.ts";
export { describeTrained, exportOnnx, exportSafetensors, type ParameterNames } from "./export.ts";
export { readForeign } from "./foreign.ts";
export { proveChecked } from "./prove.ts";
export {
  type NewestRecords,
  newestRecords,
  type RunParts,
  type RunState,
  type RunSummary,
  summarizeRun,
} from "./run-summary.ts";
export { checkpointOf, type Ending, type Progress, stateOf, tensorsUnder } from "./state.ts";
export { networkOf, type Replica, type RunFiles, replicaOf, type Trained, trainedFrom } from "./trained.ts";

/** The runs layer: trainings in folders, and what is done with what they trained. Node only. */
export { applyProgram } from "./apply.ts";
export { configHash, type Engine } from "./described.ts";
export { type EvaluateTrainedOptions, evaluateTrained, type Finding, finding, lengthsFor } from "./evaluate.ts";
export { describeTrained, exportOnnx, exportSafetensors } from "./export.ts";
export { judged, type Prediction, type PredictOptions, predict, predictMany, unseen } from "./predict.ts";
export { writeResult } from "./result.ts";
export type { Ending } from "./state.ts";
export { type ResumeOptions, resumeRun, type StartOptions, startRun, type TrainingRun } from "./train-run.ts";
export { type OpenTrainedOptions, openTrained, type Replica, replicaOf, type Trained } from "./trained.ts";

/** The runs layer: trainings in folders, and what is done with what they trained. Node only. */
export { configHash } from "./described.ts";
export {
  type EvaluateTrainedOptions,
  evaluateTrained,
  type Finding,
  finding,
  lengthsFor,
} from "./evaluate.ts";
export { type NetworkRunOptions, writeNetworkRun } from "./given.ts";
export { type ImportedRun, type ImportRunOptions, importRun } from "./import.ts";
export { type PredictOptions, predict, predictMany, unseen } from "./predict.ts";
export {
  certificateFile,
  type ProveTrainedOptions,
  proveTrained,
  type ReplicaVerdict,
  readCertificate,
} from "./prove.ts";
export {
  type FigureRecord,
  type FigureRunRecord,
  figureRecord,
  type ReproduceEvent,
  reproduce,
} from "./reproduce.ts";
export {
  type Claim,
  type Figure,
  type FigureOptions,
  type FigureScale,
  type FigureSeries,
  type FigureTest,
  figureNames,
  loadFigure,
} from "./reproduce-config.ts";
export { type Machine, thisMachine } from "./reproduce-machine.ts";
export { type FigureRun, type LookPoint, type RunEnding, runsOf } from "./reproduce-run.ts";
export type { TestPoint } from "./reproduce-test.ts";
export { writeResult } from "./result.ts";
export { type SampleTextOptions, sampleText, type TextBits, textBits } from "./sample.ts";
export { sharpenRun } from "./sharpen.ts";
export {
  makeSurvey,
  type SurveyEvent,
  type SurveyRecord,
  type SurveyRowRecord,
  type SurveyTestRecord,
  type SurveyWorkOptions,
  surveyRecord,
} from "./survey.ts";
export type { Begin } from "./survey-begin.ts";
export {
  loadSurvey,
  type Survey,
  type SurveyOptions,
  type SurveyRow,
  type SurveyTest,
  surveyNames,
} from "./survey-config.ts";
export { type SurveyCurve, type SurveyCurves, surveyCurves } from "./survey-curves.ts";
export type { SurveyProof } from "./survey-run.ts";
export { type RunTrace, type TraceRunOptions, traceRun } from "./trace.ts";
export { type DrawnTrace, traceDrawn } from "./trace-drawn.ts";
export { type ResumeOptions, resumeRun, type StartOptions, startRun, type TrainingRun } from "./train-run.ts";
export { type OpenTrainedOptions, openTrained } from "./trained.ts";

/** The evaluation layer: what the layers above may use. */
export {
  checkLengths,
  drawHeldOut,
  type EvaluateOptions,
  type EvaluationProgress,
  type Evaluator,
  evaluator,
  type LengthResult,
  mistakesProgram,
  nearLengths,
  problemsARun,
} from "./evaluate.ts";
export { type NgramModel, ngramModel } from "./ngram.ts";
export {
  askedSum,
  type Judged,
  joinBatches,
  judge,
  type ProblemInputs,
  problemArrays,
  problemInputs,
  stepsOf,
} from "./problems.ts";
export { reachOf } from "./reach.ts";
export { type Rate, rate } from "./wilson.ts";

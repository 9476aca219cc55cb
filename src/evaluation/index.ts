/** The evaluation layer: what the layers above may use. */
export {
  checkLengths,
  type EvaluateOptions,
  type Evaluator,
  evaluator,
  type LengthResult,
  mistakesProgram,
} from "./evaluate.ts";
export { type Rate, rate } from "./wilson.ts";

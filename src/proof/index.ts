/**
 * The proof layer: what the layers above may use. `prove` looks for an invariant (invariant/) and writes it down as a
 * certificate, or looks for an input that fails (refute/). Networks of step units have finitely many states, which are all
 * walked over in exact arithmetic (exact/); their weights can be solved for (synthesis/). What is proved is a machine (extract/).
 */
export type {
  Certificate,
  Equation as CertificateEquation,
  InvariantSet,
  StateBounds,
  StepEquations as CertificateStep,
} from "./certificate.ts";
export { foreignPart, hashOfWeights, weightsOf } from "./certify.ts";
export { type EveryProblem, everyProblem } from "./every-problem.ts";
export {
  centreThresholds,
  exploreProduct,
  type Flaw as ProductFlaw,
  type Product as NetworkProduct,
  type UnitRange,
} from "./exact/product.ts";
export { stepEquations, stepMatrices } from "./exact/step-equations.ts";
export {
  type ExactParameters,
  exactAnswers,
  exactNetwork,
  networkOfSteps,
  type StepNetwork,
  type StepUnit,
  stepNetwork,
} from "./exact/step-network.ts";
export * from "./extract/index.ts";
export { type NoiseOptions, type NoisePoint, noiseCurve, noiseLevels } from "./noise.ts";
export { type ProveOptions, prove } from "./prove.ts";
export * from "./refute/index.ts";
export { type StatesDecider, type StatesVerdict, statesDecider } from "./states.ts";
export * from "./synthesis/index.ts";
export type { Refutation, Verdict } from "./verdict.ts";

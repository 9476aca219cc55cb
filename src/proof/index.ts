/** The proof layer: what the layers above may use. */
export type {
  Certificate,
  Equation as CertificateEquation,
  InvariantSet,
  StateBounds,
  StepEquations as CertificateStep,
} from "./certificate.ts";
export { foreignPart, hashOfWeights, weightsOf } from "./certify.ts";
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

/** The proof layer: what the layers above may use. */
export type { Certificate, Equation, InvariantSet, StateBounds, StepEquations } from "./certificate.ts";
export { foreignPart, hashOf, weightsOf } from "./certify.ts";
export * from "./extract/index.ts";
export { type NoiseOptions, type NoisePoint, noiseCurve, noiseLevels } from "./noise.ts";
export { type ProveOptions, prove } from "./prove.ts";
export { type StatesDecider, type StatesVerdict, statesDecider } from "./states.ts";
export type { Refutation, Verdict } from "./verdict.ts";

/** The proof layer: what the layers above may use. */
export type { Certificate, Equation, InvariantSet, StateBounds, StepEquations } from "./certificate.ts";
export { foreignPart, hashOf, weightsOf } from "./certify.ts";
export { type ProveOptions, prove } from "./prove.ts";
export type { Refutation, Verdict } from "./verdict.ts";

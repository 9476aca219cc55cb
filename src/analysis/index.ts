/** The analysis layer: what the layers above may use. */
export { coveringProblems, namedExamples, readExamples } from "./examples.ts";
export * from "./gradients/index.ts";
export { type PolynomialArray, type PolynomialOptions, polynomialOutputs } from "./polynomial-program.ts";
export {
  type Equation as PolynomialEquation,
  type Example as NumberExample,
  numberSystem,
  type PolynomialSystem,
  type SystemOptions,
  taskSystem,
} from "./polynomial-system.ts";
export * from "./regions/index.ts";
export * from "./unfolding/index.ts";
export { type Known as KnownParameters, type Unknowns, unknownParameters } from "./unknowns.ts";

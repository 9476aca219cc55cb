/** Unfolding in time: a recurrent network as a formula, and as a feedforward network. */
export {
  type Equivalence,
  type EquivalenceOptions,
  feedforwardProgram,
  recurrentProgram,
  unfoldingEquivalence,
} from "./equivalence.ts";
export type { FormulaSymbol, MarkSymbol, WrittenEquation } from "./formula.ts";
export { type UnfoldedSize, unfoldingGrowth } from "./growth.ts";
export { alignedLines, equationLines } from "./lines.ts";
export {
  drawnParameters,
  type NamedNetworkOptions,
  namedNetwork,
  networkOfModel,
  unfoldableNames,
} from "./named.ts";
export type { FormulaForm } from "./names.ts";
export { parametersOf as networkParameters, type RecurrentNetwork } from "./network.ts";
export { compareGraphs, type GraphComparison } from "./normal-form.ts";
export { unfoldedOnnx } from "./onnx.ts";
export {
  type Solution as UnfoldedFormula,
  type SolutionOptions as UnfoldedFormulaOptions,
  unfoldedFormula,
} from "./solution.ts";
export {
  type SharedWeights,
  type UnfoldedConnection,
  type UnfoldedLayer,
  type UnfoldedStructure,
  unfoldedStructure,
} from "./structure.ts";
export { type NearbyValue, type NetworkSymbol, networkSymbols } from "./symbols.ts";
export { type Quantity as NamedValue, type Unfolding, type UnfoldOptions, unfold } from "./unfold.ts";

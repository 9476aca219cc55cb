/** Gradients through time: as formulas of scalar networks, as numbers of any network. */
export { type Derived, deriveScalar, type ScalarDerivation } from "./derivation.ts";
export { balanced, type ScalarCase, scalarCases, scalarValues } from "./scalar-cases.ts";
export { curvesOverNumber, curvesOverSteps, type DerivativeCurve } from "./scalar-curves.ts";
export {
  type Assumed,
  type Assumptions,
  type ScalarNetwork,
  type ScalarStep,
  scalarLstm,
  scalarNetworks,
  scalarRnn,
} from "./scalar-networks.ts";
export { runScalar, type ScalarRun, type ScalarValues, scalarValueNames } from "./scalar-run.ts";

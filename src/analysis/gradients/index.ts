/** Gradients through time: as formulas of scalar networks, as numbers of any network. */
export {
  type GradientsByLag,
  gradientsByLag,
  type LagNorms,
  type LossGradients,
  lossGradients,
  type StateGradients,
} from "./by-lag.ts";
export { type ClippedStep, type ClippingEffect, clippingEffect } from "./clipping.ts";
export { type LagContribution, lagContributions, sumOfContributions } from "./contributions.ts";
export {
  type Derived,
  deriveScalar,
  type ScalarChainRule,
  type ScalarDerivation,
  scalarChainRule,
  type ValuedFactor,
} from "./derivation.ts";
export {
  type JacobianProduct,
  jacobianMap,
  jacobianProducts,
  type Spectrum,
  type StepPullback,
  singularValues,
  stepJacobians,
  stepPullback,
} from "./jacobians.ts";
export { type GradientLook, gradientLook, type LookOptions, nearestLength, ratePerStep } from "./look.ts";
export {
  freshNetwork,
  type GradientNetwork,
  type GradientProbe,
  gradientProbe,
  lastAsked,
  type ProbeOptions,
  type Trajectory,
  trajectoryOf,
} from "./probe.ts";
export {
  type RecurrenceScale,
  recurrentMatrices,
  recurrentRadii,
  scaledRecurrence,
  spectralRadius,
} from "./recurrence.ts";
export { type SaturationLayer, saturationOf } from "./saturation.ts";
export { balanced, type ScalarCase, scalarCases, scalarValues } from "./scalar-cases.ts";
export { curvesOverNumber, curvesOverSteps, type DerivativeCurve } from "./scalar-curves.ts";
export {
  type Assumed,
  type Assumptions,
  type ScalarActivation,
  type ScalarGates,
  type ScalarLstmOptions,
  type ScalarNetwork,
  type ScalarStep,
  scalarActivations,
  scalarGates,
  scalarLstm,
  scalarLstmWith,
  scalarNetworks,
  scalarRnn,
  scalarRnnWith,
} from "./scalar-networks.ts";
export { runScalar, type ScalarRun, type ScalarRunOptions, type ScalarValues, scalarValueNames } from "./scalar-run.ts";

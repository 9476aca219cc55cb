/** The networks layer: what the layers above may use. */

export {
  type BuiltNetwork,
  builtNetworks,
  findBuilt,
  fullAdder,
  fullAdderWithMargin,
  incrementNetwork,
  parityNetwork,
  threeUnitAdder,
} from "./built/index.ts";
export {
  encodingOf,
  type Foreign,
  foreignModel,
  foreignParameters,
  type PackedArrays,
} from "./foreign/foreign.ts";
export { readOnnx } from "./foreign/onnx.ts";
export { readTorch, writeTorch } from "./foreign/torch.ts";
export { machineOf, makeNetwork, type Network } from "./network.ts";
export { type NoisyConnections, type NoisyOptions, noisyParameters } from "./noisy.ts";
export { judged, type Prediction } from "./prediction.ts";
export { drawSymbol, type SampleOptions, sampleSymbols, symbolWeights } from "./sample.ts";
export { sharpened } from "./sharpen.ts";
export { firstStepProgram, stateInput, stateOutput, stepProgram } from "./step.ts";
export {
  answeringSteps,
  type Move as NetworkMove,
  type Moved as NetworkMoved,
  moveInputs,
  type Stepper as NetworkStepper,
  stateArrays,
  stateMade,
  stepperOf,
} from "./stepper.ts";
export { type NetworkSteps, stepThrough } from "./steps.ts";
export {
  type NetworkTrace,
  type OpenFor,
  type TraceNetworkOptions,
  type Tracer,
  type TraceValues,
  traceNetwork,
  tracer,
  unitValues,
  withoutBatch,
} from "./trace.ts";
export { type VisitedState, type VisitOptions, visitedStates } from "./visited.ts";
export {
  type Connection,
  rewired,
  subscript,
  type UnitNames,
  type UnitPlace,
  unitNames,
  type WiredUnit,
  type Wiring,
  wiringOf,
} from "./wiring.ts";

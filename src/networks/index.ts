/** The networks layer: what the layers above may use. */
export { machineOf, makeNetwork, type Network } from "./network.ts";
export { firstStepProgram, stateInput, stateOutput, stepProgram } from "./step.ts";

/** The cells layer: what the layers above may use. */
export {
  type Activation,
  type ActivationChoice,
  type ActivationName,
  activation,
  activationNames,
} from "./activations.ts";
export {
  type Cell,
  type CellOptions,
  defineCell,
  makeCell,
  type ParameterSpec,
  type Step,
  type Tensors,
} from "./cell.ts";
export { type CgruOptions, type CgruStep, cgru } from "./cgru.ts";
export { type DcgruOptions, type DcgruStep, dcgru, gateDirections } from "./dcgru.ts";
export { dcm } from "./dcm.ts";
export { feedforward } from "./feedforward.ts";
export { gru, gruResetBefore } from "./gru.ts";
export { type IlrnnOptions, ilrnn } from "./ilrnn.ts";
export {
  constantInitializer,
  glorot,
  he,
  type Initializer,
  type InitializerName,
  initializerNames,
  namedInitializer,
  normalByFanIn,
  orthogonal,
  uniformByFanIn,
  zeros,
} from "./initializers.ts";
export { kumar } from "./kumar.ts";
export { lstm, lstmSigmoid } from "./lstm.ts";
export { lstmPeephole } from "./lstm-peephole.ts";
export { type NativeForm, nativeActivations } from "./native.ts";
export { type Packed, type Packing, pack, unpack } from "./packing.ts";
export { rnn } from "./rnn.ts";
export { rnnPreactivation } from "./rnn-preactivation.ts";
export { saturation } from "./saturation.ts";
export { inLayer, ofLayer, type StackOptions, stack, unprefixed } from "./stack.ts";
export { initialStateParameters, learnedInitialState, type Unrolled, type UnrollOptions, unroll } from "./unroll.ts";

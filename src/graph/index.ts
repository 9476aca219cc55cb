/** The graph layer: what the layers above may use. */
export { type ArrayData, type DType, dtypeOf, type NDArray, ndarray, sizeOf } from "./array.ts";
export { boundsOf, boundsOfSteps, type TensorBounds } from "./bounds.ts";
export { convolve, shift } from "./convolution.ts";
export {
  type Dimension,
  elements,
  evaluate as evaluateDimension,
  minus,
  monomials,
  openNames,
  plus,
  printShape,
  type Shape,
  times,
} from "./dimension.ts";
export { formula, recurrence } from "./formula.ts";
export { gradient } from "./gradient.ts";
export type {
  Call,
  Interval,
  Lowering,
  OnnxAttributes,
  OnnxAttributeValue,
  Operator,
  Printed,
  PrintStyle,
} from "./operator.ts";
export { add, div, max, min, mul, neg, sub } from "./operators/arithmetic.ts";
export { concat, pad, type SliceOptions, slice } from "./operators/arrange.ts";
export { expand, type ReduceOptions, reduceSum } from "./operators/broadcast.ts";
export { constant, type Operand, scalar } from "./operators/constant.ts";
export { cos, exp, log, pow, reciprocal, sigmoid, sin, softplus, sqrt, tanh } from "./operators/functions.ts";
export { gather, oneHot } from "./operators/gather.ts";
export { and, cast, equal, greater, greaterOrEqual, less, lessOrEqual, not, or, where } from "./operators/logic.ts";
export { matmul } from "./operators/matmul.ts";
export { abs, clip, floor, hardSigmoid, hardTanh, relu, sign, step } from "./operators/piecewise.ts";
export { argMax, reduceMax, reduceMean, reduceMin } from "./operators/reduction.ts";
export { reshape, squeeze, unsqueeze } from "./operators/reshape.ts";
export { logSoftmax, softmax } from "./operators/softmax.ts";
export { stopGradient, straightThroughStep, surrogate } from "./operators/surrogate.ts";
export { swapLastAxes, transpose } from "./operators/transpose.ts";
export { type OptimizeOptions, optimize } from "./optimize/optimize.ts";
export { bindDimensions, type Program, program } from "./program.ts";
export {
  expose,
  type NativeOutput,
  type NativeScan,
  replaceInputs,
  type ScanBody,
  type ScanOptions,
  scan,
  scanInputs,
} from "./scan.ts";
export { describe, input, type Node, type OperatorNode, place, type ScanNode, type Tensor } from "./tensor.ts";
export { topologicalOrder } from "./traverse.ts";
export { unrollScans } from "./unroll-scans.ts";
export { vectorize } from "./vectorize.ts";

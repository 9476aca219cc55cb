/** ONNX files: models and tensors as plain values, to and from the bytes of `.onnx` and `.pb` files. */
export { fromNDArray, toNDArray } from "./convert.ts";
export { decodeModel } from "./decode.ts";
export { codeOf, type ElementType, elementTypeOf, type TensorData } from "./elements.ts";
export { encodeModel } from "./encode.ts";
export type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, ValueInfo } from "./model.ts";
export { decodeTensor, encodeTensor, type OnnxTensor } from "./tensor.ts";

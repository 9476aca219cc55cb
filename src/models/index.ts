/** The models layer: what the layers above may use. */
import { unknownName } from "../errors.ts";
import { dngpuModel } from "./dngpu.ts";
import { ilrnnModel } from "./ilrnn.ts";
import type { ModelKind } from "./model.ts";
import { neuralGpuModel } from "./neural-gpu.ts";
import { recurrentModels, stackModel } from "./recurrent/index.ts";

export { initialStateParameters, learnedInitialState, type Unrolled, unroll } from "../cells/index.ts";
export { applyProgram, parameterInputs, symbolsInput } from "./apply.ts";
export { chosenMasks, type DropoutMasks } from "./dropout.ts";
export { decodeLogits, encodeSymbols, featureCount, logitCount } from "./encode.ts";
export {
  binaryCrossEntropy,
  crossEntropyOfOutputs,
  halfSquares,
  maskedMean,
  softmaxCrossEntropy,
} from "./losses.ts";
export {
  type Applied,
  type ApplyOptions,
  type CostName,
  defineModel,
  type Model,
  type ModelKind,
  parseConfig,
  type Signature,
} from "./model.ts";
export { type Readout, readBy, readouts } from "./readouts.ts";
export { type CellKind, cellKinds, partPrefixes, recurrentModels } from "./recurrent/index.ts";
export { dngpuModel, ilrnnModel, neuralGpuModel, stackModel };

/** All kinds of models. */
export const models: readonly ModelKind[] = [ilrnnModel, ...recurrentModels, stackModel, dngpuModel, neuralGpuModel];

/** Elman's network. */
export const rnnModel: ModelKind = recurrentModels.find(({ name }) => name === "rnn")!;

/**
 * The kind of model of this name.
 * @throws LonghandError `unknown-name`.
 */
export function findModel(name: string): ModelKind {
  const found = models.find((kind) => kind.name === name);
  if (!found)
    throw unknownName(
      "model",
      name,
      models.map((kind) => kind.name),
    );
  return found;
}

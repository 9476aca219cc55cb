/** Networks that other tools trained, out of their files. */
import * as z from "zod";
import { LonghandError } from "../errors.ts";
import { decodeSafetensors } from "../files/index.ts";
import { type Foreign, readOnnx, readTorch } from "../networks/index.ts";
import { decodeModel } from "../runtime/onnx/proto.ts";

/**
 * The network in a file: a safetensors file with PyTorch's names (see `readTorch`), or an ONNX model (see `readOnnx`).
 * Files that Longhand exported say which of several models it is, its functions, and whether bits are ±1.
 * @param file ends in .safetensors or .onnx.
 * @throws LonghandError `argument` for another ending; what the readers throw.
 */
export function readForeign(file: string, bytes: Uint8Array): Foreign {
  if (file.endsWith(".onnx")) {
    const model = decodeModel(bytes);
    return asDescribed(readOnnx(model), model.metadata);
  }
  if (file.endsWith(".safetensors")) {
    const { tensors, metadata } = decodeSafetensors(bytes);
    return asDescribed(readTorch(tensors), metadata);
  }
  throw new LonghandError("argument", `received "${file}", expected a name ending in .onnx or .safetensors`);
}

/** Options that change no parameter's shape. */
const toldOptions = z.looseObject({}).transform((options) => {
  const names = ["activation", "gate", "candidate", "squash", "centred"];
  return Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)));
});

/** With what the metadata of a file that Longhand exported say of its model: see `describeTrained`. */
function asDescribed(foreign: Foreign, metadata: Readonly<Record<string, string>>): Foreign {
  const { model, "model.options": text } = metadata;
  if (model === undefined || text === undefined || !foreign.models.includes(model)) return foreign;
  try {
    const options = toldOptions.parse(JSON.parse(text));
    return { ...foreign, models: [model, ...foreign.models], options: { ...foreign.options, ...options } };
  } catch (cause) {
    throw new LonghandError("format", `the metadata "model.options" hold ${text}, expected a JSON object`, { cause });
  }
}

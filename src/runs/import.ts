/** Runs of networks that other tools trained. Node only. */
import * as z from "zod";
import { LonghandError } from "../errors.ts";
import { decodeSafetensors } from "../files/index.ts";
import { findModel, parseConfig } from "../models/index.ts";
import { encodingOf, type Foreign, foreignModel, foreignParameters, readOnnx, readTorch } from "../networks/index.ts";
import { decodeModel } from "../runtime/onnx/proto.ts";
import { completeConfig, configuredModel, joinParameters, layoutOf, type TrainingConfig } from "../training/index.ts";
import { writePopulationRun } from "./given.ts";

export interface ImportRunOptions {
  /** Name of the task that the network is for. */
  readonly task: string;
  /** Where the network comes from, in words. */
  readonly origin: string;
  /** Name of the model, where several have the same parameters. Default: the one that other tools mean. */
  readonly model?: string | undefined;
  /** Options of the model that no file says, such as `activation` and `centred`, and settings of a training that goes on. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface ImportedRun {
  readonly config: TrainingConfig;
  /** How the network is given the task's problems, in words. */
  readonly encoding: string;
  /** Number of parameters. */
  readonly size: number;
}

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

/**
 * Writes a network that another tool trained as a run whose only checkpoint, of step 0, holds its parameters. All that takes
 * a trained network reads it; `resumeRun` trains on from it.
 * @param folder new or empty.
 * @throws LonghandError `shape` when the network doesn't read or answer what the task has; `argument` for a model that it
 *   isn't; `config`; `unknown-name`; `file` when the folder isn't empty or can't be written.
 */
export async function importRun(folder: string, foreign: Foreign, options: ImportRunOptions): Promise<ImportedRun> {
  const { task, origin, settings = {} } = options;
  const { model: own = {}, ...training } = settings as { model?: Record<string, unknown> };
  const { name, ...found } = foreignModel(foreign, options.model);
  // The model's own defaults: what is recommended for trainings may differ from them.
  const model = { name, ...parseConfig(findModel(name).options, { ...found, ...own }, `model ${name}`) };
  const config = completeConfig({ ...training, task, model, population: 1 });
  const made = configuredModel(config).model;
  const parameters = foreignParameters(foreign, made);
  for (const name of Object.keys(made.parameters)) {
    if (!parameters[name]) {
      throw new LonghandError("argument", `model ${made.name}: the file has nothing for its parameter "${name}"`);
    }
  }
  const layout = layoutOf(made.parameters);
  await writePopulationRun(folder, config, joinParameters(parameters, layout, 1), { origin });
  return { config, encoding: encodingOf(made.signature), size: layout.size };
}

/** Networks out of files that a visitor has: what Longhand wrote says what it is, what others wrote needs a task. */
import {
  completeConfig,
  configuredModel,
  decodeCheckpoint,
  decodeSafetensors,
  findModel,
  foreignModel,
  foreignParameters,
  LonghandError,
  type NDArray,
  parseConfig,
  readForeign,
  readRunConfigText,
  replicaOf,
  type Trained,
  trainedFrom,
} from "longhand";
import { type NetworkData, networkOfData } from "./data.ts";

/** A file with a name, as a browser gives it, or as a server does. */
export interface NamedFile {
  /** With the folders that it lies in: "runs/adder/config.json". */
  readonly path: string;
  readonly bytes: () => Promise<Uint8Array<ArrayBuffer>>;
  /** When it was last written, in milliseconds since 1970, where that is known. */
  readonly modified?: number;
}

/**
 * Reads what `longhand export <run> file.safetensors` writes.
 * @param title what the network is called in the page.
 * @throws LonghandError `format` or `shape` naming what is missing or damaged.
 */
export function readNetwork(title: string, bytes: Uint8Array): NetworkData {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const described = ownMetadata(metadata);
  if (!described) {
    throw new LonghandError("format", `${title}: doesn't say its task and model; expected a file of longhand export`);
  }
  return checked({ title, ...described, parameters: tensors });
}

/** The task and the model that a file of Longhand's says it holds, under the model's own names. */
function ownMetadata(metadata: Readonly<Record<string, string>>): Pick<NetworkData, "task" | "model"> | undefined {
  const { task, "model.options": options } = metadata;
  if (task === undefined || options === undefined) return undefined;
  return { task, model: JSON.parse(options) as NetworkData["model"] };
}

function checked(data: NetworkData): NetworkData {
  networkOfData(data);
  return data;
}

/**
 * Reads a .safetensors or .onnx file of any tool.
 * @param task that the network is for, where the file doesn't say it.
 * @throws LonghandError `argument` where nobody says the task; what `readForeign` throws.
 */
export function readNetworkFile(name: string, bytes: Uint8Array, task?: string): NetworkData {
  if (name.endsWith(".safetensors")) {
    const { tensors, metadata } = decodeSafetensors(bytes);
    const described = ownMetadata(metadata);
    const known = described && configuredModel(described).model.parameters;
    if (described && Object.keys(tensors).every((parameter) => known && parameter in known)) {
      return checked({ title: name, ...described, parameters: tensors });
    }
  }
  const foreign = readForeign(name, bytes);
  if (task === undefined) {
    throw new LonghandError("argument", `${name}: a network of ${foreign.models[0]} cells; expected its task too`);
  }
  const { name: model, ...options } = foreignModel(foreign);
  const configured = { name: model, ...parseConfig(findModel(model).options, options, `model ${model}`) };
  const { model: made } = configuredModel(completeConfig({ task, model: configured }));
  return checked({ title: name, task, model: configured, parameters: foreignParameters(foreign, made) });
}

/**
 * The newest checkpoint of a run folder.
 * @param files of the folder and of the folders in it.
 * @throws LonghandError `file` where there is no config.json or no checkpoint; `format` for damaged ones.
 */
export async function readRunFolder(files: readonly NamedFile[]): Promise<Trained> {
  const config = files.find(({ path }) => /(^|\/)config\.json$/.test(path));
  if (!config) throw new LonghandError("file", `expected a run folder with config.json, received ${listed(files)}`);
  const folder = config.path.slice(0, -"/config.json".length) || "run";
  const described = readRunConfigText(new TextDecoder().decode(await config.bytes()), config.path);
  const [newest] = files
    .flatMap(({ path, bytes }) => {
      const step = /\/checkpoints\/(?:final-|best-)?(\d{8,16})\.safetensors$/.exec(`/${path}`)?.[1];
      return step === undefined ? [] : [{ step: Number(step), bytes }];
    })
    .sort((a, b) => b.step - a.step);
  if (!newest) throw new LonghandError("file", `${folder}: no checkpoint in it`);
  const checkpoint = await decodeCheckpoint(await newest.bytes(), { run: described.run });
  return trainedFrom({ folder, run: described.run, config: described.config, checkpoint });
}

/**
 * One network of a trained population.
 * @param number from 0. Default: the first that is solved.
 */
export function trainedNetwork(trained: Trained, number?: number): NetworkData {
  const { task, config, folder, step, population } = trained;
  const { replica, parameters } = replicaOf(trained, number);
  const which = population > 1 ? `, network ${replica}` : "";
  return checked({
    title: `${folder}${which}, step ${step}`,
    task: task.name,
    model: config.model as NetworkData["model"],
    parameters: parameters as Record<string, NDArray>,
  });
}

function listed(files: readonly NamedFile[]): string {
  const names = files.slice(0, 3).map(({ path }) => path);
  return names.length === 0
    ? "nothing"
    : `${names.join(", ")}${files.length > 3 ? ` and ${files.length - 3} more` : ""}`;
}

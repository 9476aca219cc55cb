/** Networks whose gradients are looked at: of runs, built by hand, or just drawn. */
import {
  builtNetworks,
  findAnyTask,
  findModel,
  freshNetwork,
  type GradientNetwork,
  LonghandError,
  models,
  replicaOf,
  signatureOf,
  type Task,
  type TrainingConfig,
  unknownName,
} from "../src/index.ts";
import { openTrained } from "../src/node.ts";
import { historyOf, originOf } from "./network.ts";
import { readSettings } from "./options.ts";

export interface SourceOptions {
  readonly task?: string;
  readonly set?: readonly string[];
  readonly seed?: number;
  readonly replica?: number;
  readonly checkpoint?: number;
  readonly previousCheckpoint?: boolean;
}

export interface GradientSource {
  /** As it was written on the command line. */
  readonly text: string;
  readonly network: GradientNetwork;
  /** Where it comes from, in words. */
  readonly origin: string;
  /** What it was, or would be, trained on. */
  readonly loss: TrainingConfig["loss"];
  /** The limit of its training's clipping. */
  readonly clip?: number;
  readonly replica: number | null;
}

/** The task of networks that are just drawn, where none is named: every symbol matters to every later answer. */
export const DEFAULT_TASK = "parity";

/**
 * The networks that these names stand for: models, networks built by hand, and runs' folders.
 * @throws LonghandError `file` for what is none of them; `argument` for a task that a run doesn't have.
 */
export async function gradientSources(texts: readonly string[], options: SourceOptions): Promise<GradientSource[]> {
  const settings = modelSettings(texts, options.set ?? []);
  const sources: GradientSource[] = [];
  for (const text of texts) sources.push(await sourceOf(text, settings, options));
  return sources;
}

async function sourceOf(
  text: string,
  settings: Readonly<Record<string, unknown>>,
  options: SourceOptions,
): Promise<GradientSource> {
  if (isModel(text)) {
    const { seed = 1 } = options;
    const task = findAnyTask(options.task ?? DEFAULT_TASK);
    const kind = findModel(text);
    const own = Object.entries(settings).filter(([key]) => key in kind.options.shape);
    const model = kind.build(Object.fromEntries(own), signatureOf(task));
    const origin = `before training, seed ${seed}`;
    return { text, network: freshNetwork({ task, model }, seed), origin, loss: "cross-entropy", replica: null };
  }
  const built = builtNetworks.find(({ name }) => name === text);
  if (built) {
    checkTask(text, built.network.task, options.task);
    return { text, network: built.network, origin: originOf(built), loss: "cross-entropy", replica: null };
  }
  const { checkpoint, previousCheckpoint: previous = false } = options;
  const trained = await openTrained(text, { previous, ...(checkpoint !== undefined && { checkpoint }) });
  const { replica, parameters } = replicaOf(trained, options.replica);
  const { task, model } = trained;
  checkTask(text, task, options.task);
  const { loss, clip } = trained.config;
  return {
    text,
    network: { task, model, parameters },
    origin: historyOf(trained),
    loss,
    ...(clip !== null && { clip }),
    replica,
  };
}

const isModel = (text: string) => models.some(({ name }) => name === text);

function checkTask(text: string, task: Pick<Task, "name">, asked: string | undefined): void {
  if (asked === undefined || findAnyTask(asked).name === task.name) return;
  throw new LonghandError("argument", `--task: received "${asked}" for ${text}, whose task is ${task.name}`);
}

/** Settings model.… of the networks that are drawn; each is for those that have it, and one of them must. */
function modelSettings(texts: readonly string[], set: readonly string[]): Record<string, unknown> {
  if (set.length === 0) return {};
  const drawn = texts.filter(isModel);
  if (drawn.length === 0) {
    throw new LonghandError(
      "argument",
      `--set: received "${set[0]}" for ${texts.join(", ")}, which have their settings`,
    );
  }
  const { model = {}, ...others } = readSettings(set);
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw new LonghandError("argument", `--set: received ${other}, expected settings of models, as in model.hidden=32`);
  }
  const known = [...new Set(drawn.flatMap((name) => Object.keys(findModel(name).options.shape)))];
  for (const key of Object.keys(model as object)) {
    if (!known.includes(key)) throw unknownName(`option of ${drawn.join(", ")}`, key, known);
  }
  return model as Record<string, unknown>;
}

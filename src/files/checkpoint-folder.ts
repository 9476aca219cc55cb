/** The checkpoints of a run: `<step>.safetensors`, and apart from those the best and the final one. Node only. */
import { join } from "node:path";
import { LonghandError } from "../errors.ts";
import { type Checkpoint, decodeCheckpoint } from "./checkpoint.ts";
import { attempt, type FileSystem, systemCode, writeDurably } from "./file-system.ts";
import { checkStep } from "./metrics-file.ts";

/** Checkpoints that are kept whatever comes later, one of each. */
export type KeptName = "best" | "final";

/** A checkpoint read from a run's folder. */
export interface LoadedCheckpoint {
  readonly step: number;
  readonly path: string;
  readonly checkpoint: Checkpoint;
}

/** Which checkpoint to load. */
export interface CheckpointChoice {
  /** The one saved at this step. Default: the newest. */
  readonly step?: number;
  /** The one kept under this name instead of a numbered one. */
  readonly name?: KeptName;
  /** Whether to take the newest undamaged one before it where the chosen one is damaged. Default: false, an error. */
  readonly previous?: boolean;
}

interface Entry {
  readonly step: number;
  readonly name: KeptName | undefined;
  readonly path: string;
}

/** Steps of the numbered checkpoints, newest first. */
export async function checkpointSteps(fs: FileSystem, folder: string): Promise<number[]> {
  return (await listEntries(fs, folder)).filter(({ name }) => name === undefined).map(({ step }) => step);
}

/** Name of the numbered checkpoint of a step. */
export function checkpointFile(step: number): string {
  return `${String(step).padStart(8, "0")}.safetensors`;
}

/**
 * Writes a checkpoint so that a crash at any moment loses none, and only then removes those no longer wanted: all but
 * the newest `keep`, and those of later steps, which training left behind when it went back to an earlier one.
 * @param options.keep how many numbered checkpoints stay, ≥ 1
 * @param options.as names under which it is kept besides
 * @throws LonghandError `file` naming path and cause; all earlier checkpoints are still there then
 */
export async function writeCheckpoint(
  fs: FileSystem,
  folder: string,
  bytes: Uint8Array,
  step: number,
  options: { readonly keep: number; readonly as: readonly KeptName[] },
): Promise<void> {
  checkStep(step, "saveCheckpoint");
  const file = checkpointFile(step);
  await writeDurably(fs, join(folder, file), bytes);
  for (const name of options.as) await writeDurably(fs, join(folder, `${name}-${file}`), bytes);

  const entries = await listEntries(fs, folder);
  const numbered = entries.filter((entry) => entry.name === undefined && entry.step <= step);
  const wanted = new Set(numbered.slice(0, options.keep));
  for (const entry of entries) {
    const unwanted =
      entry.name === undefined ? !wanted.has(entry) : options.as.includes(entry.name) && entry.step !== step;
    if (unwanted) await attempt("remove", entry.path, () => fs.remove(entry.path));
  }
}

/**
 * Reads a checkpoint and checks that it is whole and belongs to the run.
 * @param run the run's id
 * @throws LonghandError `file` when there is none, or it can't be read; `format` when it is damaged, naming the file,
 *   the reason and the earlier ones that are good
 */
export async function readCheckpoint(
  fs: FileSystem,
  folder: string,
  run: string,
  choice: CheckpointChoice,
): Promise<LoadedCheckpoint> {
  const entries = (await listEntries(fs, folder)).filter(({ name }) => name === choice.name);
  const kind = choice.name ? `${choice.name} checkpoint` : "checkpoint";
  if (entries.length === 0) throw new LonghandError("file", `there is no ${kind} in ${folder} yet`);
  const first = choice.step === undefined ? 0 : entries.findIndex(({ step }) => step === choice.step);
  if (first < 0) {
    const steps = entries.map(({ step }) => step).join(", ");
    throw new LonghandError("file", `there is no ${kind} of step ${choice.step} in ${folder}; there are: ${steps}`);
  }

  const good: LoadedCheckpoint[] = [];
  let failure: LonghandError | undefined; // the chosen one's
  for (const { step, path } of entries.slice(first)) {
    try {
      const checkpoint = await decodeCheckpoint(await attempt("read", path, () => fs.read(path)), { run });
      if (!failure || choice.previous) return { step, path, checkpoint };
      good.push({ step, path, checkpoint });
    } catch (error) {
      if (!(error instanceof LonghandError)) throw error;
      failure ??= error;
    }
  }
  const path = entries[first]!.path;
  const advice =
    good.length === 0
      ? "There is no earlier one that is good."
      : `Earlier ones that are good: ${good.map((loaded) => `step ${loaded.step}`).join(", ")}. ` +
        `To go on from step ${good[0]!.step}, add --previous-checkpoint.`;
  throw new LonghandError("format", `can't use ${path}: ${failure!.message}. ${advice}`, { cause: failure });
}

/** The checkpoints in a folder, newest first. Files of other names are somebody else's. */
async function listEntries(fs: FileSystem, folder: string): Promise<Entry[]> {
  const names = await attempt("list", folder, () =>
    fs.list(folder).catch((error: unknown) => {
      if (systemCode(error) === "ENOENT") return [];
      throw error;
    }),
  );
  const entries = names.flatMap((file): Entry[] => {
    const [, name, step] = /^(?:(best|final)-)?(\d{8,16})\.safetensors$/.exec(file) ?? [];
    if (step === undefined) return [];
    return [{ step: Number(step), name: name as KeptName | undefined, path: join(folder, file) }];
  });
  return entries.sort((a, b) => b.step - a.step);
}

/** The runs in a folder and the folders below it. Node only. */
import { lstat, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { LonghandError } from "../errors.ts";
import { isLock } from "../files/lock.ts";
import type { RunSummary } from "../trained/index.ts";
import { type Inside, isMissing } from "./inside.ts";
import { type DamagedRun, summaryOf } from "./run-summary.ts";
import { isName } from "./target.ts";

/** Folders below the one looked into; a figure's or a survey's runs lie two below. */
const DEEPEST = 5;

/** Folders that are looked into: somebody may give "/". */
const MOST = 5000;

export interface RunList {
  /** The folder looked into. */
  readonly folder: string;
  /** Whether all folders were looked into. */
  readonly isComplete: boolean;
  /** Those last written first; damaged ones last. */
  readonly runs: readonly (RunSummary | DamagedRun)[];
}

/** What was listed of folders, and of which state of their files: most runs are over, and aren't read again. */
export type KnownRuns = Map<string, { readonly stamp: string; readonly run: RunSummary | DamagedRun | undefined }>;

/**
 * Lists the runs in a folder: itself, where it is one, or else those below it. Links and names that begin with a dot are passed
 * over, and what lies within a run.
 * @param known from the last time; it is changed.
 */
export async function listRuns(inside: Inside, known: KnownRuns = new Map()): Promise<RunList> {
  const { folder } = inside;
  const runs: (RunSummary | DamagedRun)[] = [];
  let left = MOST;
  let isComplete = true;
  async function look(names: readonly string[]): Promise<void> {
    if (left-- <= 0 || names.length > DEEPEST) {
      isComplete = false;
      return;
    }
    const path = join(folder, ...names);
    const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const files = new Set(entries.map(({ name }) => name));
    const stamp = await stampOf(path, files);
    const before = known.get(path);
    const isSame = stamp !== undefined && before?.stamp === stamp;
    const found = isSame ? before.run : await readListed(inside, path, idOf(inside, names), files);
    if (stamp === undefined) known.delete(path);
    else known.set(path, { stamp, run: found });
    if (found) {
      runs.push(found);
      return;
    }
    for (const entry of entries) {
      const isWanted = isName(entry.name) && !entry.name.startsWith(".") && entry.name !== "node_modules";
      if (entry.isDirectory() && isWanted) await look([...names, entry.name]);
    }
  }
  await look([]);
  const time = (run: RunSummary | DamagedRun) => ("updated" in run ? run.updated : "");
  runs.sort((a, b) => (time(a) < time(b) ? 1 : time(a) > time(b) ? -1 : a.id < b.id ? -1 : 1));
  return { folder, isComplete, runs };
}

/** A text that changes with what a list says of a run; undefined where there is nothing to read, or a process may be writing. */
async function stampOf(folder: string, files: ReadonlySet<string>): Promise<string | undefined> {
  if (!files.has("config.json") || [...files].some(isLock)) return undefined;
  const parts = ["config.json", "metrics.jsonl", "checkpoints", "result.json"].map(async (name) => {
    if (!files.has(name)) return "";
    const { mtimeMs, size, ino } = await lstat(join(folder, name));
    return `${mtimeMs} ${size} ${ino}`;
  });
  try {
    return (await Promise.all(parts)).join(", ");
  } catch (error) {
    // Somebody removes the folder while it is looked at.
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** "fig4/dngpu-seed1" */
function idOf({ folder }: Inside, names: readonly string[]): string {
  return names.length === 0 ? basename(folder) : names.join("/");
}

/**
 * The folder of a run by its id.
 * @returns undefined where there is no such folder; whether it is a run, its files tell.
 */
export async function runFolder(inside: Inside, names: readonly string[]): Promise<string | undefined> {
  const isItself = names.length === 1 && names[0] === basename(inside.folder);
  for (const path of [join(inside.folder, ...names), ...(isItself ? [inside.folder] : [])]) {
    try {
      const found = await inside.real(path);
      await inside.real(join(found, "config.json"));
      return found;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return undefined;
}

/** A folder as a run; undefined where it is none. */
async function readListed(
  inside: Inside,
  path: string,
  id: string,
  files: ReadonlySet<string>,
): Promise<RunSummary | DamagedRun | undefined> {
  const others = ["metrics.jsonl", "checkpoints"].filter((name) => files.has(name)).length;
  if (!files.has("config.json")) {
    return others === 2 ? { id, error: "it has no config.json" } : undefined;
  }
  try {
    return await summaryOf(inside, path, id, files);
  } catch (error) {
    if (!(error instanceof LonghandError)) throw error;
    // Many programs have a config.json.
    return others > 0 ? { id, error: error.message } : undefined;
  }
}

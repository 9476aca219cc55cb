/**
 * A run's folder: config.json, metrics.jsonl and checkpoints/. Node only; reached from `src/node.ts`.
 *
 * A training may be killed at any moment (kill -9, power loss, a full disk) and can go on from its newest checkpoint.
 */
import { dirname, join } from "node:path";
import { LonghandError } from "../errors.ts";
import {
  type CheckpointChoice,
  checkpointSteps,
  type KeptName,
  type LoadedCheckpoint,
  readCheckpoint,
  writeCheckpoint,
} from "./checkpoint-folder.ts";
import {
  attempt,
  type FileSystem,
  isTemporary,
  nodeFileSystem,
  removeTemporaryFiles,
  systemCode,
} from "./file-system.ts";
import { isLock, type Lock, lockFolder, lockHolder } from "./lock.ts";
import { type MetricsRecord, openMetrics, readMetrics } from "./metrics-file.ts";
import { readRunConfig, writeRunConfig } from "./run-config.ts";
import type { RunConfig } from "./run-config-text.ts";

export type { CheckpointChoice, FileSystem, KeptName, LoadedCheckpoint, MetricsRecord };

/** A run that is only read: by evaluation, prediction, proofs. Its training may be going on meanwhile. */
export interface RunReader extends RunConfig {
  readonly folder: string;
  /** Steps of the numbered checkpoints, newest first. */
  checkpointSteps(): Promise<number[]>;
  /**
   * Loads the newest checkpoint, or the one chosen, and checks that it is whole and of this run.
   * @throws LonghandError `file` when there is none; `format` when it is damaged: names the earlier ones that are good
   */
  loadCheckpoint(choice?: CheckpointChoice): Promise<LoadedCheckpoint>;
  /** The metrics written so far. @throws LonghandError `format` naming a broken line before the last */
  readMetrics(): Promise<MetricsRecord[]>;
  /** Id of the process of this machine that writes to it now, or undefined. */
  writer(): Promise<number | undefined>;
}

/** A run that this process alone writes to. Close it, or hold it with `await using`. */
export interface Run extends RunReader, AsyncDisposable {
  /**
   * Writes the waiting metrics, then the checkpoint, then removes older ones (see `keep`) and those of later steps.
   * @param bytes from `encodeCheckpoint`, with this run's id
   * @param step ≥ 0; steps only fall when training went back to an earlier checkpoint
   * @param options.as names under which it is kept besides, in place of the one that had the name. Default: none
   * @throws LonghandError `file` naming path and cause; the earlier checkpoints are still there then
   */
  saveCheckpoint(bytes: Uint8Array, step: number, options?: { readonly as?: readonly KeptName[] }): Promise<void>;
  /** Notes a record; it is written by the next `flush`, `saveCheckpoint` or `close`. Numbers that aren't finite become null. */
  appendMetrics(record: MetricsRecord): void;
  /** Writes the records noted; after a failure they stay noted. @throws LonghandError `file` */
  flush(): Promise<void>;
  /** Drops the records of steps above this one: training goes on from there. */
  truncateMetrics(step: number): Promise<void>;
  /** Writes the records noted and gives the lock back. Closing twice is no error. */
  close(): Promise<void>;
}

/** How a run is opened for writing. */
export interface RunOptions {
  /** How many numbered checkpoints stay, ≥ 1. Default: 3 */
  readonly keep?: number;
  /** Default: the real one. */
  readonly fileSystem?: FileSystem;
}

/**
 * Makes a run in a new or empty folder. Nothing is ever overwritten.
 * @param folder path; folders above it are made too
 * @param config anything JSON can hold that is needed to run it again
 * @param options.run the run's id. Default: a random UUID
 * @param options.versions versions by name ({ longhand, runtime }); Node's is added
 * @throws LonghandError `file` when the folder isn't empty or can't be written; `argument` when config isn't JSON
 */
export async function createRun(
  folder: string,
  config: unknown,
  options: RunOptions & { readonly run?: string; readonly versions?: Readonly<Record<string, string>> } = {},
): Promise<Run> {
  const { fileSystem: fs = nodeFileSystem } = options;
  const keep = checkKeep(options.keep);
  await refuseContents(fs, folder);
  await attempt("make run", folder, () => fs.makeFolder(join(folder, "checkpoints")));
  return withLock(fs, folder, async (lock) => {
    await refuseContents(fs, folder); // another process may have been faster
    await removeTemporaryFiles(fs, folder);
    // config.json comes last: it is what makes the folder a run.
    const described = await writeRunConfig(fs, folder, config, options);
    await attempt("make run", folder, () => fs.syncFolder(dirname(folder)));
    return openForWriting(fs, folder, described, keep, lock);
  });
}

/**
 * Opens a run to go on training it; one process at a time.
 * @throws LonghandError `file` when the folder is missing, is no run, or another process is writing to it; `format` when
 *   its files are corrupt, of another program or of a newer format
 */
export async function openRun(folder: string, options: RunOptions = {}): Promise<Run> {
  const { fileSystem: fs = nodeFileSystem } = options;
  const keep = checkKeep(options.keep);
  const described = await readRunConfig(fs, folder);
  return withLock(fs, folder, async (lock) => {
    await removeTemporaryFiles(fs, folder);
    await attempt("open run", folder, () => fs.makeFolder(join(folder, "checkpoints")));
    await removeTemporaryFiles(fs, join(folder, "checkpoints"));
    return openForWriting(fs, folder, described, keep, lock);
  });
}

/**
 * Opens a run to read it, whether or not a training is going on.
 * @throws LonghandError like `openRun`, except that no lock is needed
 */
export async function readRun(folder: string, options: Pick<RunOptions, "fileSystem"> = {}): Promise<RunReader> {
  const { fileSystem: fs = nodeFileSystem } = options;
  return reader(fs, folder, await readRunConfig(fs, folder));
}

function reader(fs: FileSystem, folder: string, described: RunConfig): RunReader {
  const checkpoints = join(folder, "checkpoints");
  return {
    ...described,
    folder,
    checkpointSteps: () => checkpointSteps(fs, checkpoints),
    loadCheckpoint: (choice = {}) => readCheckpoint(fs, checkpoints, described.run, choice),
    readMetrics: () => readMetrics(fs, join(folder, "metrics.jsonl")),
    writer: () => lockHolder(fs, folder),
  };
}

async function openForWriting(
  fs: FileSystem,
  folder: string,
  described: RunConfig,
  keep: number,
  lock: Lock,
): Promise<Run> {
  const reading = reader(fs, folder, described);
  const metrics = await openMetrics(fs, join(folder, "metrics.jsonl"));
  const inTurn = queue();
  let open = true;
  const whileOpen = (): void => {
    if (!open) throw new LonghandError("argument", `run ${folder} is closed`);
  };
  const write = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    whileOpen();
    return inTurn(work);
  };
  async function close(): Promise<void> {
    if (!open) return;
    open = false;
    try {
      await inTurn(() => metrics.flush());
    } finally {
      await lock.release();
    }
  }
  return {
    ...reading,
    saveCheckpoint: (bytes, step, { as = [] } = {}) =>
      write(async () => {
        await metrics.flush(); // a resumed run finds the metrics of all steps before its checkpoint
        await writeCheckpoint(fs, join(folder, "checkpoints"), bytes, step, { keep, as });
      }),
    appendMetrics(record) {
      whileOpen();
      metrics.append(record);
    },
    flush: () => write(() => metrics.flush()),
    truncateMetrics: (step) => write(() => metrics.truncate(step)),
    readMetrics: () =>
      write(async () => {
        await metrics.flush();
        return reading.readMetrics();
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Locks the folder and gives the lock back if the work fails. */
async function withLock<Result>(
  fs: FileSystem,
  folder: string,
  work: (lock: Lock) => Promise<Result>,
): Promise<Result> {
  const lock = await lockFolder(fs, folder);
  try {
    return await work(lock);
  } catch (error) {
    await lock.release().catch(() => {}); // the first error is the one to tell
    throw error;
  }
}

/** What `createRun` left behind when it was killed doesn't count. */
async function refuseContents(fs: FileSystem, folder: string): Promise<void> {
  const list = (path: string): Promise<string[]> =>
    attempt("make run", path, () =>
      fs.list(path).catch((error: unknown) => {
        if (systemCode(error) === "ENOENT") return [];
        throw error;
      }),
    );
  const found: string[] = [];
  for (const name of await list(folder)) {
    if (isLock(name) || isTemporary(name)) continue;
    if (name === "checkpoints" && (await list(join(folder, name))).length === 0) continue;
    found.push(name);
  }
  if (found.length === 0) return;
  const names = found.slice(0, 3).join(", ") + (found.length > 3 ? ", …" : "");
  const advice = found.includes("config.json") ? " To go on with the run in it, resume it." : "";
  throw new LonghandError(
    "file",
    `can't make a run in ${folder}: the folder isn't empty (${names}), and nothing is overwritten.${advice}`,
  );
}

function checkKeep(keep = 3): number {
  if (Number.isSafeInteger(keep) && keep >= 1) return keep;
  throw new LonghandError("argument", `keep is ${keep}, expected a whole number ≥ 1`);
}

/** Runs one piece of work after another, whether or not those before succeed. */
function queue(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result;
    result.catch(() => {}); // whoever called hears of it
    return result;
  };
}

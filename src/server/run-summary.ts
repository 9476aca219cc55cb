/** A run folder's line in the list of runs. Node only. */
import { join } from "node:path";
import { LonghandError } from "../errors.ts";
import { checkpointFile } from "../files/checkpoint-folder.ts";
import { peekCheckpoint } from "../files/index.ts";
import { readRun } from "../files/run-folder.ts";
import { headerLength } from "../files/safetensors.ts";
import { type RunSummary, summarizeRun } from "../trained/index.ts";
import { type Inside, readPart } from "./inside.ts";
import { lastRecords } from "./metrics-lines.ts";

/** A folder that was a run, or is to be one, and can't be read. */
export interface DamagedRun {
  readonly id: string;
  readonly error: string;
}

/**
 * Reads what a list says of a run, without reading whole checkpoints or metrics.
 * @param files names of what lies in the folder.
 * @throws LonghandError `file` or `format` when its config.json can't be read; damaged metrics or checkpoints are told of in
 *   `error` instead.
 */
export async function summaryOf(
  inside: Inside,
  folder: string,
  id: string,
  files: ReadonlySet<string>,
): Promise<RunSummary> {
  const run = await readRun(folder, { fileSystem: inside.fileSystem });
  const errors: string[] = [];
  const tried = async <Value>(work: Promise<Value>): Promise<Value | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof LonghandError)) throw error;
      errors.push(error.message);
      return undefined;
    }
  };
  const checkpoints = (await tried(run.checkpointSteps())) ?? [];
  return summarizeRun({
    id,
    config: run,
    checkpoints,
    checkpoint: await tried(newestState(inside, join(folder, "checkpoints"), checkpoints[0])),
    metrics: await newestMetrics(inside, join(folder, "metrics.jsonl")),
    isWritten: (await tried(run.writer())) !== undefined,
    hasResult: files.has("result.json"),
    errors,
  });
}

/** What the newest checkpoint says; undefined where there is none. @throws LonghandError naming the file. */
async function newestState(inside: Inside, folder: string, step: number | undefined) {
  if (step === undefined) return undefined;
  const name = checkpointFile(step);
  const handle = await inside.file(join(folder, name));
  if (!handle) return undefined; // removed meanwhile, in favour of a newer one
  try {
    const header = await readPart(handle, 0, headerLength(await readPart(handle, 0, 8)));
    return { state: peekCheckpoint(header).state, time: (await handle.stat()).mtimeMs };
  } catch (cause) {
    if (!(cause instanceof LonghandError)) throw cause;
    throw new LonghandError(cause.code, `checkpoints/${name}: ${cause.message}`, { cause });
  } finally {
    await handle.close();
  }
}

async function newestMetrics(inside: Inside, path: string) {
  const handle = await inside.file(path);
  if (!handle) return undefined;
  try {
    return { records: await lastRecords(handle), time: (await handle.stat()).mtimeMs };
  } finally {
    await handle.close();
  }
}

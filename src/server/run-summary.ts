/** What a list of runs says of one of them. Node only. */
import { join } from "node:path";
import * as z from "zod";
import { LonghandError } from "../errors.ts";
import { checkpointFile } from "../files/checkpoint-folder.ts";
import { readCheckpointState } from "../files/checkpoint-head.ts";
import { type RunReader, readRun } from "../files/run-folder.ts";
import { describedRun } from "../runs/described.ts";
import type { Inside } from "./inside.ts";
import { lastRecords } from "./metrics-lines.ts";

/**
 * How far a training is: `training` while a process of this machine writes to its folder; `solved` or `steps` where its newest
 * checkpoint says that it ended, and why; `diverged` where no network has finite numbers left; `given` where the weights of step
 * 0 weren't drawn and nothing has trained them; `stopped` otherwise: killed, interrupted, or trained on another machine now.
 */
export type RunState = "training" | "solved" | "steps" | "diverged" | "given" | "stopped";

export interface RunSummary {
  /** Path below the folder of runs, with slashes; the folder's own name where that is the run. */
  readonly id: string;
  /** What of it can't be read, or null. */
  readonly error: string | null;
  /** Id in its files. */
  readonly run: string;
  readonly task: string;
  readonly model: string;
  readonly seed: number;
  readonly population: number;
  readonly state: RunState;
  /** Steps done: of the newest record or checkpoint. */
  readonly step: number;
  /** Steps that it is to take in all. */
  readonly steps: number;
  /** Steps of its checkpoints, newest first. */
  readonly checkpoints: readonly number[];
  /** Means over the networks in the newest step told of, or null before the first. */
  readonly loss: number | null;
  readonly symbolAccuracy: number | null;
  readonly exactAccuracy: number | null;
  /** Networks that were solved when last looked at, and those whose numbers stopped being finite. */
  readonly solved: number;
  readonly diverged: number;
  /** Where the weights of step 0 come from, where they weren't drawn. */
  readonly origin: string | null;
  /** Whether training goes by bins. */
  readonly bins: boolean;
  /** Longest length trained on. */
  readonly longest: number;
  /** ISO 8601, UTC: when it was made, and when its metrics or checkpoints were last written. */
  readonly created: string;
  readonly updated: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** A folder that was a run, or is to be one, and can't be read. */
export interface DamagedRun {
  readonly id: string;
  readonly error: string;
}

/**
 * Reads what a list says of a run.
 * @throws LonghandError `file` or `format` when its config.json can't be read; damaged metrics or checkpoints are told of in
 *   `error` instead.
 */
export async function summaryOf(inside: Inside, folder: string, id: string): Promise<RunSummary> {
  const run = await readRun(folder, { fileSystem: inside.fileSystem });
  const { training, origin = null } = describedRun(run);
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
  const checkpoint = await tried(newestState(inside, run, checkpoints[0]));
  const metrics = await newestRecords(inside, run);
  const isWritten = (await tried(run.writer())) !== undefined;
  const last = metrics?.step;
  const step = Math.max(checkpoint?.step ?? 0, last?.step ?? 0);
  const times = [Date.parse(run.created), checkpoint?.time ?? 0, metrics?.time ?? 0].filter(Number.isFinite);
  return {
    id,
    error: errors.length > 0 ? errors.join("; ") : null,
    run: run.run,
    task: training.task,
    model: training.model.name,
    seed: training.seed,
    population: training.population,
    state: stateOf({ checkpoint, step, isWritten, isGiven: origin !== null }),
    step,
    steps: Math.max(checkpoint?.steps ?? training.steps, step),
    checkpoints,
    loss: last?.loss ?? null,
    symbolAccuracy: last?.symbolAccuracy ?? null,
    exactAccuracy: last?.exactAccuracy ?? null,
    solved: (checkpoint ? checkpoint.solvedAt.map((at) => at !== null) : (metrics?.solved ?? [])).filter(Boolean)
      .length,
    diverged: (checkpoint?.divergedAt ?? []).filter((at) => at !== null).length,
    origin,
    bins: training.bins !== null,
    longest: training.lengths[1],
    created: run.created,
    updated: new Date(Math.max(...times)).toISOString(),
    versions: run.versions,
  };
}

const stateSchema = z.object({
  step: z.int(),
  steps: z.int(),
  ends: z.enum(["steps", "solved"]).nullable(),
  solvedAt: z.array(z.int().nullable()),
  divergedAt: z.array(z.int().nullable()),
});

type CheckpointState = z.output<typeof stateSchema> & { readonly time: number };

/** What the newest checkpoint says; undefined where there is none. @throws LonghandError naming the file. */
async function newestState(
  inside: Inside,
  { folder }: RunReader,
  step: number | undefined,
): Promise<CheckpointState | undefined> {
  if (step === undefined) return undefined;
  const name = checkpointFile(step);
  const handle = await inside.file(join(folder, "checkpoints", name));
  if (!handle) return undefined; // removed meanwhile, in favour of a newer one
  try {
    const parsed = stateSchema.safeParse(await readCheckpointState(handle));
    if (parsed.success) return { ...parsed.data, time: (await handle.stat()).mtimeMs };
  } catch (cause) {
    if (!(cause instanceof LonghandError)) throw cause;
    throw new LonghandError(cause.code, `checkpoints/${name}: ${cause.message}`, { cause });
  } finally {
    await handle.close();
  }
  throw new LonghandError("format", `checkpoints/${name} is of another kind of training`);
}

const stepSchema = z.object({
  step: z.int(),
  loss: z.number().nullish(),
  symbolAccuracy: z.number().nullish(),
  exactAccuracy: z.number().nullish(),
});
const lookSchema = z.object({ solved: z.array(z.boolean()) });

/** The newest records of its metrics, and when they were written. */
async function newestRecords(inside: Inside, { folder }: RunReader) {
  const handle = await inside.file(join(folder, "metrics.jsonl"));
  if (!handle) return undefined;
  try {
    const { step, look } = await lastRecords(handle);
    const { mtimeMs: time } = await handle.stat();
    return { time, step: stepSchema.safeParse(step).data, solved: lookSchema.safeParse(look).data?.solved };
  } finally {
    await handle.close();
  }
}

function stateOf(known: {
  readonly checkpoint: CheckpointState | undefined;
  readonly step: number;
  readonly isWritten: boolean;
  readonly isGiven: boolean;
}): RunState {
  const { checkpoint, step, isWritten, isGiven } = known;
  if (checkpoint && checkpoint.divergedAt.length > 0 && checkpoint.divergedAt.every((at) => at !== null))
    return "diverged";
  // Metrics of later steps: somebody goes on with it.
  if (checkpoint?.ends && checkpoint.step >= step) return checkpoint.ends;
  if (isWritten) return "training";
  return isGiven && step === 0 ? "given" : "stopped";
}

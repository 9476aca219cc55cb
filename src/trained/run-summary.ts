/** What a list of runs says of one of them, out of its files. */
import * as z from "zod";
import type { RunConfig } from "../files/index.ts";
import { describedTraining } from "./described.ts";

/**
 * How far a training is: `training` while a process writes to its folder; `solved` or `steps` where its newest checkpoint says that
 * it ended, and why; `diverged` where no network has finite numbers left; `given` where the weights of step 0 weren't drawn and
 * nothing has trained them; `stopped` otherwise: killed, interrupted, or trained where nobody sees it.
 */
export type RunState = "training" | "solved" | "steps" | "diverged" | "given" | "stopped";

export interface RunSummary {
  /** Where it lies, and what it is called there. */
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
  /** Whether there is a result.json, with what came out in the end. */
  readonly hasResult: boolean;
  /** Whether training goes by bins. */
  readonly bins: boolean;
  /** Longest length trained on. */
  readonly longest: number;
  /** ISO 8601, UTC: when it was made, and when its metrics or checkpoints were last written. */
  readonly created: string;
  readonly updated: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** What was found of a run. Times are milliseconds since 1970. */
export interface RunParts {
  readonly id: string;
  /** config.json */
  readonly config: RunConfig;
  /** Steps of its checkpoints, newest first. */
  readonly checkpoints: readonly number[];
  /** What the newest of them says: see `peekCheckpoint`. */
  readonly checkpoint?: { readonly state: unknown; readonly time: number } | undefined;
  /** The newest records of its metrics: see `newestRecords`. */
  readonly metrics?: { readonly records: NewestRecords; readonly time: number } | undefined;
  /** Whether a process is known to write to it. */
  readonly isWritten: boolean;
  /** Whether there is a result.json. */
  readonly hasResult: boolean;
  /** What couldn't be read. */
  readonly errors: readonly string[];
}

/** The last record of each type. */
export type NewestRecords = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The last record of each type among lines of metrics. Lines that aren't records are passed over. */
export function newestRecords(text: string): NewestRecords {
  const found: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const line of text.split("\n")) {
    const record = recordOf(line);
    if (record) found[record.type] = record;
  }
  return found;
}

function recordOf(line: string): ({ readonly type: string } & Readonly<Record<string, unknown>>) | undefined {
  try {
    return z.looseObject({ type: z.string() }).safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

const stateSchema = z.object({
  step: z.int(),
  steps: z.int(),
  ends: z.enum(["steps", "solved"]).nullable(),
  solvedAt: z.array(z.int().nullable()),
  divergedAt: z.array(z.int().nullable()),
});
const stepSchema = z.object({
  step: z.int(),
  loss: z.number().nullish(),
  symbolAccuracy: z.number().nullish(),
  exactAccuracy: z.number().nullish(),
});
const lookSchema = z.object({ solved: z.array(z.boolean()) });

/**
 * What a list says of a run.
 * @throws LonghandError `format` when its configuration can't be used; a checkpoint of another kind is told of in `error`.
 */
export function summarizeRun(parts: RunParts): RunSummary {
  const { id, config, checkpoints, metrics, isWritten } = parts;
  const { training, origin = null } = describedTraining(config.config, id);
  const checkpoint = parts.checkpoint && stateSchema.safeParse(parts.checkpoint.state);
  const saved = checkpoint?.data;
  const errors = [...parts.errors, ...(checkpoint?.success === false ? ["its checkpoint is of another kind"] : [])];
  const last = stepSchema.safeParse(metrics?.records.step).data;
  const looked = lookSchema.safeParse(metrics?.records.look).data;
  const step = Math.max(saved?.step ?? 0, last?.step ?? 0);
  const times = [Date.parse(config.created), parts.checkpoint?.time ?? 0, metrics?.time ?? 0].filter(Number.isFinite);
  return {
    id,
    error: errors.length > 0 ? errors.join("; ") : null,
    run: config.run,
    task: training.task,
    model: training.model.name,
    seed: training.seed,
    population: training.population,
    state: stateOf(saved, { step, isWritten, isGiven: origin !== null }),
    step,
    steps: Math.max(saved?.steps ?? training.steps, step),
    checkpoints,
    loss: last?.loss ?? null,
    symbolAccuracy: last?.symbolAccuracy ?? null,
    exactAccuracy: last?.exactAccuracy ?? null,
    solved: (saved?.solvedAt.map((at) => at !== null) ?? looked?.solved ?? []).filter(Boolean).length,
    diverged: (saved?.divergedAt ?? []).filter((at) => at !== null).length,
    origin,
    hasResult: parts.hasResult,
    bins: training.bins !== null,
    longest: training.lengths[1],
    created: config.created,
    updated: new Date(Math.max(...times)).toISOString(),
    versions: config.versions,
  };
}

function stateOf(
  saved: z.output<typeof stateSchema> | undefined,
  { step, isWritten, isGiven }: { readonly step: number; readonly isWritten: boolean; readonly isGiven: boolean },
): RunState {
  if (saved && saved.divergedAt.length > 0 && saved.divergedAt.every((at) => at !== null)) return "diverged";
  // Metrics of later steps: somebody goes on with it.
  if (saved?.ends && saved.step >= step) return saved.ends;
  if (isWritten) return "training";
  return isGiven && step === 0 ? "given" : "stopped";
}

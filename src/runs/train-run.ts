/** Training into a run folder, so that it can be killed at any moment and goes on bit for bit. Node only. */
import { LonghandError } from "../errors.ts";
import { encodeCheckpoint } from "../files/index.ts";
import { createRun, openRun, type Run } from "../files/run-folder.ts";
import { validLengths } from "../tasks/index.ts";
import { checkpointOf, type Ending, stateOf } from "../trained/index.ts";
import {
  chunkOf,
  configuredModel,
  gradientProgram,
  layoutOf,
  type TrainingConfig,
  type TrainingEvent,
  type TrainingState,
  trainingProgram,
  trainPopulation,
} from "../training/index.ts";
import { VERSION } from "../version.ts";
import { configHash, describedRun } from "./described.ts";
import { engineFor, type OpenedEngine, sameEngine } from "./engine.ts";
import { partWorkers } from "./part-workers.ts";
import { shardRunner } from "./workers.ts";

/** A training in a folder: iterate over `events` to make it go on, then `close`. */
export interface TrainingRun extends AsyncDisposable {
  readonly folder: string;
  /** Id of the run. */
  readonly run: string;
  readonly config: TrainingConfig;
  readonly runtime: string;
  /** Step it begins at: 0, or the checkpoint's. */
  readonly step: number;
  /** Why there is nothing left to do, or null. `events` is empty but for the first and last then. */
  readonly ended: Ending | null;
  /** What a person should know: another runtime than before, an older checkpoint. */
  readonly notes: readonly string[];
  /** Trains. Each event comes after what it tells of is in the folder. */
  events(signal?: AbortSignal): AsyncGenerator<TrainingEvent>;
  close(): Promise<void>;
}

export interface StartOptions {
  /** Numbered checkpoints that stay. Default: 3. */
  readonly keep?: number;
}

export interface ResumeOptions extends StartOptions {
  /** Where the newest checkpoint is damaged, go on from the newest that isn't. Default: false, an error. */
  readonly previousCheckpoint?: boolean;
  /** Steps in all, in place of those the run was to take; schedules are stretched over them. */
  readonly steps?: number;
  /** Another runtime than the one it was begun with: the result is then not the one of an uninterrupted run. */
  readonly runtime?: string;
}

/**
 * Makes a run in a new or empty folder.
 * @param config complete: see `completeConfig`.
 * @throws LonghandError `file` when the folder isn't empty or can't be written; `runtime` when the runtime isn't there.
 */
export async function startRun(
  folder: string,
  config: TrainingConfig,
  options: StartOptions = {},
): Promise<TrainingRun> {
  const opened = await trainingEngine(config, config.runtime);
  const versions = { longhand: VERSION, runtime: opened.runtime.description };
  const keep = options.keep === undefined ? {} : { keep: options.keep };
  const run = await createRun(folder, { training: config, engine: opened.engine }, { versions, ...keep });
  return trainingRun(run, { config, opened, hash: configHash(config), notes: [] });
}

/**
 * Opens a run to go on with it from its newest checkpoint (from the beginning if it has none yet).
 * @throws LonghandError `file` when the folder is no run or another process trains it; `format` when its files are
 *   damaged; `runtime` when its runtime isn't there; `config` for too few steps.
 */
export async function resumeRun(folder: string, options: ResumeOptions = {}): Promise<TrainingRun> {
  const keep = options.keep === undefined ? {} : { keep: options.keep };
  const run = await openRun(folder, keep);
  try {
    return await resumed(run, options);
  } catch (error) {
    await run.close();
    throw error;
  }
}

async function resumed(run: Run, options: ResumeOptions): Promise<TrainingRun> {
  const { training, engine, hash } = describedRun(run);
  const notes: string[] = [];
  const { model } = configuredModel(training);
  const steps = await run.checkpointSteps();
  const loaded =
    steps.length > 0 ? await run.loadCheckpoint({ previous: options.previousCheckpoint ?? false }) : undefined;
  const found = loaded && stateOf(loaded.checkpoint, layoutOf(model.parameters), training.population);
  if (loaded && loaded.step !== steps[0]) {
    notes.push(`the newest checkpoint, of step ${steps[0]}, can't be used; going on from step ${loaded.step}`);
  }
  if (found && found.progress.configHash !== hash) {
    throw new LonghandError(
      "format",
      `${loaded!.path} was made with another configuration than ${run.folder}/config.json says`,
    );
  }
  if (found?.state.divergedAt.every((step) => step !== null)) {
    throw new LonghandError(
      "not-finite",
      `run ${run.folder} can't go on: its numbers stopped being finite at step ${Math.max(...found.state.divergedAt.map(Number))}`,
    );
  }
  const before = found?.progress.steps ?? training.steps;
  const config = { ...training, steps: options.steps ?? before };
  if (found && config.steps < found.state.step) {
    throw new LonghandError(
      "config",
      `steps is ${config.steps}, but run ${run.folder} has done ${found.state.step} already`,
    );
  }
  if (config.steps !== before) {
    notes.push(`${config.steps} steps in place of ${before}: schedules and noise are stretched over them`);
  }
  const isOther = options.runtime !== undefined && options.runtime !== engine.name && options.runtime !== "auto";
  const opened = isOther ? await trainingEngine(config, options.runtime) : await sameEngine(engine);
  if (isOther) {
    notes.push(
      `runtime ${opened.engine.name} in place of ${engine.name}: the result won't be bit-identical to that of an uninterrupted run`,
    );
  }
  const state = found?.state;
  await run.truncateMetrics(state?.step ?? 0);
  const ended = config.steps === before ? (found?.progress.ends ?? null) : null;
  return trainingRun(run, { config, opened, hash, notes, ended, ...(state && { state }) });
}

/** The runtime for a configuration's training program. Steps that are cut into parts have engines of one thread. */
export function trainingEngine(config: TrainingConfig, name: string | undefined): Promise<OpenedEngine> {
  const { task, model } = configuredModel(config);
  if (config.bins) {
    const length = Math.max(...config.bins.lengths);
    const part = Math.min(config.batch, config.bins.chunk);
    return engineFor(gradientProgram(model, config, length, part), part, length, name);
  }
  const { program } = trainingProgram(model, config);
  const longest = validLengths(task, ...config.lengths).at(-1)!;
  const threads = chunkOf(config, task, () => program) === undefined ? undefined : 1;
  return engineFor(program, config.batch, task.steps(longest), name, threads);
}

/** Whether a training's steps are cut into parts. */
function hasParts(config: TrainingConfig): boolean {
  const { task, model } = configuredModel(config);
  return config.bins !== null || chunkOf(config, task, () => trainingProgram(model, config).program) !== undefined;
}

interface Prepared {
  readonly config: TrainingConfig;
  readonly opened: OpenedEngine;
  readonly hash: string;
  readonly notes: readonly string[];
  readonly ended?: Ending | null;
  readonly state?: TrainingState;
}

function trainingRun(run: Run, prepared: Prepared): TrainingRun {
  const { config, opened, hash, notes, ended = null, state } = prepared;
  const layout = layoutOf(configuredModel(config).model.parameters);
  async function* events(signal?: AbortSignal): AsyncGenerator<TrainingEvent> {
    if (ended !== null && state) {
      yield { type: "done", step: state.step, reason: ended, state };
      return;
    }
    const options = { runtime: opened.runtime, ...(state && { state }), ...(signal && { signal }) };
    const runShard = config.bins ? undefined : shardRunner(opened.engine);
    const parts = hasParts(config) ? await partWorkers(config, opened.engine) : undefined;
    const threads = { ...(runShard && { runShard }), ...(parts && { parts }) };
    for await (const event of trainPopulation(config, { ...options, ...threads })) {
      await record(event);
      yield event;
    }
  }
  async function record(event: TrainingEvent): Promise<void> {
    switch (event.type) {
      case "checkpoint": {
        const progress = { steps: config.steps, ends: event.ends, configHash: hash };
        const checkpoint = checkpointOf(run.run, event.state, layout, config.population, progress);
        const as = event.ends === null ? [] : (["final"] as const);
        await run.saveCheckpoint(await encodeCheckpoint(checkpoint), event.step, { as });
        break;
      }
      case "done":
        await run.flush();
        break;
      case "start":
        break;
      default:
        run.appendMetrics(event);
    }
  }
  return {
    folder: run.folder,
    run: run.run,
    config,
    runtime: opened.runtime.description,
    step: state?.step ?? 0,
    ended,
    notes,
    events,
    close: () => run.close(),
    [Symbol.asyncDispose]: () => run.close(),
  };
}

/** Training a population: what it tells on the way, at a rate that a page can draw. */
import {
  configuredModel,
  exactTask,
  type TrainingConfig,
  type TrainingEvent,
  type TrainingState,
  trainingProgram,
  trainPopulation,
  validLengths,
} from "longhand";
import type { JobContext } from "../../work/contract.ts";

export interface TrainInput {
  readonly config: TrainingConfig;
  /** Where to go on; none: from the beginning. */
  readonly state?: TrainingState;
}

type Step = Extract<TrainingEvent, { type: "step" }>;

/** What is drawn of a step. */
export type TrainPoint = Pick<Step, "step" | "loss" | "losses" | "exactAccuracy">;

export interface TrainUpdate {
  /** What computes it, once that is known. */
  readonly runtime: string;
  /** Since the last update. */
  readonly points: readonly TrainPoint[];
  readonly examplesPerSecond: number;
  readonly secondsLeft: number;
  /** By replica: no error on the problems that were looked at last; null: none were yet. */
  readonly solved: readonly boolean[] | null;
  /** By replica: the step at which its numbers stopped being finite, or null. */
  readonly divergedAt: readonly (number | null)[];
  /** The newest one that was kept, where there is a newer one than in the last update. */
  readonly state: TrainingState | null;
}

/** Milliseconds between updates, and between those with a state. */
const every = { update: 80, state: 400 };

export async function job(
  { config, state }: TrainInput,
  context: JobContext<TrainUpdate>,
): Promise<{ readonly state: TrainingState; readonly reason: string }> {
  const { task: anyTask, model } = configuredModel(config);
  const task = exactTask(anyTask);
  const steps = task.steps(validLengths(task, ...config.lengths).at(-1)!);
  const runtime = await context.open(trainingProgram(model, config).program, { batch: config.batch, time: steps });

  let points: TrainPoint[] = [];
  let speed = { examplesPerSecond: 0, secondsLeft: Number.POSITIVE_INFINITY };
  let solved: readonly boolean[] | null = null;
  const divergedAt = state ? [...state.divergedAt] : new Array<number | null>(config.population).fill(null);
  let kept: TrainingState | null = null;
  const sentAt = { update: 0, state: 0 };
  const tell = (isLast = false) => {
    const now = performance.now();
    if (!isLast && now - sentAt.update < every.update) return;
    const isStateDue = isLast || now - sentAt.state >= every.state;
    const update: TrainUpdate = {
      runtime: runtime.description,
      points,
      ...speed,
      solved,
      divergedAt: [...divergedAt],
      state: isStateDue ? kept : null,
    };
    context.progress(update);
    sentAt.update = now;
    points = [];
    if (isStateDue && kept) {
      sentAt.state = now;
      kept = null;
    }
  };

  let done: Extract<TrainingEvent, { type: "done" }> | undefined;
  for await (const event of trainPopulation(config, { runtime, ...(state && { state }) })) {
    switch (event.type) {
      case "step": {
        const { step, loss, losses, exactAccuracy, examplesPerSecond, secondsLeft } = event;
        points.push({ step, loss, losses, exactAccuracy });
        speed = { examplesPerSecond, secondsLeft };
        break;
      }
      case "look":
        solved = event.solved;
        break;
      case "diverged":
        divergedAt[event.replica] = event.step;
        break;
      case "checkpoint":
        kept = event.state;
        break;
      case "done":
        done = event;
        break;
      case "start":
        break;
    }
    tell(event.type === "start" || event.type === "done");
  }
  return { state: done!.state, reason: done!.reason };
}

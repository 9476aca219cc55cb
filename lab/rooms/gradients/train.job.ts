/** Training one of the networks that are compared: its loss, and its parameters now and then. */
import { type ArrayData, configuredModel, initialState, train, trainingProgram } from "longhand";
import type { JobContext } from "../../work/contract.ts";
import { type CellName, joined, networkOf, type TrainSettings, trainingOf } from "./network-settings.ts";

export interface TrainInput {
  readonly settings: TrainSettings;
  readonly cell: CellName;
}

export interface TrainPoint {
  readonly step: number;
  readonly loss: number;
  readonly gradientNorm: number;
}

/** The network after a step. */
export interface Snapshot {
  readonly step: number;
  readonly parameters: ArrayData;
}

export interface TrainUpdate {
  readonly points: readonly TrainPoint[];
  readonly snapshots: readonly Snapshot[];
  readonly runtime: string;
  readonly secondsLeft: number;
}

/** Milliseconds between updates. */
const EVERY = 100;

export async function job({ settings, cell }: TrainInput, context: JobContext<TrainUpdate>): Promise<void> {
  const config = trainingOf(settings, cell);
  const { task, model } = configuredModel(config);
  const time = task.steps(config.lengths[1]);
  const runtime = await context.open(trainingProgram(model, config).program, { batch: config.batch, time });
  const begin = initialState(config, runtime.precision);
  const parameters = begin.parameters.slice();
  parameters.set(joined(networkOf(settings, cell)));

  let points: TrainPoint[] = [];
  let snapshots: Snapshot[] = [{ step: 0, parameters }];
  let secondsLeft = Number.POSITIVE_INFINITY;
  let toldAt = 0;
  for await (const event of train(config, { runtime, state: { ...begin, parameters } })) {
    if (event.type === "step") {
      points.push({ step: event.step, loss: event.loss, gradientNorm: event.gradientNorm });
      secondsLeft = event.secondsLeft;
    } else if (event.type === "checkpoint") {
      snapshots.push({ step: event.step, parameters: event.state.parameters });
    }
    const now = performance.now();
    if (event.type !== "done" && now - toldAt < EVERY) continue;
    context.progress({ points, snapshots, runtime: runtime.description, secondsLeft });
    [points, snapshots, toldAt] = [[], [], now];
  }
}

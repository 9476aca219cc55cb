/** Trains a small network, and tells at every look what is inside it. */
import {
  configuredModel,
  exactTask,
  gradientProgram,
  layoutOf,
  type NetworkTrace,
  namedParameters,
  type TrainingConfig,
  type TrainingEvent,
  type TrainingState,
  tracer,
  trainBins,
  trainedParameters,
} from "longhand";
import type { JobContext } from "../../work/contract.ts";

export interface TrainInput {
  /** Complete. */
  readonly config: TrainingConfig;
  /** The problem that is looked at again and again. */
  readonly problem: string;
  /** Where to go on. */
  readonly state?: TrainingState;
}

export type StepEvent = Extract<TrainingEvent, { type: "step" }>;

export interface Look {
  /** The last step's event; missing before the first. */
  readonly event?: StepEvent;
  readonly state: TrainingState;
  /** The network as it is, at work on the problem. */
  readonly trace: NetworkTrace;
  readonly runtime: string;
}

export async function job({ config, problem, state }: TrainInput, context: JobContext<Look>): Promise<TrainingState> {
  const { task: anyTask, model } = configuredModel(config);
  const task = exactTask(anyTask);
  const layout = layoutOf(model.parameters);
  const { bins, batch } = config;
  const longest = bins!.lengths.at(-1)!;
  const count = Math.min(batch, bins!.chunk);
  const runtime = await context.open(gradientProgram(model, config, longest, count), { batch: count, time: longest });
  await using traces = await tracer(task, model, task.parse(problem), { open: async () => runtime });
  let event: StepEvent | undefined;
  let last: TrainingState | undefined;
  for await (const told of trainBins(config, { runtime, ...(state && { state }) })) {
    if (told.type === "step") event = told;
    if (told.type === "done") last = told.state;
    if (told.type !== "checkpoint") continue;
    const trace = await traces.trace(namedParameters(trainedParameters(told.state), layout, 1));
    context.progress({ ...(event && { event }), state: told.state, trace, runtime: runtime.description });
  }
  return last!;
}

/** How a step of the trainer is taken: as one graph, or its gradient in parts and then the update. */
import { randomSource } from "../random/index.ts";
import type { Arrays, Runtime } from "../runtime/contract.ts";
import { scalarArrays } from "./arrays.ts";
import { batchParts, chunkOf, planBatch } from "./batch-parts.ts";
import { batchSource, type StepLength } from "./batches.ts";
import { configuredModel, type Own, type TrainingConfig } from "./config.ts";
import { layoutOf } from "./flat.ts";
import { gradientNoise, gradientNoiseScale, noiseScale, worstScale } from "./noise.ts";
import type { Optimizer } from "./optimizers/index.ts";
import { type PartRunner, partRunner } from "./parts/part.ts";
import { partsStepper } from "./parts/step.ts";
import { noiseWidths, type TrainingProgram, trainingProgram } from "./program.ts";
import { scheduleFactor } from "./schedules.ts";

/** What a step came to: one number a replica each. */
export interface StepResult extends StepLength {
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly symbolAccuracies: readonly number[];
  readonly exactAccuracies: readonly number[];
}

/** Takes the steps of a training. */
export interface Stepper extends AsyncDisposable {
  readonly optimizer: Optimizer;
  /**
   * Takes step t, from the parameters and slots that are `current` to those that are `next`.
   * @param longest none of its problems is longer.
   */
  take(t: number, longest: number, current: Arrays, next: Arrays): Promise<StepResult>;
}

export interface StepperOptions {
  readonly runtime: Runtime;
  readonly own?: Own;
  readonly firstReplica?: number;
  /** What computes parts, where batches are cut. It is closed with the stepper. Default: this thread, one after the other. */
  readonly parts?: PartRunner;
}

/** What takes the steps of a training by lengths. */
export async function stepperFor(config: TrainingConfig, options: StepperOptions): Promise<Stepper> {
  const { task, model } = configuredModel(config, options.own);
  const whole = trainingProgram(model, config);
  const chunk = chunkOf(config, task, () => whole.program);
  return chunk === undefined ? wholeStepper(config, options, whole) : cutStepper(config, options, chunk);
}

/** The learning rate of step t. */
export function learningRateAt({ learningRate, schedule, steps }: TrainingConfig, t: number): number {
  return learningRate * scheduleFactor(schedule, t, steps);
}

async function wholeStepper(
  config: TrainingConfig,
  { runtime, own, firstReplica }: StepperOptions,
  { program, optimizer }: TrainingProgram,
): Promise<Stepper> {
  const { task, model } = configuredModel(config, own);
  const batches = batchSource(task, config, randomSource(config.seed), {
    noise: noiseWidths(model, config),
    size: layoutOf(model.parameters).size,
    ...(firstReplica !== undefined && { firstReplica }),
  });
  const executable = await runtime.compile(program);
  const prepare = (t: number, longest: number) => {
    const length = batches.lengthAt(t, longest);
    return { t, ...length, arrays: batches.draw(t, length.length, noiseScale(config, t)) };
  };
  /** The next step's, drawn ahead. */
  let ahead: ReturnType<typeof prepare> | undefined;
  return {
    optimizer,
    async take(t, longest, current, next) {
      const { arrays, length, isLongest } = ahead?.t === t ? ahead : prepare(t, longest);
      const learningRate = learningRateAt(config, t);
      const scalars: Record<string, number> = { learningRate, ...optimizer.scalars(t) };
      if (config.stateNoise?.kind === "worst")
        scalars.stateNoiseScale = worstScale(config.stateNoise, t / config.steps);
      if (config.gradientNoise) scalars.gradientNoiseScale = gradientNoiseScale(config.gradientNoise, t, learningRate);
      const running = executable.run({ ...current, ...arrays, ...scalarArrays(scalars) }, next);
      // While the engine works on this step, the next batch is drawn (unless this step decides its length).
      ahead = t < config.steps && !config.curriculum ? prepare(t + 1, longest) : undefined;
      const results = await running;
      return {
        length,
        isLongest,
        losses: Array.from(results.loss!.data),
        norms: Array.from(results.gradientNorm!.data),
        symbolAccuracies: Array.from(results.symbolAccuracy!.data),
        exactAccuracies: Array.from(results.exactAccuracy!.data),
      };
    },
    [Symbol.asyncDispose]: () => executable.close(),
  };
}

function cutStepper(config: TrainingConfig, options: StepperOptions, chunk: number): Stepper {
  const { runtime, own, parts = partRunner(batchParts(config, own), runtime) } = options;
  const { task, model } = configuredModel(config, own);
  const { size } = layoutOf(model.parameters);
  const random = randomSource(config.seed);
  const batches = batchSource(task, config, random, { noise: {} });
  const stepper = partsStepper({ parts, runtime, config, size });
  return {
    optimizer: stepper.optimizer,
    async take(t, longest, current, next) {
      const { length, isLongest } = batches.lengthAt(t, longest);
      const plan = planBatch(config.batch, chunk, length);
      const learningRate = learningRateAt(config, t);
      const { scale, noise } = gradientNoise(config, random, t, learningRate, size);
      const order = { step: t, parts: plan, weights: {}, scalars: { learningRate, ...scale }, noise };
      const { results, gradientNorm } = await stepper.take(order, current, next);
      const mean = (of: (k: number) => number) => [results.reduce((sum, _, k) => sum + of(k), 0)];
      return {
        length,
        isLongest,
        losses: mean((k) => results[k]!.share * results[k]!.loss),
        norms: [gradientNorm],
        symbolAccuracies: mean((k) => results[k]!.share * results[k]!.symbolAccuracy),
        exactAccuracies: mean((k) => (plan[k]!.count / config.batch) * results[k]!.exactAccuracy),
      };
    },
    async [Symbol.asyncDispose]() {
      await parts[Symbol.asyncDispose]();
      await stepper[Symbol.asyncDispose]();
    },
  };
}

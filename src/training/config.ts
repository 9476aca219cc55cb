/** The configuration of a training: everything that is needed to run it again. */
import * as z from "zod";
import { findModel, type Model, type ModelKind, models, parseConfig } from "../models/index.ts";
import { runtimeNames } from "../runtime/open.ts";
import { type AnyTask, findAnyTask, signatureOf } from "../tasks/index.ts";
import { checkConfig } from "./check.ts";
import { optimizerConfig } from "./optimizers/index.ts";
import { defaultModel, recommended } from "./recommended.ts";
import { scheduleConfig } from "./schedules.ts";

const positive = z.int().min(1);

export const trainingConfig = z.strictObject({
  task: z.string(),
  model: z.looseObject({ name: z.string() }),
  /** Of all random numbers. */
  seed: z.int().min(0).default(1),
  /** Replicas trained at once, each with parameters and batches of its own. */
  population: positive.default(1),
  /**
   * Replicas that are trained in one graph. A larger population is trained in shards of this size, on several processors
   * where there are some (not with a curriculum, which looks at the whole population). Results depend on it; they don't
   * depend on the number of processors.
   */
  shard: positive.default(50),
  /** Gradient steps. */
  steps: positive.default(2500),
  /** Examples a step and replica. */
  batch: positive.default(32),
  /**
   * Examples whose gradient is computed at once: a larger batch is cut into parts, computed on several processors where there
   * are some. null: 16 where a step of one network is a lot of work (10⁹ operations), otherwise all. Results depend on it, in
   * the last bits; they don't depend on the number of processors.
   */
  chunk: positive.nullable().default(null),
  /** Shortest and longest problem; the lengths between are drawn uniformly, one a step. */
  lengths: z.tuple([positive, positive]),
  /**
   * Curriculum by length: begin with lengths up to `start`; whenever the mean exact accuracy of a batch of the longest
   * current length reaches `accuracy`, `grow` is added, up to the longest of `lengths`.
   */
  curriculum: z
    .strictObject({
      start: positive,
      grow: positive.default(1),
      accuracy: z.number().gt(0).max(1).default(0.9),
    })
    .nullable()
    .default(null),
  /**
   * Training on whole problems in bins of padded lengths, with distinct training problems and problems held out for tests
   * (see `isHeldOut`), for networks whose state has positions. null: by `lengths`.
   */
  bins: z
    .strictObject({
      /** Padded lengths, rising; the network takes as many steps. */
      lengths: z.array(positive).min(1),
      /** "all": every step trains a batch of each bin, on the mean of their losses; "curriculum": of one bin. */
      step: z.enum(["all", "curriculum"]).default("all"),
      /** Problems whose gradient is computed at once. Results depend on it; they don't depend on the number of processors. */
      chunk: positive.default(16),
      /** Part of a bin's problems that are shorter than it. */
      shorter: z.number().min(0).max(1).default(0.05),
      /** Most distinct training problems of a length; null: new ones at every step. */
      examples: positive.nullable().default(10_000),
      /** Bins beyond the first unlearned one that are trained; longer ones wait. null: all bins from the beginning. */
      ahead: z.int().min(0).nullable().default(null),
      /** Symbol accuracy, averaged over some ten steps, at which a bin counts as learned. */
      learned: z.number().gt(0).max(1).default(0.9),
    })
    .nullable()
    .default(null),
  /**
   * Cost of saturated hard units: its weight, and whether it follows the loss (never above `weight`), which it does with
   * bins only.
   */
  saturation: z
    .strictObject({ weight: z.number().positive().default(1e-3), follow: z.boolean().default(true) })
    .nullable()
    .default(null),
  /**
   * Relaxed parameter sharing, with bins: weight of Σ‖θᵢ − mean‖² at first; grows by `growth` at the end of a period whose
   * errors are fewer than `below`; at `joinAt` the sets of parameters become one.
   */
  sharing: z
    .strictObject({
      pull: z.number().positive().default(5e-4),
      growth: z.number().min(1).default(1.2),
      below: z.number().gt(0).max(1).default(0.15),
      joinAt: z.number().positive().default(0.1),
    })
    .nullable()
    .default(null),
  /**
   * "cross-entropy" of the logits (binary for two symbols); "squares": half the sum of squared errors of the outputs; or
   * "cross-entropy-of-outputs": of the outputs as if they were logits, [1 − p, p] for two symbols, as in papers/000.
   */
  loss: z.enum(["cross-entropy", "squares", "cross-entropy-of-outputs"]).default("cross-entropy"),
  optimizer: optimizerConfig.prefault({ name: "adam" }),
  learningRate: z.number().positive().default(0.01),
  schedule: scheduleConfig.prefault({ name: "constant" }),
  /** Largest norm of a replica's gradient; null: unlimited. papers/004, eq. 8. */
  clip: z.number().positive().nullable().default(1),
  /**
   * Normal noise on the gradient: its standard deviation at the first step, falling as (1 + t)^(−decay); or, with bins,
   * truncated normal noise of `perRate` times the learning rate.
   */
  gradientNoise: z
    .union([
      z.strictObject({ scale: z.number().min(0), decay: z.number().min(0).default(0.55) }),
      z.strictObject({ perRate: z.number().min(0) }),
    ])
    .nullable()
    .default(null),
  /**
   * Decay of a moving average of the parameters, with bins: θ̄ ← d θ̄ + (1 − d) θ after each step, d = min(average,
   * t/(t + 10)). It is what is looked at and what the trained network is. null: the parameters themselves.
   */
  average: z.number().gt(0).lt(1).nullable().default(null),
  weightDecay: z.number().min(0).default(0),
  /**
   * Noise on the state before each step, within ±scale; the scale grows from 0 over the first `growth` of the steps. Kind
   * "uniform": drawn; "worst": the loss is that of the worst logits that any noise within ±scale can lead to, as bounds of
   * the states tell. What is learned against the worst noise can be proved: its bounds are those of proofs.
   */
  stateNoise: z
    .strictObject({
      scale: z.number().min(0),
      growth: z.number().min(0).max(1).default(0.5),
      kind: z.enum(["uniform", "worst"]).default("uniform"),
    })
    .nullable()
    .default(null),
  /** When a replica counts as solved: no error on `samples` problems of `length`, looked at every `every` steps. */
  solved: z
    .strictObject({
      length: positive,
      samples: positive.default(64),
      every: positive.default(250),
      /** Symbol accuracy that is enough; null: no error at all. */
      symbolAccuracy: z.number().gt(0).max(1).nullable().default(null),
      /**
       * Of tasks that are drawn with their answers: a mean squared error, or a cross-entropy in nats, that is small enough;
       * null: what counts is accuracy.
       */
      cost: z.number().positive().nullable().default(null),
      /** End the training once every replica is solved and the noise is fully grown. */
      stop: z.boolean().default(true),
    })
    .nullable()
    .default(null),
  /** Steps between checkpoints. */
  checkpointEvery: positive.default(250),
  /** Steps between lines of metrics. */
  reportEvery: positive.default(25),
  runtime: z.enum(runtimeNames).default("auto"),
});

export type TrainingConfig = z.output<typeof trainingConfig>;
export type TrainingConfigInput = z.input<typeof trainingConfig>;

/** A task or a kind of model that isn't in the lists: used in place of the one that a configuration names. */
export interface Own {
  readonly task?: AnyTask;
  readonly model?: ModelKind;
}

/**
 * A complete configuration: what is recommended for the task and model, then what was given.
 * @param given any part of a configuration; the name of the task unless `own` has it.
 * @param own a task or kind of model of your own.
 * @throws LonghandError `config` or `unknown-name` naming the field, what came, and what was expected.
 */
export function completeConfig(
  given: { readonly task?: string } & Record<string, unknown>,
  own: Own = {},
): TrainingConfig {
  const task = own.task ?? findAnyTask(given.task ?? "");
  const modelName = isObject(given.model) && "name" in given.model ? given.model.name : defaultModel(task);
  const kind = own.model ?? findModel(String(modelName));
  const named = {
    optimizer: { name: "adam" },
    schedule: { name: "constant" },
    ...recommended(task, kind.name, isObject(given.model) ? given.model : {}),
  };
  const merged = mergeConfig(named, { ...given, task: task.name });
  const checked = parseConfig(trainingConfig, merged, "config");
  const { name, ...options } = checked.model;
  const model = { name, ...parseConfig(kind.options, options, `model ${name}`) };
  const complete = { ...checked, model };
  checkConfig(complete, task, configuredModel(complete, own).model);
  return complete;
}

/**
 * `over` on top of `base`: objects are merged, everything else is replaced. A named part that changes its name starts
 * anew; one that had none yet gets it.
 */
export function mergeConfig(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const old = merged[key];
    const renamed = isObject(value) && isObject(old) && "name" in value && "name" in old && value.name !== old.name;
    merged[key] = isObject(value) && isObject(old) && !renamed ? mergeConfig(old, value) : value;
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The model of a configuration, for its task. */
export function configuredModel(
  config: Pick<TrainingConfig, "task" | "model">,
  own: Own = {},
): { task: AnyTask; model: Model } {
  const task = own.task ?? findAnyTask(config.task);
  const { name, ...options } = config.model;
  const kind = own.model ?? findModel(name);
  return { task, model: kind.build(options, signatureOf(task)) };
}

/** Names of all models, for lists. */
export const modelNames = models.map(({ name }) => name);

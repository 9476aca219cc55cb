/** Numbers that change in the course of training: learning rates, noise. */
import * as z from "zod";

const part = z.number().min(0).max(1);

/** How a number goes from its base value through the steps of a training. */
export const scheduleConfig = z.discriminatedUnion("name", [
  /** The base value throughout. */
  z.strictObject({ name: z.literal("constant") }),
  /** The base value for the first part `from` of the steps, then in a straight line to `final` times it at the last. */
  z.strictObject({
    name: z.literal("linear"),
    final: z.number().min(0).default(0),
    from: z.number().min(0).lt(1).default(0),
  }),
  /** Along half a cosine to `final` times the base value. (Loshchilov and Hutter 2017) */
  z.strictObject({ name: z.literal("cosine"), final: z.number().min(0).default(0) }),
  /** × factor every `every` steps. */
  z.strictObject({ name: z.literal("step"), every: z.int().min(1), factor: z.number().positive() }),
  /** × factor each step. */
  z.strictObject({ name: z.literal("exponential"), factor: z.number().positive().max(1) }),
  /**
   * × factor at the end of each `every` steps without progress, down to `floor`: see `hasStalled`. With bins alone.
   */
  z.strictObject({
    name: z.literal("plateau"),
    every: z.int().min(1).default(200),
    factor: z.number().gt(0).lt(1).default(0.7),
    floor: z
      .number()
      .min(0)
      .max(1)
      .default(1 / 60),
    rule: z.enum(["best", "worst"]).default("best"),
  }),
  /** From 0 in a straight line to the base value during the first `part` of the steps, then constant. */
  z.strictObject({ name: z.literal("warmup"), part: part.default(0.1) }),
]);

export type ScheduleConfig = z.output<typeof scheduleConfig>;

/**
 * The factor on the base value at step t of `steps` (t from 1).
 * linear: 1 − (1 − f)·max(0, (p − from)/(1 − from)) with p = (t − 1)/(steps − 1); cosine: f + (1 − f)(1 + cos πp)/2; step: a^⌊(t−1)/n⌋;
 * exponential: a^(t−1); warmup: min(1, t/(part·steps)); plateau: 1, times what the losses say.
 */
export function scheduleFactor(config: ScheduleConfig, t: number, steps: number): number {
  const progress = steps > 1 ? Math.min(1, (t - 1) / (steps - 1)) : 0;
  switch (config.name) {
    case "plateau": // what the training has seen decides: `RecipeState.rateFactor`
    case "constant":
      return 1;
    case "linear":
      return 1 - (1 - config.final) * Math.max(0, (progress - config.from) / (1 - config.from));
    case "cosine":
      return config.final + ((1 - config.final) * (1 + Math.cos(Math.PI * progress))) / 2;
    case "step":
      return config.factor ** Math.floor((t - 1) / config.every);
    case "exponential":
      return config.factor ** (t - 1);
    case "warmup":
      return config.part === 0 ? 1 : Math.min(1, t / (config.part * steps));
  }
}

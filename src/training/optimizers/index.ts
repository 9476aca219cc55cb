import * as z from "zod";
import { adam } from "./adam.ts";
import { adamax, adamaxClipped } from "./adamax.ts";
import type { Optimizer } from "./optimizer.ts";
import { rmsprop } from "./rmsprop.ts";
import { momentum, sgd } from "./sgd.ts";

export type { Optimizer } from "./optimizer.ts";
export { adam, adamax, adamaxClipped, momentum, rmsprop, sgd };

const fraction = z.number().min(0).lt(1);
const small = z.number().positive();
const adamOptions = { beta1: fraction.default(0.9), beta2: fraction.default(0.999), epsilon: small.default(1e-8) };

/** An optimizer in a configuration: its name and constants. */
export const optimizerConfig = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("sgd") }),
  z.strictObject({ name: z.literal("momentum"), momentum: fraction.default(0.9) }),
  z.strictObject({ name: z.literal("rmsprop"), decay: fraction.default(0.99), epsilon: small.default(1e-8) }),
  z.strictObject({ name: z.literal("adam"), ...adamOptions }),
  z.strictObject({ name: z.literal("adamax"), ...adamOptions }),
  z.strictObject({ name: z.literal("adamax-clipped") }),
]);

export type OptimizerConfig = z.output<typeof optimizerConfig>;

/** The optimizer of a configuration. */
export function makeOptimizer(config: OptimizerConfig): Optimizer {
  switch (config.name) {
    case "sgd":
      return sgd();
    case "momentum":
      return momentum(config);
    case "rmsprop":
      return rmsprop(config);
    case "adam":
      return adam(config);
    case "adamax":
      return adamax(config);
    case "adamax-clipped":
      return adamaxClipped();
  }
}

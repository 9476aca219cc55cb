/** What a gradient makes of the parameters: noise, clipping, decay, the optimizer. */
import { add, input, type Program, program, type Tensor } from "../../graph/index.ts";
import type { TrainingConfig } from "../config.ts";
import { makeOptimizer, type Optimizer } from "../optimizers/index.ts";
import { addGradientNoise, clipByGlobalNorm, decayWeights, globalNorm } from "../transformations.ts";

/** The settings that a step is made by once its gradient is known. */
export type UpdateConfig = Pick<TrainingConfig, "optimizer" | "gradientNoise" | "clip" | "weightDecay">;

/** The inputs of an update, for one network of `size` parameters. */
export interface UpdateInputs {
  /** [size]. */
  readonly parameters: Tensor;
  /** The optimizer's, [size] each. */
  readonly slots: Readonly<Record<string, Tensor>>;
  /** `learningRate` and the optimizer's. */
  readonly scalars: Readonly<Record<string, Tensor>>;
  /** With noise on the gradient: `gradientNoise` [size] and `gradientNoiseScale`. */
  readonly noise: Readonly<Record<string, Tensor>>;
}

export interface Update {
  readonly optimizer: Optimizer;
  readonly inputs: UpdateInputs;
  /** The step along a gradient [size]: `parameters`, slots, and `gradientNorm`, the gradient's as it came. */
  of(gradient: Tensor): { readonly parameters: Tensor; readonly slots: Record<string, Tensor>; gradientNorm: Tensor };
}

/** The update of a network. @param size number of its parameters. */
export function updateOf(config: UpdateConfig, size: number): Update {
  const optimizer = makeOptimizer(config.optimizer);
  const parameters = input("parameters", [size]);
  const slots = Object.fromEntries(optimizer.slots.map((name) => [name, input(name, [size])]));
  const learningRate = input("learningRate", []);
  const own = Object.keys(optimizer.scalars(1)).map((name) => [name, input(name, [])] as const);
  const scalars = { learningRate, ...Object.fromEntries(own) };
  const gradientNoise = input("gradientNoise", [size]);
  const gradientNoiseScale = input("gradientNoiseScale", []);
  return {
    optimizer,
    inputs: { parameters, slots, scalars, noise: config.gradientNoise ? { gradientNoise, gradientNoiseScale } : {} },
    of(gradient) {
      const noisy = config.gradientNoise ? addGradientNoise(gradient, gradientNoise, gradientNoiseScale) : gradient;
      const clipped = config.clip === null ? noisy : clipByGlobalNorm(noisy, globalNorm(noisy), config.clip);
      const decayed = config.weightDecay > 0 ? decayWeights(clipped, parameters, config.weightDecay) : clipped;
      const updated = optimizer.update(parameters, decayed, slots, scalars);
      return {
        parameters: updated.parameters,
        slots: Object.fromEntries(optimizer.slots.map((name) => [name, updated.slots[name]!])),
        gradientNorm: globalNorm(gradient),
      };
    },
  };
}

/**
 * The update along the sum of gradients, as a program. Inputs: `parameters` and the optimizer's slots [size], in and out;
 * `gradient 0` … [size], in the order in which they are summed; `learningRate` and the optimizer's scalars; with noise on the
 * gradient `gradientNoise` [size] and `gradientNoiseScale`. Out: `gradientNorm` too, of the sum.
 * @param parts how many gradients there are.
 */
export function updateProgram(config: UpdateConfig, size: number, parts: number): Program {
  const { inputs, of } = updateOf(config, size);
  const { parameters, slots, scalars, noise } = inputs;
  const gradients = Array.from({ length: parts }, (_, k) => input(`gradient ${k}`, [size]));
  const updated = of(gradients.reduce((sum, gradient) => add(sum, gradient)));
  const named = Object.fromEntries(gradients.map((gradient, k) => [`gradient ${k}`, gradient]));
  return program(
    "update",
    { parameters, ...named, ...slots, ...scalars, ...noise },
    { parameters: updated.parameters, ...updated.slots, gradientNorm: updated.gradientNorm },
  );
}

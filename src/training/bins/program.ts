/** The two programs of a training by bins: the gradient of a part of a step, and the step that all gradients together make. */
import { add, gradient, input, mul, optimize, type Program, program, type Tensor } from "../../graph/index.ts";
import { type CostName, decodeLogits, type Model } from "../../models/index.ts";
import type { TrainingConfig } from "../config.ts";
import { layoutOf, unflatten } from "../flat.ts";
import { makeOptimizer, type Optimizer } from "../optimizers/index.ts";
import { accuracies, lossOf } from "../program.ts";
import { addGradientNoise, clipByGlobalNorm, decayWeights, globalNorm } from "../transformations.ts";

/** Masks in the pool of a part's dropout. */
export const MASKS = 128;

/** The costs that a configuration puts weight on. */
export function costsOf({ saturation, sharing }: TrainingConfig): CostName[] {
  return [...(saturation ? (["saturation"] as const) : []), ...(sharing ? (["sharing"] as const) : [])];
}

/**
 * The gradient of a part. Inputs: `parameters` [size], `symbols` int [count, length, 1], `targets` int [count, length],
 * `share` (weight of the part's mean loss in the step's), `weight …` of each cost, and with dropout `pool` [masks, count ·
 * width] and `rows` int [length + 1, positions]. Outputs: `gradient` [size] of share · loss + Σ weight · cost; `loss`,
 * each cost, `symbolAccuracy`, `exactAccuracy`.
 */
export function gradientProgram(model: Model, config: TrainingConfig, length: number, count: number): Program {
  const layout = layoutOf(model.parameters);
  const vector = input("parameters", [layout.size]);
  const symbols = input("symbols", [count, length, 1], "int");
  const targets = input("targets", [count, length], "int");
  const share = input("share", []);
  const dropout = model.dropout && {
    pool: input("pool", [MASKS, count * model.dropout.width]),
    rows: input("rows", [length + 1, positionsOf(length)], "int"),
  };
  const parameters = unflatten(vector, layout);
  const { logits, outputs, costs = {} } = model.apply(parameters, symbols, dropout ? { dropout } : {});
  const names = costsOf(config).filter((name) => costs[name] !== undefined);
  const weights = Object.fromEntries(names.map((name) => [name, input(name, [])]));
  const loss = lossOf(config.loss, logits, outputs, targets);
  const weighted = names.map((name) => mul(costs[name]!, weights[name]!));
  const objective = weighted.reduce((sum, cost) => add(sum, cost), mul(share, loss));
  const { symbol, exact } = accuracies(decodeLogits(logits), targets);
  const ready = optimize([objective, loss, symbol, exact, ...names.map((name) => costs[name]!)]);
  const slopes = gradient(ready[0]!, [vector]);
  const [slope, lossReady, symbolReady, exactReady, ...costsReady] = optimize([...slopes, ...ready.slice(1)]) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    ...Tensor[],
  ];
  return program(
    `gradient ${model.name} ${length}`,
    { parameters: vector, symbols, targets, share, ...prefixed("weight", weights), ...dropout },
    {
      gradient: slope,
      loss: lossReady,
      symbolAccuracy: symbolReady,
      exactAccuracy: exactReady,
      ...Object.fromEntries(names.map((name, k) => [name, costsReady[k]!])),
    },
  );
}

/** Positions that the masks of dropout have: an even number, see `convolve`. */
export function positionsOf(length: number): number {
  return length + (length % 2);
}

export function prefixed<Value>(prefix: string, values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix} ${name}`, value]));
}

export interface UpdateProgram {
  readonly program: Program;
  readonly optimizer: Optimizer;
}

/**
 * The step. Inputs: `parameters` and the optimizer's slots [size], in and out; `gradient` [size]; `learningRate` and the
 * optimizer's scalars; with noise on the gradient `gradientNoise` [size] and `gradientNoiseScale`. Out: `gradientNorm` too.
 */
export function updateProgram(model: Model, config: TrainingConfig): UpdateProgram {
  const { size } = layoutOf(model.parameters);
  const optimizer = makeOptimizer(config.optimizer);
  const vector = input("parameters", [size]);
  const raw = input("gradient", [size]);
  const slots = Object.fromEntries(optimizer.slots.map((name) => [name, input(name, [size])]));
  const names = ["learningRate", ...Object.keys(optimizer.scalars(1))];
  const scalars = Object.fromEntries(names.map((name) => [name, input(name, [])])) as Record<string, Tensor> & {
    learningRate: Tensor;
  };
  const noise = { gradientNoise: input("gradientNoise", [size]), gradientNoiseScale: input("gradientNoiseScale", []) };
  const noisy = config.gradientNoise ? addGradientNoise(raw, noise.gradientNoise, noise.gradientNoiseScale) : raw;
  const clipped = config.clip === null ? noisy : clipByGlobalNorm(noisy, globalNorm(noisy), config.clip);
  const decayed = config.weightDecay > 0 ? decayWeights(clipped, vector, config.weightDecay) : clipped;
  const updated = optimizer.update(vector, decayed, slots, scalars);
  return {
    optimizer,
    program: program(
      `update ${model.name}`,
      { parameters: vector, gradient: raw, ...slots, ...scalars, ...(config.gradientNoise && noise) },
      { parameters: updated.parameters, ...updated.slots, gradientNorm: globalNorm(raw) },
    ),
  };
}

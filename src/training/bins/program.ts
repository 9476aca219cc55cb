/** The program of a training by bins: the gradient of a part of a step. */
import { add, gradient, input, mul, optimize, type Program, program, type Tensor } from "../../graph/index.ts";
import { type CostName, decodeLogits, type Model } from "../../models/index.ts";
import { prefixed } from "../arrays.ts";
import type { TrainingConfig } from "../config.ts";
import { layoutOf, unflatten } from "../flat.ts";
import { accuracies, lossOf } from "../program.ts";

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

/** One step of training as a program: loss, gradient, clipping, optimizer. */

import { askedSum, judge, type ProblemInputs, problemInputs } from "../evaluation/index.ts";
import {
  add,
  boundsOfSteps,
  cast,
  type Dimension,
  div,
  equal,
  gradient,
  greater,
  greaterOrEqual,
  input,
  max,
  mul,
  not,
  oneHot,
  optimize,
  or,
  type Program,
  program,
  reduceMean,
  reduceMin,
  reduceSum,
  relu,
  replaceInputs,
  squeeze,
  sub,
  type Tensor,
  type TensorBounds,
  transpose,
  unsqueeze,
  vectorize,
  where,
} from "../graph/index.ts";
import {
  type Applied,
  binaryCrossEntropy,
  crossEntropyOfOutputs,
  decodeLogits,
  halfSquares,
  type Model,
  maskedMean,
  type Signature,
  softmaxCrossEntropy,
} from "../models/index.ts";
import { prefixed } from "./arrays.ts";
import type { TrainingConfig } from "./config.ts";
import { flatten, layoutOf, unflatten } from "./flat.ts";
import type { Optimizer } from "./optimizers/index.ts";
import { updateOf } from "./parts/update.ts";

/** The loss of one replica: a mean over the positions at which an answer is asked (target ≥ 0). */
export function lossOf(kind: TrainingConfig["loss"], logits: Tensor, outputs: Tensor, targets: Tensor): Tensor {
  const asked = greaterOrEqual(targets, 0);
  const perPosition = logits.shape.at(-1) === 1 ? ofBits() : ofClasses(logits.shape.at(-1)!);
  return maskedMean(perPosition, asked);

  function ofBits(): Tensor {
    const answers = cast(targets, "float");
    switch (kind) {
      case "cross-entropy":
        return binaryCrossEntropy(squeeze(logits, [-1]), answers);
      case "cross-entropy-of-outputs":
        return crossEntropyOfOutputs(squeeze(outputs, [-1]), answers);
      case "squares":
        return halfSquares(outputs, unsqueeze(answers, [-1]));
    }
  }
  function ofClasses(classes: Dimension): Tensor {
    switch (kind) {
      case "cross-entropy":
        return softmaxCrossEntropy(logits, targets);
      case "cross-entropy-of-outputs":
        return softmaxCrossEntropy(outputs, targets);
      case "squares":
        return halfSquares(outputs, oneHot(targets, classes));
    }
  }
}

/** The part of the noise that may be left after a step, with the worst noise. */
const CONTRACTION = 0.5;

/**
 * With the worst noise: cross-entropy of the worst logits that noise on the state within ±scale can lead to in a step, and
 * how far such noise is still there after the step: mean relu(r − scale/2) over the units, r half the width of their bounds.
 */
function worstLoss(logits: Tensor, targets: Tensor, scale: Tensor): Tensor {
  const bounds = boundsOfSteps([logits], (state) => ({ lower: sub(state, scale), upper: add(state, scale) }));
  const [{ lower, upper }] = bounds.outputs as [TensorBounds];
  const classes = logits.shape.at(-1);
  const isRight = classes === 1 ? greater(unsqueeze(targets, [-1]), 0) : greater(oneHot(targets, classes!), 0.5);
  // The right answer's logit at its least, all others at their most.
  const worst = where(isRight, lower, upper);
  const left = bounds.states.map((state) => {
    const radius = mul(sub(state.upper, state.lower), 0.5);
    return reduceMean(relu(sub(radius, mul(scale, CONTRACTION))));
  });
  return left.reduce((sum, cost) => add(sum, cost), lossOf("cross-entropy", worst, worst, targets));
}

/** Symbol accuracy and exact accuracy of predictions int [batch, time], where targets ≥ 0. */
export function accuracies(predictions: Tensor, targets: Tensor): { symbol: Tensor; exact: Tensor } {
  const asked = greaterOrEqual(targets, 0);
  const right = equal(predictions, targets);
  const symbol = maskedMean(cast(right, "float"), asked);
  const exact = reduceMean(reduceMin(cast(or(right, not(asked)), "float"), { axes: [-1] }));
  return { symbol, exact };
}

/**
 * The loss of one replica on problems of any task: of symbols by `lossOf`; of numbers half the squared error and of yes or no
 * the cross-entropy, where one is asked.
 */
export function problemLoss(
  signature: Signature,
  kind: TrainingConfig["loss"],
  { logits, outputs }: Pick<Applied, "logits" | "outputs">,
  problem: ProblemInputs<Tensor>,
): Tensor {
  if (problem.asked === undefined) return lossOf(kind, logits, outputs, problem.targets);
  const { asked, cost } = judge(signature, outputs, problem);
  return signature.yesNo ? meanOf(cost, asked) : mul(meanOf(cost, asked), 0.5);
}

/** The mean over the positions at which something is asked. */
const meanOf = (values: Tensor, asked: Tensor) => div(reduceSum(askedSum(values, asked)), max(reduceSum(asked), 1));

/** What a step makes of its problems: loss, symbol accuracy and exact accuracy, each a mean over what is asked. */
function judged(model: Model, config: TrainingConfig, applied: Applied, problem: ProblemInputs<Tensor>) {
  const loss = problemLoss(model.signature, config.loss, applied, problem);
  if (problem.asked === undefined) {
    const { symbol, exact } = accuracies(decodeLogits(applied.logits), problem.targets);
    return { loss, symbol, exact };
  }
  const { asked, right } = judge(model.signature, applied.outputs, problem);
  return {
    loss,
    symbol: meanOf(cast(right, "float"), asked),
    exact: reduceMean(reduceMin(cast(right, "float"), { axes: [-1] })),
  };
}

/** A network and what is asked of it, as graphs of inputs: of one replica, for any number of problems. */
interface Network {
  readonly problem: ProblemInputs<Tensor>;
  /** Noise on the state: state name → [time, batch, width]. */
  readonly noise: Readonly<Record<string, Tensor>>;
  /** With the worst noise: its scale. */
  readonly stateNoiseScale: Tensor;
  readonly loss: Tensor;
  readonly symbol: Tensor;
  readonly exact: Tensor;
}

/** Widths of the state tensors that get noise, by name. */
export function noiseWidths(model: Model, { stateNoise }: Pick<TrainingConfig, "stateNoise">): Record<string, number> {
  return stateNoise ? { ...model.state } : {};
}

function networkOf(model: Model, config: TrainingConfig, parameters: Readonly<Record<string, Tensor>>): Network {
  const problem = problemInputs(model.signature);
  const { symbols, targets, present } = problem;
  const noise = mapValues(noiseWidths(model, config), (width, name) =>
    input(`noise ${name}`, ["time", "batch", width]),
  );
  const stateNoiseScale = input("stateNoiseScale", []);
  const applied = model.apply(parameters, symbols, { noise, present });
  const { loss: plain, symbol, exact } = judged(model, config, applied, problem);
  const costly = config.saturation ? add(plain, mul(applied.costs!.saturation!, config.saturation.weight)) : plain;
  const isWorst = config.stateNoise?.kind === "worst";
  const loss = isWorst ? add(costly, worstLoss(applied.logits, targets, stateNoiseScale)) : costly;
  return { problem, noise, stateNoiseScale, loss, symbol, exact };
}

/**
 * The gradient of a part of a batch, for one network without costs and worst noise. Inputs: `parameters` [size], `share`
 * (weight of the part's mean loss in the step's), the problems [batch, time, …] and `noise h` [time, batch, width] as
 * `trainingProgram` has them. Outputs: `gradient` [size] of share · loss; `loss`, `symbolAccuracy`, `exactAccuracy`.
 */
export function batchGradientProgram(model: Model, config: TrainingConfig): Program {
  const layout = layoutOf(model.parameters);
  const vector = input("parameters", [layout.size]);
  const share = input("share", []);
  const parameters = unflatten(vector, layout);
  const { problem, noise, ...results } = networkOf(model, config, parameters);
  const ready = optimize([mul(share, results.loss), results.loss, results.symbol, results.exact]);
  const slopes = gradient(ready[0]!, Object.values(parameters));
  const [loss, symbolAccuracy, exactAccuracy, ...cut] = optimize([...ready.slice(1), ...slopes]) as [
    ...[Tensor, Tensor, Tensor],
    ...Tensor[],
  ];
  return program(
    `gradient ${model.name}`,
    { parameters: vector, share, ...problem, ...prefixed("noise", noise) },
    { gradient: flatten(cut, layout), loss, symbolAccuracy, exactAccuracy },
  );
}

export interface TrainingProgram {
  readonly program: Program;
  readonly optimizer: Optimizer;
}

/**
 * The program of a step. Inputs and outputs (P stands for the population's axis; absent for a single replica):
 *
 * - `parameters` [P, size] and the optimizer's slots, in and out;
 * - the problems, each [P, batch, time, …]: see `ProblemInputs`;
 * - `noise h` [time, P, batch, width] for each state tensor, with uniform noise on the state; `stateNoiseScale`, with the worst;
 * - `gradientNoise` [P, size] and `gradientNoiseScale`, with noise on the gradient;
 * - `learningRate` and the optimizer's scalars;
 * - out: `loss`, `symbolAccuracy`, `exactAccuracy`, `gradientNorm` [P].
 */
export function trainingProgram(model: Model, config: TrainingConfig): TrainingProgram {
  const layout = layoutOf(model.parameters);
  const { population } = config;
  const isPopulation = population > 1;
  const perParameter = (prefix: string) =>
    Object.fromEntries(layout.parts.map(({ name, shape }) => [name, input(`${prefix}${name}`, shape)]));

  // The network and its loss, for one replica.
  const parameters = perParameter("");
  const { problem, noise, stateNoiseScale, loss, symbol, exact } = networkOf(model, config, parameters);

  // What happens to its gradient, and the optimizer.
  const gradients = perParameter("gradient of ");
  const update = updateOf(config, layout.size);
  const { parameters: vector, slots, scalars } = update.inputs;
  const updated = update.of(flatten(Object.values(gradients), layout));

  // The population: the same graphs with one more axis.
  const lift = (tensors: readonly Tensor[], replacements: ReadonlyMap<Tensor, Tensor>) =>
    isPopulation ? vectorize(tensors, replacements, population) : replaceInputs(tensors, replacements);
  const wide = (tensor: Tensor, name: string) =>
    isPopulation ? input(name, [population, ...tensor.shape], tensor.dtype) : tensor;
  const given: Record<string, Tensor> = { ...problem };
  // The scale of noise is the same for all replicas.
  const { gradientNoise, ...noiseScales } = update.inputs.noise;
  const all = {
    vector: wide(vector, "parameters"),
    problem: mapValues(given, wide),
    slots: mapValues(slots, wide),
    gradientNoise: gradientNoise && wide(gradientNoise, "gradientNoise"),
    // Time is the first axis of what a scan reads: noise comes in that order.
    noise: mapValues(noise, (tensor, name) => {
      const [time, batch, width] = tensor.shape as [string, string, number];
      return isPopulation ? input(`noise ${name}`, [time, population, batch, width]) : tensor;
    }),
  };
  const cut = lift(Object.values(unflatten(vector, layout)), new Map([[vector, all.vector]]));
  const forward = lift(
    [loss, symbol, exact],
    new Map<Tensor, Tensor>([
      ...Object.values(parameters).map((tensor, k) => [tensor, cut[k]!] as const),
      ...Object.entries(given).map(([name, tensor]) => [tensor, all.problem[name]!] as const),
      ...Object.entries(noise).map(
        ([name, tensor]) => [tensor, isPopulation ? transpose(all.noise[name]!, [1, 0, 2, 3]) : tensor] as const,
      ),
    ]),
  );
  const ready = optimize(forward);
  const withGradients = optimize([...ready, ...gradient(ready[0]!, cut)]);
  const [lossAll, symbolAll, exactAll, ...gradientsAll] = withGradients as [Tensor, Tensor, Tensor, ...Tensor[]];
  const slotNames = Object.keys(slots);
  const [normAll, parametersAll, ...slotsAll] = lift(
    [updated.gradientNorm, updated.parameters, ...slotNames.map((name) => updated.slots[name]!)],
    new Map<Tensor, Tensor>([
      ...Object.values(gradients).map((tensor, k) => [tensor, gradientsAll[k]!] as const),
      [vector, all.vector],
      ...slotNames.map((name) => [slots[name]!, all.slots[name]!] as const),
      ...(gradientNoise ? [[gradientNoise, all.gradientNoise!] as const] : []),
    ]),
  ) as [Tensor, Tensor, ...Tensor[]];
  return {
    optimizer: update.optimizer,
    program: program(
      `train ${model.name}`,
      {
        parameters: all.vector,
        ...all.slots,
        ...all.problem,
        ...prefixed("noise", all.noise),
        ...(config.stateNoise?.kind === "worst" && { stateNoiseScale }),
        ...(all.gradientNoise && { gradientNoise: all.gradientNoise }),
        ...noiseScales,
        ...scalars,
      },
      {
        parameters: parametersAll,
        ...Object.fromEntries(slotNames.map((name, k) => [name, slotsAll[k]!])),
        loss: lossAll,
        symbolAccuracy: symbolAll,
        exactAccuracy: exactAll,
        gradientNorm: normAll,
      },
    ),
  };
}

function mapValues<Key extends string, A, B>(
  from: Readonly<Record<Key, A>>,
  f: (value: A, key: Key) => B,
): Record<Key, B> {
  const entries = Object.entries(from) as [Key, A][];
  return Object.fromEntries(entries.map(([key, value]) => [key, f(value, key)])) as Record<Key, B>;
}

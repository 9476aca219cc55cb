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
import type { TrainingConfig } from "./config.ts";
import { flatten, layoutOf, unflatten } from "./flat.ts";
import { makeOptimizer, type Optimizer } from "./optimizers/index.ts";
import { addGradientNoise, clipByGlobalNorm, decayWeights, globalNorm } from "./transformations.ts";

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

export interface TrainingProgram {
  readonly program: Program;
  readonly optimizer: Optimizer;
  /** Shapes of the noise arrays for a batch of given size and time: state name → width. */
  readonly noise: Readonly<Record<string, number>>;
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
  const optimizer = makeOptimizer(config.optimizer);
  const { size } = layout;
  const { population } = config;
  const isPopulation = population > 1;
  const perParameter = (prefix: string) =>
    Object.fromEntries(layout.parts.map(({ name, shape }) => [name, input(`${prefix}${name}`, shape)]));

  // The network and its loss, for one replica.
  const parameters = perParameter("");
  const problem = problemInputs(model.signature);
  const { symbols, targets, present } = problem;
  const isWorst = config.stateNoise?.kind === "worst";
  const noiseWidths = config.stateNoise ? model.state : {};
  const noise = mapValues(noiseWidths, (width, name) => input(`noise ${name}`, ["time", "batch", width]));
  const stateNoiseScale = input("stateNoiseScale", []);
  const applied = model.apply(parameters, symbols, { noise, present });
  const { loss: plain, symbol, exact } = judged(model, config, applied, problem);
  const costly = config.saturation ? add(plain, mul(applied.costs!.saturation!, config.saturation.weight)) : plain;
  const loss = isWorst ? add(costly, worstLoss(applied.logits, targets, stateNoiseScale)) : costly;

  // What happens to its gradient, and the optimizer.
  const vector = input("parameters", [size]);
  const gradients = perParameter("gradient of ");
  const slots = Object.fromEntries(optimizer.slots.map((name) => [name, input(name, [size])]));
  const scalars = mapValues({ learningRate: 0, ...optimizer.scalars(1) }, (_, name) => input(name, []));
  const gradientNoise = input("gradientNoise", [size]);
  const gradientNoiseScale = input("gradientNoiseScale", []);
  const raw = flatten(Object.values(gradients), layout);
  const noisy = config.gradientNoise ? addGradientNoise(raw, gradientNoise, gradientNoiseScale) : raw;
  const clipped = config.clip === null ? noisy : clipByGlobalNorm(noisy, globalNorm(noisy), config.clip);
  const decayed = config.weightDecay > 0 ? decayWeights(clipped, vector, config.weightDecay) : clipped;
  const updated = optimizer.update(vector, decayed, slots, scalars);

  // The population: the same graphs with one more axis.
  const lift = (tensors: readonly Tensor[], replacements: ReadonlyMap<Tensor, Tensor>) =>
    isPopulation ? vectorize(tensors, replacements, population) : replaceInputs(tensors, replacements);
  const wide = (tensor: Tensor, name: string) =>
    isPopulation ? input(name, [population, ...tensor.shape], tensor.dtype) : tensor;
  const given: Record<string, Tensor> = { ...problem };
  const all = {
    vector: wide(vector, "parameters"),
    problem: mapValues(given, wide),
    slots: mapValues(slots, wide),
    gradientNoise: wide(gradientNoise, "gradientNoise"),
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
  const [normAll, parametersAll, ...slotsAll] = lift(
    [globalNorm(raw), updated.parameters, ...optimizer.slots.map((name) => updated.slots[name]!)],
    new Map<Tensor, Tensor>([
      ...Object.values(gradients).map((tensor, k) => [tensor, gradientsAll[k]!] as const),
      [vector, all.vector],
      ...optimizer.slots.map((name) => [slots[name]!, all.slots[name]!] as const),
      [gradientNoise, all.gradientNoise],
    ]),
  ) as [Tensor, Tensor, ...Tensor[]];
  return {
    optimizer,
    noise: noiseWidths,
    program: program(
      `train ${model.name}`,
      {
        parameters: all.vector,
        ...all.slots,
        ...all.problem,
        ...Object.fromEntries(Object.entries(all.noise).map(([name, tensor]) => [`noise ${name}`, tensor])),
        ...(isWorst && { stateNoiseScale }),
        ...(config.gradientNoise && { gradientNoise: all.gradientNoise, gradientNoiseScale }),
        ...scalars,
      },
      {
        parameters: parametersAll,
        ...Object.fromEntries(optimizer.slots.map((name, k) => [name, slotsAll[k]!])),
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

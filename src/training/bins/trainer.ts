/** The trainer by bins: many parts make the gradient of a step. The same stream of events as `train`. */
import { LonghandError } from "../../errors.ts";
import { evaluator } from "../../evaluation/index.ts";
import type { ArrayData, NDArray } from "../../graph/index.ts";
import type { Model } from "../../models/index.ts";
import { randomSource } from "../../random/index.ts";
import { floatArray } from "../arrays.ts";
import { configuredModel, type TrainingConfig } from "../config.ts";
import type { TrainingEvent } from "../events.ts";
import { layoutOf } from "../flat.ts";
import { gradientNoise } from "../noise.ts";
import { type Part, type PartResult, partRunner } from "../parts/part.ts";
import { partsStepper } from "../parts/step.ts";
import { scheduleFactor } from "../schedules.ts";
import { joinParameters, namedParameters, type TrainingState } from "../state.ts";
import { stopwatch } from "../stopwatch.ts";
import { type Answer, initialState, type TrainOptions } from "../trainer.ts";
import { binParts } from "./parts.ts";
import { planStep } from "./plan.ts";
import { costsOf } from "./program.ts";
import { type BinResult, initialRecipe, nextRecipe, type RecipeState } from "./recipe.ts";

/**
 * Trains one network by bins.
 * @param config complete, with `bins`: see `completeConfig`.
 * @yields as `train`.
 * @throws LonghandError as `train`.
 */
export async function* trainBins(
  config: TrainingConfig,
  options: TrainOptions,
): AsyncGenerator<TrainingEvent, void, Answer> {
  const { runtime, signal, own } = options;
  const { task, model } = configuredModel(config, own);
  const layout = layoutOf(model.parameters);
  const random = randomSource(config.seed);
  await using parts = options.parts ?? partRunner(binParts(config, own), runtime);
  await using stepper = partsStepper({ parts, runtime, config, size: layout.size });
  const { optimizer } = stepper;
  await using looker = config.solved ? await evaluator(model, task, runtime) : undefined;

  const start = options.state ?? initialState(config, runtime.precision, options);
  const shape = [layout.size];
  const asArray = (data: ArrayData | undefined) => floatArray(runtime.precision, shape, data);
  const names = ["parameters", ...optimizer.slots];
  let current = Object.fromEntries(
    names.map((name) => [name, asArray(name === "parameters" ? start.parameters : start.slots[name])]),
  );
  let next = Object.fromEntries(names.map((name) => [name, asArray(undefined)]));
  let recipe = start.recipe ?? initialRecipe(config);
  let [solvedAt] = start.solvedAt;
  let step = start.step;
  /** The moving average of the parameters. */
  const average = config.average === null ? undefined : asArray(start.slots.average ?? start.parameters);
  const network = () => (average ?? current.parameters!).data;
  const state = (): TrainingState => ({
    step,
    parameters: current.parameters!.data.slice(),
    slots: {
      ...Object.fromEntries(optimizer.slots.map((name) => [name, current[name]!.data.slice()])),
      ...(average && { average: average.data.slice() }),
    },
    longest: config.bins!.lengths[recipe.open - 1]!,
    solvedAt: [solvedAt ?? null],
    divergedAt: [null],
    recipe,
  });

  yield { type: "start", step, steps: config.steps, parameters: layout.size, runtime: runtime.description };
  const timer = stopwatch((at) => (config.steps - at) * fullWork(config));
  let savedAt = step;
  let isStopped = false;
  while (step < config.steps && !isStopped && !signal?.aborted) {
    const t = step + 1;
    const plan = planStep(config, recipe, random, t);
    const learningRate = config.learningRate * scheduleFactor(config.schedule, t, config.steps) * recipe.rateFactor;
    const weights = weightsOf(config, recipe);
    const { scale, noise } = gradientNoise(config, random, t, learningRate, layout.size);
    const scalars = { learningRate, ...scale };
    const { results, gradientNorm: norm } = await stepper.take(
      { step: t, parts: plan, weights, scalars, noise },
      current,
      next,
    );
    const result = resultOf(plan, results);
    if (!(Number.isFinite(result.loss) && Number.isFinite(norm) && next.parameters!.data.every(Number.isFinite))) {
      if (step > savedAt) yield { type: "checkpoint", step, state: state(), ends: null };
      throw new LonghandError(
        "not-finite",
        `training stopped at step ${t}: the loss is ${result.loss}, the norm of the gradient ${norm}; the parameters of step ${step} are kept. A smaller learning rate or gradient clipping may help`,
      );
    }
    [current, next] = [next, current];
    step = t;
    timer.count(
      plan.reduce((sum, { count }) => sum + count, 0),
      plan.reduce((sum, { length, count }) => sum + count * length ** 2, 0),
    );
    recipe = nextRecipe(config, recipe, result, learningRate);
    // Each set has a gradient of its own: they stay one by being joined after every step.
    if (config.sharing && recipe.pull === 0) joinAll(model, current);
    if (average) moveAverage(average.data, current.parameters!.data, Math.min(config.average!, t / (t + 10)));

    if (t % config.reportEvery === 0 || t === config.steps) {
      const answer = yield {
        type: "step",
        step,
        loss: result.loss,
        symbolAccuracy: mean(result.bins.map(({ symbolAccuracy }) => symbolAccuracy)),
        exactAccuracy: mean(result.bins.map(({ exactAccuracy }) => exactAccuracy)),
        gradientNorm: norm,
        losses: [result.loss],
        learningRate,
        length: Math.max(...result.bins.map(({ length }) => length)),
        bins: result.bins,
        costs: { ...result.costs },
        weights,
        ...timer.read(step),
      };
      isStopped = answer === "stop";
    }
    let isSolved = false;
    if (looker && config.solved && (t % config.solved.every === 0 || t === config.steps)) {
      const { length, samples, symbolAccuracy: enough } = config.solved;
      const parameters = namedParameters(network(), layout, 1);
      timer.pause();
      for await (const [found] of looker.evaluate(parameters, {
        lengths: [length],
        samples,
        seed: config.seed,
        side: "test",
      })) {
        const { exact, symbol } = found!;
        const yes = enough === null ? exact.successes === samples : symbol.value >= enough;
        solvedAt = yes ? (solvedAt ?? step) : null;
        const answer = yield {
          type: "look",
          step,
          solved: [yes],
          accuracies: [{ symbol: symbol.value, exact: exact.value }],
        };
        isSolved = answer === undefined ? yes && config.solved.stop : answer === "solved";
      }
      timer.go();
    }
    const isLast = t === config.steps || isSolved;
    if (t % config.checkpointEvery === 0 || isLast) {
      savedAt = step;
      yield { type: "checkpoint", step, state: state(), ends: isSolved ? "solved" : isLast ? "steps" : null };
    }
    if (isSolved) {
      yield { type: "done", step, reason: "solved", state: state() };
      return;
    }
  }
  if (step > savedAt) yield { type: "checkpoint", step, state: state(), ends: null };
  yield { type: "done", step, reason: step < config.steps ? "aborted" : "steps", state: state() };
}

/** θ̄ ← d θ̄ + (1 − d) θ. */
function moveAverage(average: ArrayData, parameters: ArrayData, decay: number): void {
  for (let k = 0; k < average.length; k++) average[k]! += (1 - decay) * (parameters[k]! - average[k]!);
}

/** Steps · positions of a step once all bins are trained: what is left may take that long. */
function fullWork({ bins, batch }: TrainingConfig): number {
  const { lengths, step } = bins!;
  const squares = lengths.map((length) => length ** 2);
  return batch * (step === "all" ? squares.reduce((sum, square) => sum + square, 0) : Math.max(...squares));
}

function weightsOf(config: TrainingConfig, recipe: RecipeState): Record<string, number> {
  const all: Record<string, number> = { saturation: recipe.saturationWeight, sharing: recipe.pull };
  return Object.fromEntries(costsOf(config).map((name) => [name, all[name]!]));
}

/** Means over the step, and over each bin. */
function resultOf(plan: readonly Part[], results: readonly PartResult[]) {
  const weighted = (of: (result: PartResult) => number) =>
    results.reduce((sum, result) => sum + result.share * of(result), 0);
  const lengths = [...new Set(plan.map(({ length }) => length))].sort((a, b) => a - b);
  const bins = lengths.map((length): BinResult => {
    const own = plan.map((_, k) => k).filter((k) => plan[k]!.length === length);
    const problems = own.reduce((sum, k) => sum + plan[k]!.count, 0);
    const of = (name: "loss" | "symbolAccuracy" | "exactAccuracy") =>
      own.reduce((sum, k) => sum + plan[k]!.count * results[k]![name], 0) / problems;
    return { length, loss: of("loss"), symbolAccuracy: of("symbolAccuracy"), exactAccuracy: of("exactAccuracy") };
  });
  const names = Object.keys(results[0]!.costs);
  const costs = Object.fromEntries(names.map((name) => [name, weighted(({ costs: all }) => all[name]!)]));
  return { loss: weighted(({ loss }) => loss), saturation: costs.saturation ?? 0, costs, bins };
}

/** Makes the sets of shared parameters one, in place; what the optimizer remembers of them as well. */
function joinAll(model: Model, arrays: Readonly<Record<string, NDArray>>): void {
  if (!model.joinSets) return;
  const layout = layoutOf(model.parameters);
  for (const { data } of Object.values(arrays)) {
    data.set(joinParameters(model.joinSets(namedParameters(data, layout, 1)), layout, 1));
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

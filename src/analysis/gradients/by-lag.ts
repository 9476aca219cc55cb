/** How the loss at one step depends on the states before it: ∂L_T/∂s_t, for any network that answers at each step. */

import { problemInputs } from "../../evaluation/index.ts";
import { gradient, input, type NDArray, ndarray, optimize, program, type Tensor } from "../../graph/index.ts";
import { type Model, parameterInputs } from "../../models/index.ts";
import { compileReference } from "../../runtime/reference/reference.ts";
import { problemLoss, type TrainingConfig } from "../../training/index.ts";
import { askedOnlyAt, countAsked, type GradientProbe, lastAsked } from "./probe.ts";

/** ∂L_T/∂s_t of each problem: by state tensor [T, samples, width], at index t the state after t steps; 0 is the initial one. */
export type StateGradients = Readonly<Record<string, NDArray>>;

/** Gradients of the loss at steps of one's choice. */
export interface LossGradients {
  /** By the states before that step, of each problem's own loss. @param step T, from 1. */
  byStates(step: number): StateGradients;
  /** By the parameters, of the mean loss of the problems at that step. */
  byParameters(step: number): Readonly<Record<string, NDArray>>;
}

/**
 * Backpropagation through time by the library's `gradient`: zeros are added to the state before each step, and the gradient by
 * these zeros is the gradient by the states.
 */
export function lossGradients(probe: GradientProbe): LossGradients {
  const { network, samples, steps } = probe;
  const { run } = compiled(network.model, probe.loss);
  const zeros = Object.fromEntries(
    Object.entries(network.model.state).map(([name, width]) => [
      `noise ${name}`,
      ndarray(new Float64Array(steps * samples * width), [steps, samples, width]),
    ]),
  );
  const made = (step: number) => run({ ...network.parameters, ...zeros, ...askedOnlyAt(probe, step) });
  const named = (from: Readonly<Record<string, NDArray>>, prefix: string, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, from[`${prefix}${name}`]!]));
  return {
    byStates(step) {
      const asked = countAsked(probe, step);
      const gradients = named(made(step), "by state ", Object.keys(network.model.state));
      // The loss is a mean over the problems; each problem's own gradient is as many times as large.
      for (const { data } of Object.values(gradients)) for (let k = 0; k < data.length; k++) data[k]! *= asked;
      return gradients;
    },
    byParameters: (step) => named(made(step), "by ", Object.keys(network.model.parameters)),
  };
}

type Compiled = ReturnType<typeof compileReference>;

function compiled(model: Model, loss: TrainingConfig["loss"]): Compiled {
  const parameters = parameterInputs(model);
  const problem = problemInputs(model.signature);
  const noise = Object.fromEntries(
    Object.entries(model.state).map(([name, width]) => [name, input(`noise ${name}`, ["time", "batch", width])]),
  );
  const applied = model.apply(parameters, problem.symbols, { noise });
  const wrt = { ...prefixed("by state ", noise), ...prefixed("by ", parameters) };
  const gradients = optimize(gradient(problemLoss(model.signature, loss, applied, problem), Object.values(wrt)));
  return compileReference(
    program(
      "gradients",
      { ...parameters, ...prefixed("noise ", noise), ...problem },
      Object.fromEntries(Object.keys(wrt).map((name, k) => [name, gradients[k]!])),
    ),
  );
}

function prefixed(prefix: string, tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}${name}`, tensor]));
}

/** The norms of all problems at one lag, by their middle and spread. */
export interface LagNorms {
  /** k: of ∂L_T/∂s_{T−k}. */
  readonly lag: number;
  readonly median: number;
  readonly mean: number;
  /** Least and greatest of the problems, and the tenth and ninetieth percentile. */
  readonly least: number;
  readonly greatest: number;
  readonly low: number;
  readonly high: number;
  /** Share of the problems whose gradient is exactly 0. */
  readonly zeros: number;
}

export interface GradientsByLag {
  /** T, the step whose loss it is. */
  readonly step: number;
  /** ‖∂L_T/∂s_{T−k}‖ by lag k = 1 … T over the whole state, for each problem: [T][samples]. */
  readonly norms: readonly (readonly number[])[];
  readonly lags: readonly LagNorms[];
  /** The same for each state tensor alone. */
  readonly byState: Readonly<Record<string, readonly LagNorms[]>>;
}

/**
 * The norm of ∂L_T/∂s_{T−k} by lag k.
 * @param step T, from 1. Default: the last step at which an answer is asked.
 */
export function gradientsByLag(
  probe: GradientProbe,
  step = lastAsked(probe),
  gradients = lossGradients(probe).byStates(step),
): GradientsByLag {
  const squaresOf = (names: readonly string[]) =>
    Array.from({ length: step }, (_, k) =>
      Array.from({ length: probe.samples }, (_, sample) =>
        names.reduce(
          (sum, name) => sum + rowOf(gradients[name]!, step - 1 - k, sample).reduce((s, g) => s + g * g, 0),
          0,
        ),
      ),
    );
  const normsOf = (names: readonly string[]) => squaresOf(names).map((row) => row.map(Math.sqrt));
  const names = Object.keys(gradients);
  const norms = normsOf(names);
  return {
    step,
    norms,
    lags: norms.map(summarized),
    byState: Object.fromEntries(names.map((name) => [name, normsOf([name]).map(summarized)])),
  };
}

/** One problem's row at a time of [time, samples, width]. */
export function rowOf({ shape, data }: NDArray, time: number, sample: number): Float64Array {
  const [, samples, width] = shape as [number, number, number];
  const start = (time * samples + sample) * width;
  return (data as Float64Array).subarray(start, start + width);
}

function summarized(norms: readonly number[], k: number): LagNorms {
  const sorted = norms.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return below + (above - below) * (place - Math.floor(place));
  };
  return {
    lag: k + 1,
    median: at(0.5),
    mean: norms.reduce((sum, norm) => sum + norm, 0) / norms.length,
    least: sorted[0]!,
    greatest: sorted.at(-1)!,
    low: at(0.1),
    high: at(0.9),
    zeros: norms.filter((norm) => norm === 0).length / norms.length,
  };
}

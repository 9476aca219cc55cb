/** The gradient by the parameters as a sum over the steps at which they act: papers/004, eq. 6 and 7, for any network. */
import { problemInputs } from "../../evaluation/index.ts";
import { gradient, input, type NDArray, program, type Tensor, unrollScans } from "../../graph/index.ts";
import { type Model, parameterInputs } from "../../models/index.ts";
import { stateArrays, stateInput } from "../../networks/index.ts";
import { compileReference } from "../../runtime/reference/reference.ts";
import { problemLoss, type TrainingConfig } from "../../training/index.ts";
import { lossGradients, rowOf, type StateGradients } from "./by-lag.ts";
import { stepPullback } from "./jacobians.ts";
import { atStep, countAsked, type GradientProbe, lastAsked, type Trajectory, trajectoryOf } from "./probe.ts";

/** What the parameters do at step T − k: its share of ∂L_T/∂θ. */
export interface LagContribution {
  /** k; T for what a learned initial state does. */
  readonly lag: number;
  /** The contribution by parameter. All lags add up to the gradient. */
  readonly gradients: Readonly<Record<string, NDArray>>;
  /** Its norm over all parameters. */
  readonly norm: number;
  /** Its part of the gradient: ⟨contribution, gradient⟩/‖gradient‖². All lags add up to 1; negative ones work against the rest. */
  readonly share: number;
}

/**
 * Decomposes ∂L_T/∂θ, of the mean loss of the problems at step T, by lag:
 *
 *     ∂L_T/∂θ = Σ_{k=0}^{T−1} (∂L_T/∂s_{T−k}) (∂s_{T−k}/∂θ at that step alone),
 *
 * where at lag 0 the loss reads the step itself.
 * @param step T, from 1. Default: the last step at which an answer is asked.
 */
export function lagContributions(
  probe: GradientProbe,
  step = lastAsked(probe),
  trajectory: Trajectory = trajectoryOf(probe),
  byStates: StateGradients = lossGradients(probe).byStates(step),
): LagContribution[] {
  const { network, samples } = probe;
  const names = Object.keys(network.model.state);
  const pullback = stepPullback(probe);
  const asked = countAsked(probe, step);
  const gradients: Readonly<Record<string, NDArray>>[] = [
    lastStepGradients(probe, step, trajectory),
    ...Array.from({ length: step - 1 }, (_, k) => {
      const t = step - 1 - k;
      const rows = Array.from({ length: samples }, (_, sample) =>
        names.flatMap((name) => Array.from(rowOf(byStates[name]!, t, sample), (value) => value / asked)),
      );
      return pullback.byParameters(trajectory[t - 1]!, atStep(probe.problems.symbols, t), rows);
    }),
  ];
  const learned = names.filter((name) => network.parameters[`initial ${name}`]);
  if (learned.length > 0) gradients.push(initialGradients(network.model, learned, byStates, { samples, asked }));
  const total = sumOf(gradients);
  const size = dot(total, total);
  return gradients.map((part, lag) => ({
    lag,
    gradients: part,
    norm: Math.sqrt(dot(part, part)),
    share: size === 0 ? 0 : dot(part, total) / size,
  }));
}

/** The sum of the contributions of all lags: ∂L_T/∂θ. */
export function sumOfContributions(contributions: readonly LagContribution[]): Record<string, NDArray> {
  return sumOf(contributions.map(({ gradients }) => gradients));
}

function sumOf(gradients: readonly Readonly<Record<string, NDArray>>[]): Record<string, NDArray> {
  const names = Object.keys(gradients[0]!);
  return Object.fromEntries(
    names.map((name) => {
      const { shape, data } = gradients[0]![name]!;
      const sum = new Float64Array(data.length);
      for (const part of gradients) for (let k = 0; k < sum.length; k++) sum[k]! += part[name]!.data[k]!;
      return [name, { dtype: "float" as const, shape, data: sum }];
    }),
  );
}

function dot(a: Readonly<Record<string, NDArray>>, b: Readonly<Record<string, NDArray>>): number {
  let sum = 0;
  for (const [name, { data }] of Object.entries(a)) {
    for (let k = 0; k < data.length; k++) sum += data[k]! * b[name]!.data[k]!;
  }
  return sum;
}

/** Lag 0: the loss of one step from the state before it, by the parameters. */
function lastStepGradients(probe: GradientProbe, step: number, trajectory: Trajectory): Record<string, NDArray> {
  const { network, problems, loss } = probe;
  const { model, parameters } = network;
  const only = Object.entries(problems).map(([name, array]) => {
    const { dtype, shape, data } = atStep(array as NDArray, step);
    const [samples, ...rest] = shape;
    return [name, { dtype, shape: [samples!, 1, ...rest], data }] as const;
  });
  return lastStepProgram(model, loss).run({
    ...parameters,
    ...stateArrays(model, trajectory[step - 1]!),
    ...Object.fromEntries(only),
  });
}

function lastStepProgram(model: Model, loss: TrainingConfig["loss"]): ReturnType<typeof compileReference> {
  const parameters = parameterInputs(model);
  const problem = problemInputs(model.signature, 1);
  const states = Object.fromEntries(
    Object.entries(model.state).map(([name, width]) => [name, input(stateInput(name), ["batch", width])]),
  );
  const applied = model.apply(parameters, problem.symbols, { initial: states });
  const [logits, outputs] = unrollScans([applied.logits, applied.outputs]) as [Tensor, Tensor];
  const names = Object.keys(parameters);
  const gradients = gradient(
    problemLoss(model.signature, loss, { logits, outputs }, problem),
    Object.values(parameters),
  );
  const inputs = Object.fromEntries(Object.entries(states).map(([name, tensor]) => [stateInput(name), tensor]));
  return compileReference(
    program(
      "last step",
      { ...parameters, ...inputs, ...problem },
      Object.fromEntries(names.map((name, k) => [name, gradients[k]!])),
    ),
  );
}

/** A learned initial state acts before the first step. */
function initialGradients(
  model: Model,
  learned: readonly string[],
  byStates: StateGradients,
  { samples, asked }: { readonly samples: number; readonly asked: number },
): Record<string, NDArray> {
  return Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape }]) => {
      const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
      const state = learned.find((each) => name === `initial ${each}`);
      for (let sample = 0; state !== undefined && sample < samples; sample++) {
        rowOf(byStates[state]!, 0, sample).forEach((value, k) => {
          data[k]! += value / asked;
        });
      }
      return [name, { dtype: "float" as const, shape, data }];
    }),
  );
}

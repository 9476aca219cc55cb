/** A network with problems on which its gradients are looked at, all in float64. */
import { LonghandError } from "../../errors.ts";
import { type ProblemInputs, problemArrays } from "../../evaluation/index.ts";
import { type ArrayData, type NDArray, ndarray } from "../../graph/index.ts";
import type { Model } from "../../models/index.ts";
import { firstStepProgram, makeNetwork, stateArrays, stateMade, stepProgram } from "../../networks/index.ts";
import { randomSource } from "../../random/index.ts";
import { compileReference } from "../../runtime/reference/reference.ts";
import { type AnyTask, drawBatch } from "../../tasks/index.ts";
import { drawParameters, layoutOf, namedParameters, type TrainingConfig } from "../../training/index.ts";

/** A model with its parameters, for a task of any kind. */
export interface GradientNetwork {
  readonly task: AnyTask;
  readonly model: Model;
  readonly parameters: Readonly<Record<string, NDArray>>;
}

export interface GradientProbe {
  readonly network: GradientNetwork;
  /** Of tasks that ask for symbols; numbers have half the squared error. */
  readonly loss: TrainingConfig["loss"];
  /** Number of steps T, and of problems. */
  readonly steps: number;
  readonly samples: number;
  /** The problems, as programs take them, each [samples, T, …]. */
  readonly problems: ProblemInputs<NDArray>;
}

export interface ProbeOptions {
  /** Length of the problems. */
  readonly length: number;
  /** Number of problems. */
  readonly samples: number;
  /** Of the problems. */
  readonly seed: number;
  /** Which of the batches of this seed. Default: 0. */
  readonly batch?: number;
  /** Default: cross-entropy. */
  readonly loss?: TrainingConfig["loss"];
}

/**
 * Draws problems for a network.
 * @throws LonghandError `argument` for a length that the task doesn't have, and for networks that read the whole problem before
 *   they answer: their states don't follow each other in time. `unsupported` for tasks whose problems end at different steps.
 */
export function gradientProbe(network: GradientNetwork, options: ProbeOptions): GradientProbe {
  const { length, samples, seed, batch = 0, loss = "cross-entropy" } = options;
  const { task, model, parameters } = makeNetwork(network);
  if (model.width !== undefined || model.bidirectional) {
    throw new LonghandError(
      "argument",
      `gradients: model ${model.name} reads the whole problem before it answers; expected one that answers at each step, such as lstm or rnn`,
    );
  }
  if (model.signature.padded) {
    throw new LonghandError(
      "unsupported",
      `gradients: problems of ${task.name} end at different steps; expected a task whose problems of one length have the same steps`,
    );
  }
  const stream = randomSource(seed).stream("gradients", batch);
  const drawn = drawBatch(task, stream, length, samples);
  const steps = task.steps(length);
  const exact = Object.entries(parameters).map(
    ([name, { shape, data }]) => [name, ndarray(Float64Array.from(data), shape)] as const,
  );
  const problems = problemArrays(model.signature, drawn, steps, [], samples);
  return {
    network: { task, model, parameters: Object.fromEntries(exact) },
    loss,
    steps,
    samples,
    problems: problems as unknown as ProblemInputs<NDArray>,
  };
}

/** A model with parameters as they are drawn before a training with this seed. */
export function freshNetwork<Task extends AnyTask>(
  { task, model }: { readonly task: Task; readonly model: Model },
  seed: number,
): { task: Task; model: Model; parameters: Record<string, NDArray> } {
  const layout = layoutOf(model.parameters);
  const drawn = drawParameters(model.parameters, 1, randomSource(seed));
  return { task, model, parameters: namedParameters(drawn, layout, 1) };
}

/** Whether an answer is asked, by problem and step: [samples · T]. */
function askedOf({ problems: { targets, asked } }: GradientProbe): boolean[] {
  return asked ? Array.from(asked.data, (value) => value > 0) : Array.from(targets.data, (symbol) => symbol >= 0);
}

/** Number of problems that are asked something at a step, from 1. */
export function countAsked(probe: GradientProbe, step: number): number {
  return askedOf(probe).filter((isAsked, k) => isAsked && k % probe.steps === step - 1).length;
}

/** The last step at which an answer is asked, from 1. */
export function lastAsked(probe: GradientProbe): number {
  const step = Math.max(...askedOf(probe).map((isAsked, k) => (isAsked ? (k % probe.steps) + 1 : 0)));
  if (step > 0) return step;
  throw new LonghandError(
    "argument",
    `gradients: ${probe.network.task.name} asks no answer in problems of ${probe.steps} steps`,
  );
}

/** The problems, asked at one step only, from 1. */
export function askedOnlyAt({ problems, steps }: GradientProbe, step: number): Record<string, NDArray> {
  const isThere = (k: number) => k % steps === step - 1;
  const { symbols, targets, asked } = problems;
  if (!asked) {
    const only = Int32Array.from(targets.data, (symbol, k) => (isThere(k) ? symbol : -1));
    return { symbols, targets: ndarray(only, targets.shape) };
  }
  const only = Float64Array.from(asked.data, (value, k) => (isThere(k) ? value : 0));
  return { symbols, targets, asked: ndarray(only, asked.shape) };
}

/** One step of an array [samples, T, …], from 1: [samples, …]. */
export function atStep({ shape, data, dtype }: NDArray, step: number): NDArray {
  const [samples, steps, ...rest] = shape as [number, number, ...number[]];
  const width = rest.reduce((a, b) => a * b, 1);
  const from = (k: number) => (Math.floor(k / width) * steps + step - 1) * width + (k % width);
  const take = { length: samples * width };
  const taken: ArrayData =
    dtype === "int"
      ? Int32Array.from(take, (_, k) => data[from(k)]!)
      : Float64Array.from(take, (_, k) => data[from(k)]!);
  return { dtype, shape: [samples, ...rest], data: taken };
}

/** One row repeated, of an array [samples, width]. */
export function repeated({ data, dtype, shape }: NDArray, row: number, count: number): NDArray {
  const width = shape[1]!;
  const take = { length: count * width };
  const at = (k: number) => data[row * width + (k % width)]!;
  const taken = dtype === "int" ? Int32Array.from(take, (_, k) => at(k)) : Float64Array.from(take, (_, k) => at(k));
  return { dtype, shape: [count, width], data: taken };
}

/** The states that a network runs through: [T + 1][samples][width], the tensors one after the other, the initial one first. */
export type Trajectory = readonly (readonly (readonly number[])[])[];

/** Runs the network through its problems. */
export function trajectoryOf({ network, problems, steps, samples }: GradientProbe): Trajectory {
  const { model, parameters } = network;
  const [first, later] = [compileReference(firstStepProgram(model)), compileReference(stepProgram(model))];
  const initial = Object.entries(model.state).flatMap(([name, width]) =>
    Array.from(parameters[`initial ${name}`]?.data ?? new Float64Array(width)),
  );
  const states: (readonly number[])[][] = [Array.from({ length: samples }, () => initial)];
  for (let t = 0; t < steps; t++) {
    const given = { ...parameters, symbols: atStep(problems.symbols, t + 1) };
    const made = t === 0 ? first.run(given) : later.run({ ...given, ...stateArrays(model, states[t]!) });
    states.push(Array.from({ length: samples }, (_, row) => stateMade(model, made, row)));
  }
  return states;
}

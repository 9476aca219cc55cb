/** The trainer: a stream of events. The command line, the lab and the tests read the same stream. */
import { LonghandError } from "../errors.ts";
import { evaluator, type LengthResult } from "../evaluation/index.ts";
import type { ArrayData, NDArray } from "../graph/index.ts";
import { randomSource } from "../random/index.ts";
import type { Runtime } from "../runtime/contract.ts";
import { floatArray } from "./arrays.ts";
import { configuredModel, type Own, type TrainingConfig } from "./config.ts";
import type { TrainingEvent } from "./events.ts";
import { drawParameters, layoutOf } from "./flat.ts";
import { noiseScale, worstScale } from "./noise.ts";
import type { PartRunner } from "./parts/part.ts";
import { namedParameters, type TrainingState } from "./state.ts";
import { learningRateAt, stepperFor } from "./step.ts";
import { stopwatch } from "./stopwatch.ts";

export interface TrainOptions {
  readonly runtime: Runtime;
  /** Where to go on; default: from the beginning. */
  readonly state?: TrainingState;
  /** Ends the training after the current step, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Number of the population's first replica, when only a part of it is trained here: see `shards.ts`. */
  readonly firstReplica?: number;
  /** A task or kind of model of your own, as given to `completeConfig`. */
  readonly own?: Own;
  /** What computes the parts of steps that are cut; it is closed at the end. Default: this thread, one after the other. */
  readonly parts?: PartRunner;
}

/**
 * What a consumer may answer to an event: "stop" ends the training as a signal does; "solved" and "go on" answer a
 * `look`, deciding for the whole of a population whether it is solved.
 */
export type Answer = "stop" | "solved" | "go on" | undefined;

/** The state before the first step. */
export function initialState(
  config: TrainingConfig,
  precision: 32 | 64,
  { firstReplica, own }: Pick<TrainOptions, "firstReplica" | "own"> = {},
): TrainingState {
  const { model } = configuredModel(config, own);
  const drawn = drawParameters(model.parameters, config.population, randomSource(config.seed), firstReplica);
  const parameters = precision === 32 ? Float32Array.from(drawn) : drawn;
  const nobody = new Array<null>(config.population).fill(null);
  return {
    step: 0,
    parameters,
    slots: {},
    longest: config.curriculum ? config.curriculum.start : config.lengths[1],
    solvedAt: nobody,
    divergedAt: nobody,
  };
}

/**
 * Trains a population.
 * @param config complete: see `completeConfig`.
 * @yields `start`; `step` every `reportEvery` steps; `look` where replicas were tested; `checkpoint`; `done` at last.
 * @throws LonghandError `not-finite` when no replica has finite numbers left, after a checkpoint of the last good state;
 * it names the step and the first parameter that isn't finite.
 */
export async function* train(
  config: TrainingConfig,
  options: TrainOptions,
): AsyncGenerator<TrainingEvent, void, Answer> {
  const { runtime, signal, firstReplica } = options;
  const { population, steps } = config;
  const { task, model } = configuredModel(config, options.own);
  const layout = layoutOf(model.parameters);
  await using stepper = await stepperFor(config, options);
  const { optimizer } = stepper;
  await using looker = config.solved ? await evaluator(model, task, runtime, population) : undefined;

  const start = options.state ?? initialState(config, runtime.precision, options);
  if (start.parameters.length !== population * layout.size) {
    throw new LonghandError(
      "config",
      `train: the state has ${start.parameters.length} parameters, expected ${population} × ${layout.size}`,
    );
  }
  const shape = population > 1 ? [population, layout.size] : [layout.size];
  const asArray = (data: ArrayData | undefined) => floatArray(runtime.precision, shape, data);
  /** Parameters and slots: the current ones are read while the next are written. */
  const names = ["parameters", ...optimizer.slots];
  let current = Object.fromEntries(
    names.map((name) => [name, asArray(name === "parameters" ? start.parameters : start.slots[name])]),
  );
  let next = Object.fromEntries(names.map((name) => [name, asArray(undefined)]));
  let { longest } = start;
  const solvedAt = [...start.solvedAt];
  const divergedAt = [...start.divergedAt];
  let step = start.step;
  const state = (): TrainingState => ({
    step,
    parameters: current.parameters!.data.slice(),
    slots: Object.fromEntries(optimizer.slots.map((name) => [name, current[name]!.data.slice()])),
    longest,
    solvedAt: [...solvedAt],
    divergedAt: [...divergedAt],
  });

  yield { type: "start", step, steps, parameters: layout.size, runtime: runtime.description };
  const timer = stopwatch((at) => steps - at);
  let savedAt = step;
  let isStopped = false;
  while (step < steps && !isStopped && !signal?.aborted) {
    const t = step + 1;
    const result = await stepper.take(t, longest, current, next);
    const { losses, norms, length } = result;

    const failures = new Map<number, string>();
    losses.forEach((loss, replica) => {
      if (divergedAt[replica] !== null) return;
      const what = whatIsNotFinite(next.parameters!.data, layout, replica, loss, norms[replica]!, firstReplica);
      if (what) failures.set(replica, what);
    });
    for (const replica of failures.keys()) divergedAt[replica] = t;
    for (let replica = 0; replica < population; replica++) {
      if (divergedAt[replica] !== null) keepReplica(replica, layout.size, names, current, next);
    }
    for (const [replica, what] of failures) yield { type: "diverged", step: t, replica, what };
    const alive = losses.map((_, r) => r).filter((r) => divergedAt[r] === null);
    if (alive.length === 0 && firstReplica === undefined) {
      if (step > savedAt) yield { type: "checkpoint", step, state: state(), ends: null };
      throw new LonghandError(
        "not-finite",
        `training stopped at step ${t}: ${failures.values().next().value ?? "no replica has finite numbers"}; the parameters of step ${step} are kept. A smaller learning rate or gradient clipping may help`,
      );
    }
    [current, next] = [next, current];
    step = t;
    timer.count(config.batch * population);

    if (config.curriculum && result.isLongest && mean(result.exactAccuracies, alive) >= config.curriculum.accuracy) {
      longest = Math.min(config.lengths[1], longest + config.curriculum.grow);
    }

    if (t % config.reportEvery === 0 || t === steps) {
      const answer = yield {
        type: "step",
        step,
        loss: mean(losses, alive),
        symbolAccuracy: mean(result.symbolAccuracies, alive),
        exactAccuracy: mean(result.exactAccuracies, alive),
        gradientNorm: mean(norms, alive),
        losses,
        learningRate: learningRateAt(config, t),
        length,
        ...timer.read(step),
      };
      isStopped = answer === "stop";
    }
    let isSolved = false;
    if (looker && config.solved && (t % config.solved.every === 0 || t === steps)) {
      const parameters = namedParameters(current.parameters!.data, layout, population);
      const { length: testLength, samples } = config.solved;
      const solved = new Array<boolean>(population).fill(false);
      for await (const results of looker.evaluate(parameters, { lengths: [testLength], samples, seed: config.seed })) {
        for (const result of results) solved[result.replica] = isSolvedBy(config.solved, result);
      }
      solved.forEach((yes, replica) => {
        solvedAt[replica] = yes ? (solvedAt[replica] ?? step) : null;
      });
      const answer = yield { type: "look", step, solved };
      isSolved = answer === undefined ? endsTraining(config, t, solved, divergedAt) : answer === "solved";
    }
    const isLast = t === steps || isSolved;
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
  yield { type: "done", step, reason: step < steps ? "aborted" : "steps", state: state() };
}

/** Whether what was found of a replica is enough: see `solved` of a configuration. */
export function isSolvedBy(
  { cost, symbolAccuracy }: Pick<NonNullable<TrainingConfig["solved"]>, "cost" | "symbolAccuracy">,
  { exact, symbol, cost: found }: LengthResult,
): boolean {
  if (cost !== null) return found! <= cost;
  return symbolAccuracy === null ? exact.successes === exact.trials : symbol.value >= symbolAccuracy;
}

/** Whether a look at step t ends the training: every replica that can be is solved, and the noise is fully grown. */
export function endsTraining(
  config: TrainingConfig,
  t: number,
  solved: readonly boolean[],
  divergedAt: readonly (number | null)[],
): boolean {
  const { stateNoise } = config;
  const noise = stateNoise?.kind === "worst" ? worstScale(stateNoise, t / config.steps) : noiseScale(config, t);
  const isGrown = noise >= (stateNoise?.scale ?? 0);
  return (config.solved?.stop ?? false) && isGrown && solved.every((yes, r) => yes || divergedAt[r] !== null);
}

function mean(values: ArrayLike<number>, replicas: readonly number[]): number {
  return replicas.reduce((sum, r) => sum + values[r]!, 0) / replicas.length;
}

/** Puts a replica's numbers of before the step in place of those after it. */
function keepReplica(
  replica: number,
  size: number,
  names: readonly string[],
  before: Readonly<Record<string, NDArray>>,
  after: Readonly<Record<string, NDArray>>,
): void {
  for (const name of names) {
    const row = before[name]!.data.subarray(replica * size, (replica + 1) * size);
    after[name]!.data.set(row, replica * size);
  }
}

/** What stopped being finite in a step of a replica: the first parameter that did, else the loss or the gradient; or nothing. */
function whatIsNotFinite(
  parameters: ArrayData,
  layout: ReturnType<typeof layoutOf>,
  replica: number,
  loss: number,
  norm: number,
  firstReplica = 0,
): string | undefined {
  const from = replica * layout.size;
  for (const { name, start, end } of layout.parts) {
    for (let k = from + start; k < from + end; k++) {
      if (!Number.isFinite(parameters[k]!))
        return `parameter ${name} of replica ${firstReplica + replica} became ${parameters[k]}`;
    }
  }
  if (Number.isFinite(loss) && Number.isFinite(norm)) return undefined;
  const what = Number.isFinite(loss)
    ? `the norm of the gradient of replica ${firstReplica + replica} is ${norm}`
    : `the loss of replica ${firstReplica + replica} is ${loss}`;
  const sizes = layout.parts.map(({ name, start, end }) => ({
    name,
    largest: largestOf(parameters.subarray(from + start, from + end)),
  }));
  const { name, largest } = sizes.reduce((a, b) => (b.largest > a.largest ? b : a));
  return `${what}; its largest parameter is in ${name}, ±${largest.toPrecision(3)}`;
}

function largestOf(values: ArrayData): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}

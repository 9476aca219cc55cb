/** The training of this page: its curves, its newest networks, what was proved of them. It outlives visits to other rooms. */
import { configuredModel, layoutOf, namedParameters, type TrainingConfig, type TrainingState } from "longhand";
import type { NetworkData } from "../../networks/data.ts";
import { type Started, start as startJob } from "../../work/start.svelte.ts";
import type { Outcome } from "./prove.job.ts";
import type { TrainPoint } from "./train.job.ts";

/** Steps to run in search of a problem that a network of a population gets wrong. */
const refuteBudget = 300_000;

interface Shown {
  /** Of the newest training; null: there is none yet. */
  readonly config: TrainingConfig | null;
  readonly points: readonly TrainPoint[];
  readonly state: TrainingState | null;
  readonly runtime: string;
  readonly examplesPerSecond: number;
  readonly secondsLeft: number;
  readonly solved: readonly boolean[] | null;
  readonly divergedAt: readonly (number | null)[];
  /** By replica: what came of proving it; null: not tried. */
  readonly outcomes: readonly (Outcome | null)[];
  /** What the prover is doing. */
  readonly doing: string;
  readonly seconds: { readonly training: number; readonly proving: number };
}

const nothing: Shown = {
  config: null,
  points: [],
  state: null,
  runtime: "",
  examplesPerSecond: 0,
  secondsLeft: Number.POSITIVE_INFINITY,
  solved: null,
  divergedAt: [],
  outcomes: [],
  doing: "",
  seconds: { training: 0, proving: 0 },
};

let shown = $state.raw<Shown>(nothing);
let phase = $state<"idle" | "training" | "proving">("idle");
let error = $state.raw<unknown>();
let running: Started<unknown> | undefined;

const change = (part: Partial<Shown>) => {
  shown = { ...shown, ...part };
};

/** Of very long trainings every second point is enough to see. */
function thinned(points: readonly TrainPoint[]): readonly TrainPoint[] {
  return points.length > 1000 ? points.filter((_, k) => k % 2 === 1) : points;
}

/** Whether a training can go on with this configuration: it differs from what was trained in the number of steps at most. */
function canGoOn(config: TrainingConfig): boolean {
  const { config: trained, state } = shown;
  if (!trained || !state || state.step >= config.steps) return false;
  const same = ({ steps: _, reportEvery: __, ...rest }: TrainingConfig) => JSON.stringify(rest);
  return same(trained) === same(config);
}

async function run(config: TrainingConfig, options: { readonly goOn: boolean; readonly prove: boolean }) {
  stop();
  error = undefined;
  const state = options.goOn && canGoOn(config) ? shown.state : null;
  const points = state ? shown.points.filter(({ step }) => step <= state.step) : [];
  const before = state ? shown.seconds.training : 0;
  shown = {
    ...nothing,
    config,
    points,
    state,
    divergedAt: state?.divergedAt ?? [],
    solved: state ? shown.solved : null,
    seconds: { training: before, proving: 0 },
  };
  phase = "training";
  const begin = performance.now();
  try {
    const started = startJob("adder/train", { config, ...(state && { state }) }, (update) => {
      const { points: more, state: newest, ...rest } = update;
      const training = before + (performance.now() - begin) / 1000;
      change({
        ...rest,
        ...(more.length > 0 && { points: thinned([...shown.points, ...more]) }),
        ...(newest && { state: newest }),
        seconds: { training, proving: 0 },
      });
    });
    running = started;
    const result = await started.result;
    if (running !== started) return;
    change({ state: result.state, seconds: { training: before + (performance.now() - begin) / 1000, proving: 0 } });
  } catch (reason) {
    error = reason;
    phase = "idle";
    return;
  }
  if (options.prove) await proveAll();
  else phase = "idle";
}

/** Proves every network that has finite numbers. */
async function proveAll() {
  const { config, divergedAt } = shown;
  if (!config) return;
  running?.stop();
  const numbers = Array.from({ length: config.population }, (_, k) => k).filter(
    (k) => (divergedAt[k] ?? null) === null,
  );
  change({ outcomes: new Array(config.population).fill(null), doing: "" });
  phase = "proving";
  error = undefined;
  const begin = performance.now();
  try {
    const networks = numbers.map((number) => networkAt(number)!);
    const started = startJob(
      "adder/prove",
      { networks, budget: refuteBudget, visits: false },
      ({ number, outcome, doing }) => {
        const seconds = { ...shown.seconds, proving: (performance.now() - begin) / 1000 };
        if (outcome) change({ outcomes: shown.outcomes.with(numbers[number]!, outcome), doing: "", seconds });
        else change({ doing: `network ${numbers[number]! + 1}: ${doing}`, seconds });
      },
    );
    running = started;
    await started.result;
    if (running !== started) return;
  } catch (reason) {
    error = reason;
  }
  phase = "idle";
}

/** A network of the population as it is now, by its number from 0. */
function networkAt(replica: number): NetworkData | null {
  const { config, state } = shown;
  if (!config || !state || replica >= config.population) return null;
  const { task, model } = configuredModel(config);
  const layout = layoutOf(model.parameters);
  const own = state.parameters.slice(replica * layout.size, (replica + 1) * layout.size);
  const of = config.population > 1 ? `, network ${replica + 1} of ${config.population}` : "";
  return {
    title: `${task.name} after ${state.step} steps${of}, seed ${config.seed}`,
    task: task.name,
    model: config.model,
    parameters: namedParameters(own, layout, 1),
  };
}

/** Ends what is going on at once; the newest networks that were kept stay. */
function stop() {
  running?.stop();
  running = undefined;
  phase = "idle";
}

export const training = {
  get shown() {
    return shown;
  },
  get phase() {
    return phase;
  },
  get error() {
    return error;
  },
  canGoOn,
  run,
  proveAll,
  networkAt,
  stop,
};

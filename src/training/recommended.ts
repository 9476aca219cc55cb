/** Settings that work, by task and model: what a training uses where nothing else is said. */
import { type AnyTask, type DrawnTask, isDrawn, nextValid, type Task, validLengths } from "../tasks/index.ts";
import { appliedSettings } from "./recommended-applied.ts";
import { lossFor, recommendedClassic } from "./recommended-classic.ts";

interface Settings {
  /** Units of the hidden layer: of an `ilrnn`, of an `rnn`. */
  readonly units: { readonly ilrnn: number; readonly rnn: number };
  readonly longest: number;
  readonly onlyLongest: boolean;
  /** Length at which it counts as solved, in trained lengths. */
  readonly reach: number;
  readonly rest: Readonly<Record<string, unknown>>;
}

/** Bits with a carry or a borrow: two states, two answers. */
const bits: Settings = {
  units: { ilrnn: 8, rnn: 16 },
  longest: 10,
  onlyLongest: true,
  reach: 10,
  rest: { steps: 2500, learningRate: 0.02, stateNoise: { scale: 0.4, growth: 0.5 } },
};

/** Digits of larger bases: many letters, two states. */
const digits: Settings = {
  units: { ilrnn: 32, rnn: 32 },
  longest: 10,
  onlyLongest: true,
  reach: 10,
  rest: { steps: 5000, learningRate: 0.005, stateNoise: { scale: 0.3, growth: 0.5 } },
};

/** One symbol a step, a few states. Short problems say most about each transition; longer ones teach to keep the state. */
const running: Settings = { ...digits, longest: 20, onlyLongest: false, reach: 20 };

/** One symbol a step, many states: more units, longer training that ends in small steps. */
const manyStates: Settings = {
  units: { ilrnn: 128, rnn: 128 },
  longest: 13,
  onlyLongest: false,
  reach: 8,
  rest: {
    steps: 16_000,
    batch: 64,
    learningRate: 0.002,
    schedule: { name: "linear" },
    stateNoise: { scale: 0.2, growth: 0.5 },
    solved: { every: 1000 },
    checkpointEvery: 1000,
  },
};

/** More states than this are many. */
const MANY = 12;

function settingsFor(task: Task): Settings {
  if ((task.machine?.states.length ?? 0) > MANY) return manyStates;
  if (task.defaultTrainLengths[1] > running.longest) return running;
  return task.output.length === 2 ? bits : digits;
}

/**
 * Recommended settings. Hard units with noise on the state make networks whose units saturate, so that errors don't build
 * up over thousands of steps. How often they solve each task is recorded in `docs/learning.md`.
 */
export function recommended(
  task: AnyTask,
  model: string,
  options: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  if (isDrawn(task)) return recommendedDrawn(task, model);
  if (model === "dngpu") return recommendedDngpu(task, options.maps);
  if (model === "neural-gpu") return recommendedNeuralGpu(task);
  const settings = settingsFor(task);
  const { units, longest, onlyLongest, reach, rest } = settings;
  const [low, high] = task.defaultTrainLengths;
  const lengths = validLengths(task, low, Math.max(low, Math.min(high, longest)));
  const last = lengths.at(-1)!;
  const target = nextValid(task, reach * last)[0]!;
  return {
    ...rest,
    // Units between −1 and 1 need more noise and more steps before they saturate.
    ...(settings === bits && options.activation === "tanh" && { steps: 5000, stateNoise: { scale: 1.3, growth: 0.5 } }),
    model: {
      name: model,
      ...(model === "ilrnn" && { layers: [units.ilrnn] }),
      ...(model === "rnn" && { hidden: units.rnn, activation: "hard-sigmoid" }),
      ...(isGated(model) && { hidden: units.rnn }),
    },
    lengths: [onlyLongest ? last : lengths[0]!, last],
    solved: { ...(rest.solved as object | undefined), length: target },
  };
}

/** The kind of model for a task where none is named. */
export function defaultModel(task: AnyTask): string {
  if (isDrawn(task)) return appliedSettings[task.name]?.model ?? "lstm";
  return task.unaligned ? "dngpu" : "ilrnn";
}

/** Models of one kind of gated cell. */
function isGated(model: string): boolean {
  return /^(lstm|gru|dcm)/.test(model);
}

/** What most tasks that are drawn with their answers learn well with. */
function recommendedDrawn(task: DrawnTask, model: string): Record<string, unknown> {
  const ofCells = isGated(model) || model === "rnn";
  const classic = recommendedClassic(task, model, ofCells);
  if (classic) return classic;
  const [low, high] = task.defaultTrainLengths;
  const applied = appliedSettings[task.name];
  return {
    model: { name: model, ...(ofCells && { hidden: applied?.hidden ?? 32 }) },
    lengths: [low, high],
    steps: 3000,
    batch: 32,
    learningRate: 0.003,
    loss: lossFor(task),
    ...applied?.rest,
  };
}

/** Padded lengths of the bins of papers/003's program. */
const BINS = [8, 12, 16, 20, 25, 28, 31, 36, 41] as const;

/** Maps by what a task needs: papers/003, section 4; moves and sums need fewer than products. */
function mapsFor({ name }: Task): number {
  if (/^(base-\d+|decimal)-multiplication/.test(name)) return 192;
  return name.endsWith("multiplication") ? 96 : 48;
}

/**
 * The recipe of papers/003 with the numbers of its authors' program, but for two things that were measured to do better
 * (docs/neural-gpus.md): longer bins wait for the shorter ones, and the network is the average of the last parameters.
 */
function recommendedDngpu(task: Task, given: unknown): Record<string, unknown> {
  // The fewer maps, the larger the steps. What is no number of maps is refused later.
  const maps = typeof given === "number" && given >= 1 ? given : mapsFor(task);
  // The longest problems that fit a bin decide its length: a problem takes as many steps as it has symbols.
  const fitting = BINS.flatMap((bin) => validLengths(task, 1, bin).slice(-1));
  const lengths = [...new Set(fitting)].filter((length) => length >= 3);
  const far = validLengths(task, 401, 411)[0] ?? lengths.at(-1)!;
  return {
    model: { name: "dngpu", maps, ...(task.name.endsWith("addition") && { keep: 0.5 }) },
    steps: 2000,
    batch: 32,
    lengths: [validLengths(task, 1, lengths[0]!)[0]!, lengths.at(-1)!],
    bins: { lengths, ahead: 2 },
    optimizer: { name: "adamax-clipped" },
    learningRate: (0.01 * 48) / maps,
    schedule: { name: "plateau" },
    average: 0.99,
    clip: null,
    gradientNoise: { perRate: 1e-4 },
    saturation: {},
    solved: { length: far, samples: 16, every: 100 },
    checkpointEvery: 50,
    reportEvery: 5,
  };
}

/** The first Neural GPU as its authors trained it (Kaiser and Sutskever 2016): see reference in `docs/reproductions`. */
function recommendedNeuralGpu(task: Task): Record<string, unknown> {
  const lengths = validLengths(task, 3, 41);
  const far = validLengths(task, 401, 411)[0] ?? lengths.at(-1)!;
  return {
    model: { name: "neural-gpu" },
    steps: 20_000,
    batch: 32,
    lengths: [lengths[0]!, lengths.at(-1)!],
    bins: { lengths, step: "curriculum" },
    curriculum: { start: Math.max(6, lengths[0]!), accuracy: 0.85 },
    optimizer: { name: "adam", epsilon: 1e-4 },
    learningRate: 1e-3,
    schedule: { name: "plateau", every: 100, factor: 0.98, floor: 0, rule: "worst" },
    clip: 1,
    sharing: {},
    solved: { length: far, samples: 16, every: 500 },
    average: 0.99,
    checkpointEvery: 100,
    reportEvery: 10,
  };
}

/**
 * What a training by bins decides on its way from what it has seen: the learning rate's decay, the weight of the
 * saturation cost, the bins that it works on, the pull of shared parameters. A plain state, so that a resumed training
 * decides as one that never stopped.
 */
import type { TrainingConfig } from "../config.ts";

export interface RecipeState {
  /** Factor on the learning rate. */
  readonly rateFactor: number;
  /** Mean losses of past periods, the last ones. */
  readonly losses: readonly number[];
  /** Sums over the current period: steps, loss, weighted saturation cost, exact accuracy. */
  readonly period: {
    readonly steps: number;
    readonly loss: number;
    readonly saturation: number;
    readonly exact: number;
  };
  readonly saturationWeight: number;
  /** Number of bins, from the shortest, that are worked on. */
  readonly open: number;
  /** Moving average of the symbol accuracy of each bin. */
  readonly accuracies: readonly number[];
  /** Weight of the sharing cost; 0 once the sets of parameters are one. */
  readonly pull: number;
}

/** What a step showed. */
export interface StepResult {
  readonly loss: number;
  readonly saturation: number;
  /** Means over the step's problems of each bin that it trained. */
  readonly bins: readonly BinResult[];
}

export interface BinResult {
  readonly length: number;
  readonly loss: number;
  readonly symbolAccuracy: number;
  readonly exactAccuracy: number;
}

export function initialRecipe(config: TrainingConfig): RecipeState {
  const bins = config.bins!;
  const { lengths } = bins;
  const start = config.curriculum ? lengths.filter((length) => length <= config.curriculum!.start).length : 0;
  return {
    rateFactor: 1,
    losses: [],
    period: NO_STEPS,
    saturationWeight: config.saturation?.weight ?? 0,
    open:
      bins.step === "curriculum" ? Math.max(1, start) : Math.min(lengths.length, 1 + (bins.ahead ?? lengths.length)),
    accuracies: lengths.map(() => 0),
    pull: config.sharing?.pull ?? 0,
  };
}

/** The state after a step. @param learningRate of the step. */
export function nextRecipe(
  config: TrainingConfig,
  state: RecipeState,
  result: StepResult,
  learningRate: number,
): RecipeState {
  const bins = config.bins!;
  const accuracies = state.accuracies.map((accuracy, k) => {
    const found = result.bins.find(({ length }) => length === bins.lengths[k]);
    return found ? accuracy + (found.symbolAccuracy - accuracy) / AVERAGED : accuracy;
  });
  const period = {
    steps: state.period.steps + 1,
    loss: state.period.loss + result.loss,
    saturation: state.period.saturation + state.saturationWeight * result.saturation,
    exact: state.period.exact + meanExact(result),
  };
  const open = openBins(config, state, accuracies, result);
  // Losses over fewer and shorter bins say nothing about those over more.
  if (open !== state.open) return { ...state, accuracies, losses: [], period: NO_STEPS, open };
  const next = { ...state, accuracies, period };
  const every = config.schedule.name === "plateau" ? config.schedule.every : PERIOD;
  return period.steps < every ? next : endPeriod(config, next, learningRate);
}

/** Steps over which the accuracy of a bin is averaged, about. */
const AVERAGED = 10;
/** Steps of a period where no schedule says another number. */
const PERIOD = 200;
const NO_STEPS = { steps: 0, loss: 0, saturation: 0, exact: 0 };

function meanExact({ bins }: StepResult): number {
  return bins.reduce((sum, { exactAccuracy }) => sum + exactAccuracy, 0) / bins.length;
}

function openBins(
  { bins, curriculum }: TrainingConfig,
  { open }: RecipeState,
  accuracies: readonly number[],
  result: StepResult,
): number {
  const { lengths, step, ahead, learned } = bins!;
  if (step === "curriculum") {
    const current = result.bins.find(({ length }) => length === lengths[open - 1]);
    const isLearned = curriculum && current && current.exactAccuracy >= curriculum.accuracy;
    return isLearned ? Math.min(lengths.length, open + curriculum.grow) : open;
  }
  if (ahead === null) return lengths.length;
  const unlearned = accuracies.findIndex((accuracy) => accuracy < learned);
  const wanted = unlearned < 0 ? lengths.length : unlearned + 1 + ahead;
  // Bins stay open once they are.
  return Math.max(open, Math.min(lengths.length, wanted));
}

function endPeriod(
  { schedule, saturation, sharing }: TrainingConfig,
  state: RecipeState,
  learningRate: number,
): RecipeState {
  const { steps, loss, saturation: weighted, exact } = state.period;
  const losses = [...state.losses, loss / steps].slice(-KEPT);
  const rateFactor =
    schedule.name === "plateau" && hasStalled(losses, schedule.rule)
      ? Math.max(schedule.floor, state.rateFactor * schedule.factor)
      : state.rateFactor;
  const saturationWeight = saturation?.follow
    ? Math.min(
        saturation.weight,
        Math.max(1e-20, (state.saturationWeight * learningRate * (loss / steps)) / (weighted / steps + 1e-20)),
      )
    : state.saturationWeight;
  return {
    ...state,
    losses,
    rateFactor,
    saturationWeight,
    pull: sharing && state.pull > 0 ? nextPull(sharing, state.pull, exact / steps) : state.pull,
    period: NO_STEPS,
  };
}

/** Past periods that rules look at. */
const KEPT = 4;

/**
 * Whether the loss makes no progress: "best": the best of the last three periods is three periods old (papers/003's
 * program); "worst": the last one is worse than each of the three before (the first Neural GPU).
 */
export function hasStalled(losses: readonly number[], rule: "best" | "worst"): boolean {
  if (rule === "best") return losses.length >= 3 && Math.min(...losses.slice(-2)) > Math.min(...losses.slice(-3));
  return losses.length >= 4 && losses.at(-1)! > Math.max(...losses.slice(-4, -1));
}

/** The pull grows while the network was good in the period at what it is trained on; once it is tight, the sets become one (0). */
function nextPull(
  { growth, below, joinAt }: NonNullable<TrainingConfig["sharing"]>,
  pull: number,
  exact: number,
): number {
  if (1 - exact >= below) return pull;
  const next = pull * growth;
  return next >= joinAt ? 0 : next;
}

/** Many trainings side by side: a small curve for each, and what came of it. */
import type { Outcome } from "./prove.job.ts";
import type { TrainPoint } from "./train.job.ts";

export type Standing = "waiting" | "learning" | "solved" | "unsolved" | "diverged" | "proved" | "refuted" | "unknown";

/** What is said of a network in few words, with a sign that is read without colours. */
export const standings: Readonly<Record<Standing, { readonly sign: string; readonly text: string }>> = {
  waiting: { sign: "", text: "not begun" },
  learning: { sign: "…", text: "learning" },
  solved: { sign: "●", text: "solved" },
  unsolved: { sign: "○", text: "not solved" },
  diverged: { sign: "⚠", text: "diverged" },
  proved: { sign: "✓", text: "proved" },
  refuted: { sign: "✗", text: "refuted" },
  unknown: { sign: "?", text: "not decided" },
};

/**
 * What came of a network so far.
 * @param solved at the last look; undefined: none yet. @param isOver its training is.
 */
export function standingOf(
  outcome: Outcome | null | undefined,
  divergedAt: number | null | undefined,
  solved: boolean | undefined,
  isOver: boolean,
): Standing {
  if (outcome) return outcome.verdict;
  if (typeof divergedAt === "number") return "diverged";
  if (solved) return "solved";
  return isOver && solved === false ? "unsolved" : "learning";
}

/** What the small curves have in common: all are drawn on the same axes. */
export interface LossScale {
  readonly steps: number;
  /** Losses, positive; the axis is logarithmic. */
  readonly low: number;
  readonly high: number;
}

/** Losses that are smaller are drawn at the bottom: how small they are says nothing any more. */
const depth = 1e-4;

/** The axes that show all losses. */
export function lossScale(points: readonly TrainPoint[], steps: number): LossScale {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const { losses } of points) {
    for (const loss of losses) {
      if (!Number.isFinite(loss) || loss <= 0) continue;
      low = Math.min(low, loss);
      high = Math.max(high, loss);
    }
  }
  if (high === 0) [low, high] = [0.1, 1];
  return { steps, low: Math.min(Math.max(low, high * depth), high / 10), high };
}

/** Points of a small curve, at most. */
const most = 60;

/** The loss of one network as an SVG path in a box of this size; gaps where it isn't finite. */
export function lossPath(
  points: readonly TrainPoint[],
  replica: number,
  { steps, low, high }: LossScale,
  { width, height }: { readonly width: number; readonly height: number },
): string {
  const every = Math.max(1, Math.ceil(points.length / most));
  let path = "";
  let isDown = false;
  points.forEach(({ step, losses }, k) => {
    if (k % every !== 0 && k !== points.length - 1) return;
    const loss = losses[replica]!;
    if (!Number.isFinite(loss)) {
      isDown = false;
      return;
    }
    const share = Math.log(Math.max(loss, low) / low) / Math.log(high / low);
    path += `${isDown ? "L" : "M"}${((width * step) / steps).toFixed(1)} ${(height * (1 - Math.min(1, share))).toFixed(1)}`;
    isDown = true;
  });
  return path;
}

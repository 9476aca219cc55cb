/** Curves of runs, as the library's picture of curves takes them. */
import type { CurveRun, CurveSeries } from "longhand";
import { differingSettings, type FlatSettings, kindOf, settingText } from "./differences.ts";
import type { Look, Metrics } from "./metrics.ts";

export interface Measure {
  readonly name: "loss" | "exact" | "symbol" | "held-out-exact" | "held-out-symbol" | "solved";
  readonly title: string;
  /** Accuracies go from 0 to 1. */
  readonly isPart: boolean;
}

export const measures: readonly Measure[] = [
  { name: "loss", title: "loss", isPart: false },
  { name: "exact", title: "exact accuracy, training batches", isPart: true },
  { name: "symbol", title: "symbol accuracy, training batches", isPart: true },
  { name: "held-out-exact", title: "exact accuracy, other problems", isPart: true },
  { name: "held-out-symbol", title: "symbol accuracy, other problems", isPart: true },
  { name: "solved", title: "networks solved", isPart: true },
];
export type MeasureName = Measure["name"];

/** A chosen run with what is needed to draw it. */
export interface DrawnRun {
  readonly name: string;
  readonly settings: FlatSettings;
  readonly metrics: Metrics;
}

/** Networks of a population whose curves are drawn one by one; of more only their mean is. */
const MOST_NETWORKS = 50;
/** Points of a curve where nobody says how many steps one of them stands for. */
const POINTS = 250;

/**
 * A series a run, each network of it a curve; or a series for all runs that differ only in their seeds, each run a curve.
 * @param each steps that a point of the curves stands for: their mean. 0: as many as give some hundred points.
 * @param isGrouped runs of the same settings in one series.
 */
export function seriesOf(
  runs: readonly DrawnRun[],
  measure: MeasureName,
  { isGrouped = false, each = 0 }: { readonly isGrouped?: boolean; readonly each?: number } = {},
): CurveSeries[] {
  const longest = Math.max(0, ...runs.map(({ metrics }) => metrics.steps.at(-1) ?? metrics.looks.at(-1)?.step ?? 0));
  const width = each > 0 ? each : Math.max(1, Math.ceil(longest / POINTS));
  const binned = (curves: readonly CurveRun[]) => curves.map((curve) => averaged(curve, width));
  const hasPoint = ({ runs: curves }: CurveSeries) => curves.some(({ y }) => Array.from(y).some(Number.isFinite));
  if (!isGrouped) {
    return runs.map(({ name, metrics }) => ({ name, runs: binned(networksOf(metrics, measure)) })).filter(hasPoint);
  }
  const kinds = new Map<string, DrawnRun[]>();
  for (const run of runs) {
    const kind = kindOf(run.settings);
    kinds.set(kind, [...(kinds.get(kind) ?? []), run]);
  }
  const groups = [...kinds.values()];
  const names = groupNames(groups.map(([first]) => first!.settings));
  return groups
    .map((group, k) => ({ name: names[k]!, runs: binned(group.map(({ metrics }) => meanOf(metrics, measure))) }))
    .filter(hasPoint);
}

/** Names for kinds of runs: their task and model, and what tells them apart. */
function groupNames(kinds: readonly FlatSettings[]): string[] {
  const told = differingSettings(kinds).filter((name) => name !== "seed" && name !== "task" && name !== "model.name");
  return kinds.map((settings) => {
    const common = [settings.task, settings["model.name"]].map(settingText).join(", ");
    return [common, ...told.slice(0, 3).map((name) => `${name} ${settingText(settings[name])}`)].join(", ");
  });
}

/** The curve of each network, where it is told; or else their mean. */
function networksOf(metrics: Metrics, measure: MeasureName): CurveRun[] {
  const lists: readonly (readonly [step: number, values: readonly number[]])[] =
    measure === "loss"
      ? metrics.steps.map((step, k) => [step, metrics.losses[k] ?? []])
      : measure === "held-out-exact" || measure === "held-out-symbol"
        ? metrics.looks.map((look) => [look.step, heldOut(look, measure)])
        : [];
  const networks = lists[0]?.[1].length ?? 0;
  if (networks < 2 || networks > MOST_NETWORKS) return [meanOf(metrics, measure)];
  return Array.from({ length: networks }, (_, k) => ({
    x: lists.map(([step]) => step),
    y: lists.map(([, values]) => values[k] ?? Number.NaN),
  }));
}

function meanOf({ steps, loss, exact, symbol, looks }: Metrics, measure: MeasureName): CurveRun {
  const looked = (value: (look: Look) => number): CurveRun => ({
    x: looks.map(({ step }) => step),
    y: looks.map(value),
  });
  switch (measure) {
    case "loss":
      return { x: steps, y: loss };
    case "exact":
      return { x: steps, y: exact };
    case "symbol":
      return { x: steps, y: symbol };
    case "solved":
      return looked(({ solved }) => mean(solved.map(Number)));
    default:
      return looked((look) => mean(heldOut(look, measure)));
  }
}

function heldOut(look: Look, measure: "held-out-exact" | "held-out-symbol"): readonly number[] {
  return measure === "held-out-exact" ? look.exact : look.symbol;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * A curve with one point for every `width` steps: their mean, at the last of them that is told, so that runs that tell of the same
 * steps have the same points. Numbers that aren't finite count as nothing; where there is nothing else they stay a gap.
 */
export function averaged({ x, y }: CurveRun, width: number): CurveRun {
  const points = new Map<number, { last: number; sum: number; count: number }>();
  for (let k = 0; k < x.length; k++) {
    const bin = Math.ceil(x[k]! / width);
    const point = points.get(bin) ?? { last: x[k]!, sum: 0, count: 0 };
    point.last = x[k]!;
    if (Number.isFinite(y[k])) {
      point.sum += y[k]!;
      point.count++;
    }
    points.set(bin, point);
  }
  const all = [...points.values()];
  return { x: all.map(({ last }) => last), y: all.map(({ sum, count }) => (count > 0 ? sum / count : Number.NaN)) };
}

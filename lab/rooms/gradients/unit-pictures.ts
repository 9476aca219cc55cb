/** The derivatives of the networks of one unit as curves. */
import { type CurveMark, type CurveSeries, curvesPicture, type DerivativeCurve, type ScalarRun } from "longhand";
import type { UnitValues } from "./unit-settings.ts";

/** Smaller ones are off the picture: what is to be compared would lie in one line. */
const LEAST_SHOWN = 1e-20;

export interface CurveFrame {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly axis: UnitValues["axis"];
  /** Of the plot. */
  readonly width: number;
  readonly height: number;
  readonly marks?: readonly CurveMark[];
  /** What the x axis shows. Default: what there is. */
  readonly domain?: readonly [low: number, high: number];
}

/** Curves of sizes, or nothing where there is nothing to draw. */
export function sizesPicture(series: readonly DerivativeCurve[], frame: CurveFrame): string | undefined {
  const { title, x, y, axis, width, height, marks = [], domain } = frame;
  const shown = series.flatMap((curve) => curve.y).filter((value) => Number.isFinite(value) && value > 0);
  if (shown.length === 0) return undefined;
  const [least, greatest] = [Math.min(...shown), Math.max(...shown)];
  return curvesPicture({
    title,
    x: { label: x, ...(domain && { domain }) },
    y: { label: y, scale: axis, domain: axis === "log" ? decades(least, greatest) : [0, 1.06 * greatest] },
    series: series.map((curve): CurveSeries => ({ name: curve.name, runs: [curve] })),
    marks,
    size: { width, height },
    legend: "below",
  });
}

/** Whole powers of ten around the numbers: at least two of them, so that what stays is a line in the middle. */
function decades(least: number, greatest: number): [number, number] {
  const low = Math.floor(Math.log10(Math.max(LEAST_SHOWN, least)) + 1e-6);
  const high = Math.ceil(Math.log10(Math.max(LEAST_SHOWN, greatest)) - 1e-6);
  const [from, to] = high - low < 2 ? [low - 1, high + 1] : [low, high];
  return [10 ** Math.max(from, -300), 10 ** Math.min(to, 300)];
}

/** ∂s_T/∂s_{T−k}, or ∂y_T/∂x_{T−k}, by lag k. */
export function byLag(
  name: string,
  { steps, stateByStates, byInputs }: ScalarRun,
  of: "state" | "input",
): DerivativeCurve {
  const values = of === "state" ? stateByStates : byInputs;
  return {
    name,
    x: Array.from(values, (_, k) => k),
    y: Array.from(values, (_, k) => Math.abs(values[steps - 1 - k]!)),
  };
}

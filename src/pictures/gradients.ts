/** Gradients through time as pictures. */
import type { SaturationLayer } from "../analysis/index.ts";
import { type Curves, curvesPicture } from "./curves.ts";
import { type HeatMap, heatMap } from "./heat-map.ts";

export interface LagSeries {
  readonly name: string;
  /** ‖∂L_T/∂s_{T−k}‖ at lag k = 1 … T for each problem: [T][samples], as `gradientsByLag` gives them. */
  readonly norms: readonly (readonly number[])[];
}

/** The norms of gradients by lag on a logarithmic axis, a series a network: each problem, their median, and their band. */
export function lagsPicture(
  title: string,
  series: readonly LagSeries[],
  layout: Pick<Curves, "size" | "legend"> = {},
): string {
  return curvesPicture({
    title,
    x: { label: "lag k: steps between the state and the loss" },
    y: { label: "‖∂L_T/∂s_{T−k}‖", scale: "log" },
    middle: "median",
    run: "problem",
    series: series.map(({ name, norms }) => ({
      name,
      runs: Array.from({ length: norms[0]?.length ?? 0 }, (_, sample) => ({
        x: norms.map((_, k) => k + 1),
        y: norms.map((row) => row[sample]!),
      })),
    })),
    ...layout,
  });
}

/** Of a heat map: what stands over it, and its room. */
export interface MapWords extends Pick<HeatMap, "title" | "subtitle" | "size"> {
  /** Values of other maps, whose colours are to mean the same as those of this one. Default: none. */
  readonly beside?: readonly number[];
}

/** Smaller ones have the colour of this. */
const LEAST_LOG10 = -16;

/** The largest singular value of ∂s_τ/∂s_t by source and target step. @param values log₁₀, as `jacobianMap` gives them. */
export function jacobianMapPicture(words: MapWords, values: readonly (readonly number[])[]): string {
  const steps = values.length;
  return heatMap({
    ...shown(words),
    x: { label: "source: state after step t", names: values.map((_, t) => String(t)) },
    y: { label: "target: state after step τ", names: values.map((_, k) => String(k + 1)) },
    values: values.map((row) => [...row, ...new Array<null>(steps - row.length).fill(null)]),
    scale: { label: "log₁₀", ...decades([...values.flat(), ...(words.beside ?? [])]) },
  });
}

/** How much of a gradient there is in each unit at each time. @param values log₁₀ of its size [units][T + 1], −Infinity for 0. */
export function stateGradientsPicture(
  words: MapWords,
  units: readonly { readonly name: string; readonly log10: readonly number[] }[],
): string {
  return heatMap({
    ...shown(words),
    x: { label: "state after step t", names: units[0]!.log10.map((_, t) => String(t)) },
    y: { label: "unit", names: units.map(({ name }) => name) },
    values: units.map(({ log10 }) => log10),
    scale: { label: "log₁₀", ...decades([...units.flatMap(({ log10 }) => log10), ...(words.beside ?? [])]) },
  });
}

function shown({ beside: _, ...words }: MapWords): Pick<HeatMap, "title" | "subtitle" | "size"> {
  return words;
}

/** Whole powers of ten around the numbers, not less than the least that is told apart. */
function decades(log10: readonly number[]): { low: number; high: number } {
  const finite = log10.filter(Number.isFinite);
  return {
    low: Math.max(Math.floor(finite.reduce((a, b) => Math.min(a, b), -1)), LEAST_LOG10),
    high: Math.ceil(finite.reduce((a, b) => Math.max(a, b), 0.5)),
  };
}

/** The units of saturation layers with the share of problems in which each is near a limit at each step. */
export function saturationPicture(
  words: Pick<HeatMap, "title" | "subtitle" | "size">,
  layers: readonly SaturationLayer[],
): string {
  const rows = layers.flatMap(({ name, units, byUnit }) =>
    Array.from({ length: units }, (_, unit) => ({
      name: units === 1 ? name : `${name} ${unit + 1}`,
      values: byUnit.map((row) => row[unit]!),
    })),
  );
  return heatMap({
    ...words,
    x: { label: "step", names: (layers[0]?.byUnit ?? []).map((_, t) => String(t + 1)) },
    y: { label: "unit", names: rows.map(({ name }) => name) },
    values: rows.map(({ values }) => values),
    scale: { label: "share", low: 0, high: 1 },
  });
}

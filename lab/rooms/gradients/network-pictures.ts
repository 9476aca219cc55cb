/** What is seen of the networks that are compared, as pictures. */
import {
  type CurveRun,
  curvesPicture,
  jacobianMapPicture,
  lagsPicture,
  saturationPicture,
  stateGradientsPicture,
} from "longhand";
import type { LookResult } from "./look.job.ts";
import type { MapResult } from "./map.job.ts";
import type { TrainingSide } from "./trainings.svelte.ts";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Smaller ones are off the picture: of products they are rounding. */
const LEAST_SHOWN = 1e-15;

/** Of curves beside each other: who they are of. */
const nameOf = ({ title, trainedSteps }: LookResult) =>
  trainedSteps === null ? title : trainedSteps === 0 ? `${title}, untrained` : `${title}, step ${trainedSteps}`;

export function lags(looks: readonly LookResult[], size: Size): string | undefined {
  if (looks.every(({ norms }) => norms.every((row) => row.every((norm) => norm === 0)))) return undefined;
  return lagsPicture(
    `Gradient by lag: ${looks[0]!.task}`,
    looks.map((look) => ({ name: nameOf(look), norms: look.norms })),
    { size, legend: "below" },
  );
}

/** A series a network of so many singular values each: at the x of the first index. */
function singular(
  looks: readonly LookResult[],
  title: string,
  x: string,
  y: string,
  size: Size,
  of: (look: LookResult) => readonly (readonly number[])[],
): string | undefined {
  const series = looks.map((look) => ({
    name: nameOf(look),
    runs: (of(look)[0] ?? []).map(
      (_, k): CurveRun => ({
        x: of(look).map((__, step) => step + 1),
        y: of(look).map((values) => values[k]!),
      }),
    ),
  }));
  const shown = series
    .flatMap(({ runs }) => runs.flatMap((run) => Array.from(run.y)))
    .filter((value) => value > LEAST_SHOWN && Number.isFinite(value));
  if (shown.length === 0) return undefined;
  const [low, high] = [shown.reduce((a, b) => Math.min(a, b)), shown.reduce((a, b) => Math.max(a, b))];
  return curvesPicture({
    title,
    x: { label: x },
    y: {
      label: y,
      scale: "log",
      domain: [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high) + 1e-9)],
    },
    series,
    middle: "median",
    run: "singular value",
    size,
    legend: "below",
  });
}

/** Of ∂s_t/∂s_{t−1}, by t. */
export const stepSpectra = (looks: readonly LookResult[], size: Size) =>
  singular(looks, "Singular values of each step", "step t", "of ∂s_t/∂s_{t−1}", size, ({ spectra }) => spectra);

/** Of ∂s_T/∂s_{T−k}, by k. */
export const productSpectra = (looks: readonly LookResult[], size: Size) =>
  singular(looks, "Singular values of many steps", "lag k", "of ∂s_T/∂s_{T−k}", size, ({ products }) =>
    products.map((log10) => log10.map((value) => 10 ** value)),
  );

/** The norms of the gradients of batches, before and after clipping, from the largest. */
export function clipping(looks: readonly LookResult[], size: Size): string | undefined {
  const series = looks.flatMap((look) =>
    (["before", "after"] as const).map((when) => {
      const norms = look.clipping.steps.map((step) => step[when]).toSorted((a, b) => b - a);
      return { name: `${nameOf(look)}, ${when}`, runs: [{ x: norms.map((_, k) => k + 1), y: norms }] };
    }),
  );
  const norms = series.flatMap(({ runs }) => runs[0]!.y).filter(Number.isFinite);
  const greatest = Math.max(0, ...norms);
  if (greatest === 0) return undefined;
  /** Norms that are all about as long are told apart on a linear axis. */
  const isWide = greatest > 30 * Math.min(...norms);
  return curvesPicture({
    title: `Norms of gradients, clipped at ${looks[0]!.clipping.limit}`,
    x: { label: "batches, from the largest" },
    y: { label: "‖∂L/∂θ‖", ...(isWide ? { scale: "log" } : { domain: [0, 1.1 * greatest] }) },
    series,
    size,
    legend: "below",
  });
}

/** @param looks of which colours mean the same. */
export function unitGradients(look: LookResult, looks: readonly LookResult[], size: Size): string {
  const beside = looks.flatMap(({ units }) => units.flatMap(({ log10 }) => log10));
  return stateGradientsPicture({ title: `${nameOf(look)}: ∂L/∂s by unit`, size, beside }, look.units);
}

export function saturated(look: LookResult, size: Size): string | undefined {
  if (look.saturation.length === 0) return undefined;
  return saturationPicture({ title: `${nameOf(look)}: units near a limit`, size }, look.saturation);
}

/** @param maps of which colours mean the same. */
export function jacobians({ title, log10 }: MapResult, maps: readonly MapResult[], size: Size): string {
  const beside = maps.flatMap((map) => map.log10.flat());
  return jacobianMapPicture({ title: `${title}: largest singular value`, size, beside }, log10);
}

/** The losses of trainings; nothing before there is one. */
export function losses(
  sides: readonly (TrainingSide & { readonly title: string })[],
  size: Size,
  mark: number | null,
): string | undefined {
  const shown = sides.filter(({ points }) => points.some(({ loss }) => loss > 0 && Number.isFinite(loss)));
  if (shown.length === 0) return undefined;
  return curvesPicture({
    title: "Loss",
    x: { label: "training step" },
    y: { label: "loss of a batch", scale: "log" },
    series: shown.map(({ title, points }) => ({
      name: title,
      runs: [{ x: points.map(({ step }) => step), y: points.map(({ loss }) => loss) }],
    })),
    marks: mark === null ? [] : [{ x: mark, label: `step ${mark}` }],
    size,
    legend: "below",
  });
}

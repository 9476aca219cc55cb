/** `longhand gradients` of networks: by lag, Jacobians, contributions, saturation and clipping. */
import {
  type ClippingEffect,
  clippingEffect,
  curvesPicture,
  type GradientProbe,
  type GradientsByLag,
  gradientProbe,
  gradientsByLag,
  heatMap,
  type JacobianProduct,
  jacobianMap,
  jacobianProducts,
  type LagContribution,
  LonghandError,
  lagContributions,
  lastAsked,
  lossGradients,
  type SaturationLayer,
  type Spectrum,
  saturationOf,
  singularValues,
  stepJacobians,
  trajectoryOf,
  unknownName,
} from "../src/index.ts";
import { type GradientSource, gradientSources, type SourceOptions } from "./gradients-sources.ts";
import type { Output } from "./output.ts";
import { table } from "./table.ts";
import { count, counted, percent, problems, shortened } from "./words.ts";
import { writeOutput } from "./write-files.ts";

export interface NetworkOptions extends SourceOptions {
  readonly output?: string;
  readonly picture?: string;
  readonly length?: number;
  readonly samples?: number;
  readonly clip?: number;
}

/** Batches whose gradients are clipped. */
const BATCHES = 16;
const pictures = ["lags", "map", "units"];

export async function networkVerb(texts: readonly string[], options: NetworkOptions, output: Output): Promise<void> {
  const { output: file, picture = "lags", seed = 1, samples = 32 } = options;
  if (!pictures.includes(picture)) throw unknownName("--picture", picture, pictures);
  if (picture !== "lags" && texts.length > 1) {
    throw new LonghandError("argument", `--picture ${picture}: received ${texts.length} networks, expected one`);
  }
  const sources = await gradientSources(texts, options);
  const looks = sources.map((source) => {
    const length = options.length ?? lengthFor(source);
    const probe = (batch: number) => gradientProbe(source.network, { length, samples, seed, batch, loss: source.loss });
    const first = probe(0);
    if (file !== undefined && picture === "map") checkMap(first.steps);
    return lookAt(source, length, first, probe, options.clip ?? source.clip ?? 1);
  });
  if (file !== undefined) await writeOutput(file, draw(picture, looks));

  const [only, ...others] = looks as [Look, ...Look[]];
  if (others.length === 0) printLook(only, output);
  else printComparison(looks, output);
  if (file !== undefined) {
    output.print();
    output.print(
      `${file}: ${{ lags: "gradients by lag", map: "Jacobians by source and target step", units: "saturation of units" }[picture]}`,
    );
  }
  output.result({ seed, samples, networks: looks.map(resultOf), ...(file !== undefined && { file, picture }) });
}

/** What is seen of one network. */
interface Look {
  readonly source: GradientSource;
  readonly length: number;
  readonly probe: GradientProbe;
  readonly byLag: GradientsByLag;
  readonly contributions: readonly LagContribution[];
  /** Of the first problem. */
  readonly jacobians: ReturnType<typeof stepJacobians>;
  readonly spectra: readonly Spectrum[];
  readonly products: readonly JacobianProduct[];
  readonly saturation: readonly SaturationLayer[];
  readonly clipping: ClippingEffect;
}

/** @param probe the first batch. @param probeOf the others. */
function lookAt(
  source: GradientSource,
  length: number,
  probe: GradientProbe,
  probeOf: (batch: number) => GradientProbe,
  clip: number,
): Look {
  const trajectory = trajectoryOf(probe);
  const step = lastAsked(probe);
  const gradients = lossGradients(probe).byStates(step);
  const byLag = gradientsByLag(probe, step, gradients);
  const jacobians = stepJacobians(probe, trajectory);
  return {
    source,
    length,
    probe,
    byLag,
    contributions: lagContributions(probe, step, trajectory, gradients),
    jacobians,
    spectra: jacobians.map(singularValues),
    products: jacobianProducts(jacobians, byLag.step),
    saturation: saturationOf(probe),
    clipping: clippingEffect([probe, ...Array.from({ length: BATCHES - 1 }, (_, k) => probeOf(k + 1))], clip),
  };
}

/** 32, or the nearest shorter length that the task has, or else the nearest longer one. */
function lengthFor({ network: { task } }: GradientSource): number {
  for (let length = 32; length > 0; length--) if (task.validLength(length)) return length;
  for (let length = 33; length < 10_000; length++) if (task.validLength(length)) return length;
  return 32;
}

/** A few lags of many: all of the first, then further and further apart. */
function fewLags(last: number): number[] {
  const found: number[] = [];
  for (let lag = 1; lag < last; lag = Math.max(lag + 1, Math.round(lag * 1.5))) found.push(lag);
  return [...found, last];
}

/** By how much a gradient changes in a step back, between lag 1 and the last one at which it is there. */
function ratePerStep({ lags }: GradientsByLag): number | null {
  if (lags.length === 1) return null;
  const there = lags.filter(({ median }) => median > 0);
  const [first, last] = [there[0], there.at(-1)];
  if (!first || !last || first === last) return 0;
  return (last.median / first.median) ** (1 / (last.lag - first.lag));
}

const short = (value: number) => String(Number(value.toPrecision(3))).replace("-Infinity", "−∞");
const power = (log10: number) => (Number.isFinite(log10) ? `1e${log10.toFixed(1)}` : "0");

/** What the loss is. */
const lossName = ({ network, loss }: GradientSource) =>
  network.model.signature.values === undefined ? loss : "half the squared error";

function printHeader({ source, probe, length, byLag }: Look, output: Output): void {
  const { task, model } = source.network;
  output.print(output.style("bold", `${model.name} on ${task.name}: ${source.origin}`));
  output.print(`${problems(task, probe.samples, length)}; the loss of step ${byLag.step}, ${lossName(source)}`);
}

function printLook(look: Look, output: Output): void {
  printHeader(look, output);
  const { byLag, products, spectra, contributions, saturation, clipping } = look;
  output.print();
  const names = Object.keys(byLag.byState);
  const states = names.length > 1 ? names : [];
  const header = ["lag", "‖∂L/∂s‖", "10%", "90%", ...states, "product", "share of ∂L/∂θ"];
  const shareAt = (lag: number) => (contributions[lag] ? signedPercent(contributions[lag].share) : "");
  const rows = fewLags(byLag.step).map((lag) => {
    const { median, low, high } = byLag.lags[lag - 1]!;
    return [
      String(lag),
      ...[median, low, high].map(short),
      ...states.map((name) => short(byLag.byState[name]![lag - 1]!.median)),
      power(products[lag - 1]!.log10[0]!),
      shareAt(lag),
    ];
  });
  rows.unshift(["0", ...header.slice(2).map(() => ""), shareAt(0)]);
  for (const line of table(
    header,
    rows,
    header.map((_, k) => k),
  ))
    output.print(line);
  const rate = ratePerStep(byLag);
  if (rate !== null) output.print(`a step back multiplies the gradient by ${short(rate)}`);
  const largest = spectra.map(([value]) => value!).toSorted((a, b) => a - b);
  output.print(
    `Jacobians of the first problem: largest singular value ${short(largest[0]!)} to ${short(largest.at(-1)!)}, median ${middle(largest)}`,
  );
  output.print();
  if (saturation.length > 0) {
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const cells = saturation.map(({ name, formula, units, low, high }) => [
      name,
      String(units),
      percent(mean(low)),
      percent(mean(high)),
      shortened(formula, 40),
    ]);
    for (const line of table(["saturated", "units", "low", "high", ""], cells, [1, 2, 3])) output.print(line);
  } else output.print("no units with limits: nothing saturates");
  output.print();
  printClipping(clipping, output);
}

/** The middle of numbers in order; of an even number of them the upper of the two. */
const middle = (sorted: readonly number[]) => short(sorted[Math.floor(sorted.length / 2)]!);

/** A share that may be negative. */
const signedPercent = (share: number) => `${(100 * share).toFixed(1)}%`.replace("-", "−");

function printClipping({ limit, steps, clipped, parameters }: ClippingEffect, output: Output): void {
  const norms = steps.map(({ before }) => before).toSorted((a, b) => a - b);
  const after = steps.map((step) => step.after).toSorted((a, b) => a - b);
  output.print(
    `gradients of ${counted(steps.length, "batch")}: norm ${short(norms[0]!)} to ${short(norms.at(-1)!)}, median ${middle(norms)}`,
  );
  output.print(
    `clipped at ${limit}: ${count(clipped * steps.length)} of ${steps.length}, median ${middle(after)}; direction: cosine ${Math.min(...steps.map(({ cosine }) => cosine)).toFixed(6)} at least`,
  );
  const cells = parameters.map(({ name, gradient, parameter }) => [
    name,
    short(gradient),
    short(parameter),
    parameter === 0 ? "" : short(gradient / parameter),
  ]);
  output.print();
  for (const line of table(["parameter", "‖gradient‖", "‖parameter‖", "ratio"], cells, [1, 2, 3])) output.print(line);
}

function printComparison(looks: readonly Look[], output: Output): void {
  for (const look of looks) printHeader(look, output);
  output.print();
  const last = Math.min(...looks.map(({ byLag }) => byLag.step));
  const header = ["lag", ...looks.map(({ source }) => source.text)];
  const rows = fewLags(last).map((lag) => [
    String(lag),
    ...looks.map(({ byLag }) => short(byLag.lags[lag - 1]!.median)),
  ]);
  rows.push(["× a step", ...looks.map(({ byLag }) => short(ratePerStep(byLag) ?? Number.NaN))]);
  output.print("‖∂L/∂s‖ by lag, median of the problems");
  for (const line of table(
    header,
    rows,
    header.map((_, k) => k),
  ))
    output.print(line);
}

function draw(picture: string, looks: readonly Look[]): string {
  const [look] = looks as [Look];
  if (picture === "map") return jacobianPicture(look);
  return picture === "units" ? unitsPicture(look) : lagsPicture(looks);
}

function lagsPicture(looks: readonly Look[]): string {
  const tasks = [...new Set(looks.map(({ source }) => source.network.task.name))];
  return curvesPicture({
    title: `Gradients by lag: ${tasks.join(", ")}`,
    x: { label: "lag k: steps between the state and the loss" },
    y: { label: "‖∂L_T/∂s_{T−k}‖", scale: "log" },
    middle: "median",
    run: "problem",
    series: looks.map(({ source, byLag, probe }) => ({
      name: `${source.text}${source.replica === null ? "" : `, ${source.origin}`}`,
      runs: Array.from({ length: probe.samples }, (_, sample) => ({
        x: byLag.lags.map(({ lag }) => lag),
        y: byLag.norms.map((row) => row[sample]!),
      })),
    })),
  });
}

/** Checks, before the work is done, that a map can be drawn. */
function checkMap(steps: number): void {
  if (steps <= MOST_STEPS) return;
  throw new LonghandError(
    "argument",
    `--picture map: received problems of ${count(steps)} steps, expected at most ${MOST_STEPS}`,
  );
}

function jacobianPicture({ source, jacobians }: Look): string {
  const values = jacobianMap(jacobians);
  const finite = values.flat().filter(Number.isFinite);
  const steps = values.length;
  const [low, high] = [Math.max(Math.floor(Math.min(...finite, -1)), LEAST_LOG10), Math.ceil(Math.max(...finite, 0.5))];
  return heatMap({
    title: `${source.text} on ${source.network.task.name}: from state to state`,
    subtitle: `Largest singular value of ∂s_τ/∂s_t, one problem; ${source.origin}`,
    x: { label: "source: state after step t", names: values.map((_, t) => String(t)) },
    y: { label: "target: state after step τ", names: values.map((_, k) => String(k + 1)) },
    values: values.map((row) => [...row, ...new Array<null>(steps - row.length).fill(null)]),
    scale: { label: "log₁₀", low, high },
  });
}

/** A map has a cell for each pair of steps. */
const MOST_STEPS = 200;

/** Smaller ones have the colour of this. */
const LEAST_LOG10 = -16;

function unitsPicture({ source, saturation, probe }: Look): string {
  if (saturation.length === 0) {
    throw new LonghandError(
      "argument",
      `--picture units: ${source.text} has no units with limits, expected some that saturate`,
    );
  }
  const rows = saturation.flatMap(({ name, units, byUnit }) =>
    Array.from({ length: units }, (_, unit) => ({
      name: units === 1 ? name : `${name} ${unit + 1}`,
      values: byUnit.map((row) => row[unit]!),
    })),
  );
  return heatMap({
    title: `${source.text} on ${source.network.task.name}: saturated units`,
    subtitle: `Share of ${count(probe.samples)} problems near a limit (σ < 0.1 or > 0.9, |tanh| > 0.9); ${source.origin}`,
    x: { label: "step", names: Array.from({ length: probe.steps }, (_, t) => String(t + 1)) },
    y: { label: "unit", names: rows.map(({ name }) => name) },
    values: rows.map(({ values }) => values),
    scale: { label: "share", low: 0, high: 1 },
  });
}

/** For programs: everything, with logarithms of what may leave the range of numbers. */
function resultOf(look: Look): Record<string, unknown> {
  const { source, probe, length, byLag, contributions, spectra, products, saturation, clipping } = look;
  const { task, model } = source.network;
  // JSON has no infinity: null stands for log₁₀ 0.
  const finite = (values: readonly number[]) => values.map((value) => (Number.isFinite(value) ? value : null));
  return {
    source: source.text,
    model: model.name,
    options: model.options,
    task: task.name,
    origin: source.origin,
    replica: source.replica,
    loss: lossName(source),
    length,
    steps: probe.steps,
    lossStep: byLag.step,
    rate: ratePerStep(byLag),
    lags: byLag.lags,
    byState: byLag.byState,
    contributions: contributions.map(({ lag, norm, share }) => ({ lag, norm, share })),
    jacobians: spectra,
    products: products.map(({ lag, log10 }) => ({ lag, log10: finite(log10) })),
    saturation,
    clipping,
  };
}

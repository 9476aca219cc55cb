/** `longhand gradients` of networks: by lag, Jacobians, contributions, saturation and clipping. */
import {
  type ClippingEffect,
  type GradientLook,
  gradientLook,
  jacobianMap,
  jacobianMapPicture,
  LonghandError,
  lagsPicture,
  nearestLength,
  ratePerStep,
  saturationPicture,
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

const pictures = ["lags", "map", "units"];

export async function networkVerb(texts: readonly string[], options: NetworkOptions, output: Output): Promise<void> {
  const { output: file, picture = "lags", seed = 1, samples = 32 } = options;
  if (!pictures.includes(picture)) throw unknownName("--picture", picture, pictures);
  if (picture !== "lags" && texts.length > 1) {
    throw new LonghandError("argument", `--picture ${picture}: received ${texts.length} networks, expected one`);
  }
  const sources = await gradientSources(texts, options);
  const looks = sources.map((source) => {
    const { network, loss } = source;
    const length = options.length ?? nearestLength(network.task);
    if (file !== undefined && picture === "map") checkMap(network.task.steps(length));
    const clip = options.clip ?? source.clip ?? 1;
    return { source, length, ...gradientLook(network, { length, samples, seed, loss, clip }) };
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
interface Look extends GradientLook {
  readonly source: GradientSource;
  readonly length: number;
}

/** A few lags of many: all of the first, then further and further apart. */
function fewLags(last: number): number[] {
  const found: number[] = [];
  for (let lag = 1; lag < last; lag = Math.max(lag + 1, Math.round(lag * 1.5))) found.push(lag);
  return [...found, last];
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
  return picture === "units" ? unitsPicture(look) : networksPicture(looks);
}

function networksPicture(looks: readonly Look[]): string {
  const tasks = [...new Set(looks.map(({ source }) => source.network.task.name))];
  return lagsPicture(
    `Gradients by lag: ${tasks.join(", ")}`,
    looks.map(({ source, byLag }) => ({
      name: `${source.text}${source.replica === null ? "" : `, ${source.origin}`}`,
      norms: byLag.norms,
    })),
  );
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
  return jacobianMapPicture(
    {
      title: `${source.text} on ${source.network.task.name}: from state to state`,
      subtitle: `Largest singular value of ∂s_τ/∂s_t, one problem; ${source.origin}`,
    },
    jacobianMap(jacobians),
  );
}

/** A map has a cell for each pair of steps. */
const MOST_STEPS = 200;

function unitsPicture({ source, saturation, probe }: Look): string {
  if (saturation.length === 0) {
    throw new LonghandError(
      "argument",
      `--picture units: ${source.text} has no units with limits, expected some that saturate`,
    );
  }
  return saturationPicture(
    {
      title: `${source.text} on ${source.network.task.name}: saturated units`,
      subtitle: `Share of ${count(probe.samples)} problems near a limit (σ < 0.1 or > 0.9, |tanh| > 0.9); ${source.origin}`,
    },
    saturation,
  );
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

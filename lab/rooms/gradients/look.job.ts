/** All that is seen of a network's gradients, as plain data. */
import {
  completeConfig,
  type GradientLook,
  gradientLook,
  type LagNorms,
  type NDArray,
  ratePerStep,
  recurrentRadii,
} from "longhand";
import { type NetworkData, networkOfData } from "../../networks/data.ts";
import { lengthOf } from "./network-settings.ts";
import { type NetworkSource, networkFrom } from "./source.ts";

export interface LookInput {
  readonly source: NetworkSource;
  readonly length: number;
  readonly samples: number;
  readonly seed: number;
  readonly clip: number;
}

export interface LookResult extends Pick<GradientLook, "spectra" | "saturation" | "clipping"> {
  readonly title: string;
  readonly task: string;
  /** Steps of its training; null for a network from elsewhere. */
  readonly trainedSteps: number | null;
  readonly samples: number;
  /** T of the loss. */
  readonly step: number;
  readonly lags: readonly LagNorms[];
  readonly norms: readonly (readonly number[])[];
  /** By how much a step back multiplies the gradient. */
  readonly rate: number | null;
  /** log₁₀ of the root mean square over the problems of ∂L_T/∂s_t, by unit: t = 0 … T − 1. */
  readonly units: readonly { readonly name: string; readonly log10: readonly number[] }[];
  /** By lag: log₁₀ of singular values. */
  readonly products: readonly (readonly number[])[];
  /** Share of ∂L_T/∂θ that comes from so many steps back. */
  readonly shares: readonly number[];
  readonly radii: Readonly<Record<string, number>>;
}

export function job({ source, length, samples, seed, clip }: LookInput): LookResult {
  const data = networkFrom(source);
  const network = networkOfData(data);
  const look = gradientLook(network, {
    ...{ samples, seed, clip },
    length: lengthOf(network.task, length),
    loss: lossOf(data),
  });
  const { byLag, spectra, saturation, clipping, products, contributions, gradients } = look;
  return {
    title: data.title,
    task: data.task,
    trainedSteps: source.kind === "drawn" ? (source.trained?.step ?? 0) : null,
    samples,
    step: byLag.step,
    lags: byLag.lags,
    norms: byLag.norms,
    rate: ratePerStep(byLag),
    units: Object.entries(gradients).flatMap(([name, array]) => unitsOf(name, array, byLag.step)),
    spectra,
    products: products.map(({ log10 }) => log10),
    shares: contributions.map(({ share }) => share),
    saturation,
    clipping,
    radii: recurrentRadii(network),
  };
}

/** What a training for the task would have. */
function lossOf({ task, model }: NetworkData) {
  return completeConfig({ task, model }).loss;
}

function unitsOf(state: string, { shape, data }: NDArray, steps: number): LookResult["units"] {
  const [, samples, width] = shape as [number, number, number];
  const rms = (t: number, unit: number) => {
    let sum = 0;
    for (let k = 0; k < samples; k++) sum += data[(t * samples + k) * width + unit]! ** 2;
    return Math.sqrt(sum / samples);
  };
  return Array.from({ length: width }, (_, unit) => ({
    name: `${state} ${unit + 1}`,
    log10: Array.from({ length: steps }, (_, t) => Math.log10(rms(t, unit))),
  }));
}

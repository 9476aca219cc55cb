/** How much noise there is, on the state and on the gradient. */
import type { RandomSource } from "../random/index.ts";
import type { Arrays } from "../runtime/contract.ts";
import type { TrainingConfig } from "./config.ts";

/** How much noise there is on the state at step t: it grows from 0 over the first part of the steps. */
export function noiseScale({ stateNoise, steps }: Pick<TrainingConfig, "stateNoise" | "steps">, t: number): number {
  if (!stateNoise) return 0;
  return stateNoise.scale * (stateNoise.growth === 0 ? 1 : Math.min(1, (t - 1) / (stateNoise.growth * steps)));
}

/** The worst noise grows from 0 once the drawn noise is fully grown, and is so itself halfway to the end. */
export function worstScale({ scale, growth }: NonNullable<TrainingConfig["stateNoise"]>, part: number): number {
  return growth < 1 ? scale * Math.min(1, Math.max(0, (part - growth) / ((1 - growth) / 2))) : 0;
}

/** Standard deviation of the noise on the gradient at step t. */
export function gradientNoiseScale(
  noise: NonNullable<TrainingConfig["gradientNoise"]>,
  t: number,
  learningRate: number,
): number {
  return "perRate" in noise ? noise.perRate * learningRate : noise.scale * (1 + t) ** -noise.decay;
}

/** Noise on the gradient of one network at step t, and its scale; both empty where there is none. */
export function gradientNoise(
  { gradientNoise: noise }: Pick<TrainingConfig, "gradientNoise">,
  random: RandomSource,
  t: number,
  learningRate: number,
  size: number,
): { readonly scale: Readonly<Record<string, number>>; readonly noise: Arrays } {
  if (!noise) return { scale: {}, noise: {} };
  const stream = random.stream("gradient noise", t, 0);
  const data = new Float32Array(size);
  if ("perRate" in noise) stream.truncatedNormal(data);
  else stream.normal(data);
  return {
    scale: { gradientNoiseScale: gradientNoiseScale(noise, t, learningRate) },
    noise: { gradientNoise: { dtype: "float", shape: [size], data } },
  };
}

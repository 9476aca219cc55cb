/** All that can be seen of a network's gradients, from one set of problems. */
import type { Matrix } from "ml-matrix";
import type { AnyTask } from "../../tasks/index.ts";
import type { TrainingConfig } from "../../training/index.ts";
import { type GradientsByLag, gradientsByLag, lossGradients, type StateGradients } from "./by-lag.ts";
import { type ClippingEffect, clippingEffect } from "./clipping.ts";
import { type LagContribution, lagContributions } from "./contributions.ts";
import { type JacobianProduct, jacobianProducts, type Spectrum, singularValues, stepJacobians } from "./jacobians.ts";
import { type GradientNetwork, type GradientProbe, gradientProbe, lastAsked, trajectoryOf } from "./probe.ts";
import { type SaturationLayer, saturationOf } from "./saturation.ts";

export interface LookOptions {
  /** Length of the problems, and their number. */
  readonly length: number;
  readonly samples: number;
  /** Of the problems. */
  readonly seed: number;
  /** Default: cross-entropy. Of tasks of numbers it is half the squared error. */
  readonly loss?: TrainingConfig["loss"];
  /** Limit of clipping, and how many batches are clipped. Default: 1, and 16. */
  readonly clip?: number;
  readonly batches?: number;
}

export interface GradientLook {
  readonly probe: GradientProbe;
  /** ∂L_T/∂s_t, T the last step at which an answer is asked, and its norms by lag. */
  readonly gradients: StateGradients;
  readonly byLag: GradientsByLag;
  readonly contributions: readonly LagContribution[];
  /** Of the first problem: the Jacobians of its steps, their singular values, and those of their products. */
  readonly jacobians: readonly Matrix[];
  readonly spectra: readonly Spectrum[];
  readonly products: readonly JacobianProduct[];
  readonly saturation: readonly SaturationLayer[];
  readonly clipping: ClippingEffect;
}

/**
 * Looks at a network: gradients by lag, what each lag contributes, Jacobians, saturation, and what clipping does.
 * @throws what `gradientProbe` throws.
 */
export function gradientLook(network: GradientNetwork, options: LookOptions): GradientLook {
  const { length, samples, seed, loss, clip = 1, batches = 16 } = options;
  const probeOf = (batch: number) => gradientProbe(network, { length, samples, seed, batch, ...(loss && { loss }) });
  const probe = probeOf(0);
  const trajectory = trajectoryOf(probe);
  const step = lastAsked(probe);
  const gradients = lossGradients(probe).byStates(step);
  const jacobians = stepJacobians(probe, trajectory);
  return {
    probe,
    gradients,
    byLag: gradientsByLag(probe, step, gradients),
    contributions: lagContributions(probe, step, trajectory, gradients),
    jacobians,
    spectra: jacobians.map(singularValues),
    products: jacobianProducts(jacobians, step),
    saturation: saturationOf(probe),
    clipping: clippingEffect([probe, ...Array.from({ length: batches - 1 }, (_, k) => probeOf(k + 1))], clip),
  };
}

/** 32, or another length, or the nearest shorter one that the task has, or else the nearest longer one. */
export function nearestLength(task: Pick<AnyTask, "validLength">, wanted = 32): number {
  for (let length = wanted; length > 0; length--) if (task.validLength(length)) return length;
  for (let length = wanted + 1; length < 10_000; length++) if (task.validLength(length)) return length;
  return wanted;
}

/**
 * By how much a gradient changes in a step back, between lag 1 and the last one at which it is there: the geometric mean.
 * @returns null where there is one lag only; 0 where no second one has a gradient.
 */
export function ratePerStep({ lags }: Pick<GradientsByLag, "lags">): number | null {
  if (lags.length === 1) return null;
  const there = lags.filter(({ median }) => median > 0);
  const [first, last] = [there[0], there.at(-1)];
  if (!first || !last || first === last) return 0;
  return (last.median / first.median) ** (1 / (last.lag - first.lag));
}

/** What is seen of a network's gradients, in words. */
import type { LookResult } from "./look.job.ts";
import { short } from "./verdict.ts";

const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** "A step back multiplies the gradient by 0.62: from lag 1 to lag 30 it falls to 10⁻⁶ of it." */
export function rateInWords({ rate, lags }: LookResult): string {
  if (rate === null) return "There is one step only.";
  const there = lags.filter(({ median }) => median > 0);
  const [first, last] = [there[0], there.at(-1)];
  if (rate === 0 || !first || !last) return "The gradient doesn't get past one step.";
  const share = last.median / first.median;
  const becomes =
    Math.abs(share - 1) < 0.05
      ? "it stays about what it is"
      : share < 1
        ? `${short(share)} of it is left`
        : `it grows ${short(share)} times`;
  const cut = last.lag < lags.length ? `; further back it is exactly 0` : "";
  return `A step back multiplies the gradient by ${short(rate)}: from lag ${first.lag} to lag ${last.lag} ${becomes}${cut}.`;
}

/** Recurrent matrices and Jacobians of the steps. */
export function spectraInWords({ radii, spectra }: LookResult): string {
  const of = Object.values(radii);
  const names = Object.keys(radii);
  const radius =
    of.length === 0
      ? ""
      : of.length === 1
        ? `Spectral radius of ${names[0]}: ${short(of[0]!)}. `
        : `Spectral radii of ${names.join(", ")}: ${of.map(short).join(", ")}. `;
  const largest = spectra.map(([value]) => value!);
  return `${radius}Largest singular value of a step: ${short(Math.min(...largest))} to ${short(Math.max(...largest))}, median ${short(middle(largest))}.`;
}

export function saturationInWords({ saturation }: LookResult): string {
  if (saturation.length === 0) return "No units with limits: nothing saturates.";
  const shares = saturation.map(({ name, low, high }) => `${name} ${Math.round(100 * (mean(low) + mean(high)))}%`);
  return `Near a limit: ${shares.join(", ")}.`;
}

export function clippingInWords({ clipping: { limit, steps, clipped } }: LookResult): string {
  const norms = steps.map(({ before }) => before);
  return `Norm of the gradient by the parameters: ${short(Math.min(...norms))} to ${short(Math.max(...norms))}; ${Math.round(clipped * steps.length)} of ${steps.length} batches are over ${short(limit)} and are made that long. The direction stays.`;
}

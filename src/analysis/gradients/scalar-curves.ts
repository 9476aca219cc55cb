/** How the derivative of a scalar network depends on the number of steps, and on one of its numbers. papers/002, exercise 2 b and d. */
import type { ScalarNetwork } from "./scalar-networks.ts";
import { runScalar, type ScalarRunOptions, type ScalarValues } from "./scalar-run.ts";

/** |dy_T/dθ| along an axis. */
export interface DerivativeCurve {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** |dy_T/dθ| by T, from `from` to `to`: a curve for each set of numbers. */
export function curvesOverSteps(
  network: ScalarNetwork,
  wrt: string,
  cases: readonly { readonly name: string; readonly values: ScalarValues }[],
  { from, to }: { readonly from: number; readonly to: number },
  options: ScalarRunOptions = {},
): DerivativeCurve[] {
  const x = Array.from({ length: to - from + 1 }, (_, k) => from + k);
  return cases.map(({ name, values }) => ({
    name,
    x,
    y: x.map((steps) => Math.abs(runScalar(network, values, steps, options).derivatives[wrt]!)),
  }));
}

/** |dy_T/dθ| by one number of the network: a curve for each T. */
export function curvesOverNumber(
  network: ScalarNetwork,
  wrt: string,
  x: readonly number[],
  valuesAt: (x: number) => ScalarValues,
  allSteps: readonly number[],
  options: ScalarRunOptions = {},
): DerivativeCurve[] {
  return allSteps.map((steps) => ({
    name: `T = ${steps}`,
    x,
    y: x.map((at) => Math.abs(runScalar(network, valuesAt(at), steps, options).derivatives[wrt]!)),
  }));
}

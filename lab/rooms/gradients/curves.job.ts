/** |dy_T/dθ| of the networks of one unit: by T, over W_rec, and over the forget gate. */
import { curvesOverNumber, curvesOverSteps, type DerivativeCurve } from "longhand";
import { forgetSetting, type Unit, unitsOf } from "./unit.ts";
import type { UnitValues } from "./unit-settings.ts";

export interface UnitCurves {
  readonly bySteps: readonly DerivativeCurve[];
  readonly overRecurrent: readonly DerivativeCurve[];
  readonly overForget: readonly DerivativeCurve[];
}

/** What the axes show. */
export const recurrentRange = { low: -10, high: 10 } as const;
export const forgetRanges = { f: { low: 0, high: 1.2 }, fBias: { low: -6, high: 10 } } as const;
const POINTS = 121;

export function job(settings: UnitValues): UnitCurves {
  const { steps, by, inputs, gates } = settings;
  const { rnn, lstm } = unitsOf(settings);
  const isThere = (unit: Unit) => unit.network.parameters.includes(by);
  const over = (
    unit: Unit,
    setting: "recurrent" | "f" | "fBias",
    { low, high }: { low: number; high: number },
    all: readonly number[],
  ) =>
    curvesOverNumber(
      unit.network,
      by,
      Array.from({ length: POINTS }, (_, k) => low + ((high - low) * k) / (POINTS - 1)),
      (at) => unitsOf({ ...settings, [setting]: at })[unit === rnn ? "rnn" : "lstm"].values,
      all,
      { inputs },
    ).map((curve) => ({ ...curve, name: `${unit.name}, ${curve.name}` }));
  const several = [...new Set([5, 10, 40].filter((T) => T < steps).slice(-2)), steps];
  const forget = forgetSetting(gates);
  return {
    bySteps: [rnn, lstm]
      .filter(isThere)
      .flatMap(({ name, network, values }) =>
        curvesOverSteps(network, by, [{ name, values }], { from: 3, to: Math.max(4, steps) }, { inputs }),
      ),
    overRecurrent: [
      ...over(rnn, "recurrent", recurrentRange, several),
      ...over(lstm, "recurrent", recurrentRange, [steps]),
    ],
    overForget: over(lstm, forget, forgetRanges[forget], several),
  };
}

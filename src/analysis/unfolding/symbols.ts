/** The symbols of a network's equations: what each is, and where it acts. */
import { type FormulaForm, namesOf, written } from "./names.ts";
import type { RecurrentNetwork } from "./network.ts";
import { readingsOf } from "./readings.ts";
import { unfold } from "./unfold.ts";

/** A value in an equation of step t: at t, or at the step before. */
export interface NearbyValue {
  readonly name: string;
  readonly time: 0 | -1;
}

export interface NetworkSymbol {
  readonly kind: "parameter" | "value";
  /** As the cell calls it. */
  readonly name: string;
  /** As formulas write it: without indices; of a value at time t. */
  readonly text: string;
  readonly latex: string;
  /** Of a value: how it is written at t−1; of a parameter as `text`. */
  readonly before: string;
  /** Of a parameter its shape; of a value its width alone. */
  readonly shape: readonly number[];
  /** "weights": multiplies what it reads as a matrix; "diagonal": unit by unit; "bias": is added, or stands by itself. */
  readonly role: "input" | "state" | "gate" | "output" | "weights" | "diagonal" | "bias";
  /** The values that it multiplies, or that its own equation reads. */
  readonly reads: readonly NearbyValue[];
  /** The values whose equations hold it, and when: of h it is f at the step after. */
  readonly into: readonly { readonly name: string; readonly time: 0 | 1 }[];
}

/**
 * The symbols of a network's step: first values, the input before all, then parameters.
 * @param form of the formulas that they are written as in. Default "sums".
 */
export function networkSymbols(network: RecurrentNetwork, form: FormulaForm = "sums"): NetworkSymbol[] {
  // At the second step nothing is missing.
  const unfolding = unfold(network, { steps: 2 });
  const names = namesOf(network, form);
  const now = [...unfolding.quantities.values()].filter(({ time }) => time === 2);
  const readings = new Map(
    now.map((quantity) => [
      quantity.name,
      quantity.kind === "input" ? { values: [], alone: [] } : readingsOf(quantity.tensor, unfolding),
    ]),
  );
  const nearby = (all: readonly { readonly name: string; readonly time: number }[]) => [
    ...new Map(
      all.map(({ name, time }) => [`${name} ${time}`, { name, time: time === 2 ? 0 : -1 } as NearbyValue]),
    ).values(),
  ];
  const values = now.map(({ name, kind, tensor }): NetworkSymbol => {
    const into = [...readings].flatMap(([other, { values: read }]) =>
      [...new Set(read.filter(({ source }) => source.name === name).map(({ source }) => source.time))].map((time) => ({
        name: other,
        time: time === 2 ? (0 as const) : (1 as const),
      })),
    );
    const base = kind === "output" && form === "sums" ? { base: "ŷ" } : names.quantities.get(name)!;
    return {
      kind: "value",
      name,
      text: written(base, names, "text", { time: "t" }),
      latex: written(base, names, "latex", { time: "t" }),
      before: written(base, names, "text", { time: "t−1" }),
      shape: [Number(tensor.shape.at(-1))],
      role: kind === "initial" ? "state" : kind,
      reads: nearby(readings.get(name)!.values.map(({ source }) => source)),
      into,
    };
  });
  const parameters = Object.entries(unfolding.parameters).map(([name, tensor]): NetworkSymbol => {
    const base = names.parameters.get(name)!;
    const holding = [...readings].flatMap(([other, { values: read, alone }]) => {
      const through = read.filter(({ by }) => by.includes(name));
      return through.length > 0 || alone.includes(name) ? [{ other, through }] : [];
    });
    const through = holding.flatMap((each) => each.through);
    const role = through.length === 0 ? "bias" : tensor.shape.length > 1 ? "weights" : "diagonal";
    const text = written(base, names, "text");
    return {
      ...{ kind: "parameter", name, text, before: text },
      latex: written(base, names, "latex"),
      shape: tensor.shape.map(Number),
      role,
      reads: nearby(through.map(({ source }) => source)),
      into: holding.map(({ other }) => ({ name: other, time: 0 })),
    };
  });
  return [...values, ...parameters];
}

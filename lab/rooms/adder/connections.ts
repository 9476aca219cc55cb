/** All weights and biases that a network of this shape could have, by the unit that they act on. */
import { type CircuitPart, connectionPart, type NDArray, ndarray, type UnitNames, type Wiring } from "longhand";
import { edited, placeOf, weightIn } from "./edits.ts";

export interface Target {
  readonly name: string;
  /** What the unit reads: its bias first, then every weight. */
  readonly parts: readonly { readonly part: CircuitPart; readonly from: string }[];
}

/** The units from the lowest layer on, each with everything that may act on it. */
export function targetsOf({ inputs, units }: UnitNames): readonly Target[] {
  const separator = units.length < 10 ? "" : ",";
  return units.flatMap((layer, n) =>
    layer.map((name, unit): Target => {
      const below = n === 0 ? inputs : units[n - 1]!;
      return {
        name,
        parts: [
          { part: `b${n + 1}[${unit}]`, from: "its bias" },
          ...below.map((from, k) => ({ part: `W${n + 1}[${k},${unit}]`, from })),
          ...units.flatMap((others, m) =>
            others.map((from, k) => ({
              part: `R${m + 1}${separator}${n + 1}[${k},${unit}]`,
              from: `${from}, a step before`,
            })),
          ),
        ],
      };
    }),
  );
}

type Parameters = Readonly<Record<string, NDArray>>;

/**
 * Parameters that aren't zero where something is connected: where there is a weight now, where there was one before it was
 * changed, and where one is chosen, to be made.
 */
export function connectedBy(before: Parameters, now: Parameters, chosen: CircuitPart): Parameters {
  const found = Object.entries(now).map(([name, { shape, data }]) => {
    const either = Float64Array.from(data, (value, k) => value || before[name]!.data[k]!);
    return [name, ndarray(either, shape)] as const;
  });
  const connected = Object.fromEntries(found);
  const place = placeOf(connected, chosen);
  return place && weightIn(connected, chosen) === 0 ? edited(connected, [{ part: chosen, value: 1 }]) : connected;
}

/**
 * A circuit without its weak connections.
 * @param least share of the largest weight into the same layer, from 0. @param kept connections that stay in any case.
 */
export function withoutWeak(wiring: Wiring, least: number, kept: ReadonlySet<CircuitPart>): Wiring {
  const largest = new Map<number, number>();
  for (const { to, weight } of wiring.connections) {
    largest.set(to.layer, Math.max(largest.get(to.layer) ?? 0, Math.abs(weight)));
  }
  const connections = wiring.connections.filter(
    (connection) =>
      Math.abs(connection.weight) >= least * largest.get(connection.to.layer)! || kept.has(connectionPart(connection)),
  );
  return { ...wiring, connections };
}

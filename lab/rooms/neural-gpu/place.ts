/** Where in a trace somebody looks. */
import type { MapsTrace, NetworkTrace } from "longhand";

/** What of a trace is shown: the state, or the gates that made it. */
export const kinds = ["state", "update", "reset"] as const;
export type Kind = (typeof kinds)[number];

/** A number of a trace: the state of a map after so many steps, 0 the embedded input, at a position. */
export interface Place {
  readonly map: number;
  readonly step: number;
  readonly position: number;
}

/** The place in a trace that is nearest to one that may lie outside. */
export function within({ maps, length }: MapsTrace, steps: number, { map, step, position }: Place): Place {
  const clipped = (value: number, most: number) => Math.min(most, Math.max(0, value));
  return { map: clipped(map, maps - 1), step: clipped(step, steps), position: clipped(position, length - 1) };
}

/** Steps before the first row of time: the gates of the first step made the second state. */
export function firstStep(kind: Kind): 0 | 1 {
  return kind === "state" ? 0 : 1;
}

/** The value at a place, undefined where it wasn't traced or there is none: no gate made the embedded input. */
export function valueAt({ values }: NetworkTrace, kind: Kind, { map, step, position }: Place): number | undefined {
  const found = values[kind];
  const row = step - firstStep(kind);
  if (!found || row < 0) return undefined;
  const [, length, maps] = found.shape as [number, number, number];
  return found.data[(row * length + position) * maps + map];
}

/** A value as people read it, with its sign. */
export function inWords(value: number, places = 3): string {
  return `${value < 0 ? "−" : ""}${Math.abs(value).toFixed(places)}`;
}

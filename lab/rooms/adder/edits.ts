/** Weights and biases that a visitor changed, by the names that the circuit's picture gives them: R43[1,0] is 0.8. */
import { type CircuitPart, type NDArray, ndarray } from "longhand";
import type { Field } from "../../app/fields.ts";

type Parameters = Readonly<Record<string, NDArray>>;

export interface Edit {
  /** A weight, R43[1,0], or a bias, b3[1]. */
  readonly part: CircuitPart;
  readonly value: number;
}

/** As in R43[1,0]:0.8;b3[1]:-2 */
export const editsField: Field<readonly Edit[]> = {
  fallback: [],
  read: (text) => text.split(";").map(editOf),
  write: (edits) => edits.map(({ part, value }) => `${part}:${value}`).join(";"),
};

function editOf(text: string): Edit {
  const [, part, number] = /^\s*([A-Za-z][\w,]*\[\d+(?:,\d+)?\]):(.+)$/.exec(text) ?? [];
  const value = Number(number);
  if (part !== undefined && Number.isFinite(value)) return { part, value };
  throw new Error(`received "${text}", expected a weight and its value such as R43[1,0]:0.8`);
}

/** Where a weight or a bias lies: which parameter, and which of its numbers. Undefined for other parts, or none that is there. */
export function placeOf(parameters: Parameters, part: CircuitPart): { name: string; at: number } | undefined {
  const [, name = "", row, column] = /^(.+)\[(\d+)(?:,(\d+))?\]$/.exec(part) ?? [];
  if (!Object.hasOwn(parameters, name)) return undefined;
  const place = [row, column].filter((index) => index !== undefined).map(Number);
  const { shape } = parameters[name]!;
  if (place.length !== shape.length || place.some((index, axis) => index >= shape[axis]!)) return undefined;
  return { name, at: place.reduce((at, index, axis) => at * shape[axis]! + index, 0) };
}

/** The value of a weight or a bias, if it is one. */
export function weightIn(parameters: Parameters, part: CircuitPart): number | undefined {
  const place = placeOf(parameters, part);
  return place && parameters[place.name]!.data[place.at];
}

/**
 * The parameters with all edits made.
 * @throws Error naming a weight that isn't there.
 */
export function edited(parameters: Parameters, edits: readonly Edit[]): Parameters {
  const changed: Record<string, NDArray> = { ...parameters };
  for (const { part, value } of edits) {
    const place = placeOf(parameters, part);
    if (!place) throw new Error(`${part}: this network has no such weight`);
    const { shape, data } = changed[place.name]!;
    changed[place.name] = ndarray(Float64Array.from(data).with(place.at, value), shape);
  }
  return changed;
}

/** The edits with one more, or one less where the value is what the network has anyhow. */
export function withEdit(edits: readonly Edit[], parameters: Parameters, { part, value }: Edit): readonly Edit[] {
  const others = edits.filter((edit) => edit.part !== part);
  return value === weightIn(parameters, part) ? others : [...others, { part, value }];
}

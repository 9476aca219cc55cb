/** The parts of a circuit, by the names that its picture gives them, and which of them belong together. */
import type { Connection, UnitPlace, Wiring } from "../networks/index.ts";

/**
 * "W3[0,1]": the connection whose weight is that element; "b4[1]": the unit with that bias; "h4[1]": the register that holds the
 * unit's activation of the step before; "x[0]": a feature of the input.
 */
export type CircuitPart = string;

export const connectionPart = ({ parameter, from, to }: Pick<Connection, "parameter" | "from" | "to">): CircuitPart =>
  `${parameter}[${from.unit},${to.unit}]`;

export function nodePart(kind: "input" | "unit" | "register", { layer, unit }: UnitPlace): CircuitPart {
  if (kind === "input") return `x[${unit}]`;
  return `${kind === "unit" ? "b" : "h"}${layer}[${unit}]`;
}

/** Where a connection's signal comes from: a feature, a unit, or a register. */
export const sourcePart = ({ from, isRecurrent }: Connection): CircuitPart =>
  nodePart(isRecurrent ? "register" : from.layer === 0 ? "input" : "unit", from);

/** A part with what it is connected to: of a unit all that it reads and is read by, its register included. */
export function touching({ connections }: Wiring, part: CircuitPart): ReadonlySet<CircuitPart> {
  const found = new Set([part]);
  const register = part.replace(/^b/, "h");
  for (const connection of connections) {
    const [name, source, target] = [
      connectionPart(connection),
      sourcePart(connection),
      nodePart("unit", connection.to),
    ];
    if (![name, source, target].includes(part) && source !== register) continue;
    for (const each of [name, source, target]) found.add(each);
  }
  return found;
}

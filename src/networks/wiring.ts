/** An inter-layer recurrent network as units and connections: the graph that pictures of it are drawn from. */
import { LonghandError } from "../errors.ts";
import type { Network } from "./network.ts";

/** A unit by its layer, from 1 (0: the input's features), and its number in it, from 0. */
export interface UnitPlace {
  readonly layer: number;
  readonly unit: number;
}

export interface WiredUnit {
  readonly name: string;
  readonly bias: number;
}

export interface Connection {
  readonly from: UnitPlace;
  readonly to: UnitPlace;
  /** Name of the matrix whose element [from.unit, to.unit] the weight is. */
  readonly parameter: string;
  readonly weight: number;
  /** From the step before. */
  readonly isRecurrent: boolean;
}

export interface Wiring {
  /** Names of the input's features. */
  readonly inputs: readonly string[];
  /** From the lowest to the output layer. */
  readonly layers: readonly (readonly WiredUnit[])[];
  /** Those whose weight isn't zero. */
  readonly connections: readonly Connection[];
}

/** Names of the input's features and of the units by layer. */
export interface UnitNames {
  readonly inputs: readonly string[];
  readonly units: readonly (readonly string[])[];
}

/**
 * The units and connections of a network.
 * @param names default: x₁ x₂ … (x₁ = 3 where a channel has more than two symbols), h₁ h₂ …, y.
 * @throws LonghandError `argument` for a model other than `ilrnn`, or names that are not as many as the units.
 */
export function wiringOf(network: Network, names: UnitNames = unitNames(network)): Wiring {
  const { model, parameters } = network;
  if (model.name !== "ilrnn") {
    throw new LonghandError("argument", `model ${model.name}: has no drawing as a circuit; expected an ilrnn`);
  }
  const widths = [parameters.W1!.shape[0]!, ...Object.values(model.state)];
  const named = [names.inputs, ...names.units].map((list) => list.length);
  if (`${named}` !== `${widths}`) {
    throw new LonghandError("argument", `wiring: names of ${named.join("-")} units, expected ${widths.join("-")}`);
  }
  const connections: Connection[] = [];
  const connect = (name: string, below: number, above: number, isRecurrent: boolean) => {
    const { shape, data } = parameters[name]!;
    data.forEach((weight, k) => {
      if (weight === 0) return;
      const from = { layer: below, unit: Math.floor(k / shape[1]!) };
      connections.push({ from, to: { layer: above, unit: k % shape[1]! }, parameter: name, weight, isRecurrent });
    });
  };
  const layers = names.units.map((list, n) =>
    list.map((name, unit) => ({ name, bias: parameters[biasOf(n + 1)]!.data[unit]! })),
  );
  const separator = layers.length < 10 ? "" : ",";
  layers.forEach((_, n) => {
    connect(`W${n + 1}`, n, n + 1, false);
    layers.forEach((_, m) => {
      connect(`R${m + 1}${separator}${n + 1}`, m + 1, n + 1, true);
    });
  });
  return { inputs: names.inputs, layers, connections };
}

/**
 * The same units and connections with the weights and biases of other parameters: a weight that became zero stays in its place.
 * @param parameters of the network that was wired, or of one of its shape.
 */
export function rewired({ inputs, layers, connections }: Wiring, parameters: Network["parameters"]): Wiring {
  const weightOf = ({ parameter, from, to }: Connection) => {
    const { shape, data } = parameters[parameter]!;
    return data[from.unit * shape[1]! + to.unit]!;
  };
  return {
    inputs,
    layers: layers.map((layer, n) =>
      layer.map(({ name }, unit) => ({ name, bias: parameters[biasOf(n + 1)]!.data[unit]! })),
    ),
    connections: connections.map((connection) => ({ ...connection, weight: weightOf(connection) })),
  };
}

/** Name of the biases of a layer, from 1. */
const biasOf = (layer: number) => `b${layer}`;

/**
 * Names for the features and units of any network.
 * @returns `inputs` x₁ x₂ … (x₁ = 3 where a channel has more than two symbols); `units` h₁ h₂ …, y of an `ilrnn`, of others the
 *   units of each state tensor by its name.
 */
export function unitNames({ task, model }: Pick<Network, "task" | "model">): UnitNames {
  const channels = task.channels.length;
  const inputs = task.channels.flatMap((alphabet, channel) => {
    const name = channels === 1 ? "x" : `x${subscript(channel + 1)}`;
    return alphabet.length === 2 ? [name] : alphabet.map((symbol) => `${name} = ${symbol}`);
  });
  const numbered = (name: string, width: number) =>
    Array.from({ length: width }, (_, unit) => `${name}${width === 1 ? "" : subscript(unit + 1)}`);
  if (model.name !== "ilrnn") {
    return { inputs, units: Object.entries(model.state).map(([name, width]) => numbered(name, width)) };
  }
  const widths = Object.values(model.state);
  const hidden = widths.length - 1;
  const units = widths.map((width, n) =>
    numbered(n === hidden ? "y" : hidden === 1 ? "h" : `h${superscript(n + 1)}`, width),
  );
  return { inputs, units };
}

const digits = (text: string) => (number: number) =>
  [...String(number)].map((digit) => [...text][Number(digit)]).join("");
/** A whole number in subscript digits: "₁₂". */
export const subscript = digits("₀₁₂₃₄₅₆₇₈₉");
const superscript = digits("⁰¹²³⁴⁵⁶⁷⁸⁹");

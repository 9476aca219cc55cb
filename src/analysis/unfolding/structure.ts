/** The unfolded network as layers of units and what connects them: what it is drawn from, and counted by. */
import { type Tensor, topologicalOrder } from "../../graph/index.ts";
import { type FormulaForm, namesOf, written } from "./names.ts";
import { readingsOf } from "./readings.ts";
import type { Quantity, Unfolding } from "./unfold.ts";

export interface UnfoldedLayer {
  readonly kind: "input" | "hidden" | "output";
  /** Step of the recurrent network, from 1; 0: the state before the first one. */
  readonly time: number;
  /** 0: the input; hidden layers from 1; then the output. */
  readonly depth: number;
  readonly units: number;
  /** What its values are called: x^(0)(t=1). */
  readonly name: string;
  /** The values that it is of, as the cell calls them: of an LSTM i, f, g, o, c and h. */
  readonly values: readonly string[];
  /** Parameters that lead from no other layer: biases, and weights within the layer; as the cell calls them. */
  readonly parameters: readonly string[];
}

export interface UnfoldedConnection {
  /** Numbers of layers in the list of all. */
  readonly from: number;
  readonly to: number;
  /** What the weights are called that lead from each unit to each; the same names are the same weights. */
  readonly weights: readonly string[];
  /** Whether values also go on, or are weighted, from a unit to the same unit: cell states, old states, peepholes. */
  readonly isOneToOne: boolean;
  /** The parameters that it is of, as the cell calls them; those of peepholes too. */
  readonly parameters: readonly string[];
  /** The values that it reads, as the cell calls them. */
  readonly values: readonly string[];
  /** Those of them that come without a matrix. */
  readonly carried: readonly string[];
}

/** An array of weights, and how often the unfolded network has it. */
export interface SharedWeights {
  /** The parameter's name in the cell, and in formulas. */
  readonly parameter: string;
  readonly name: string;
  readonly shape: readonly number[];
  readonly uses: number;
}

export interface UnfoldedStructure {
  /** Each after those it reads. */
  readonly layers: readonly UnfoldedLayer[];
  readonly connections: readonly UnfoldedConnection[];
  readonly weights: readonly SharedWeights[];
  readonly counts: {
    readonly hiddenLayers: number;
    /** Of hidden and output layers. */
    readonly units: number;
    /** Weights from unit to unit, each as often as it is there. */
    readonly connections: number;
    /** Weights and biases, each as often as it is there, and each once. */
    readonly parameters: number;
    readonly distinctParameters: number;
  };
}

/** A connection that is being found. */
interface Bundle {
  readonly from: number;
  readonly to: number;
  isOneToOne: boolean;
  readonly weights: Set<string>;
  readonly parameters: Set<string>;
  readonly values: Set<string>;
  readonly carried: Set<string>;
}

function addTo(list: string[], names: readonly string[]): void {
  for (const name of names) if (!list.includes(name)) list.push(name);
}

/**
 * The layers, connections and weights of an unfolded network.
 * @param form of the formulas whose names they have. Default "sums".
 */
export function unfoldedStructure(unfolding: Unfolding, form: FormulaForm = "sums"): UnfoldedStructure {
  const { network, quantities, output, steps } = unfolding;
  const names = namesOf(network, form);
  const outputName = form === "sums" ? { base: "ŷ" } : (names.quantities.get("y") ?? { base: "y" });
  const all = [...quantities.values()].filter(isReached(unfolding));
  const outermost = quantities.get(output) ?? { name: "y", time: steps, kind: "output", tensor: output };
  const depths = depthsOf([...quantities.values()]);
  const layers: (UnfoldedLayer & { readonly values: string[]; readonly parameters: string[] })[] = [];
  const keys = new Map<string, number>();
  const keyOf = (quantity: Quantity) => `${depths.get(quantity.name)} ${quantity.time}`;
  for (const quantity of new Set([...all, outermost])) {
    const key = keyOf(quantity);
    const known = keys.get(key);
    if (known !== undefined) {
      layers[known]!.values.push(quantity.name);
      continue;
    }
    keys.set(key, layers.length);
    const depth = depths.get(quantity.name)!;
    const kind =
      quantity.kind === "input" ? "input" : quantity === outermost && unfolding.of === undefined ? "output" : "hidden";
    const told = outputOfLayer(all, quantity, depths);
    const value = kind === "output" ? outputName : names.quantities.get(told.name)!;
    const name = written(value, names, "text", { time: form === "sums" ? `t=${quantity.time}` : `${quantity.time}` });
    const units = Number(quantity.tensor.shape.at(-1));
    layers.push({ kind, time: quantity.time, depth, units, name, values: [quantity.name], parameters: [] });
  }
  const parameters = new Map(Object.entries(unfolding.parameters).map(([name, tensor]) => [tensor, name]));
  const nameOf = (parameter: string) => written(names.parameters.get(parameter)!, names, "text");
  const connections = new Map<string, Bundle>();
  for (const quantity of all.filter(({ kind }) => kind !== "input" && kind !== "initial")) {
    const to = keys.get(keyOf(quantity))!;
    const { values, alone } = readingsOf(quantity.tensor, unfolding);
    addTo(layers[to]!.parameters, alone);
    for (const { source, matrix, by } of values) {
      const from = keys.get(keyOf(source))!;
      if (from === to) addTo(layers[to]!.parameters, by);
      if (from === to) continue;
      const key = `${from} ${to}`;
      const found: Bundle = connections.get(key) ?? {
        ...{ from, to, isOneToOne: false },
        ...{ weights: new Set(), parameters: new Set(), values: new Set(), carried: new Set() },
      };
      connections.set(key, found);
      found.values.add(source.name);
      for (const name of by) found.parameters.add(name);
      if (matrix !== undefined) found.weights.add(nameOf(matrix));
      else {
        found.isOneToOne = true;
        found.carried.add(source.name);
      }
    }
  }
  const uses = usesOf(output, parameters);
  const used = Object.entries(unfolding.parameters).filter(([name]) => (uses.get(name)?.all ?? 0) > 0);
  const weights = used.map(
    ([parameter, { shape }]): SharedWeights => ({
      parameter,
      name: nameOf(parameter),
      shape: shape.map(Number),
      uses: uses.get(parameter)!.all,
    }),
  );
  const sizeOf = ({ shape }: SharedWeights) => shape.reduce((a, b) => a * b, 1);
  const sum = (count: (weights: SharedWeights) => number) => weights.reduce((total, each) => total + count(each), 0);
  return {
    layers,
    connections: [...connections.values()].map((bundle) => ({
      ...bundle,
      weights: [...bundle.weights],
      parameters: [...bundle.parameters],
      values: [...bundle.values],
      carried: [...bundle.carried],
    })),
    weights,
    counts: {
      hiddenLayers: layers.filter(({ kind }) => kind === "hidden").length,
      units: layers.filter(({ kind }) => kind !== "input").reduce((total, { units }) => total + units, 0),
      connections: sum((each) => sizeOf(each) * uses.get(each.parameter)!.connecting),
      parameters: sum((each) => sizeOf(each) * each.uses),
      distinctParameters: sum(sizeOf),
    },
  };
}

/** Whether the output depends on a value. */
function isReached({ output }: Unfolding): (quantity: Quantity) => boolean {
  const nodes = new Set(topologicalOrder([output]));
  return ({ tensor }) => nodes.has(tensor.node);
}

/** The layer of each value: the input is 0; what belongs to one cell of a stack is one, and so is each state where there are no gates. */
function depthsOf(quantities: readonly Quantity[]): Map<string, number> {
  const hasGates = quantities.some(({ kind }) => kind === "gate");
  const depths = new Map<string, number>();
  const groups = new Map<string, number>();
  for (const { name, kind, time } of quantities) {
    if (time === 0) continue;
    const cell = /^\d+(?=\.)/.exec(name)?.[0];
    const group = kind === "input" || kind === "output" ? kind : (cell ?? (hasGates ? "cell" : name));
    if (!groups.has(group)) groups.set(group, groups.size);
    depths.set(name, groups.get(group)!);
  }
  return depths;
}

/** The value of a layer that other layers read: its state h, or the first of its values. */
function outputOfLayer(all: readonly Quantity[], quantity: Quantity, depths: ReadonlyMap<string, number>): Quantity {
  const own = all.filter(({ name, time }) => time === quantity.time && depths.get(name) === depths.get(quantity.name));
  return own.find(({ name }) => /(^|\.)h\d*$/.test(name)) ?? own[0] ?? quantity;
}

/** How often a graph uses each parameter: in all, and between units, which leaves out where it is added to something. */
function usesOf(
  output: Tensor,
  parameters: ReadonlyMap<Tensor, string>,
): ReadonlyMap<string, { all: number; connecting: number }> {
  const uses = new Map<string, { all: number; connecting: number }>();
  for (const node of topologicalOrder([output])) {
    for (const tensor of node.inputs) {
      const name = parameters.get(tensor);
      if (name === undefined || node.kind !== "operator") continue;
      const found = uses.get(name) ?? { all: 0, connecting: 0 };
      uses.set(name, found);
      found.all++;
      if (node.operator.name === "MatMul" || node.operator.name === "Mul") found.connecting++;
    }
  }
  return uses;
}

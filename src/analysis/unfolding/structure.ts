/** The unfolded network as layers of units and what connects them: what it is drawn from, and counted by. */
import { type Tensor, topologicalOrder } from "../../graph/index.ts";
import { namesOf, written } from "./names.ts";
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
}

export interface UnfoldedConnection {
  /** Numbers of layers in the list of all. */
  readonly from: number;
  readonly to: number;
  /** What the weights are called that lead from each unit to each; the same names are the same weights. */
  readonly weights: readonly string[];
  /** Whether values also go on, or are weighted, from a unit to the same unit: cell states, old states, peepholes. */
  readonly isOneToOne: boolean;
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

/** The layers, connections and weights of an unfolded network. */
export function unfoldedStructure(unfolding: Unfolding): UnfoldedStructure {
  const { network, quantities, output, steps } = unfolding;
  const names = namesOf(network, "sums");
  const all = [...quantities.values()].filter(isReached(unfolding));
  const outermost = quantities.get(output) ?? { name: "y", time: steps, kind: "output", tensor: output };
  const depths = depthsOf([...quantities.values()]);
  const layers: UnfoldedLayer[] = [];
  const keys = new Map<string, number>();
  const keyOf = (quantity: Quantity) => `${depths.get(quantity.name)} ${quantity.time}`;
  for (const quantity of [...all, outermost]) {
    const key = keyOf(quantity);
    if (keys.has(key)) continue;
    keys.set(key, layers.length);
    const depth = depths.get(quantity.name)!;
    const kind = quantity.kind === "input" ? "input" : quantity === outermost ? "output" : "hidden";
    const told = outputOfLayer(all, quantity, depths);
    const value = kind === "output" ? { base: "ŷ" } : names.quantities.get(told.name)!;
    const name = written(value, names, "text", { time: `t=${quantity.time}` });
    layers.push({ kind, time: quantity.time, depth, units: Number(quantity.tensor.shape.at(-1)), name });
  }
  const parameters = new Map(Object.entries(unfolding.parameters).map(([name, tensor]) => [tensor, name]));
  const nameOf = (parameter: string) => written(names.parameters.get(parameter)!, names, "text");
  const connections = new Map<string, { from: number; to: number; weights: Set<string>; isOneToOne: boolean }>();
  for (const quantity of all.filter(({ kind }) => kind !== "input" && kind !== "initial")) {
    for (const { source, matrix } of readBy(quantity.tensor, quantities, parameters)) {
      const [from, to] = [keys.get(keyOf(source))!, keys.get(keyOf(quantity))!];
      if (from === to) continue;
      const key = `${from} ${to}`;
      const found = connections.get(key) ?? { from, to, weights: new Set(), isOneToOne: false };
      connections.set(key, found);
      if (matrix === undefined) found.isOneToOne = true;
      else found.weights.add(nameOf(matrix));
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
    connections: [...connections.values()].map(({ weights: set, ...rest }) => ({ ...rest, weights: [...set] })),
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

/** The named values that the equation of a value holds, and the matrix that each is multiplied by. */
function readBy(
  root: Tensor,
  quantities: ReadonlyMap<Tensor, Quantity>,
  parameters: ReadonlyMap<Tensor, string>,
): { readonly source: Quantity; readonly matrix: string | undefined }[] {
  const found: { source: Quantity; matrix: string | undefined }[] = [];
  const seen = new Set<string>();
  const visit = (tensor: Tensor, matrix: string | undefined) => {
    const key = `${tensor.id} ${matrix}`;
    if (seen.has(key)) return;
    seen.add(key);
    const source = tensor === root ? undefined : quantities.get(tensor);
    if (source) found.push({ source, matrix });
    else {
      const { node } = tensor;
      const name =
        node.kind === "operator" && node.operator.name === "MatMul" ? parameters.get(node.inputs[1]!) : undefined;
      for (const used of node.inputs) visit(used, name ?? matrix);
    }
  };
  visit(root, undefined);
  return found;
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

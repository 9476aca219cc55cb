/** A network over a number of time steps as one graph without recurrence: its step's graph put into itself. */
import type { Tensors } from "../../cells/index.ts";
import { LonghandError, unknownName } from "../../errors.ts";
import { type Dimension, input, replaceInputs, type Tensor, topologicalOrder } from "../../graph/index.ts";
import { learnedState, parameterTensors, type RecurrentNetwork, readOut } from "./network.ts";
import { withoutZeros, zeros } from "./zeros.ts";

/** A value that has a name, at a time step from 1; at 0 it is what was before the first one. */
export interface Quantity {
  readonly tensor: Tensor;
  /** Of a state or a gate its own name; "x": the input; "y": the network's output. */
  readonly name: string;
  readonly time: number;
  readonly kind: "input" | "initial" | "gate" | "state" | "output";
}

export interface UnfoldOptions {
  /** Number of time steps, at least 1. */
  readonly steps: number;
  /** Whether units have biases; without them these are 0, as papers/002 writes networks. Default true. */
  readonly thresholds?: boolean;
  /** "zero": what a state of zeros adds before the first step drops out. "symbolic": it stays. Default: "zero". */
  readonly initial?: "zero" | "symbolic";
  /** Extent of the batch. Default "batch": open. */
  readonly batch?: Dimension;
  /** Name of the state or gate whose value at the last step is asked for. Default: the network's output. */
  readonly of?: string;
}

export interface Unfolding {
  readonly network: RecurrentNetwork;
  readonly steps: number;
  /** Inputs of the graph: the parameters by name, each once for all time steps. */
  readonly parameters: Tensors;
  /** Inputs of the graph: x [batch, input] at each time step. */
  readonly inputs: readonly Tensor[];
  /** Inputs of the graph: the state before the first step, where it is symbolic. */
  readonly initial: Tensors;
  /** Every named value that the graph still has. */
  readonly quantities: ReadonlyMap<Tensor, Quantity>;
  /** y [batch, output] at the last time step, or the value that was asked for. */
  readonly output: Tensor;
  /** Name of the value that was asked for. Default: the network's output was. */
  readonly of?: string;
}

/**
 * Unfolds a network in time: y at the last step as a graph over x at every step.
 * @throws LonghandError `argument` for a number of steps that isn't a whole one of at least 1; `unknown-name` for a value that
 *   the network hasn't.
 */
export function unfold(network: RecurrentNetwork, options: UnfoldOptions): Unfolding {
  const { steps, thresholds = true, initial = "zero", batch = "batch", of } = options;
  if (!Number.isSafeInteger(steps) || steps < 1) {
    throw new LonghandError(
      "argument",
      `unfolding: received ${steps} time steps, expected a whole number of at least 1`,
    );
  }
  const { cell } = network;
  const parameters = parameterTensors(network);
  const names = Object.keys(cell.state);
  const stateOf = (make: (name: string, width: number) => Tensor): Tensors =>
    Object.fromEntries(Object.entries(cell.state).map(([name, width]) => [name, make(name, width)]));
  const x = input("x", [batch, cell.input]);
  const before = stateOf((name, width) => input(name, [batch, width]));
  const step = cell.step(parameters, before, x);
  const read = readOut(network, parameters, step.output);
  const absent = thresholds ? [] : biasesOf([...Object.values(step.state), read], parameters);
  const biases = new Map(absent.map((tensor) => [tensor, zeros(tensor.shape)]));

  // Named values of a step, later names of the same tensor aside.
  const parts: (Omit<Quantity, "time" | "tensor"> & { readonly tensor: Tensor })[] = [
    ...names.map((name) => ({ name, kind: "state" as const, tensor: step.state[name]! })),
    ...Object.entries(step.gates ?? {}).map(([name, tensor]) => ({ name, kind: "gate" as const, tensor })),
    ...(network.readout ? [{ name: "h", kind: "state" as const, tensor: step.output }] : []),
    { name: "y", kind: "output" as const, tensor: read },
  ];
  const asked = of === undefined ? parts.length - 1 : parts.findIndex(({ name }) => name === of);
  if (asked < 0) throw unknownName("value", of!, [...new Set(parts.map(({ name }) => name))]);
  const outputs = [...names.map((name) => step.state[name]!), ...parts.map(({ tensor }) => tensor)];

  const symbolic = initial === "symbolic" ? before : {};
  let state: Tensors =
    initial === "symbolic"
      ? before
      : (learnedState(network, parameters, batch) ?? stateOf((_, width) => zeros([batch, width])));
  const quantities = new Map<Tensor, Quantity>();
  const note = (quantity: Quantity) => {
    if (!quantities.has(quantity.tensor)) quantities.set(quantity.tensor, quantity);
  };
  for (const name of names) {
    if (initial === "symbolic" || network.learnedState) note({ name, time: 0, kind: "initial", tensor: state[name]! });
  }
  const inputs: Tensor[] = [];
  let output = read;
  for (let time = 1; time <= steps; time++) {
    const now = input(`x_${time}`, [batch, cell.input]);
    inputs.push(now);
    note({ name: "x", time, kind: "input", tensor: now });
    const replacements = new Map([
      ...biases,
      [x, now] as const,
      ...names.map((name) => [before[name]!, state[name]!] as const),
    ]);
    const made = withoutZeros(replaceInputs(outputs, replacements), Object.values(state));
    state = Object.fromEntries(names.map((name, k) => [name, made[k]!]));
    parts.forEach(({ name, kind }, k) => {
      note({ name, kind, time, tensor: made[names.length + k]! });
    });
    output = made[names.length + asked]!;
  }
  return { network, steps, parameters, inputs, initial: symbolic, quantities, output, ...(of !== undefined && { of }) };
}

/** Parameters that are added and nothing else: the biases, or thresholds, of units. */
export function biasesOf(outputs: readonly Tensor[], parameters: Tensors): Tensor[] {
  const vectors = Object.entries(parameters)
    .filter(([name, { shape }]) => shape.length === 1 && !name.startsWith("initial "))
    .map(([, tensor]) => tensor);
  const others = new Set<Tensor>();
  for (const node of topologicalOrder(outputs)) {
    if (node.kind !== "operator" || node.operator.name !== "Add") for (const used of node.inputs) others.add(used);
  }
  return vectors.filter((tensor) => !others.has(tensor));
}

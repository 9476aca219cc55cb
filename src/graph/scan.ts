/**
 * Scan: the recurrence, with ONNX's semantics. A body is applied once for each index of its sequences:
 *
 *     state_t, out_t = body(state_{t−1}, item_t; captured values)        t = 1 … T, or T … 1 when reversed
 *
 * Sequences and stacked outputs have time as their first axis; out_t lies at the index of item_t in both directions.
 */
import { LonghandError } from "../errors.ts";
import { type Dimension, sameShape } from "./dimension.ts";
import type { OnnxAttributes } from "./operator.ts";
import { expand } from "./operators/broadcast.ts";
import { scalar } from "./operators/constant.ts";
import {
  addOutput,
  currentPlace,
  currentRegion,
  describe,
  input,
  inRegion,
  isInside,
  makeNode,
  type Region,
  type ScanNode,
  type Tensor,
} from "./tensor.ts";
import { capturesOf, substitute } from "./traverse.ts";

/** What a scan does at each index. Tensors of the body belong to its region. */
export interface ScanBody {
  readonly region: Region;
  readonly reverse: boolean;
  /** Extent of the first axis of all sequences. */
  readonly time: Dimension;
  /** The body's inputs: state before the step, and the items of the sequences. */
  readonly states: readonly Tensor[];
  readonly items: readonly Tensor[];
  readonly nextStates: readonly Tensor[];
  /** What is stacked. May grow: see `expose`. */
  readonly stacked: Tensor[];
  /** What may be written in place of the loop: outputs are found by their place among those of the node. */
  readonly native?: NativeScan<readonly (NativeOutput | undefined)[]> | undefined;
}

/** An operator of ONNX that gives what a scan gives without a loop. The values, derivatives and bounds are the scan's. */
export interface NativeScan<Outputs = Readonly<Record<string, NativeOutput>>> {
  readonly opType: string;
  readonly attributes: OnnxAttributes;
  /** Made outside the scan; undefined: left out. */
  readonly inputs: readonly (Tensor | undefined)[];
  /** Where states and stacked outputs are found, by name. */
  readonly outputs: Outputs;
}

/** One output of a native operator, and its axis of extent 1 that the scan's output doesn't have. */
export interface NativeOutput {
  readonly index: number;
  readonly axis: number;
}

type Named = Readonly<Record<string, Tensor>>;

export interface ScanOptions<S extends string, I extends string, O extends string> {
  /** For messages. */
  readonly name?: string;
  /** Initial state. */
  readonly state: Readonly<Record<S, Tensor>>;
  /** Tensors [time, …] that are read one index at a time. */
  readonly sequences?: Readonly<Record<I, Tensor>>;
  /** Number of steps; needed only without sequences. */
  readonly steps?: Dimension;
  /** From the last index to the first. Default false. */
  readonly reverse?: boolean;
  /** An operator that gives the same. It is forgotten when the scan is made anew with another body. Default: none. */
  readonly native?: NativeScan | undefined;
  /** One step: the next state (same names and shapes) and what to stack. May use any tensor of the graph around. */
  readonly step: (
    state: Readonly<Record<S, Tensor>>,
    items: Readonly<Record<I, Tensor>>,
  ) => { readonly state: Readonly<Record<S, Tensor>>; readonly outputs?: Readonly<Record<O, Tensor>> };
}

/**
 * Applies a step along the first axis of its sequences.
 * @returns the final state, the stacked outputs [time, …], and the node itself, for `expose`.
 * @throws LonghandError `shape` when sequences differ in length or the step changes the shape of a state.
 */
export function scan<S extends string, I extends string = never, O extends string = never>(
  options: ScanOptions<S, I, O>,
): { state: Record<S, Tensor>; outputs: Record<O, Tensor>; node: ScanNode } {
  const stateNames = Object.keys(options.state) as S[];
  const sequences = (options.sequences ?? {}) as Named;
  const itemNames = Object.keys(sequences);
  const time = options.steps ?? (itemNames.length > 0 ? sequences[itemNames[0]!]!.shape[0] : undefined);
  const where = `scan${options.name ? ` "${options.name}"` : ""}${currentPlace() ? ` (in ${currentPlace()})` : ""}`;
  if (time === undefined) {
    throw new LonghandError("shape", `${where}: needs a sequence with a first axis, or a number of steps`);
  }
  for (const name of itemNames) {
    if (sequences[name]!.shape[0] !== time) {
      throw new LonghandError(
        "shape",
        `${where}: sequence ${name} is ${describe(sequences[name]!)}, expected ${time} along its first axis`,
      );
    }
  }
  // ONNX's Scan counts its steps by a sequence: without one, count along zeros.
  const read = itemNames.length > 0 ? sequences : { count: expand(scalar(0), [time]) };
  const made = inRegion((region) => {
    const states = stateNames.map((name) => input(name, options.state[name].shape, options.state[name].dtype));
    const items = Object.entries(read).map(([name, { shape, dtype }]) => input(name, shape.slice(1), dtype));
    const result = options.step(
      Object.fromEntries(stateNames.map((name, k) => [name, states[k]])) as Record<S, Tensor>,
      Object.fromEntries(itemNames.map((name, k) => [name, items[k]])) as Record<I, Tensor>,
    );
    const nextStates = stateNames.map((name, k) => {
      const next = result.state[name];
      if (!next || !sameShape(next.shape, states[k]!.shape) || next.dtype !== states[k]!.dtype) {
        throw new LonghandError(
          "shape",
          `${where}: the step turns state ${describe(states[k]!)} into ${next ? describe(next) : "nothing"}; both must have one shape and type`,
        );
      }
      return next;
    });
    return { region, states, items, nextStates, outputs: (result.outputs ?? {}) as Named };
  });
  const outputNames = Object.keys(made.outputs) as O[];
  const native = options.native && {
    ...options.native,
    outputs: [...stateNames, ...Object.keys(made.outputs)].map((name) => options.native!.outputs[name]),
  };
  const body: ScanBody = {
    native,
    region: made.region,
    reverse: options.reverse ?? false,
    time,
    states: made.states,
    items: made.items,
    nextStates: made.nextStates,
    stacked: Object.values(made.outputs),
  };
  const node = makeNode(
    { kind: "scan", body },
    [
      ...stateNames.map((name) => options.state[name]),
      ...Object.values(read),
      ...capturesOf([...body.nextStates, ...body.stacked], made.region),
    ],
    [...body.nextStates, ...body.stacked.map(({ dtype, shape }) => ({ dtype, shape: [time, ...shape] }))],
  ) as ScanNode;
  const outputs = outputNames.map((name, k) => [name, node.outputs[stateNames.length + k]]);
  return {
    state: Object.fromEntries(stateNames.map((name, k) => [name, node.outputs[k]])) as Record<S, Tensor>,
    outputs: Object.fromEntries(outputs) as Record<O, Tensor>,
    node,
  };
}

/** The parts of a scan node's inputs. */
export function scanInputs({ inputs, body }: ScanNode): { initial: Tensor[]; sequences: Tensor[]; captures: Tensor[] } {
  const states = body.states.length;
  const items = states + body.items.length;
  return { initial: inputs.slice(0, states), sequences: inputs.slice(states, items), captures: inputs.slice(items) };
}

/**
 * The values of a tensor of the body at every index, stacked: [time, …]. What derivatives and traces read.
 * Adds an output to the scan; what it computed already stays as it was.
 */
export function expose(node: ScanNode, inner: Tensor): Tensor {
  const { body } = node;
  const item = body.items.indexOf(inner);
  if (item >= 0) return node.inputs[body.states.length + item]!;
  if (!isInside(inner.node.region, body.region)) {
    throw new LonghandError("argument", `${describe(inner)} is no part of the body of this scan`);
  }
  let index = body.stacked.indexOf(inner);
  if (index < 0) {
    index = body.stacked.push(inner) - 1;
    addOutput(node, { dtype: inner.dtype, shape: [body.time, ...inner.shape] });
    const known = new Set(node.inputs);
    for (const used of capturesOf([inner], body.region)) if (!known.has(used)) node.inputs.push(used);
  }
  return node.outputs[body.nextStates.length + index]!;
}

/** A scan like `node` over other inputs, whose body is made by `step` from new states and items (by position). */
export function rebuildScan(
  node: ScanNode,
  initial: readonly Tensor[],
  sequences: readonly Tensor[],
  step: (
    states: readonly Tensor[],
    items: readonly Tensor[],
  ) => { nextStates: readonly Tensor[]; stacked: readonly Tensor[] },
): ScanNode {
  const byPosition = (tensors: readonly Tensor[]) => Object.fromEntries(tensors.map((tensor, k) => [`${k}`, tensor]));
  return scan({
    state: byPosition(initial),
    sequences: byPosition(sequences),
    reverse: node.body.reverse,
    step(states, items) {
      const made = step(Object.values(states), Object.values(items));
      return { state: byPosition(made.nextStates), outputs: byPosition(made.stacked) };
    },
  }).node;
}

/** The same graph with some tensors replaced, made anew in `region`; bodies of scans included. */
export function substituted(
  outputs: readonly Tensor[],
  replacements: ReadonlyMap<Tensor, Tensor>,
  region: Region,
  remake?: Parameters<typeof substitute>[4],
): Tensor[] {
  const rebuild = (node: ScanNode, mapping: ReadonlyMap<Tensor, Tensor>) => {
    const at = (tensor: Tensor) => mapping.get(tensor) ?? tensor;
    const { initial, sequences } = scanInputs(node);
    const { body } = node;
    return rebuildScan(node, initial.map(at), sequences.map(at), (states, items) => {
      const inner = new Map(mapping);
      body.states.forEach((tensor, k) => {
        inner.set(tensor, states[k]!);
      });
      body.items.forEach((tensor, k) => {
        inner.set(tensor, items[k]!);
      });
      const made = substituted([...body.nextStates, ...body.stacked], inner, currentRegion());
      return { nextStates: made.slice(0, states.length), stacked: made.slice(states.length) };
    }).outputs;
  };
  return substitute(outputs, replacements, region, rebuild, remake);
}

/** The same graph over other inputs: each tensor of `replacements` gives way to the one it is mapped to. */
export function replaceInputs(outputs: readonly Tensor[], replacements: ReadonlyMap<Tensor, Tensor>): Tensor[] {
  return substituted(outputs, replacements, currentRegion());
}

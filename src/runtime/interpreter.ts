/**
 * An interpreter of programs over any domain of values: numbers (`reference/`) or intervals (`interval/`).
 *
 * For each set of extents of the open dimensions a plan is made once: every tensor gets its memory and every node a
 * function without arguments. Running is then calling them in order. In the body of a scan, nodes that depend neither on
 * the state nor on the items run once, before the loop.
 */
import type { DType } from "../graph/array.ts";
import { evaluate, type Shape } from "../graph/dimension.ts";
import type { Operator } from "../graph/operator.ts";
import type { Program } from "../graph/program.ts";
import { scanInputs } from "../graph/scan.ts";
import { isInside, type Node, type ScanNode, type Tensor } from "../graph/tensor.ts";
import { topologicalOrder } from "../graph/traverse.ts";

/** What the interpreter computes with. */
export interface Domain<V> {
  make(dtype: DType, shape: readonly number[]): V;
  /** The same memory under another shape. */
  view(value: V, shape: readonly number[]): V;
  apply(operator: Operator, inputs: readonly V[], out: V, attributes: unknown): void;
  /** Copies `count` elements. */
  copy(from: V, start: number, to: V, at: number, count: number): void;
  /** Whether two values share memory. */
  sharesMemory(a: V, b: V): boolean;
}

export interface Plan<V> {
  readonly inputs: ReadonlyMap<string, V>;
  readonly outputs: ReadonlyMap<string, V>;
  run(): void;
}

type Action = () => void;

/** Makes the plan of a program for given extents. */
export function plan<V>(program: Program, bindings: ReadonlyMap<string, number>, domain: Domain<V>): Plan<V> {
  const memory = new Map<Tensor, V>();
  const extent = (shape: Shape) => shape.map((dimension) => evaluate(dimension, bindings));
  const make = (tensor: Tensor) => domain.make(tensor.dtype, extent(tensor.shape));
  const inputs = new Map(
    Object.entries(program.inputs).map(([name, tensor]) => {
      memory.set(tensor, make(tensor));
      return [name, memory.get(tensor)!];
    }),
  );

  const planNodes = (outputs: readonly Tensor[], once: Action[], each: Action[], varies: ReadonlySet<Tensor>) => {
    const varying = new Set(varies);
    for (const node of topologicalOrder(outputs, (tensor) => memory.has(tensor))) {
      const isVarying = node.inputs.some((used) => varying.has(used));
      if (isVarying) for (const output of node.outputs) varying.add(output);
      const action = planNode(node);
      if (action) (isVarying ? each : once).push(action);
    }
  };

  const planNode = (node: Node): Action | undefined => {
    if (node.kind === "input") return undefined;
    if (node.kind === "scan") return planScan(node);
    const { operator } = node;
    const used = node.inputs.slice(0, operator.valueInputs).map((tensor) => memory.get(tensor)!);
    const output = node.outputs[0]!;
    if (operator.isView) {
      memory.set(output, domain.view(used[0]!, extent(output.shape)));
      return undefined;
    }
    const out = make(output);
    memory.set(output, out);
    const attributes =
      operator.bind?.(node.attributes, (dimension) => evaluate(dimension, bindings)) ?? node.attributes;
    if (used.length === 0) {
      domain.apply(operator, used, out, attributes);
      return undefined;
    }
    return () => domain.apply(operator, used, out, attributes);
  };

  const planScan = (node: ScanNode): Action => {
    const { body } = node;
    const { initial, sequences } = scanInputs(node);
    for (const tensor of [...body.states, ...body.items]) memory.set(tensor, make(tensor));
    for (const tensor of node.outputs) memory.set(tensor, make(tensor));
    const inner = [...body.nextStates, ...body.stacked];
    const once: Action[] = [];
    const each: Action[] = [];
    planNodes(inner, once, each, new Set([...body.states, ...body.items]));
    const of = (tensor: Tensor) => memory.get(tensor)!;
    const size = (tensor: Tensor) => extent(tensor.shape).reduce((a, b) => a * b, 1);
    const transfer =
      (from: V, to: V, count: number): Action =>
      () =>
        domain.copy(from, 0, to, 0, count);
    const enter = body.states.map((state, k) => transfer(of(initial[k]!), of(state), size(state)));
    const changing = [...body.states, ...body.items].filter((tensor) => isInside(tensor.node.region, body.region));
    // A next state that is (a view of) something about to be overwritten goes through a copy.
    const staged = body.nextStates.map((next, k) => {
      const isSafe = !changing.some((tensor) => tensor !== body.states[k] && domain.sharesMemory(of(next), of(tensor)));
      return isSafe ? undefined : make(body.states[k]!);
    });
    const stage = staged.flatMap((copy, k) =>
      copy ? [transfer(of(body.nextStates[k]!), copy, size(body.states[k]!))] : [],
    );
    const advance = body.states.map((state, k) =>
      transfer(staged[k] ?? of(body.nextStates[k]!), of(state), size(state)),
    );
    const leave = body.states.map((state, k) => transfer(of(state), of(node.outputs[k]!), size(state)));
    const reads = body.items.map((item, k) => ({ from: of(sequences[k]!), to: of(item), count: size(item) }));
    const writes = body.stacked.map((tensor, k) => ({
      from: of(tensor),
      to: of(node.outputs[body.states.length + k]!),
      count: size(tensor),
    }));
    const steps = evaluate(body.time, bindings);
    return () => {
      for (const action of enter) action();
      for (const action of once) action();
      for (let k = 0; k < steps; k++) {
        const t = body.reverse ? steps - 1 - k : k;
        for (const { from, to, count } of reads) domain.copy(from, t * count, to, 0, count);
        for (const action of each) action();
        for (const { from, to, count } of writes) domain.copy(from, 0, to, t * count, count);
        for (const action of stage) action();
        for (const action of advance) action();
      }
      for (const action of leave) action();
    };
  };

  const actions: Action[] = [];
  const outputTensors = Object.values(program.outputs);
  planNodes(outputTensors, actions, actions, new Set(Object.values(program.inputs)));
  return {
    inputs,
    outputs: new Map(Object.entries(program.outputs).map(([name, tensor]) => [name, memory.get(tensor)!])),
    run() {
      for (const action of actions) action();
    },
  };
}

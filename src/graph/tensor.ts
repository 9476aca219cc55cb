/**
 * Symbolic tensors and the nodes that make them.
 *
 * A graph is never stored as such: it is what can be reached from a tensor through `tensor.node.inputs`. Nodes are
 * values; the one thing that may grow after construction is the list of outputs of a scan (see `scan.ts`).
 */
import { LonghandError } from "../errors.ts";
import type { DType } from "./array.ts";
import { type Dimension, dimension, printShape, type Shape } from "./dimension.ts";
import type { Operator } from "./operator.ts";
import type { ScanBody } from "./scan.ts";

/** A value that a graph will have: its element type, its shape, and the node that makes it. */
export interface Tensor {
  readonly id: number;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly node: Node;
  /** Which of the node's outputs this is. */
  readonly index: number;
}

/** Where a tensor lives: the outermost graph, or the body of a scan. A body may use values of the regions around it. */
export interface Region {
  readonly depth: number;
  readonly parent: Region | undefined;
}

interface NodeBase {
  readonly inputs: Tensor[];
  readonly outputs: Tensor[];
  readonly region: Region;
  /** Where in the model it was made: "ilrnn > layer 2". */
  readonly place: string;
}

/** A value that comes from outside: a program's input, or a body's state or item. */
export interface InputNode extends NodeBase {
  readonly kind: "input";
  readonly name: string;
}

/** One application of an operator. */
export interface OperatorNode extends NodeBase {
  readonly kind: "operator";
  readonly operator: Operator;
  readonly attributes: unknown;
}

/** A recurrence. Inputs: initial states, sequences, then the outer values that the body uses. */
export interface ScanNode extends NodeBase {
  readonly kind: "scan";
  readonly body: ScanBody;
}

export type Node = InputNode | OperatorNode | ScanNode;

let nextId = 0;
const outermost: Region = { depth: 0, parent: undefined };
let region = outermost;
const places: string[] = [];

/** Runs `build` inside a new region (a scan body) and returns what it made. */
export function inRegion<R>(build: (region: Region) => R, parent: Region = region): R {
  const before = region;
  region = { depth: parent.depth + 1, parent };
  try {
    return build(region);
  } finally {
    region = before;
  }
}

/** Runs `build` in a region that exists already. */
export function withRegion<R>(existing: Region, build: () => R): R {
  const before = region;
  region = existing;
  try {
    return build();
  } finally {
    region = before;
  }
}

/** The region in which nodes are being made. */
export function currentRegion(): Region {
  return region;
}

/** Names the part of the model that `build` makes; errors in it say so. */
export function place<R>(name: string, build: () => R): R {
  places.push(name);
  try {
    return build();
  } finally {
    places.pop();
  }
}

/** The current place, for messages. */
export function currentPlace(): string {
  return places.join(" > ");
}

/** Whether `inner` is `outer` or lies inside it. */
export function isInside(inner: Region, outer: Region): boolean {
  for (let at: Region | undefined = inner; at && at.depth >= outer.depth; at = at.parent) if (at === outer) return true;
  return false;
}

/** Whether a tensor is made by this operator. */
export function isOperator({ node }: Tensor, operator: unknown): boolean {
  return node.kind === "operator" && node.operator === operator;
}

/** What kind of value a tensor is. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** Adds one more output to a node that is being made (or to a scan that exposes an inner value). */
export function addOutput(node: Node, type: TensorType): Tensor {
  const tensor: Tensor = { id: nextId++, dtype: type.dtype, shape: type.shape, node, index: node.outputs.length };
  node.outputs.push(tensor);
  return tensor;
}

type NewNode =
  | Pick<InputNode, "kind" | "name">
  | Pick<OperatorNode, "kind" | "operator" | "attributes">
  | Pick<ScanNode, "kind" | "body">;

/** Makes a node in the current region and place. */
export function makeNode(parts: NewNode, inputs: Tensor[], types: readonly TensorType[]): Node {
  for (const input of inputs) {
    if (!isInside(region, input.node.region)) {
      throw new LonghandError(
        "argument",
        `${describe(input)} belongs to the body of a scan and can't be used outside it`,
      );
    }
  }
  const node: Node = { ...parts, inputs, outputs: [], region, place: currentPlace() };
  for (const type of types) addOutput(node, type);
  return node;
}

/**
 * A value that comes from outside.
 * @param name what messages and programs call it.
 * @param shape numbers and open names.
 */
export function input(name: string, shape: readonly Dimension[], dtype: DType = "float"): Tensor {
  return makeNode({ kind: "input", name }, [], [{ dtype, shape: shape.map(dimension) }]).outputs[0]!;
}

/** "x [batch, 2]", "tanh [batch, 8]" */
export function describe(tensor: Tensor): string {
  const { node } = tensor;
  const name = node.kind === "input" ? node.name : node.kind === "scan" ? "Scan" : node.operator.name;
  const type = tensor.dtype === "float" ? "" : ` ${tensor.dtype}`;
  return `${name} ${printShape(tensor.shape)}${type}`;
}

/**
 * Applies an operator: checks the operands by its shape rule and makes the result.
 * @throws LonghandError `shape`, naming the operator, the operands with their shapes, and the place in the model.
 */
export function apply<A>(operator: Operator<A>, inputs: readonly Tensor[], attributes: A): Tensor {
  const result = operator.infer(inputs, attributes);
  if ("problem" in result) {
    const operands = inputs.map(describe).join(", ");
    const where = places.length > 0 ? ` (in ${currentPlace()})` : "";
    throw new LonghandError("shape", `${operator.name}(${operands}): ${result.problem}${where}`);
  }
  return makeNode({ kind: "operator", operator: operator as Operator, attributes }, [...inputs], [result]).outputs[0]!;
}

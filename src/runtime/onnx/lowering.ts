/**
 * Programs as ONNX models.
 *
 * The graph's operators are ONNX's, so this is a walk that writes them down: each operator says its own ONNX form, a scan
 * becomes a `Scan` node whose body uses values of the graphs around it by name. Operator set 17 and IR version 8: what
 * tools of 2022 and later read.
 */

import type { NDArray } from "../../graph/array.ts";
import type { Program } from "../../graph/program.ts";
import type { Node, OperatorNode, ScanNode, Tensor } from "../../graph/tensor.ts";
import { liveParts, liveTensors, nativeInputs, nativeScans, valueInputs } from "../live.ts";
import { deepest, elementTypes, type GraphBuilder, graphBuilder, type Scope, union } from "./builder.ts";
import { fromNDArray } from "./convert.ts";
import type { OnnxAttribute, OnnxModel, OnnxNode, ValueInfo } from "./model.ts";
import { lowerNative, packedConstants } from "./native.ts";
import type { OnnxTensor } from "./tensor.ts";

export interface LoweringOptions {
  /** Text about the model for its readers. Default: none. */
  readonly doc?: string;
  /** Named texts that the file carries. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * How recurrences are written: "scan" (default), the loop that they are; or "native", by ONNX's RNN, LSTM and GRU where
   * a scan is one of them and nothing is asked but its outputs and its final state, by Scan elsewhere.
   */
  readonly recurrence?: "scan" | "native";
  /**
   * Inputs of the program that are known, by name: constants of the model, rounded to 32 bits, and no inputs of it. What
   * native operators read of them is packed here and now. Default: none.
   */
  readonly constants?: Readonly<Record<string, NDArray>>;
}

/**
 * Writes a program as an ONNX model.
 *
 * The model's inputs are the program's, all of them, with their names and in their order, open dimensions included; its
 * outputs are in the program's order. An output named like an input gets a number behind its name, because ONNX knows one
 * value by one name. The same program gives the same model.
 * @param program what to write.
 */
export function lower(program: Program, options: LoweringOptions = {}): OnnxModel {
  const { recurrence = "scan", constants = {} } = options;
  const builder = graphBuilder(program);
  const names = new Map<Tensor, string>();
  for (const [name, tensor] of Object.entries(program.inputs)) {
    builder.declare(builder.nameFor(name), new Set());
    names.set(tensor, name);
  }
  const outputNames = Object.keys(program.outputs).map((name) => builder.nameFor(name));
  const outputs = Object.values(program.outputs);
  const natives = recurrence === "native" ? nativeScans(liveTensors(outputs)) : new Set<ScanNode>();
  const live = liveTensors(outputs, natives);
  const packed = packedConstants(program, constants, natives);
  for (const [tensor, { name, value }] of packed) names.set(tensor, builder.named(name, value));
  const needsOf = (node: Node) => {
    const all = node.kind === "scan" && natives.has(node) ? nativeInputs(node) : partsOf(node, live);
    return all.filter((tensor) => !packed.has(tensor));
  };
  const bodies = new Map<ScanNode, Body>();
  walk(outputs, needsOf, {
    enter(node) {
      if (node.kind === "scan" && !natives.has(node)) bodies.set(node, openBody(node, live, builder, names));
    },
    leave(node) {
      builder.place = node.place.replaceAll(" > ", "/");
      if (node.kind === "scan" && natives.has(node)) lowerNative(node, builder, names);
      else if (node.kind === "scan") closeBody(node, bodies.get(node)!, live, builder, names);
      else if (node.kind === "operator") lowerOperator(node, builder, names);
    },
  });

  // A value that a node of the outermost graph makes takes the output's name; others are copied to it.
  const made = new Set(builder.root.nodes.flatMap(({ outputs }) => outputs));
  const renamed = new Map<string, string>();
  Object.values(program.outputs).forEach((tensor, k) => {
    const value = names.get(tensor)!;
    if (made.has(value) && !renamed.has(value)) renamed.set(value, outputNames[k]!);
    else builder.root.nodes.push(identity(renamed.get(value) ?? value, outputNames[k]!));
  });
  const nodes = withNames(builder.root.nodes, renamed);
  const used = namesUsed(nodes);
  return {
    irVersion: 8,
    opsetImport: [{ domain: "", version: 17 }],
    producerName: "longhand",
    producerVersion: "",
    docString: options.doc ?? "",
    metadata: options.metadata ?? {},
    graph: {
      name: program.name,
      nodes,
      inputs: Object.entries(program.inputs)
        .filter(([name]) => !Object.hasOwn(constants, name))
        .map(([name, tensor]) => valueInfo(name, tensor)),
      outputs: Object.values(program.outputs).map((tensor, k) => valueInfo(outputNames[k]!, tensor)),
      initializers: [...asInitializers(constants, used), ...builder.initializers],
      valueInfo: [],
    },
  };
}

function asInitializers(constants: Readonly<Record<string, NDArray>>, used: ReadonlySet<string>): OnnxTensor[] {
  const needed = Object.entries(constants).filter(([name]) => used.has(name));
  return needed.map(([name, value]) => fromNDArray(name, value, elementTypes[value.dtype]));
}

/** All values that nodes read, in the bodies inside them too. */
function namesUsed(nodes: readonly OnnxNode[], found = new Set<string>()): ReadonlySet<string> {
  for (const { inputs, attributes } of nodes) {
    for (const name of inputs) found.add(name);
    for (const attribute of Object.values(attributes)) {
      if (attribute.type === "graph") namesUsed(attribute.value.nodes, found);
    }
  }
  return found;
}

interface Visitor {
  enter(node: Node): void;
  leave(node: Node): void;
}

/** Visits nodes, each left after all that it needs. */
function walk(outputs: readonly Tensor[], needsOf: (node: Node) => readonly Tensor[], visitor: Visitor): void {
  const seen = new Set<Node>();
  const stack: { node: Node; needs: readonly Tensor[]; next: number }[] = [];
  const enter = ({ node }: Tensor) => {
    if (seen.has(node)) return;
    seen.add(node);
    visitor.enter(node);
    stack.push({ node, needs: needsOf(node), next: 0 });
  };
  for (const output of outputs) {
    enter(output);
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const following = top.needs[top.next++];
      if (following) enter(following);
      else visitor.leave(stack.pop()!.node);
    }
  }
}

/** What a node is written from; a scan is written from the results of its body. */
function partsOf(node: Node, live: ReadonlySet<Tensor>): readonly Tensor[] {
  if (node.kind === "input") return [];
  if (node.kind === "operator") return valueInputs(node);
  const { states, items, results } = liveParts(node, live);
  return [...states.map(({ initial }) => initial), ...items.map(({ sequence }) => sequence), ...results];
}

function lowerOperator(node: OperatorNode, builder: GraphBuilder, names: Map<Tensor, string>): void {
  const [output] = node.outputs as [Tensor];
  const inputs = valueInputs(node).map((tensor) => names.get(tensor)!);
  const call = { inputs: node.inputs, output, attributes: node.attributes };
  names.set(output, node.operator.onnx(builder, inputs, call));
}

/** The body of a scan under construction. */
interface Body extends Scope {
  readonly name: string;
}

function openBody(node: ScanNode, live: ReadonlySet<Tensor>, builder: GraphBuilder, names: Map<Tensor, string>): Body {
  const prefix = node.place === "" ? "" : `${node.place.replaceAll(" > ", "/")}/`;
  const body: Body = { depth: node.body.region.depth, nodes: [], name: builder.nameFor(`${prefix}Scan`) };
  const { states, items } = liveParts(node, live);
  for (const tensor of [...states.map(({ state }) => state), ...items.map(({ item }) => item)]) {
    const given = tensor.node.kind === "input" ? tensor.node.name : "value";
    const name = builder.nameFor(`${body.name}/${given}`);
    names.set(tensor, name);
    builder.declare(name, new Set([body]));
  }
  return body;
}

function closeBody(
  node: ScanNode,
  body: Body,
  live: ReadonlySet<Tensor>,
  builder: GraphBuilder,
  names: Map<Tensor, string>,
): void {
  const { states, items, stacked, results } = liveParts(node, live);
  const of = (tensor: Tensor) => names.get(tensor)!;
  // A result that isn't made by a node of this body, or is a result already, needs a node that copies it.
  const made = new Set(body.nodes.flatMap(({ outputs }) => outputs));
  const inside = results.map((tensor) => builder.scopesOf(of(tensor)));
  const resultNames = results.map((tensor) => {
    const value = of(tensor);
    if (made.delete(value)) return value;
    const copy = builder.nameFor(`${body.name}/copy`);
    body.nodes.push(identity(value, copy));
    return copy;
  });
  const outer = states.map(({ final, state }) => [final, `${of(state)}_final`] as const);
  const outputs = [...outer, ...stacked.map(({ inner, outer }) => [outer, `${of(inner)}_stacked`] as const)].map(
    ([tensor, base]) => {
      const name = builder.nameFor(base);
      names.set(tensor, name);
      return name;
    },
  );
  const inputs = [...states.map(({ initial }) => of(initial)), ...items.map(({ sequence }) => of(sequence))];
  const direction = (count: number): OnnxAttribute => ({
    type: "ints",
    value: new Array<number>(count).fill(node.body.reverse ? 1 : 0),
  });
  const graph = {
    name: body.name,
    nodes: body.nodes,
    inputs: [...states.map(({ state }) => state), ...items.map(({ item }) => item)].map((tensor) =>
      valueInfo(of(tensor), tensor),
    ),
    outputs: results.map((tensor, k) => valueInfo(resultNames[k]!, tensor)),
    initializers: [],
    valueInfo: [],
  };
  const scan: OnnxNode = {
    opType: "Scan",
    name: body.name,
    inputs,
    outputs,
    attributes: {
      body: { type: "graph", value: graph },
      num_scan_inputs: { type: "int", value: items.length },
      ...(node.body.reverse && {
        scan_input_directions: direction(items.length),
        ...(stacked.length > 0 && { scan_output_directions: direction(stacked.length) }),
      }),
    },
  };
  // What the body captures places the scan as much as what it is given.
  const captured = body.nodes.flatMap((inner) => inner.outputs).map((name) => builder.scopesOf(name));
  const all = union([...inputs.map((name) => builder.scopesOf(name)), ...inside, ...captured]);
  const around = new Set([...all].filter((scope) => scope !== body));
  builder.append(deepest(around) ?? builder.root, scan, around);
}

function identity(from: string, to: string): OnnxNode {
  return { opType: "Identity", name: to, inputs: [from], outputs: [to], attributes: {} };
}

function valueInfo(name: string, { dtype, shape }: Tensor): ValueInfo {
  return { name, elementType: elementTypes[dtype], shape };
}

/** Nodes with some values under other names, in the bodies inside them too. */
function withNames(nodes: readonly OnnxNode[], renamed: ReadonlyMap<string, string>): OnnxNode[] {
  const now = (name: string) => renamed.get(name) ?? name;
  return nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(now),
    outputs: node.outputs.map(now),
    attributes: Object.fromEntries(
      Object.entries(node.attributes).map(([name, attribute]) => [
        name,
        attribute.type === "graph"
          ? { type: "graph", value: { ...attribute.value, nodes: withNames(attribute.value.nodes, renamed) } }
          : attribute,
      ]),
    ),
  }));
}

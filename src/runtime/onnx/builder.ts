/**
 * Building ONNX graphs node by node, with the bodies of scans inside.
 *
 * A node goes into the outermost graph in which all its inputs are known: what a body computes anew at each step although
 * it depends on neither state nor item is computed once, outside. Equal nodes and equal constants are one.
 */
import type { DType, NDArray } from "../../graph/array.ts";
import type { Lowering, OnnxAttributes, OnnxAttributeValue } from "../../graph/operator.ts";
import type { Program } from "../../graph/program.ts";
import { fromNDArray } from "./convert.ts";
import { codeOf, type ElementType } from "./elements.ts";
import { extentsOf } from "./extents.ts";
import type { OnnxAttribute, OnnxNode } from "./model.ts";
import type { OnnxTensor } from "./tensor.ts";

/** The ONNX element types of arrays: floats are 32 bits wide. */
export const elementTypes: Readonly<Record<DType, ElementType>> = { float: "FLOAT", int: "INT32", bool: "BOOL" };

/** A graph under construction: the outermost one (depth 0) or the body of a scan. */
export interface Scope {
  readonly depth: number;
  readonly nodes: OnnxNode[];
}

export interface GraphBuilder extends Lowering {
  readonly root: Scope;
  readonly initializers: readonly OnnxTensor[];
  /** A name that no value has yet: `base` itself, or with a number behind it. */
  nameFor(base: string): string;
  /** Declares a value that no node makes: an input of the program (no scopes), a state or an item of a body. */
  declare(name: string, scopes: ReadonlySet<Scope>): void;
  /** The bodies that a value lies inside of. */
  scopesOf(name: string): ReadonlySet<Scope>;
  /** Adds a node to a given graph under given names. */
  append(scope: Scope, node: OnnxNode, scopes: ReadonlySet<Scope>): void;
  /** A constant of the model under a name of its own. */
  named(base: string, value: NDArray): string;
  /** Where in the model the following nodes belong: a prefix of their names. */
  place: string;
}

const none: ReadonlySet<Scope> = new Set();

/** A builder whose first values are the program's inputs. */
export function graphBuilder(program: Program): GraphBuilder {
  const root: Scope = { depth: 0, nodes: [] };
  const scopes = new Map<string, ReadonlySet<Scope>>();
  const taken = new Set<string>();
  const counters = new Map<string, number>();
  const nodes = new Map<string, string>();
  const constants = new Map<string, OnnxTensor>();

  const numbered = (base: string) => {
    for (;;) {
      const count = (counters.get(base) ?? 0) + 1;
      counters.set(base, count);
      const name = `${base}_${count}`;
      if (taken.has(name)) continue;
      taken.add(name);
      return name;
    }
  };
  const constant = (elementType: ElementType, dims: readonly number[], data: OnnxTensor["data"]) => {
    const key = `${elementType}[${dims}]${new Uint8Array(data.buffer, data.byteOffset, data.byteLength)}`;
    const known = constants.get(key);
    if (known) return known.name;
    const name = numbered("constant");
    constants.set(key, { name, elementType, dims, data });
    scopes.set(name, none);
    return name;
  };

  const builder: GraphBuilder = {
    root,
    place: "",
    get initializers() {
      return [...constants.values()];
    },
    nameFor(base) {
      if (taken.has(base)) return numbered(base);
      taken.add(base);
      return base;
    },
    declare: (name, inside) => scopes.set(name, inside),
    scopesOf: (name) => scopes.get(name) ?? none,
    append(scope, node, inside) {
      scope.nodes.push(node);
      for (const output of node.outputs) scopes.set(output, inside);
    },
    emit(opType, inputs, attributes = {}) {
      if (opType === "Identity") return inputs[0]!;
      const key = keyOf([opType, inputs, attributes]);
      const known = nodes.get(key);
      if (known !== undefined) return known;
      const inside = union(inputs.map((input) => builder.scopesOf(input)));
      const name = numbered(builder.place === "" ? opType : `${builder.place}/${opType}`);
      const node = { opType, name, inputs: [...inputs], outputs: [name], attributes: modelAttributes(attributes) };
      builder.append(deepest(inside) ?? root, node, inside);
      nodes.set(key, name);
      return name;
    },
    floats: (values, shape) => constant("FLOAT", shape, Float32Array.from(values)),
    integers: (values, shape = [values.length]) => constant("INT64", shape, BigInt64Array.from(values, BigInt)),
    array: ({ dtype, shape, data }: NDArray) =>
      constant(elementTypes[dtype], shape, dtype === "float" ? Float32Array.from(data) : data),
    named(base, value) {
      const name = builder.nameFor(base);
      constants.set(`named ${name}`, fromNDArray(name, value, elementTypes[value.dtype]));
      return name;
    },
    shape: (shape) => extents(shape),
    elementType: (dtype) => codeOf(elementTypes[dtype]),
  };
  const extents = extentsOf(program, builder);
  return builder;
}

/** The innermost of nested graphs. */
export function deepest(scopes: ReadonlySet<Scope>): Scope | undefined {
  let found: Scope | undefined;
  for (const scope of scopes) if (!found || scope.depth > found.depth) found = scope;
  return found;
}

/** All graphs of several sets; one of them itself where it holds all. */
export function union(sets: readonly ReadonlySet<Scope>[]): ReadonlySet<Scope> {
  let all = none;
  for (const set of sets) {
    if (set.size === 0 || set === all) continue;
    all = all.size === 0 ? set : new Set([...all, ...set]);
  }
  return all;
}

/** Text that is the same for equal nodes; JSON alone would confuse 0 with −0 and infinities with null. */
function keyOf(parts: unknown): string {
  return JSON.stringify(parts, (_, value) =>
    typeof value === "number" && (value === 0 || !Number.isFinite(value)) ? `${1 / value}|${value}` : value,
  );
}

/** Attributes as the model has them. */
export function modelAttributes(attributes: OnnxAttributes): Record<string, OnnxAttribute> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, asModelAttribute(value)]));
}

function asModelAttribute(attribute: OnnxAttributeValue): OnnxAttribute {
  if ("int" in attribute) return { type: "int", value: attribute.int };
  if ("float" in attribute) return { type: "float", value: attribute.float };
  if ("ints" in attribute) return { type: "ints", value: attribute.ints };
  if ("floats" in attribute) return { type: "floats", value: attribute.floats };
  if ("strings" in attribute) return { type: "strings", value: attribute.strings };
  return { type: "string", value: attribute.string };
}

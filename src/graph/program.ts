/** A program: a graph with named inputs and outputs. What runtimes compile. */
import { LonghandError } from "../errors.ts";
import { type Dimension, evaluate, openNames, type Shape } from "./dimension.ts";
import { describe, type Region, type Tensor } from "./tensor.ts";
import { outside, topologicalOrder } from "./traverse.ts";

export interface Program {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/**
 * Names the inputs and outputs of a graph and checks that nothing is missing.
 * @throws LonghandError `argument` when the graph uses an input that isn't listed, or an open dimension that no input has.
 */
export function program(
  name: string,
  inputs: Readonly<Record<string, Tensor>>,
  outputs: Readonly<Record<string, Tensor>>,
): Program {
  const listed = new Set(Object.values(inputs));
  const bound = new Set(Object.values(inputs).flatMap(({ shape }) => shape.filter((extent) => isName(extent))));
  for (const [inputName, tensor] of Object.entries(inputs)) {
    if (tensor.node.kind !== "input") {
      throw new LonghandError(
        "argument",
        `program ${name}: input ${inputName} is ${describe(tensor)}, expected an input`,
      );
    }
  }
  const visit = (tensors: readonly Tensor[], known: ReadonlySet<Tensor>, region?: Region) => {
    // What a body captures is visited as an input of its node, not again from inside.
    for (const node of topologicalOrder(tensors, region && outside(region))) {
      if (node.kind === "input" && !known.has(node.outputs[0]!)) {
        throw new LonghandError(
          "argument",
          `program ${name}: uses ${describe(node.outputs[0]!)}, which is not among its inputs`,
        );
      }
      for (const { shape } of node.outputs) checkBound(name, shape, bound);
      if (node.kind === "scan") {
        const { body } = node;
        const inner = new Set([...known, ...body.states, ...body.items]);
        visit([...body.nextStates, ...body.stacked], inner, body.region);
      }
    }
  };
  visit(Object.values(outputs), listed);
  return { name, inputs, outputs };
}

function isName(extent: string | number): extent is string {
  return typeof extent === "string" && openNames(extent)[0] === extent;
}

function checkBound(name: string, shape: Shape, bound: ReadonlySet<string | number>): void {
  for (const extent of shape) {
    for (const open of openNames(extent)) {
      if (!bound.has(open)) {
        throw new LonghandError(
          "argument",
          `program ${name}: no input has the open dimension "${open}" of "${extent}"`,
        );
      }
    }
  }
}

/**
 * The extents of the open dimensions, read off concrete inputs.
 * @throws LonghandError `shape` naming the input, its shape and what was expected.
 */
export function bindDimensions(
  { name, inputs }: Program,
  shapes: Readonly<Record<string, readonly number[]>>,
): Map<string, number> {
  const bindings = new Map<string, number>();
  const check = (inputName: string, fits: (extent: Dimension, received: number) => boolean) => {
    const received = shapes[inputName];
    if (!received) throw new LonghandError("argument", `program ${name}: input ${inputName} is missing`);
    const { shape } = inputs[inputName]!;
    if (received.length === shape.length && shape.every((extent, axis) => fits(extent, received[axis]!))) return;
    const now = [...bindings].map(([open, extent]) => `${open} = ${extent}`).join(", ");
    throw new LonghandError(
      "shape",
      `program ${name}: input ${inputName} has shape [${received}], expected [${shape.join(", ")}]${now ? ` with ${now}` : ""}`,
    );
  };
  const names = Object.keys(inputs);
  for (const inputName of names) {
    check(inputName, (extent, received) => {
      if (typeof extent === "number") return received === extent;
      if (!isName(extent)) return true;
      const known = bindings.get(extent) ?? received;
      bindings.set(extent, known);
      return known === received;
    });
  }
  // What is computed from names, such as "length+2", once all of them are known. An input that nothing uses may have
  // names of its own in it.
  for (const inputName of names) {
    check(inputName, (extent, received) => {
      const isKnown = openNames(extent).every((open) => bindings.has(open));
      return !isKnown || evaluate(extent, bindings) === received;
    });
  }
  return bindings;
}

/** Scans written as ONNX's recurrent operators, and what these read as constants of the model. */
import type { NDArray } from "../../graph/array.ts";
import { type Program, program } from "../../graph/program.ts";
import type { ScanNode, Tensor } from "../../graph/tensor.ts";
import { topologicalOrder } from "../../graph/traverse.ts";
import { compileReference } from "../reference/reference.ts";
import { deepest, type GraphBuilder, modelAttributes, union } from "./builder.ts";

type Constants = Readonly<Record<string, NDArray>>;

/** The names that ONNX gives the inputs of its recurrent operators. */
const inputNames = ["X", "W", "R", "B", "sequence_lens", "initial_h"];
const namesOfInputs = (opType: string) => [...inputNames, ...(opType === "LSTM" ? ["initial_c", "P"] : [])];

/**
 * Packed weights: the inputs of native operators that depend on constants alone, computed in float64, and what they may be
 * called.
 * @param constants inputs of the program that are known.
 */
export function packedConstants(
  given: Program,
  constants: Constants,
  natives: ReadonlySet<ScanNode>,
): Map<Tensor, { readonly name: string; readonly value: NDArray }> {
  const isKnown = new Set(Object.keys(constants).map((name) => given.inputs[name]));
  const isConstant = (tensor: Tensor) =>
    topologicalOrder([tensor]).every(
      ({ kind, outputs }) =>
        (kind === "operator" || isKnown.has(outputs[0])) &&
        outputs.every(({ shape }) => shape.every((extent) => typeof extent === "number")),
    );
  const found = new Map<Tensor, string>();
  for (const node of natives) {
    const { opType, inputs } = node.body.native!;
    inputs.forEach((tensor, k) => {
      if (tensor && isConstant(tensor)) found.set(tensor, `${prefixOf(node)}${opType}/${namesOfInputs(opType)[k]}`);
    });
  }
  if (found.size === 0) return new Map();
  const wanted = [...found.keys()];
  const named = (tensors: readonly Tensor[]) => Object.fromEntries(tensors.map((tensor, k) => [`${k}`, tensor]));
  const inputs = Object.fromEntries(Object.keys(constants).map((name) => [name, given.inputs[name]!]));
  const values = compileReference(program(given.name, inputs, named(wanted))).run(constants);
  return new Map(wanted.map((tensor, k) => [tensor, { name: found.get(tensor)!, value: values[k]! }]));
}

const prefixOf = ({ place }: ScanNode) => (place === "" ? "" : `${place.replaceAll(" > ", "/")}/`);

/** Writes the native operator of a scan and gives the scan's outputs their names. */
export function lowerNative(node: ScanNode, builder: GraphBuilder, names: Map<Tensor, string>): void {
  const { opType, attributes, inputs, outputs } = node.body.native!;
  const read = inputs.map((tensor) => (tensor ? names.get(tensor)! : ""));
  while (read.at(-1) === "") read.pop();
  const name = builder.nameFor(`${prefixOf(node)}${opType}`);
  const count = 1 + Math.max(...outputs.map((output) => output?.index ?? 0));
  const made = Array.from({ length: count }, (_, k) => builder.nameFor(`${name}/${["Y", "Y_h", "Y_c"][k]}`));
  const inside = union(read.map((input) => builder.scopesOf(input)));
  const one = { opType, name, inputs: read, outputs: made, attributes: modelAttributes(attributes) };
  builder.append(deepest(inside) ?? builder.root, one, inside);
  node.outputs.forEach((tensor, k) => {
    const output = outputs[k];
    if (output) names.set(tensor, builder.emit("Squeeze", [made[output.index]!, builder.integers([output.axis])]));
  });
}

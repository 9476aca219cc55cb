/** Reading ONNX models as programs: what any tool wrote, in the operators that Longhand knows. */
import { LonghandError } from "../../errors.ts";
import { dimension } from "../../graph/dimension.ts";
import {
  type Dimension,
  input,
  type NDArray,
  type Program,
  program,
  scan,
  slice,
  type Tensor,
  transpose,
} from "../../graph/index.ts";
import { toNDArray } from "./convert.ts";
import { foldExtents } from "./import-extents.ts";
import { constantOf, dtypeOfElement, type NodeReader, readNode, type Value } from "./import-node.ts";
import { importOperators } from "./import-operators.ts";
import { importRecurrent, isRecurrent } from "./import-recurrent.ts";
import type { OnnxGraph, OnnxModel, ValueInfo } from "./model.ts";

export interface ImportOptions {
  /** Values of graph inputs that are to be constants: axes, shapes, limits. They are no inputs of the program. */
  readonly constants?: Readonly<Record<string, NDArray>>;
}

/**
 * Reads an ONNX model as a program.
 *
 * Floats of every width become "float" and integers of every width "int" (32 bits: sums beyond them don't wrap as ONNX's
 * narrow integers do). Shapes that the model computes from the shapes of its inputs are computed here; extents that the
 * model leaves unknown become open dimensions. Operators: the ones of `importOperators`, in the forms that operator sets
 * 6 to 18 give them, Scan from 9 on, and RNN, LSTM and GRU, which become scans of our cells (`importRecurrent`).
 * @param model what `decodeModel` reads.
 * @returns a program whose inputs and outputs have the model's names.
 * @throws LonghandError `unsupported` naming the node and what about it can't be imported; `format` when a node uses a
 *   name that nothing makes; `shape` when operands don't fit.
 */
export function importModel(model: OnnxModel, options: ImportOptions = {}): Program {
  const { graph } = model;
  const version = model.opsetImport.find(({ domain }) => isOnnxDomain(domain))?.version ?? 1;
  const values = new Map<string, Value>();
  const inputs: Record<string, Tensor> = {};
  for (const tensor of graph.initializers) values.set(tensor.name, { known: toNDArray(tensor) });
  for (const info of graph.inputs) {
    const known = options.constants?.[info.name];
    if (known) values.set(info.name, { known });
    if (values.has(info.name)) continue;
    inputs[info.name] = inputOf(info);
    values.set(info.name, { tensor: inputs[info.name]! });
  }
  importNodes(graph, version, values);
  const outputs = outputsOf(graph, version, values);
  return program(graph.name, inputs, Object.fromEntries(graph.outputs.map(({ name }, k) => [name, outputs[k]!])));
}

const isOnnxDomain = (domain = "") => domain === "" || domain === "ai.onnx";

function inputOf({ name, elementType, shape }: ValueInfo): Tensor {
  const dtype = dtypeOfElement[elementType];
  if (!dtype || !shape) {
    const what = dtype ? "a tensor of unknown rank" : `of element type ${elementType}`;
    throw new LonghandError("unsupported", `ONNX input "${name}": ${what}`);
  }
  return input(
    name,
    shape.map((extent, axis) => openDimension(extent ?? `${name}_${axis}`)),
    dtype,
  );
}

/** ONNX allows any text as the name of an extent; here it is an identifier, or a polynomial in identifiers. */
function openDimension(extent: number | string): Dimension {
  if (typeof extent === "number") return extent;
  try {
    return dimension(extent);
  } catch {
    const word = extent.replace(/\W/g, "_");
    return /^[A-Za-z]/.test(word) ? word : `d${word}`;
  }
}

/** Adds what the nodes of a graph make to `values`. */
function importNodes(graph: OnnxGraph, version: number, values: Map<string, Value>): void {
  for (const node of graph.nodes) {
    const at = readNode(node, version, (name) => values.get(name));
    if (!isOnnxDomain(node.domain)) at.fail(`operators of the domain "${node.domain}" aren't supported`);
    const made = importNode(at, values);
    node.outputs.forEach((name, k) => {
      if (name === "") return;
      values.set(name, made[k] ?? at.fail(`its output ${k} isn't supported`));
    });
  }
}

function importNode(at: NodeReader, values: ReadonlyMap<string, Value>): Value[] {
  const { opType } = at.node;
  if (opType === "Constant") return [{ known: constantOf(at) }];
  if (opType === "Identity") return [at.value(0)];
  if (isRecurrent(opType)) return importRecurrent(at).map((tensor) => ({ tensor }));
  if (opType === "Scan") return importScan(at, values).map((tensor) => ({ tensor }));
  const extents = foldExtents(at);
  if (extents) return [{ extents }];
  const build = Object.hasOwn(importOperators, opType) ? importOperators[opType] : undefined;
  return [{ tensor: build ? build(at) : at.fail("this operator isn't supported") }];
}

function outputsOf(graph: OnnxGraph, version: number, values: ReadonlyMap<string, Value>): Tensor[] {
  // Read as the inputs of a node, so that constants become tensors.
  const names = graph.outputs.map(({ name }) => name);
  const end = { opType: "(outputs)", name: graph.name, inputs: names, outputs: [], attributes: {} };
  return readNode(end, version, (name) => values.get(name)).tensors();
}

function importScan(at: NodeReader, values: ReadonlyMap<string, Value>): Tensor[] {
  if (at.version < 9) at.fail("Scan with a batch axis, as before operator set 9, isn't supported");
  const body = at.attribute("body", "graph") ?? at.fail("it has no body");
  const operands = at.tensors();
  const stateCount = operands.length - at.int("num_scan_inputs", 1);
  const sequences = operands.slice(stateCount);
  const outputCount = body.outputs.length - stateCount;
  const list = (name: string, count: number) => at.attribute(name, "ints") ?? new Array<number>(count).fill(0);
  const inputAxes = list("scan_input_axes", sequences.length);
  const outputAxes = list("scan_output_axes", outputCount);
  const backward = list("scan_input_directions", sequences.length).map((direction) => direction === 1);
  const prepends = list("scan_output_directions", outputCount).map((direction) => direction === 1);
  const reverse = backward[0] ?? false;
  const flip = (x: Tensor) => slice(x, { axis: 0, stride: -1 });
  const read = sequences.map((tensor, k) => {
    const first = moveAxis(tensor, inputAxes[k]!, 0);
    return backward[k] === reverse ? first : flip(first);
  });
  const state = Object.fromEntries(operands.slice(0, stateCount).map((tensor, k) => [`state${k}`, tensor]));
  const made = scan<string, string, string>({
    name: at.node.name,
    reverse,
    state,
    sequences: Object.fromEntries(read.map((tensor, k) => [`item${k}`, tensor])),
    step(states, items) {
      const inner = new Map(values);
      const given = [...Object.values(states), ...Object.values(items)];
      for (const tensor of body.initializers) inner.set(tensor.name, { known: toNDArray(tensor) });
      body.inputs.forEach(({ name }, k) => {
        inner.set(name, { tensor: given[k]! });
      });
      importNodes(body, at.version, inner);
      const results = outputsOf(body, at.version, inner);
      return {
        state: Object.fromEntries(results.slice(0, stateCount).map((tensor, k) => [`state${k}`, tensor])),
        outputs: Object.fromEntries(results.slice(stateCount).map((tensor, k) => [`output${k}`, tensor])),
      };
    },
  });
  // Our outputs lie at the index of their item; ONNX's are appended, or put in front, in the order of the steps.
  const stacked = Object.values(made.outputs).map((tensor, k) =>
    moveAxis(prepends[k] === reverse ? tensor : flip(tensor), 0, outputAxes[k]!),
  );
  return [...Object.values(made.state), ...stacked];
}

function moveAxis(x: Tensor, from: number, to: number): Tensor {
  const rank = x.shape.length;
  const order = x.shape.map((_, axis) => axis);
  const [moved] = order.splice(from < 0 ? from + rank : from, 1);
  order.splice(to < 0 ? to + rank : to, 0, moved!);
  return transpose(x, order);
}

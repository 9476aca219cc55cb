/** Networks out of ONNX files: [X] → RNN, LSTM or GRU, one or several → MatMul or Gemm, Add → logits. */
import {
  type Cell,
  gru,
  gruResetBefore,
  lstm,
  lstmPeephole,
  nativeActivations,
  type Packing,
  rnn,
} from "../../cells/index.ts";
import { LonghandError } from "../../errors.ts";
import {
  input,
  type NativeScan,
  type NDArray,
  ndarray,
  type Program,
  program,
  replaceInputs,
  type ScanNode,
  type Tensor,
  topologicalOrder,
} from "../../graph/index.ts";
import { importModel } from "../../runtime/onnx/import.ts";
import type { OnnxModel } from "../../runtime/onnx/proto.ts";
import { computed, type Foreign, type PackedArrays } from "./foreign.ts";
import { expectSameNetwork } from "./same.ts";

/** The chain from logits back to what the first layer reads. */
interface Chain {
  readonly x: Tensor;
  /** From the lowest; two scans where a layer reads in both directions. */
  readonly layers: readonly (readonly ScanNode[])[];
  readonly V: Tensor;
  readonly c: Tensor | undefined;
}

/**
 * Reads the network of a model. Around its layers there may be what only rearranges numbers; the weights are constants.
 *
 * A file that Longhand exported reads symbols, which are encoded first: there the layers above the encoding are read. Whether
 * the layers compute what the file does is checked on random numbers.
 * @throws LonghandError `unsupported` naming an operator that is no part of such a chain, or what about a layer isn't
 *   supported; `format` when the file computes something else than its layers.
 */
export function readOnnx(model: OnnxModel): Foreign {
  const whole = importModel(model);
  const { output, chain } = chainOf(whole);
  const { x, layers } = chain;
  const isOwn = x.node.kind !== "input" && model.metadata["longhand.version"] !== undefined;
  if (x.node.kind !== "input" && !isOwn) throw outsideTheChain(x);
  const natives = layers.map((scans) => scans.map(nativeOf));
  const [first] = natives[0]!;
  const kind = kindOf(first!);
  for (const { opType } of natives.flat()) {
    if (opType !== first!.opType) {
      throw new LonghandError(
        "unsupported",
        `ONNX: layers of ${first!.opType} and ${opType}, expected one kind of cell`,
      );
    }
  }
  const described = natives.flat().map((native) => JSON.stringify(kindOf(native)));
  if (new Set(described).size > 1) {
    throw new LonghandError(
      "unsupported",
      `ONNX: layers of ${first!.opType} that differ in their functions or peepholes`,
    );
  }
  const packed = natives.map((directions) => directions.map(weightsOf));
  const { V, c } = constants({ V: chain.V, c: chain.c }, "the readout");
  const outputs = V!.shape[1]!;
  const foreign: Foreign = {
    ...kind,
    features: packed[0]![0]!.W.shape[1]!,
    hidden: packed.map(([one]) => one!.R.shape[1]!),
    bidirectional: natives[0]!.length === 2,
    layers: packed,
    readout: { V: V!, c: c ? ndarray(c.data, [outputs]) : ndarray(new Float64Array(outputs), [outputs]) },
  };
  expectSameNetwork(isOwn ? aboveEncoding(x, output) : program(whole.name, whole.inputs, { output }), foreign);
  return foreign;
}

/** The network as a program of what its first layer reads. */
function aboveEncoding(x: Tensor, output: Tensor): Program {
  const read = input("x", x.shape);
  const [made] = replaceInputs([output], new Map([[x, read]]));
  return program("above", { x: read }, { output: made! });
}

/** The output called logits, or the first that ends such a chain. */
function chainOf({ outputs }: Program): { output: Tensor; chain: Chain } {
  const named = Object.entries(outputs).sort(([a], [b]) => Number(b === "logits") - Number(a === "logits"));
  let problem: unknown;
  for (const [, output] of named) {
    try {
      return { output, chain: backFrom(output) };
    } catch (error) {
      problem ??= error;
    }
  }
  throw problem;
}

function backFrom(output: Tensor): Chain {
  let at = rearranged(output);
  let c: Tensor | undefined;
  if (isOperator(at, "Add")) {
    const [a, b] = at.node.inputs as [Tensor, Tensor];
    c = isConstant(a) ? a : b;
    at = rearranged(isConstant(a) ? b : a);
  }
  const [left, V] = at.node.inputs;
  if (!isOperator(at, "MatMul") || !left || !V || !isConstant(V) || V.shape.length !== 2) throw outsideTheChain(at);
  at = rearranged(left);
  const layers: ScanNode[][] = [];
  for (;;) {
    const sides = isOperator(at, "Concat") ? at.node.inputs.map(rearranged) : [at];
    const scans = sides.map(({ node }) => node).filter((node) => node.kind === "scan");
    if (scans.length !== sides.length || scans.length > 2 || scans.length === 0) break;
    // Forward comes first, as in Y.
    if (scans.length === 2 && (scans[0]!.body.reverse || !scans[1]!.body.reverse)) throw outsideTheChain(at);
    layers.unshift(scans);
    at = rearranged(nativeOf(scans[0]!).inputs[0]!);
  }
  if (layers.length === 0) throw outsideTheChain(at);
  return { x: at, layers, V, c };
}

const isOperator = ({ node }: Tensor, name: string) => node.kind === "operator" && node.operator.name === name;

const isConstant = (tensor: Tensor) => topologicalOrder([tensor]).every(({ kind }) => kind === "operator");

/** Back through what only rearranges numbers. */
function rearranged(tensor: Tensor): Tensor {
  const { node } = tensor;
  const [first] = node.inputs;
  if (node.kind !== "operator" || !first) return tensor;
  const isPick = node.operator.name === "Gather" && first.shape.at(-1) === 1 && isConstant(node.inputs[1]!);
  return isPick || ["Reshape", "Transpose"].includes(node.operator.name) ? rearranged(first) : tensor;
}

function nativeOf(node: ScanNode): NativeScan<unknown> {
  if (node.body.native) return node.body.native;
  const { place } = node;
  throw new LonghandError(
    "unsupported",
    `ONNX: ${place === "" ? "a loop (Scan)" : `a layer of ${place}`} is none of RNN, LSTM and GRU with functions that a model here has`,
  );
}

/** Which models have a layer's equations, and their functions. */
function kindOf(native: NativeScan<unknown>): Pick<Foreign, "models" | "options" | "packing"> {
  const [f, g, h] = nativeActivations(native);
  if (native.opType === "RNN") return { models: ["rnn"], options: { activation: f! }, packing: packingOf(rnn) };
  if (native.opType === "GRU") {
    const isLate = native.attributes.linear_before_reset !== undefined;
    const options = { gate: f!, candidate: g! };
    if (isLate) return { models: ["gru"], options, packing: packingOf(gru) };
    return { models: ["gru-reset-before"], options, packing: packingOf(gruResetBefore) };
  }
  const options = { gate: f!, candidate: g!, squash: h! };
  if (native.inputs[7]) return { models: ["lstm-peephole"], options, packing: packingOf(lstmPeephole) };
  return { models: ["lstm", "lstm-sigmoid"], options, packing: packingOf(lstm) };
}

/** How ONNX packs a kind of cell: as the cell says. */
function packingOf(make: (sizes: { readonly input: number; readonly hidden: number }) => Cell): Packing {
  return make({ input: 1, hidden: 1 }).native!;
}

function weightsOf({ opType, inputs }: NativeScan<unknown>): PackedArrays {
  const [, W, R, B, lengths, ...states] = inputs;
  const P = inputs[7];
  if (lengths)
    throw new LonghandError("unsupported", `ONNX: ${opType} with sequence_lens, expected examples without padding`);
  const starts = opType === "LSTM" ? states.slice(0, 2) : states;
  if (starts.some((start) => start && !isZero(start))) {
    throw new LonghandError("unsupported", `ONNX: ${opType} with an initial state, expected none or zeros`);
  }
  const made = constants({ W, R, B, P }, opType);
  const rows = W!.shape[1] as number;
  const both = made.B!;
  return {
    W: ndarray(made.W!.data, W!.shape.slice(1) as number[]),
    R: ndarray(made.R!.data, R!.shape.slice(1) as number[]),
    Wb: ndarray(both.data.slice(0, rows), [rows]),
    Rb: ndarray(both.data.slice(rows), [rows]),
    P: made.P && ndarray(made.P.data, [made.P.data.length]),
  } as PackedArrays;
}

/** Zeros, whatever their shape. */
function isZero(tensor: Tensor): boolean {
  const moves = ["Constant", "Expand", "Reshape", "Slice", "Transpose", "Concat"];
  return topologicalOrder([tensor]).every(
    (node) =>
      node.kind === "operator" &&
      moves.includes(node.operator.name) &&
      (node.operator.name !== "Constant" || (node.attributes as NDArray).data.every((value) => value === 0)),
  );
}

function constants(tensors: Readonly<Record<string, Tensor | undefined>>, what: string): Record<string, NDArray> {
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor && !isConstant(tensor)) {
      throw new LonghandError("unsupported", `ONNX: ${name} of ${what} is no constant of the file`);
    }
  }
  return computed({}, () => tensors);
}

function outsideTheChain({ node }: Tensor): LonghandError {
  const words = {
    operator: () => `the operator ${node.kind === "operator" ? node.operator.name : ""}`,
    scan: () => "a loop (Scan)",
    input: () => `the input ${node.kind === "input" ? node.name : ""}`,
  };
  return new LonghandError(
    "unsupported",
    `ONNX: ${words[node.kind]()} is no part of a chain X → RNN, LSTM or GRU → MatMul or Gemm (+ Add) → logits`,
  );
}

/** Cells as ONNX's own recurrent operators, RNN, LSTM and GRU (https://onnx.ai/onnx/operators, operator set 14). */
import {
  cast,
  concat,
  type NativeScan,
  type OnnxAttributes,
  reduceSum,
  type Tensor,
  unsqueeze,
} from "../graph/index.ts";
import type { ActivationChoice, ActivationName } from "./activations.ts";
import type { Cell, Tensors } from "./cell.ts";
import { type Packing, pack } from "./packing.ts";

/** How one of ONNX's operators has a cell. */
export interface NativeForm extends Packing {
  readonly operator: "RNN" | "LSTM" | "GRU";
  /** The functions f, g and h of the operator's equations. */
  readonly activations: readonly ActivationChoice[];
  /** GRU: the reset gate comes after the recurrent product. */
  readonly linearBeforeReset?: boolean;
}

/** An activation in ONNX's words; the functions that it has no word for are left out. */
const onnxActivations: Partial<Record<ActivationName, { name: string; alpha?: number; beta?: number }>> = {
  tanh: { name: "Tanh" },
  sigmoid: { name: "Sigmoid" },
  relu: { name: "Relu" },
  identity: { name: "Affine", alpha: 1, beta: 0 },
  "hard-sigmoid": { name: "HardSigmoid", alpha: 0.5, beta: 0.5 },
};

/** What the operators take where nothing is said. */
const defaultActivations = { RNN: "Tanh", LSTM: "Sigmoid,Tanh,Tanh", GRU: "Sigmoid,Tanh" };

/** The functions f, g and h of a native operator: the other way of what `nativeScan` writes. */
export function nativeActivations({ opType, attributes }: Pick<NativeScan, "opType" | "attributes">): ActivationName[] {
  const { activations } = attributes;
  const given = activations && "strings" in activations ? activations.strings : undefined;
  const names = given ?? defaultActivations[opType as NativeForm["operator"]].split(",");
  const known = Object.entries(onnxActivations) as [ActivationName, { name: string }][];
  return names.map((wanted) => known.find(([, { name }]) => name === wanted)![0]);
}

export interface NativeOptions {
  /** State before the first step, each [batch, width], where it isn't zero. */
  readonly initial?: Tensors | undefined;
  readonly reverse: boolean;
  /** [time, batch, 1]: 1 within an example, 0 after its end. */
  readonly mask?: Tensor | undefined;
}

/**
 * What stands for the scan of a cell in ONNX: the operator with its packed weights.
 * @param x [time, batch, features].
 * @returns undefined where ONNX has no such cell, or no word for one of its functions.
 */
export function nativeScan(cell: Cell, P: Tensors, x: Tensor, options: NativeOptions): NativeScan | undefined {
  const form = cell.native;
  const functions = form?.activations.map((choice) =>
    typeof choice === "string" ? onnxActivations[choice] : undefined,
  );
  if (!form || !functions?.every((known) => known !== undefined)) return undefined;
  const { operator } = form;
  const { W, R, Wb, Rb, P: peepholes } = pack(P, form);
  const numbers = (kind: "alpha" | "beta") =>
    functions.flatMap(({ [kind]: value }) => (value === undefined ? [] : value));
  const names = functions.map(({ name }) => name);
  const attributes: OnnxAttributes = {
    hidden_size: { int: cell.output },
    ...(options.reverse && { direction: { string: "reverse" } }),
    ...(names.join() !== defaultActivations[operator] && { activations: { strings: names } }),
    ...(numbers("alpha").length > 0 && { activation_alpha: { floats: numbers("alpha") } }),
    ...(numbers("beta").length > 0 && { activation_beta: { floats: numbers("beta") } }),
    ...(form.linearBeforeReset && { linear_before_reset: { int: 1 } }),
  };
  // The first axis is that of directions.
  const directed = (tensor: Tensor | undefined) => tensor && unsqueeze(tensor, [0]);
  const states = Object.keys(cell.state);
  return {
    opType: operator,
    attributes,
    inputs: [
      x,
      directed(W),
      directed(R),
      directed(concat([Wb, Rb], 0)),
      options.mask && lengthsOf(options.mask),
      ...states.map((name) => directed(options.initial?.[name])),
      ...(peepholes ? [directed(peepholes)] : []),
    ],
    outputs: {
      output: { index: 0, axis: 1 },
      ...Object.fromEntries(states.map((name, k) => [name, { index: 1 + k, axis: 0 }])),
    },
  };
}

/** How many steps each example has, int [batch]. */
function lengthsOf(mask: Tensor): Tensor {
  return cast(reduceSum(mask, { axes: [0, 2] }), "int");
}

/** Layers of recurrent cells and a linear readout: what all models of cells along time are. */
import {
  type Cell,
  type Initializer,
  initialStateParameters,
  inLayer,
  learnedInitialState,
  type ParameterSpec,
  stack,
  unprefixed,
  unroll,
  zeros,
} from "../../cells/index.ts";
import { add, concat, div, matmul, max, reduceSum, type Tensor, transpose, unsqueeze } from "../../graph/index.ts";
import { encodeSymbols, featureCount, logitCount } from "../encode.ts";
import { extent } from "../extent.ts";
import type { ApplyOptions, Model, Signature } from "../model.ts";

export interface NetworkOptions {
  /** Makes each layer, from the lowest, for the number of features that it reads. */
  readonly layers: readonly ((input: number) => Cell)[];
  /** Each layer also reads from the last step to the first, with cells of its own; the outputs stand side by side. */
  readonly bidirectional: boolean;
  /** Each layer also reads the outputs of all others of the step before: see `stack`. */
  readonly feedback: boolean;
  readonly centred: boolean;
  /** Whether the state before the first step is learned. */
  readonly learnedState: boolean;
  /** Of the readout. */
  readonly readout: Initializer;
}

/** A scan of the network: a cell, the direction in which it reads, and the prefix of its names. */
interface Part {
  readonly prefix: string;
  readonly cell: Cell;
  readonly reverse: boolean;
}

/**
 * What the names of a network's parts begin with, by layer and direction, forward first: "", or "2.", or "2.reverse.".
 * @param layers their number.
 */
export function partPrefixes(layers: number, bidirectional: boolean): string[][] {
  return Array.from({ length: layers }, (_, n) => {
    const layer = layers > 1 ? inLayer(n, "") : "";
    return bidirectional ? [`${layer}forward.`, `${layer}reverse.`] : [layer];
  });
}

/**
 * The network over a batch, with x_t the input's features:
 *
 *     y_t^n = cell^n(y_t^{n−1}),   y_t^0 = x_t,       logits_t = y_t^N V + c
 *
 * Both directions: y_t^n = [y_t^{n, forward}, y_t^{n, reverse}]. Parameters are the cells' ("Wi"), with the number of the
 * layer before them where there are several ("2.Wi") and the direction where there are two ("2.reverse.Wi"); V [width,
 * logits], c [logits]; and "initial h" [hidden] for each state tensor where it is learned.
 */
export function recurrentNetwork(
  options: NetworkOptions,
  signature: Signature,
): Omit<Model, "name" | "options" | "signature"> {
  const { bidirectional, feedback, learnedState } = options;
  const features = signature.features ?? featureCount(signature.channels);
  const layers = feedback && options.layers.length > 1 ? [joined(options.layers)] : options.layers;
  const prefixes = partPrefixes(layers.length, bidirectional);
  const parts: Part[][] = [];
  let width = features;
  for (const [n, make] of layers.entries()) {
    const made = prefixes[n]!.map((prefix, direction) => ({ prefix, cell: make(width), reverse: direction === 1 }));
    parts.push(made);
    width = made.reduce((sum, { cell }) => sum + cell.output, 0);
  }
  const all = parts.flat();
  const cellParameters = prefixed<ParameterSpec>(all, ({ parameters }) => parameters);
  const state = prefixed<number>(all, (cell) => cell.state);
  const logits = signature.values ?? logitCount(signature.answers);
  return {
    parameters: {
      ...cellParameters,
      ...(learnedState && initialStateParameters({ state })),
      V: { shape: [width, logits], initial: options.readout },
      c: { shape: [logits], initial: zeros },
    },
    state,
    ...(bidirectional
      ? { bidirectional: true as const }
      : { cell: layers.length === 1 ? all[0]!.cell : stack({ layers, input: features }) }),
    apply(P, symbols, { noise = {}, initial, present } = {}) {
      const batch = symbols.shape[0]!;
      const read =
        signature.features === undefined ? encodeSymbols(symbols, signature.channels, options.centred) : symbols;
      const start = initial ?? (learnedState ? learnedInitialState({ state }, P, batch) : {});
      const mask = present && unsqueeze(transpose(present, [1, 0]), [-1]);
      const final: Record<string, Tensor> = {};
      const gates: Record<string, Tensor> = {};
      const saturations: Tensor[] = [];
      let below = transpose(read, [1, 0, 2]);
      for (const layer of parts) {
        const outputs = layer.map(({ prefix, cell, reverse }) => {
          const made = unroll(cell, unprefixed(prefix, P), below, {
            reverse,
            noise: unprefixed(prefix, noise),
            initial: unprefixed(prefix, start),
            ...(mask && { mask }),
          });
          for (const [name, tensor] of Object.entries(made.final)) final[prefix + name] = tensor;
          for (const [name, tensor] of Object.entries(made.gates)) gates[prefix + name] = tensor;
          if (made.saturation) saturations.push(reduceSum(made.saturation));
          return made.outputs;
        });
        below = outputs.length > 1 ? concat(outputs, -1) : outputs[0]!;
      }
      const answers = transpose(add(matmul(below, P.V!), P.c!), [1, 0, 2]);
      return {
        logits: answers,
        outputs: answers,
        final,
        gates,
        ...(saturations.length > 0 && { costs: { saturation: meanOf(saturations, below, present) } }),
      };
    },
  };
}

/** All layers as one cell, each fed back to all others. */
function joined(layers: NetworkOptions["layers"]): (input: number) => Cell {
  return (input) => stack({ layers, input, feedback: true });
}

function prefixed<Value>(
  parts: readonly Part[],
  valuesOf: (cell: Cell) => Readonly<Record<string, Value>>,
): Record<string, Value> {
  return Object.fromEntries(
    parts.flatMap(({ prefix, cell }) =>
      Object.entries(valuesOf(cell)).map(([name, value]) => [`${prefix}${name}`, value]),
    ),
  );
}

/** Sums over steps and examples as a mean over those that are there. */
function meanOf(sums: readonly Tensor[], outputs: Tensor, present: ApplyOptions["present"]): Tensor {
  const [time, batch] = outputs.shape;
  const total = sums.reduce((sum, part) => add(sum, part));
  return div(total, present ? max(reduceSum(present), 1) : extent(time!, batch!));
}

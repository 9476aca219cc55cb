/** The inter-layer recurrent network on aligned tasks (papers/000): its last layer is the answer. */
import * as z from "zod";
import {
  activationNames,
  ilrnn as ilrnnCell,
  initializerNames,
  initialStateParameters,
  learnedInitialState,
  namedInitializer,
  unroll,
} from "../cells/index.ts";
import { slice, type Tensor, transpose } from "../graph/index.ts";
import { encodeSymbols, featureCount, logitCount } from "./encode.ts";
import { defineModel } from "./model.ts";

export const ilrnnModel = defineModel({
  name: "ilrnn",
  summary: "inter-layer recurrent network: every layer, the output included, is fed back to every layer",
  source: "papers/000, section 3",
  options: z.strictObject({
    /** Units of the hidden layers, from the lowest; the output layer is added. */
    layers: z.array(z.int().min(1)).default([8]),
    /** Of all layers. */
    activation: z.enum(activationNames).default("hard-sigmoid"),
    /** Of the output layer. */
    outputActivation: z.enum(activationNames).optional(),
    /** Further units of the output layer that no answer is read from, such as the carry of a full adder. */
    unread: z.int().min(0).default(0),
    /** How weight matrices begin. */
    initial: z.enum(initializerNames).default("uniform"),
    /** What "constant" fills in. */
    initialValue: z.number().default(0),
    /** Bits as ±1 rather than 0 and 1. */
    centred: z.boolean().default(false),
    /** Whether the state before the first step is learned. */
    learnedState: z.boolean().default(false),
  }),
  make(options, { channels, answers }) {
    const outputActivation = options.outputActivation ?? options.activation;
    const read = logitCount(answers);
    const initial = namedInitializer(options.initial, options.initialValue);
    const cell = ilrnnCell({
      input: featureCount(channels),
      layers: [...options.layers, read + options.unread],
      activation: [...options.layers.map(() => options.activation), outputActivation],
      ...(initial && { initial }),
    });
    return {
      parameters: { ...cell.parameters, ...(options.learnedState && initialStateParameters(cell)) },
      state: cell.state,
      cell,
      preactivations: Object.keys(cell.parameters),
      apply(parameters, symbols, { noise, initial: given } = {}) {
        const x = transpose(encodeSymbols(symbols, channels, options.centred), [1, 0, 2]);
        const start =
          given ?? (options.learnedState ? learnedInitialState(cell, parameters, symbols.shape[0]!) : undefined);
        const made = unroll(cell, parameters, x, { ...(noise && { noise }), ...(start && { initial: start }) });
        const answering = (layer: Tensor) =>
          transpose(options.unread === 0 ? layer : slice(layer, { axis: -1, start: 0, end: read }), [1, 0, 2]);
        return {
          logits: answering(made.logits!),
          outputs: answering(made.outputs),
          final: made.final,
        };
      },
    };
  },
});

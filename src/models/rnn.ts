/** Elman's network on aligned tasks: a recurrent layer and a linear layer that reads it (papers/004, figure 4). */
import { z } from "zod";
import {
  activationNames,
  initializerNames,
  namedInitializer,
  rnn as rnnCell,
  uniformByFanIn,
  zeros,
} from "../cells/index.ts";
import { add, matmul, transpose } from "../graph/index.ts";
import { encodeSymbols, featureCount, logitCount } from "./encode.ts";
import { defineModel } from "./model.ts";
import { initialStateParameters, learnedInitialState, unroll } from "./unroll.ts";

export const rnnModel = defineModel({
  name: "rnn",
  summary: "one recurrent layer, h_t = φ(x_t W + h_{t−1} U + b), and a linear output layer y_t = h_t V + c",
  source: "papers/004, section 2.2; papers/002, eq. 1",
  options: z.strictObject({
    hidden: z.int().min(1).default(16),
    activation: z.enum(activationNames).default("tanh"),
    /** How the weight matrices W, U and V begin. */
    initial: z.enum(initializerNames).default("uniform"),
    /** What "constant" fills in. */
    initialValue: z.number().default(0),
    centred: z.boolean().default(false),
    learnedState: z.boolean().default(false),
  }),
  make(options, { channels, answers }) {
    const initial = namedInitializer(options.initial, options.initialValue);
    const cell = rnnCell({
      input: featureCount(channels),
      hidden: options.hidden,
      activation: options.activation,
      ...(initial && { initial: { W: initial, U: initial } }),
    });
    const classes = logitCount(answers);
    return {
      parameters: {
        ...cell.parameters,
        ...(options.learnedState && initialStateParameters(cell)),
        V: { shape: [options.hidden, classes], initial: initial ?? uniformByFanIn() },
        c: { shape: [classes], initial: zeros },
      },
      state: cell.state,
      preactivations: Object.keys(cell.parameters),
      apply(parameters, symbols, { noise, initial: given } = {}) {
        const x = transpose(encodeSymbols(symbols, channels, options.centred), [1, 0, 2]);
        const start =
          given ?? (options.learnedState ? learnedInitialState(cell, parameters, symbols.shape[0]!) : undefined);
        const made = unroll(cell, parameters, x, { ...(noise && { noise }), ...(start && { initial: start }) });
        const logits = transpose(add(matmul(made.outputs, parameters.V!), parameters.c!), [1, 0, 2]);
        return { logits, outputs: logits, final: made.final };
      },
    };
  },
});

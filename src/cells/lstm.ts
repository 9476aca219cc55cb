/** Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate: Gers, Schmidhuber and Cummins 2000). */
import { add, mul } from "../graph/index.ts";
import type { ActivationChoice, ActivationName } from "./activations.ts";
import { defineCell } from "./cell.ts";
import { functionsOf, gateParameters, preactivation } from "./gates.ts";

/** The equations, with the function that squashes candidate and cell state where nothing else is said. */
const lstmWith = (name: string, squashing: ActivationName) =>
  defineCell({
    name,
    sizes: ["input", "hidden"],
    output: "hidden",
    parameters: gateParameters(["i", "f", "g", "o"]),
    state: { h: "hidden", c: "hidden" },
    options: {
      gate: "sigmoid" as ActivationChoice,
      candidate: squashing as ActivationChoice,
      squash: squashing as ActivationChoice,
    },
    native: ({ gate, candidate, squash }) => ({
      operator: "LSTM",
      gates: ["i", "o", "f", "g"],
      activations: [gate, candidate, squash],
    }),
    step(P, { h, c }, x, { gate, candidate, squash }) {
      const { apply, hard } = functionsOf();
      const i = apply(gate, preactivation(P, "i", x, h));
      const f = apply(gate, preactivation(P, "f", x, h));
      const g = apply(candidate, preactivation(P, "g", x, h));
      const o = apply(gate, preactivation(P, "o", x, h));
      const next = add(mul(f, c), mul(i, g));
      const output = mul(o, apply(squash, next));
      return { state: { h: output, c: next }, output, hard, gates: { i, f, g, o } };
    },
  });

/**
 * The LSTM layer.
 *
 *     i_t = σ(x_t W_i + h_{t−1} U_i + b_i)        input gate
 *     f_t = σ(x_t W_f + h_{t−1} U_f + b_f)        forget gate
 *     g_t = tanh(x_t W_g + h_{t−1} U_g + b_g)     candidate
 *     c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t             cell state
 *     o_t = σ(x_t W_o + h_{t−1} U_o + b_o)        output gate
 *     h_t = o_t ⊙ tanh(c_t)                       output
 *
 * Shapes: x [batch, input]; h, c and all gates [batch, hidden]; W [input, hidden], U [hidden, hidden], b [hidden]. Options:
 * `gate` in place of σ, `candidate` and `squash` in place of the first and the second tanh. Hard functions in their place
 * (papers/003, section 3.3) have a saturation cost.
 * Source: papers/004, eq. 9–14, with [h, x] W written as x W + h U. PyTorch packs i, f, g, o and has two biases, whose sum
 * is b; ONNX packs i, o, f, c; Keras i, f, c, o.
 */
export const lstm = lstmWith("lstm", "tanh");

/**
 * The variant of papers/002, eq. 16–18: candidate and output squashed with σ.
 *
 *     c_t = f_t ⊙ c_{t−1} + i_t ⊙ σ(x_t W_g + h_{t−1} U_g + b_g),      h_t = o_t ⊙ σ(c_t)
 *
 * Gates, shapes and parameters as in `lstm`.
 */
export const lstmSigmoid = lstmWith("lstm-sigmoid", "sigmoid");

/** LSTM with peephole connections (Gers and Schmidhuber 2000; Gers, Schraudolph and Schmidhuber, JMLR 3, 2002). */
import { add, mul } from "../graph/index.ts";
import type { ActivationChoice } from "./activations.ts";
import { defineCell } from "./cell.ts";
import { diagonal, functionsOf, gateParameters, preactivation } from "./gates.ts";

const parameters = gateParameters(["i", "f", "g", "o"], ["pi", "pf", "po"]);

/**
 * The LSTM layer whose gates see the cell: i and f that of the step before, o that of this step.
 *
 *     i_t = σ(x_t W_i + h_{t−1} U_i + p_i ⊙ c_{t−1} + b_i)
 *     f_t = σ(x_t W_f + h_{t−1} U_f + p_f ⊙ c_{t−1} + b_f)
 *     c_t = f_t ⊙ c_{t−1} + i_t ⊙ tanh(x_t W_g + h_{t−1} U_g + b_g)
 *     o_t = σ(x_t W_o + h_{t−1} U_o + p_o ⊙ c_t + b_o)
 *     h_t = o_t ⊙ tanh(c_t)
 *
 * Shapes as in `lstm`; p [hidden], diagonal, beginning at zero. Options: `gate`, `candidate`, `squash` as in `lstm`. The
 * authors' own networks had `squash: "identity"` (papers/004, section 3.2) and, for timing, biases −2 of f, 0 of i and +2 of
 * o. ONNX packs p as i, o, f.
 * Source: papers/004, section 3.2.
 */
export const lstmPeephole = defineCell({
  name: "lstm-peephole",
  sizes: ["input", "hidden"],
  output: "hidden",
  parameters,
  state: { h: "hidden", c: "hidden" },
  options: {
    gate: "sigmoid" as ActivationChoice,
    candidate: "tanh" as ActivationChoice,
    squash: "tanh" as ActivationChoice,
  },
  native: ({ gate, candidate, squash }) => ({
    operator: "LSTM",
    gates: ["i", "o", "f", "g"],
    peepholes: ["i", "o", "f"],
    activations: [gate, candidate, squash],
  }),
  step(P, { h, c }, x, { gate, candidate, squash }) {
    const { apply, hard } = functionsOf();
    const i = apply(gate, preactivation(P, "i", x, h, diagonal([P.pi, c])));
    const f = apply(gate, preactivation(P, "f", x, h, diagonal([P.pf, c])));
    const g = apply(candidate, preactivation(P, "g", x, h));
    const next = add(mul(f, c), mul(i, g));
    const o = apply(gate, preactivation(P, "o", x, h, diagonal([P.po, next])));
    const output = mul(o, apply(squash, next));
    return { state: { h: output, c: next }, output, hard, gates: { i, f, g, o } };
  },
});

/** Dynamic cortex memory (Otte, Liwicki and Zell 2014). */
import { add, mul } from "../graph/index.ts";
import type { ActivationChoice } from "./activations.ts";
import { defineCell } from "./cell.ts";
import { diagonal, functionsOf, gateParameters, preactivation } from "./gates.ts";

const toFrom = ["vii", "vif", "vio", "vfi", "vff", "vfo", "voi", "vof", "voo"] as const;

const parameters = gateParameters(["i", "f", "g", "o"], ["pi", "pf", "po", ...toFrom]);

/**
 * The peephole LSTM whose gates also see each other, by nine diagonal weights v⟨to⟩⟨from⟩:
 *
 *     i_t = σ(x_t W_i + h_{t−1} U_i + p_i ⊙ c_{t−1} + v_ii ⊙ i_{t−1} + v_if ⊙ f_{t−1} + v_io ⊙ o_{t−1} + b_i)
 *     f_t = σ(x_t W_f + h_{t−1} U_f + p_f ⊙ c_{t−1} + v_fi ⊙ i_{t−1} + v_ff ⊙ f_{t−1} + v_fo ⊙ o_{t−1} + b_f)
 *     c_t = f_t ⊙ c_{t−1} + i_t ⊙ tanh(x_t W_g + h_{t−1} U_g + b_g)
 *     o_t = σ(x_t W_o + h_{t−1} U_o + p_o ⊙ c_t + v_oi ⊙ i_t + v_of ⊙ f_t + v_oo ⊙ o_{t−1} + b_o)
 *     h_t = o_t ⊙ tanh(c_t)
 *
 * Shapes as in `lstm-peephole`; v [hidden], beginning at zero. State: h, c and the gates i, f, o. Options: `gate`,
 * `candidate`, `squash` as in `lstm`.
 * Source: papers/004, section 3.2, which describes it in words. The equations are reconstructed from secondary sources: the
 * original (ICANN 2014) is not freely available, so details may deviate from it.
 */
export const dcm = defineCell({
  name: "dcm",
  sizes: ["input", "hidden"],
  output: "hidden",
  parameters,
  state: { h: "hidden", c: "hidden", i: "hidden", f: "hidden", o: "hidden" },
  options: {
    gate: "sigmoid" as ActivationChoice,
    candidate: "tanh" as ActivationChoice,
    squash: "tanh" as ActivationChoice,
  },
  step(P, s, x, { gate, candidate, squash }) {
    const { apply, hard } = functionsOf();
    const seenByI = diagonal([P.pi, s.c], [P.vii, s.i], [P.vif, s.f], [P.vio, s.o]);
    const seenByF = diagonal([P.pf, s.c], [P.vfi, s.i], [P.vff, s.f], [P.vfo, s.o]);
    const i = apply(gate, preactivation(P, "i", x, s.h, seenByI));
    const f = apply(gate, preactivation(P, "f", x, s.h, seenByF));
    const g = apply(candidate, preactivation(P, "g", x, s.h));
    const c = add(mul(f, s.c), mul(i, g));
    const seenByO = diagonal([P.po, c], [P.voi, i], [P.vof, f], [P.voo, s.o]);
    const o = apply(gate, preactivation(P, "o", x, s.h, seenByO));
    const output = mul(o, apply(squash, c));
    return { state: { h: output, c, i, f, o }, output, hard, gates: { i, f, g, o } };
  },
});

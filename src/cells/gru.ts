/** The gated recurrent unit (Cho et al. 2014) in its two forms. */
import { add, matmul, mul, sub } from "../graph/index.ts";
import type { ActivationChoice } from "./activations.ts";
import { defineCell } from "./cell.ts";
import { functionsOf, gateParameters, preactivation } from "./gates.ts";

const parameters = gateParameters(["r", "z", "n"], ["an"]);
const options = { gate: "sigmoid" as ActivationChoice, candidate: "tanh" as ActivationChoice };

/**
 * The GRU layer with its reset gate after the recurrent product: as PyTorch, cuDNN and ONNX (linear_before_reset = 1) have it.
 *
 *     r_t = σ(x_t W_r + h_{t−1} U_r + b_r)                            reset gate
 *     z_t = σ(x_t W_z + h_{t−1} U_z + b_z)                            update gate
 *     n_t = tanh(x_t W_n + b_n + r_t ⊙ (h_{t−1} U_n + a_n))           candidate
 *     h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t−1}                           output
 *
 * Shapes: x [batch, input]; h and all gates [batch, hidden]; W [input, hidden], U [hidden, hidden], b and a [hidden].
 * Options: `gate` in place of σ, `candidate` in place of tanh; hard functions have a saturation cost (papers/003, section 3.3).
 * Source: Cho et al. 2014, arXiv:1406.1078v1; papers/004, section 3.2. PyTorch packs r, z, n; ONNX z, r, h. papers/003
 * calls the update gate u; its u lies on the old state, as z does here.
 */
export const gru = defineCell({
  name: "gru",
  sizes: ["input", "hidden"],
  output: "hidden",
  parameters,
  state: { h: "hidden" },
  options,
  native: ({ gate, candidate }) => ({
    operator: "GRU",
    gates: ["z", "r", "n"],
    apart: "n",
    linearBeforeReset: true,
    activations: [gate, candidate],
  }),
  step(P, { h }, x, { gate, candidate }) {
    const { apply, hard } = functionsOf();
    const r = apply(gate, preactivation(P, "r", x, h));
    const z = apply(gate, preactivation(P, "z", x, h));
    const n = apply(candidate, add(matmul(x, P.Wn), P.bn, mul(r, add(matmul(h, P.Un), P.an))));
    const next = add(mul(sub(1, z), n), mul(z, h));
    return { state: { h: next }, output: next, hard, gates: { r, z, n } };
  },
});

/**
 * The GRU layer with its reset gate before the recurrent product: ONNX's linear_before_reset = 0. As `gru`, but for
 *
 *     n_t = tanh(x_t W_n + (r_t ⊙ h_{t−1}) U_n + b_n)
 *
 * Source: Cho et al. 2014, arXiv:1406.1078v3, eq. 5–8.
 */
export const gruResetBefore = defineCell({
  name: "gru-reset-before",
  sizes: ["input", "hidden"],
  output: "hidden",
  parameters: gateParameters(["r", "z", "n"]),
  state: { h: "hidden" },
  options,
  native: ({ gate, candidate }) => ({
    operator: "GRU",
    gates: ["z", "r", "n"],
    activations: [gate, candidate],
  }),
  step(P, { h }, x, { gate, candidate }) {
    const { apply, hard } = functionsOf();
    const r = apply(gate, preactivation(P, "r", x, h));
    const z = apply(gate, preactivation(P, "z", x, h));
    const n = apply(candidate, preactivation(P, "n", x, mul(r, h)));
    const next = add(mul(sub(1, z), n), mul(z, h));
    return { state: { h: next }, output: next, hard, gates: { r, z, n } };
  },
});

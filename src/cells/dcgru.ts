/** The diagonal convolutional gated recurrent unit of the improved Neural GPU (papers/003, section 3). */
import {
  add,
  concat,
  convolve,
  hardSigmoid,
  hardTanh,
  mul,
  place,
  shift,
  sigmoid,
  slice,
  sub,
  type Tensor,
  tanh,
} from "../graph/index.ts";
import { checkSize, type ParameterSpec, type Tensors } from "./cell.ts";
import { uniformByFanIn, zeros } from "./initializers.ts";

/** What can be switched off, one by one: papers/003, figures 7 and 8. */
export interface DcgruOptions {
  /** Maps m: numbers at each position. */
  readonly maps: number;
  /** Hard functions, or σ and tanh. Default true. */
  readonly hard?: boolean;
  /** Gates from the neighbours for two thirds of the maps, or all from the same position. Default true. */
  readonly diagonal?: boolean;
}

/** What a step makes. */
export interface DcgruStep {
  /** s_t [length, batch, maps]. */
  readonly state: Tensor;
  /** u_t and r_t [length, batch, maps]. */
  readonly gates: Tensors<"update" | "reset">;
  /** z_u and z_r side by side [length, batch, 2·maps], and z_c [length, batch, maps]: what the saturation cost is of. */
  readonly preactivations: Tensors<"gates" | "candidate">;
}

/** Fixed offsets on the gates' pre-activations, on top of the trained biases: a new network keeps most of its state. */
const OFFSETS = { update: 0.7, reset: 0.5 } as const;

/** How many positions each map's gate moves its value a step: the first m − 2⌊m/3⌋ none, then ⌊m/3⌋ up and ⌊m/3⌋ down. */
export function gateDirections(maps: number, diagonal = true): (-1 | 0 | 1)[] {
  const third = diagonal ? Math.floor(maps / 3) : 0;
  return Array.from({ length: maps }, (_, map) => (map < maps - 2 * third ? 0 : map < maps - third ? 1 : -1));
}

/**
 * The cell of given size.
 *
 *     z_u = U_u * s + b_u + 0.7,   z_r = U_r * s + b_r + 0.5,   u = σ(z_u),   r = σ(z_r)
 *     z_c = U_c * (r ⊙ s) + b_c,   c = tanh(z_c) ⊙ dropout,      s' = (u ⊙ s̃ + (1 − u) ⊙ c) ⊙ mask
 *
 * with σ(x) = clip(x/2 + ½, 0, 1) and tanh(x) = clip(x, −1, 1) unless they are the smooth ones, and * a convolution with
 * three taps along the positions. s̃ is the diagonal gate: maps of the first third as they are, of the second from the
 * position before, of the last from the position after (see `gateDirections`); zeros come in at the edges.
 *
 * Parameters: Uu, Ur, Uc [3, maps, maps], uniform ±1/√maps; bu, br, bc [maps], zero. State [length, batch, maps].
 * Source: papers/003, sections 3.1 to 3.3; offsets from its authors' program.
 * @throws LonghandError `config` unless maps is a positive integer.
 */
export function dcgru({ maps, hard = true, diagonal = true }: DcgruOptions) {
  checkSize("dcgru", "maps", maps);
  const third = diagonal ? Math.floor(maps / 3) : 0;
  const kernel: ParameterSpec = { shape: [3, maps, maps], initial: uniformByFanIn(maps) };
  const bias: ParameterSpec = { shape: [maps], initial: zeros };
  const squash = hard ? hardTanh : tanh;
  const gate = hard ? hardSigmoid : (z: Tensor) => sigmoid(z);
  const part = (s: Tensor, start: number, end: number) => slice(s, { axis: -1, start, end });
  const shifted = (s: Tensor) =>
    third === 0
      ? s
      : concat(
          [
            part(s, 0, maps - 2 * third),
            shift(part(s, maps - 2 * third, maps - third), 0, 1),
            shift(part(s, maps - third, maps), 0, -1),
          ],
          -1,
        );
  return Object.freeze({
    name: "dcgru",
    maps,
    parameters: { Uu: kernel, bu: bias, Ur: kernel, br: bias, Uc: kernel, bc: bias },
    /**
     * One step.
     * @param s [length, batch, maps].
     * @param options.mask [length, batch, 1]: 1 where there is a position, 0 in the padding. Default: all are there.
     * @param options.dropout factors on the candidate [length, batch, maps]: 0 or 1/keep. Default: none.
     */
    step(P: Tensors, s: Tensor, { mask, dropout }: { mask?: Tensor; dropout?: Tensor } = {}): DcgruStep {
      return place("dcgru", () => {
        // Both gates read the same state: one convolution makes them.
        const gatesBias = concat([add(P.bu!, OFFSETS.update), add(P.br!, OFFSETS.reset)], -1);
        const z = convolve(s, concat([P.Uu!, P.Ur!], -1), gatesBias);
        const gates = gate(z);
        const u = part(gates, 0, maps);
        const r = part(gates, maps, 2 * maps);
        const zc = convolve(mul(r, s), P.Uc!, P.bc!);
        const candidate = squash(zc);
        const c = dropout ? mul(candidate, dropout) : candidate;
        const next = add(c, mul(u, sub(shifted(s), c)));
        return {
          state: mask ? mul(next, mask) : next,
          gates: { update: u, reset: r },
          preactivations: { gates: z, candidate: zc },
        };
      });
    },
  });
}

/** The convolutional gated recurrent unit of the first Neural GPU (Kaiser and Sutskever, arXiv:1511.08228). */
import {
  add,
  clip,
  concat,
  convolve,
  expand,
  mul,
  pad,
  place,
  reshape,
  sigmoid,
  slice,
  sub,
  type Tensor,
  tanh,
} from "../graph/index.ts";
import { checkSize, type ParameterSpec, type Tensors } from "./cell.ts";
import { uniformByFanIn, zeros } from "./initializers.ts";

export interface CgruOptions {
  /** Maps m: numbers at each place of the grid. */
  readonly maps: number;
  /** Rows of the grid: places at each position. Default 4. */
  readonly rows?: number;
  /** Gates that reach 0 and 1, or σ alone. Default true. */
  readonly cutoff?: boolean;
}

/** What a step makes. */
export interface CgruStep {
  /** s_t [length, batch, rows·maps]. */
  readonly state: Tensor;
  /** u_t and r_t [length, batch, rows·maps]. */
  readonly gates: Tensors<"update" | "reset">;
}

/** On the pre-activations of both gates, on top of the trained biases: a new network keeps most of its state. */
const OFFSET = 1;
/** Factor on the range of kernels that begin uniform with the variance of what they read: the authors' 1.8. */
const SCALE = 1.8 * Math.sqrt(3);

/**
 * The cell of given size.
 *
 *     u = σ′(U_u * s + b_u + 1),   r = σ′(U_r * s + b_r + 1),   s' = (u ⊙ s + (1 − u) ⊙ tanh(U_c * (r ⊙ s) + b_c)) ⊙ mask
 *
 * with σ′(x) = clip(1.2 σ(x) − 0.1, 0, 1), or σ without the cut-off, and * a convolution with 3 × 3 taps over the grid of
 * positions and rows; zero outside.
 *
 * Parameters: Uu, Ur, Uc [3, 3, maps, maps] (taps along positions and rows, in, out), uniform ±1.8·√3/√(9·maps); bu, br, bc
 * [maps], zero. State [length, batch, rows·maps]: the places of a position side by side.
 * Source: arXiv:1511.08228, section 2; cut-off section 3.1; offsets and initial values from its authors' program.
 * @throws LonghandError `config` unless maps and rows are positive integers.
 */
export function cgru({ maps, rows = 4, cutoff = true }: CgruOptions) {
  checkSize("cgru", "maps", maps);
  checkSize("cgru", "rows", rows);
  const width = rows * maps;
  const kernel: ParameterSpec = { shape: [3, 3, maps, maps], initial: uniformByFanIn(9 * maps, SCALE) };
  const bias: ParameterSpec = { shape: [maps], initial: zeros };
  const gate = (z: Tensor) => (cutoff ? clip(sub(mul(sigmoid(z), 1.2), 0.1), 0, 1) : sigmoid(z));
  /** A bias of one place for all places of a position. */
  const repeated = (b: Tensor) => reshape(expand(b, [rows, maps]), [width]);
  /**
   * Taps along positions and rows as taps along positions alone, [3, rows·maps, rows·maps]: the block from row i to row j
   * holds the tap i − j + 1 along the rows, or zeros.
   */
  const acrossRows = (K: Tensor) => {
    // A block is m² numbers in a row: so they are moved in long rows.
    const taps = reshape(K, [3, 3 * maps ** 2]);
    const moved = (row: number) =>
      pad(taps, { axis: 1, before: (row - 1) * maps ** 2, after: (rows - 2 - row) * maps ** 2 });
    const to = (row: number) => reshape(moved(row), [3, width, maps]);
    return concat(
      Array.from({ length: rows }, (_, row) => to(row)),
      -1,
    );
  };
  return Object.freeze({
    name: "cgru",
    maps,
    rows,
    parameters: { Uu: kernel, bu: bias, Ur: kernel, br: bias, Uc: kernel, bc: bias },
    /**
     * One step.
     * @param s [length, batch, rows·maps].
     * @param options.mask [length, batch, 1]: 1 where there is a position, 0 in the padding. Default: all are there.
     */
    step(P: Tensors, s: Tensor, { mask }: { mask?: Tensor } = {}): CgruStep {
      return place("cgru", () => {
        // Both gates read the same state: one convolution makes them.
        const gatesBias = add(concat([repeated(P.bu!), repeated(P.br!)], -1), OFFSET);
        const gates = gate(convolve(s, concat([acrossRows(P.Uu!), acrossRows(P.Ur!)], -1), gatesBias));
        const u = slice(gates, { axis: -1, end: width });
        const r = slice(gates, { axis: -1, start: width });
        const c = tanh(convolve(mul(r, s), acrossRows(P.Uc!), repeated(P.bc!)));
        const next = add(c, mul(u, sub(s, c)));
        return { state: mask ? mul(next, mask) : next, gates: { update: u, reset: r } };
      });
    },
  });
}

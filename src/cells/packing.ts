/** Weights of gates as other frameworks pack them: the matrices of all gates below each other, transposed. */
import { add, concat, expand, scalar, slice, swapLastAxes, type Tensor } from "../graph/index.ts";
import type { Tensors } from "./cell.ts";

/** Which parameters of a cell are packed, and in which order. */
export interface Packing {
  /** Letters of the gates: "i" stands for the parameters Wi, Ui and bi. */
  readonly gates: readonly string[];
  /** Letters of the gates that see the cell: "i" stands for pi. Default: none. */
  readonly peepholes?: readonly string[];
  /** The gate whose recurrent product has a bias of its own, a⟨letter⟩, as the candidate of `gru` has. Default: none. */
  readonly apart?: string;
}

/** Packed weights, with G gates of H units. */
export interface Packed {
  /** Of the input, [G·H, input]. */
  readonly W: Tensor;
  /** Of the state, [G·H, H]. */
  readonly R: Tensor;
  /** The bias of each of the two products, [G·H]. */
  readonly Wb: Tensor;
  readonly Rb: Tensor;
  /** Peepholes, [number · H]. */
  readonly P?: Tensor | undefined;
}

/**
 * The parameters of a cell by name from packed weights.
 *
 *     W⟨l⟩ = (rows of W)ᵀ,   U⟨l⟩ = (rows of R)ᵀ,   b⟨l⟩ = Wb + Rb;   of the gate apart: b⟨l⟩ = Wb, a⟨l⟩ = Rb
 *
 * @param hidden units of the cell.
 */
export function unpack({ W, R, Wb, Rb, P }: Packed, packing: Packing, hidden: number): Record<string, Tensor> {
  const { gates, peepholes = [], apart } = packing;
  const rows = (tensor: Tensor, k: number) => slice(tensor, { axis: 0, start: k * hidden, end: (k + 1) * hidden });
  return Object.fromEntries([
    ...gates.flatMap((letter, k): [string, Tensor][] => [
      [`W${letter}`, swapLastAxes(rows(W, k))],
      [`U${letter}`, swapLastAxes(rows(R, k))],
      [`b${letter}`, letter === apart ? rows(Wb, k) : add(rows(Wb, k), rows(Rb, k))],
      ...(letter === apart ? [[`a${letter}`, rows(Rb, k)] as [string, Tensor]] : []),
    ]),
    ...(P ? peepholes.map((letter, k): [string, Tensor] => [`p${letter}`, rows(P, k)]) : []),
  ]);
}

/** Packed weights from the parameters of a cell: what `unpack` reads. Biases that are sums are all in Wb. */
export function pack(parameters: Tensors, { gates, peepholes = [], apart }: Packing): Packed {
  const of = (name: string) => parameters[name]!;
  const below = (parts: readonly Tensor[]) => (parts.length === 1 ? parts[0]! : concat(parts, 0));
  return {
    W: below(gates.map((letter) => swapLastAxes(of(`W${letter}`)))),
    R: below(gates.map((letter) => swapLastAxes(of(`U${letter}`)))),
    Wb: below(gates.map((letter) => of(`b${letter}`))),
    Rb: below(gates.map((letter) => (letter === apart ? of(`a${letter}`) : expand(scalar(0), of(`b${letter}`).shape)))),
    P: peepholes.length > 0 ? below(peepholes.map((letter) => of(`p${letter}`))) : undefined,
  };
}

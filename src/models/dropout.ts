/** Dropout masks of networks whose state has positions, drawn outside the graph. */
import { type Dimension, gather, reshape, type Tensor } from "../graph/index.ts";

/**
 * Masks from a pool: at each step each position takes one of the pool's masks, as `rows` says. Any one of them is a mask
 * of independent numbers; a pool of some hundred is drawn in a fraction of the time that one for every step and position
 * would take.
 */
export interface DropoutMasks {
  /** Factors 0 or 1/keep, [masks, batch · width]. */
  readonly pool: Tensor;
  /**
   * int [steps + 1, positions]: the mask of each position, first of the embedded input, then of each step. The number of
   * positions is that of the symbols, or the next even one: see `positions`.
   */
  readonly rows: Tensor;
}

/** The masks that a row of `rows` chooses, as [length, batch, …]. */
export function chosenMasks({ pool }: DropoutMasks, row: Tensor, shape: readonly Dimension[]): Tensor {
  return reshape(gather(pool, row), shape);
}

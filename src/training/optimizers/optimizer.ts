/**
 * Optimizers: how parameters move along a gradient. Each is a graph over arrays of any shape, element by element, so it
 * works on one vector of all parameters and on populations of them. What depends on the step alone (bias corrections) is
 * computed outside, in float64, and enters as scalars.
 */
import type { Tensor } from "../../graph/index.ts";

export type Tensors = Readonly<Record<string, Tensor>>;

export interface Optimizer {
  readonly name: string;
  /** Names of the arrays it keeps between steps, each of the parameters' shape, beginning at zero. */
  readonly slots: readonly string[];
  /** Scalars of step t (from 1) that its update reads, besides the learning rate. */
  scalars(t: number): Readonly<Record<string, number>>;
  /** One step. */
  update(
    parameters: Tensor,
    gradient: Tensor,
    slots: Tensors,
    scalars: Tensors & { readonly learningRate: Tensor },
  ): { readonly parameters: Tensor; readonly slots: Tensors };
}

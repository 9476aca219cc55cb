/** Extents as numbers in a graph. */
import { type Dimension, expand, reduceSum, scalar, type Tensor } from "../graph/index.ts";

/** The product of extents, as a scalar: a constant where they are known, computed where they are open. */
export function extent(...dimensions: readonly Dimension[]): Tensor {
  if (dimensions.every((dimension) => typeof dimension === "number")) {
    return scalar(dimensions.reduce<number>((product, dimension) => product * Number(dimension), 1));
  }
  return reduceSum(expand(scalar(1), dimensions));
}

/**
 * Convolution along the first axis with kernels of three taps, out of products of matrices.
 *
 *     y_i = x_{i−1} K₀ + x_i K₁ + x_{i+1} K₂ + b,     x zero outside
 *
 * For an even number of positions two results at a time are made of four products instead of six: the minimal filtering
 * algorithm F(2, 3) (Winograd 1980; Lavin and Gray 2016). With d₀ … d₃ = x_{2k−1}, x_{2k}, x_{2k+1}, x_{2k+2}
 *
 *     m₀ = (d₀ − d₂) K₀              m₁ = (d₁ + d₂) (K₀ + K₁ + K₂)/2
 *     m₂ = (d₂ − d₁) (K₀ − K₁ + K₂)/2    m₃ = (d₁ − d₃) K₂
 *     y_{2k} = m₀ + m₁ + m₂          y_{2k+1} = m₁ − m₂ − m₃
 *
 * Its derivative needs four products instead of six as well, both towards x and towards the kernels.
 */
import { LonghandError } from "../errors.ts";
import { type Dimension, sameShape, times } from "./dimension.ts";
import { add, mul, sub } from "./operators/arithmetic.ts";
import { concat, pad, slice } from "./operators/arrange.ts";
import { matmul } from "./operators/matmul.ts";
import { reshape } from "./operators/reshape.ts";
import { describe, type Tensor } from "./tensor.ts";

/** x moved by one position along an axis: to higher positions (1) or lower ones (−1); zeros come in. */
export function shift(x: Tensor, axis: number, by: 1 | -1): Tensor {
  return pad(x, { axis, before: by, after: -by });
}

/**
 * x * K + b.
 * @param x [length, batch, in].
 * @param kernel K [3, in, out]: the taps for the neighbour before, the position itself, and the neighbour after.
 * @param bias b [out].
 * @returns [length, batch, out].
 * @throws LonghandError `shape` when the kernel or the bias doesn't fit.
 */
export function convolve(x: Tensor, kernel: Tensor, bias: Tensor): Tensor {
  const [length, , width] = x.shape;
  const [taps, rows, columns] = kernel.shape;
  const isKernel = kernel.shape.length === 3 && taps === 3 && rows === width;
  if (x.shape.length !== 3 || !isKernel || !sameShape(bias.shape, [columns!])) {
    throw new LonghandError(
      "shape",
      `convolve: ${describe(x)} with kernel ${describe(kernel)} and bias ${describe(bias)}, expected [length, batch, in], [3, in, out] and [out]`,
    );
  }
  const isEven = typeof length === "number" && length % 2 === 0 && length > 0;
  return isEven ? byPairs(x, kernel, bias, length / 2) : directly(x, kernel, bias);
}

function directly(x: Tensor, kernel: Tensor, bias: Tensor): Tensor {
  const window = concat([shift(x, 0, 1), x, shift(x, 0, -1)], -1);
  const [taps, rows, columns] = kernel.shape;
  return add(matmul(window, reshape(kernel, [times(taps!, rows!), columns!])), bias);
}

function byPairs(x: Tensor, kernel: Tensor, bias: Tensor, pairs: number): Tensor {
  const [length, batch, width] = x.shape as [Dimension, Dimension, Dimension];
  const columns = kernel.shape[2]!;
  const tap = (k: number) => reshape(slice(kernel, { axis: 0, start: k, end: k + 1 }), [width, columns]);
  const [before, itself, after] = [tap(0), tap(1), tap(2)];
  const ends = add(before, after);
  // Even and odd positions, each [pairs, 1, batch, in].
  const phases = reshape(x, [pairs, 2, batch, width]);
  const d1 = slice(phases, { axis: 1, end: 1 });
  const d2 = slice(phases, { axis: 1, start: 1 });
  const d0 = shift(d2, 0, 1);
  const d3 = shift(d1, 0, -1);
  const m0 = matmul(sub(d0, d2), before);
  const m1 = add(matmul(add(d1, d2), mul(add(ends, itself), 0.5)), bias);
  const m2 = matmul(sub(d2, d1), mul(sub(ends, itself), 0.5));
  const m3 = matmul(sub(d1, d3), after);
  return reshape(concat([add(m0, add(m1, m2)), sub(sub(m1, m2), m3)], 1), [length, batch, columns]);
}

/** MatMul: the product of matrices in the last two axes, with broadcasting over the axes before them. */
import type { NDArray } from "../array.ts";
import { broadcast, elements, type Shape, times } from "../dimension.ts";
import { broadcastStrides, offsets } from "../kernels.ts";
import type { Operator } from "../operator.ts";
import { STRENGTH, within } from "../print.ts";
import { boundSum, quantumOf, termsOf } from "../sums.ts";
import { apply, type Tensor } from "../tensor.ts";
import { sumTo } from "./broadcast.ts";
import { alignVectorized } from "./elementwise.ts";
import { reshape } from "./reshape.ts";
import { swapLastAxes, transpose } from "./transpose.ts";

/** Which matrices are multiplied for each matrix of the result. */
function batches(a: NDArray, b: NDArray, out: NDArray): { startA: Int32Array; startB: Int32Array } {
  const shape = out.shape.slice(0, -2);
  const starts = (x: NDArray) => {
    const lead = x.shape.slice(0, -2);
    const matrix = x.shape.at(-1)! * x.shape.at(-2)!;
    return offsets(
      shape,
      broadcastStrides(lead, shape.length).map((stride) => stride * matrix),
    );
  };
  return { startA: starts(a), startB: starts(b) };
}

export const MatMul: Operator<null> = {
  name: "MatMul",
  infer([a, b]) {
    if (a!.dtype !== "float" || b!.dtype !== "float") return { problem: "expected float operands" };
    if (a!.shape.length < 2 || b!.shape.length < 2) return { problem: "expected operands of two or more axes" };
    const inner = a!.shape.at(-1)!;
    if (inner !== b!.shape.at(-2)) {
      return {
        problem: `the inner extents differ: ${inner} columns on the left, ${b!.shape.at(-2)} rows on the right`,
      };
    }
    const lead = broadcast([a!.shape.slice(0, -2), b!.shape.slice(0, -2)]);
    if ("conflict" in lead) return { problem: `can't broadcast extents ${lead.conflict[0]} and ${lead.conflict[1]}` };
    return { dtype: "float", shape: [...lead, a!.shape.at(-2)!, b!.shape.at(-1)!] };
  },
  value([a, b], out) {
    const rows = a!.shape.at(-2)!;
    const inner = a!.shape.at(-1)!;
    const columns = b!.shape.at(-1)!;
    const x = a!.data;
    const y = b!.data;
    const z = out.data;
    const { startA, startB } = batches(a!, b!, out);
    z.fill(0);
    for (let batch = 0; batch < startA.length; batch++) {
      for (let i = 0; i < rows; i++) {
        const target = (batch * rows + i) * columns;
        const left = startA[batch]! + i * inner;
        for (let k = 0; k < inner; k++) {
          const factor = x[left + k]!;
          const right = startB[batch]! + k * columns;
          for (let j = 0; j < columns; j++) z[target + j]! += factor * y[right + j]!;
        }
      }
    }
  },
  derivative({ inputs: [a, b] }, gradient) {
    // One matrix b for many rows of a: its gradient is one product over all of them, not a sum of small products.
    const shared = sharedAxes(a!.shape, b!.shape);
    const forB = matmul(swapLastAxes(asRows(a!, shared)), asRows(gradient, shared));
    // The same for one matrix a and many columns of b.
    const isShared = a!.shape.length === 2 && b!.shape.length === 3;
    return [
      isShared
        ? matmul(asColumns(gradient), swapLastAxes(asColumns(b!)))
        : sumTo(matmul(gradient, swapLastAxes(b!)), a!.shape),
      reshape(sumTo(forB, withoutShared(b!.shape, shared)), b!.shape),
    ];
  },
  bound([a, b], out) {
    const [al, au, bl, bu] = [a!.lower.data, a!.upper.data, b!.lower.data, b!.upper.data];
    const rows = a!.lower.shape.at(-2)!;
    const inner = a!.lower.shape.at(-1)!;
    const columns = b!.lower.shape.at(-1)!;
    const { startA, startB } = batches(a!.lower, b!.lower, out.lower);
    const terms = termsOf(out);
    terms.count = inner;
    for (let batch = 0; batch < startA.length; batch++) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          let low = 0;
          let high = 0;
          let magnitude = 0;
          let quantum = Number.POSITIVE_INFINITY;
          for (let k = 0; k < inner; k++) {
            const p = startA[batch]! + i * inner + k;
            const q = startB[batch]! + k * columns + j;
            const [x, y] = [al[p]!, au[p]!];
            const w = bl[q]!;
            let least: number;
            let most: number;
            if (w === bu[q]) {
              // A known weight: its sign says which end is which.
              least = w >= 0 ? x * w : y * w;
              most = w >= 0 ? y * w : x * w;
            } else {
              const v = bu[q]!;
              least = Math.min(x * w, x * v, y * w, y * v);
              most = Math.max(x * w, x * v, y * w, y * v);
            }
            low += least;
            high += most;
            magnitude += Math.max(Math.abs(least), Math.abs(most));
            if (quantum > 0) quantum = least === most ? Math.min(quantum, quantumOf(least)) : 0;
          }
          const at = (batch * rows + i) * columns + j;
          terms.lower.data[at] = low;
          terms.upper.data[at] = high;
          terms.magnitude.data[at] = magnitude;
          terms.quantum.data[at] = quantum;
        }
      }
    }
    boundSum(terms, out);
  },
  onnx: (lowering, inputs) => lowering.emit("MatMul", inputs),
  print: ([a, b], style) => ({
    text: `${within(a!, STRENGTH.juxtaposition, style)} ${within(b!, STRENGTH.juxtaposition + 1, style)}`,
    strength: STRENGTH.juxtaposition,
  }),
  vectorize(inputs) {
    const [a, b] = alignVectorized(inputs) as [Tensor, Tensor];
    const shared = sharedAxes(a.shape, b.shape);
    if (shared > 0 && inputs[1]!.batched) {
      // [P, T, B, k] · [P, 1, k, m]: the axes along which b repeats become rows, one product a replica.
      const matrices = reshape(b, withoutShared(b.shape, shared));
      const product = matmul(asRows(a, shared), matrices);
      return reshape(product, [...product.shape.slice(0, -2), ...a.shape.slice(-2 - shared, -1), b.shape.at(-1)!]);
    }
    return matmul(a, b);
  },
};

/** How many axes just before its matrices b repeats along, seen from a: those of extent 1 or missing. */
function sharedAxes(a: Shape, b: Shape): number {
  if (b.length > a.length) return 0;
  let count = 0;
  while (count < a.length - 2 && (b.length - 3 - count < 0 || b[b.length - 3 - count] === 1)) count++;
  return count;
}

/** The shape of b without the axes that `sharedAxes` counts. */
function withoutShared(b: Shape, shared: number): Shape {
  return [...b.slice(0, Math.max(0, b.length - 2 - shared)), ...b.slice(-2)];
}

/** Joins the last `axes` axes before the matrices with their rows. */
function asRows(x: Tensor, axes: number): Tensor {
  const kept = x.shape.slice(0, x.shape.length - 2 - axes);
  return reshape(x, [...kept, elements(x.shape.slice(kept.length, -1)), x.shape.at(-1)!]);
}

/** [n, height, width] → [height, n · width]: matrices beside each other. */
function asColumns(x: Tensor): Tensor {
  const [count, height, width] = x.shape as [Shape[number], Shape[number], Shape[number]];
  return reshape(transpose(x, [1, 0, 2]), [height, times(count, width)]);
}

/** The matrix product a·b over the last two axes; axes before them broadcast. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  return apply(MatMul, [a, b], null);
}

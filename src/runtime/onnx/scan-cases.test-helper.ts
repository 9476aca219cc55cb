/** Scans in both directions, one inside another, with their gradients: a program for tests of any runtime. */
import {
  add,
  gradient,
  input,
  matmul,
  mul,
  type NDArray,
  ndarray,
  type Program,
  program,
  reduceMean,
  reduceSum,
  scan,
  tanh,
} from "../../graph/index.ts";

/** Deterministic numbers in −1 … 1. */
export function numbers(shape: readonly number[], shift = 0): NDArray {
  const count = shape.reduce((a, b) => a * b, 1);
  return ndarray(
    Float64Array.from({ length: count }, (_, k) => Math.sin(2.3 * k + shift)),
    shape,
  );
}

/** Forwards, then backwards over the result, with an inner scan over the weights' rows; and all gradients. */
export function everyScan(): Program {
  const x = input("x", ["time", "batch", 2]);
  const h0 = input("h0", ["batch", 3]);
  const W = input("W", [2, 3]);
  const U = input("U", [3, 3]);
  const forward = scan({
    state: { h: h0 },
    sequences: { x },
    step({ h }, items) {
      const { state } = scan({
        state: { sum: matmul(items.x, W) },
        sequences: { row: U },
        step: ({ sum }, { row }) => ({ state: { sum: tanh(add(sum, mul(h, row))) } }),
      });
      return { state: { h: state.sum }, outputs: { y: mul(state.sum, reduceMean(items.x)) } };
    },
  });
  const backward = scan({
    state: { h: forward.state.h },
    sequences: { y: forward.outputs.y },
    reverse: true,
    step: ({ h }, { y }) => ({ state: { h: tanh(add(matmul(h, U), y)) }, outputs: { z: add(h, y) } }),
  });
  const loss = add(reduceSum(mul(backward.outputs.z, backward.outputs.z)), reduceSum(backward.state.h));
  const inputs = { x, h0, W, U };
  const derivatives = gradient(loss, Object.values(inputs));
  const named = Object.fromEntries(Object.keys(inputs).map((name, k) => [`d${name}`, derivatives[k]!]));
  return program("scans", inputs, { loss, z: backward.outputs.z, final: forward.state.h, ...named });
}

export const sized = (time: number, batch: number): Record<string, NDArray> => ({
  x: numbers([time, batch, 2]),
  h0: numbers([batch, 3], 1),
  W: numbers([2, 3], 2),
  U: numbers([3, 3], 3),
});

/** Lengths and batches to run it with, one after the other. */
export const scanSizes: readonly (readonly [time: number, batch: number])[] = [
  [5, 4],
  [1, 4],
  [5, 1],
  [9, 2],
  [0, 4],
  [3, 0],
  [0, 0],
  [5, 4],
];

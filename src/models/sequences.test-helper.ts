/** Models of whole problems run on drawn parameters, and convolutions written as loops to hold them against. */
import { type Dimension, gradient, input, type NDArray, type Program, program, type Tensor } from "../graph/index.ts";
import { randomSource } from "../random/index.ts";
import { compileReference } from "../runtime/reference/reference.ts";
import type { Applied, Model } from "./index.ts";

type Arrays = Readonly<Record<string, NDArray>>;
type Tensors = Readonly<Record<string, Tensor>>;
/** [position][number]. */
export type Grid = readonly (readonly number[])[];

/** Parameters uniform on ±scale, biases included. */
export function drawn(model: Model, seed: number, scale = 0.5): Record<string, NDArray> {
  const random = randomSource(seed);
  return Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape }]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const data = random.stream(name).uniform(new Float64Array(size), -scale, scale);
      return [name, { dtype: "float", shape, data }];
    }),
  );
}

/** Problems as a batch, −1 after each one's own end. */
export function padded(problems: readonly (readonly number[])[], time: number): NDArray {
  const data = Int32Array.from(problems.flatMap((ids) => Array.from({ length: time }, (_, k) => ids[k] ?? -1)));
  return { dtype: "int", shape: [problems.length, time, 1], data };
}

/** Masks: a pool of factors 0 and 1/keep, and which of them each position takes at each step. */
export function drawnMasks(model: Model, seed: number, time: number, batch: number, positions = time) {
  const random = randomSource(seed);
  const masks = 7;
  const { width } = model.dropout!;
  const keep = 0.75;
  const u = random.stream("pool").uniform(new Float64Array(masks * batch * width), 0, 1);
  const rows = random.stream("rows").integers(new Int32Array((time + 1) * positions), 0, masks);
  const pool: NDArray = {
    dtype: "float",
    shape: [masks, batch * width],
    data: u.map((x) => (x < keep ? 1 / keep : 0)),
  };
  const factor = (step: number, position: number, example: number, k: number) =>
    pool.data[(rows[step * positions + position]! * batch + example) * width + k]!;
  return { arrays: { pool, rows: { dtype: "int", shape: [time + 1, positions], data: rows } as NDArray }, factor };
}

/** What is made of a model over inputs like the given arrays; `isOpen`: batch and time are known when it runs. */
export function modelProgram(
  model: Model,
  given: Arrays,
  build: (applied: Applied) => Tensors,
  { isOpen = false, wrt = [] as readonly string[] } = {},
): Program {
  const [batch, time] = given.symbols!.shape as [number, number];
  const open: readonly Dimension[] = ["batch", "time", 1];
  const inputs = Object.fromEntries(
    Object.entries(given).map(([name, { shape, dtype }]) => [
      name,
      input(name, isOpen && name === "symbols" ? open : shape, dtype),
    ]),
  );
  if (isOpen && given.rows) {
    inputs.rows = input("rows", ["time+1", "time"], "int");
    inputs.pool = input("pool", [given.pool!.shape[0]!, `${given.pool!.shape[1]! / batch}*batch`]);
  }
  const dropout = inputs.rows && inputs.pool && { dropout: { rows: inputs.rows, pool: inputs.pool } };
  const applied = model.apply(inputs, inputs.symbols!, dropout || {});
  const outputs = build(applied);
  const slopes = outputs.loss
    ? gradient(
        outputs.loss,
        wrt.map((name) => inputs[name]!),
      )
    : [];
  return program(`${model.name} ${time}`, inputs, {
    ...outputs,
    ...Object.fromEntries(wrt.map((name, k) => [name, slopes[k]!])),
  });
}

export function runModel(
  model: Model,
  given: Arrays,
  build: (applied: Applied) => Tensors,
  options: { readonly isOpen?: boolean } = {},
): Record<string, NDArray> {
  return compileReference(modelProgram(model, given, build, options)).run(given);
}

/** x W + b. */
export function dense(x: readonly number[], W: NDArray, b: NDArray): number[] {
  return Array.from(b.data, (bias, o) =>
    x.reduce((sum, value, k) => sum + value * W.data[k * b.data.length + o]!, bias),
  );
}

/** y_i = Σ_k x_{i+k−1} K_k + b, with K [3, in, out] from `first` on in the array. */
export function convolved(x: Grid, K: ArrayLike<number>, b: ArrayLike<number>): number[][] {
  const columns = b.length;
  return x.map((own, i) =>
    Array.from({ length: columns }, (_, o) => {
      let sum = b[o]!;
      for (let k = 0; k < 3; k++) {
        x[i + k - 1]?.forEach((value, c) => {
          sum += value * K[(k * own.length + c) * columns + o]!;
        });
      }
      return sum;
    }),
  );
}

/** Row `example` of an array [batch, …], as one list a position. */
export function positionsOf({ shape, data }: NDArray, example: number): number[][] {
  const [, time, width] = shape as [number, number, number];
  return Array.from({ length: time }, (_, i) => {
    const start = (example * time + i) * width;
    return Array.from(data.slice(start, start + width));
  });
}

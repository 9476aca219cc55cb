/** Scans of every kind, one in another and one after the other: what is in memory when it is read is what was written last. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  add,
  concat,
  expand,
  input,
  matmul,
  max,
  type Program,
  program,
  reduceMax,
  scalar,
  scan,
  slice,
  swapLastAxes,
  type Tensor,
} from "../../graph/index.ts";
import { pairOf, wholeNumbers, wrapped } from "./exact.test-helper.ts";
import { cRuntime } from "./node.ts";

const runtime = await cRuntime();

/** Sizes in which each program is run, one after the other: larger, smaller, larger, nothing. */
const sizes = [
  { time: 3, n: 5 },
  { time: 1, n: 2 },
  { time: 4, n: 17 },
  { time: 0, n: 3 },
  { time: 2, n: 1 },
  { time: 5, n: 4 },
];

async function expectExact(made: Program): Promise<void> {
  await using pair = await pairOf(runtime, made);
  for (const extents of sizes) {
    expect(await pair.differences(wholeNumbers(made, extents)), JSON.stringify(extents)).toEqual([]);
  }
}

/**
 * A program of square matrices, each made of earlier ones, and of scans whose states, items and results are any of them.
 * @param choices numbers that decide each turn, used again and again.
 */
function randomScans(choices: readonly number[]): Program {
  let at = 0;
  const below = (count: number) => choices[at++ % choices.length]! % count;
  const one = <T>(from: readonly T[]): T => from[below(from.length)]!;
  const shape = ["n", "n"];

  const scanOf = (matrices: readonly Tensor[], sequences: readonly Tensor[], depth: number) => {
    const count = 1 + below(3);
    const names = ["p", "q", "r"].slice(0, count);
    const items = Object.fromEntries(["x", "y"].slice(0, below(3)).map((name) => [name, one(sequences)]));
    return scan({
      state: Object.fromEntries(names.map((name) => [name, one(matrices)])),
      sequences: items,
      ...(Object.keys(items).length === 0 && { steps: "time" }),
      reverse: below(2) === 1,
      step(state, item) {
        const known = [...Object.values(state), ...Object.values(item)];
        const inner = grown([...known, ...known, ...matrices.slice(-4)], sequences, below(5), depth + 1);
        return {
          state: Object.fromEntries(names.map((name) => [name, one(inner.matrices)])),
          outputs: Object.fromEntries(["s", "t", "u"].slice(0, below(4)).map((name) => [name, one(inner.matrices)])),
        };
      },
    });
  };

  const grown = (from: readonly Tensor[], some: readonly Tensor[], steps: number, depth: number) => {
    const matrices = [...from];
    const sequences = [...some];
    for (let k = 0; k < steps; k++) {
      const [a, b] = [one(matrices), one(matrices)];
      const kind = below(depth < 2 ? 12 : 9);
      if (kind === 0) matrices.push(wrapped(add(a, b)));
      else if (kind === 1) matrices.push(swapLastAxes(a));
      else if (kind === 2) matrices.push(slice(a, { axis: below(2), stride: -1 }));
      else if (kind === 3) matrices.push(wrapped(matmul(a, b)));
      else if (kind === 4) matrices.push(max(a, b));
      else if (kind === 5) matrices.push(expand(reduceMax(a, { axes: [below(2)], keepDimensions: true }), shape));
      else if (kind === 6) matrices.push(concat([slice(a, { axis: 0, end: 1 }), slice(b, { axis: 0, start: 1 })], 0));
      else if (kind === 7) matrices.push(expand(scalar(below(5)), shape));
      else if (kind === 8) matrices.push(expand(slice(a, { axis: 1, end: 1 }), shape));
      else {
        const { state, outputs } = scanOf(matrices, sequences, depth);
        matrices.push(...Object.values(state));
        sequences.push(...Object.values(outputs));
      }
    }
    return { matrices, sequences };
  };

  const inputs = {
    a: input("a", shape),
    b: input("b", shape),
    x: input("x", ["time", ...shape]),
    y: input("y", ["time", ...shape]),
  };
  const { a, b, x, y } = inputs;
  const { matrices, sequences } = grown([a, b], [x, slice(y, { axis: 0, stride: -1 })], 3 + below(8), 0);
  const outputs = Object.fromEntries([
    ...Array.from({ length: 4 }, (_, k) => [`m${k}`, one(matrices.slice(-6))] as const),
    ...Array.from({ length: 2 }, (_, k) => [`s${k}`, one(sequences.slice(-4))] as const),
    ["sum", wrapped(matrices.reduce((sum, each) => add(sum, each)))] as const,
  ]);
  return program("random", inputs, outputs);
}

test("random programs of scans", async () => {
  const choices = fc.array(fc.nat(1000), { minLength: 30, maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(choices, (tape) => expectExact(randomScans(tape))),
    { numRuns: Number(process.env.RUNS ?? 25), seed: Number(process.env.SEED ?? 1) },
  );
}, 600_000);

/** Scans of every kind, one in another and one after the other: what is in memory when it is read is what was written last. */
import fc from "fast-check";
import { test } from "vitest";
import {
  add,
  concat,
  constant,
  expand,
  input,
  matmul,
  max,
  ndarray,
  type Program,
  program,
  reduceMax,
  scalar,
  scan,
  slice,
  squeeze,
  swapLastAxes,
  type Tensor,
} from "../../graph/index.ts";
import { expectExact, wrapped } from "./exact.test-helper.ts";
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
    fc.asyncProperty(choices, (tape) => expectExact(runtime, randomScans(tape), sizes)),
    { numRuns: 12, seed: 1 },
  );
});

const shape = ["n", "n"];
const a = input("a", shape);
const b = input("b", shape);
const x = input("x", ["time", ...shape]);
const inputs = { a, b, x };

test.each([false, true])(
  "states that become another one, an item, a part, something from outside; reversed: %s",
  async (reverse) => {
    const outside = wrapped(add(a, b));
    const ones = constant(ndarray(Float32Array.of(1), []));
    const { state, outputs } = scan({
      state: { p: a, q: b, sum: a, item: b, outer: a, computed: a, one: b, part: a, turned: b, still: b, product: a },
      sequences: { x },
      reverse,
      step: ({ p, q, sum, part, turned, still, product, one, item }, items) => ({
        state: {
          p: q,
          q: p,
          sum: wrapped(add(sum, items.x)),
          item: items.x,
          outer: b,
          computed: outside,
          one: expand(ones, shape),
          part: slice(part, { axis: 0, stride: -1 }),
          turned: swapLastAxes(turned),
          still,
          product: wrapped(matmul(product, items.x)),
        },
        outputs: { p, q, sum, next: wrapped(add(sum, items.x)), part, turned, still, one, item, x: items.x, outside },
      }),
    });
    await expectExact(runtime, program("states", inputs, { ...state, ...named("stacked", outputs) }), sizes);
  },
);

test("a value that is the next state of two, and stacked twice; results that are given twice or are inputs", async () => {
  const { state, outputs } = scan({
    state: { p: a, q: b },
    sequences: { x },
    step({ p, q }, items) {
      const next = wrapped(add(matmul(p, items.x), q));
      return {
        state: { p: next, q: next },
        outputs: { once: next, twice: next, turned: swapLastAxes(next), before: p },
      };
    },
  });
  const more = { again: state.p, same: outputs.once, a, alsoA: a, x, turnedInput: swapLastAxes(a) };
  await expectExact(runtime, program("twice", inputs, { ...state, ...outputs, ...more }), sizes);
});

test("final states that are read much later, when other arrays have come and gone", async () => {
  const first = scan({
    state: { p: a, q: b },
    sequences: { x },
    step: ({ p, q }, items) => ({
      state: { p: wrapped(matmul(q, items.x)), q: p },
      outputs: { y: wrapped(matmul(p, items.x)) },
    }),
  });
  const mixed = (from: Tensor, by: Tensor) => wrapped(matmul(swapLastAxes(wrapped(matmul(from, by))), from));
  const chain = Array.from({ length: 4 }).reduce<Tensor>((last) => mixed(concatHalves(last), b), a);
  const second = scan({
    state: { p: chain, q: first.state.q },
    sequences: { y: first.outputs.y },
    reverse: true,
    step: ({ p, q }, { y }) => ({ state: { p: wrapped(add(matmul(p, y), first.state.p)), q: mixed(q, y) } }),
  });
  const later = Array.from({ length: 4 }).reduce<Tensor>((last) => mixed(last, concatHalves(last)), second.state.p);
  const outputs = {
    later: wrapped(add(later, first.state.p, first.state.q)),
    q: second.state.q,
    p: add(second.state.p, chain),
    y: first.outputs.y,
  };
  await expectExact(runtime, program("later", inputs, outputs), sizes);
});

test("what was computed before a loop is there in every step, though other arrays come and go in each", async () => {
  const before = wrapped(matmul(a, b));
  const { state } = scan({
    state: { p: a },
    sequences: { x },
    step({ p }, items) {
      // Read first, and never again in a step.
      const first = wrapped(matmul(swapLastAxes(before), add(items.x, before)));
      const second = wrapped(matmul(first, add(p, first)));
      const third = wrapped(matmul(second, swapLastAxes(second)));
      const inner = scan({
        state: { q: third },
        sequences: { x },
        step({ q }, item) {
          const one = wrapped(matmul(concatHalves(first), add(q, item.x)));
          return { state: { q: wrapped(matmul(one, swapLastAxes(one))) } };
        },
      });
      return { state: { p: wrapped(matmul(concatHalves(inner.state.q), third)) } };
    },
  });
  await expectExact(runtime, program("before", inputs, state), sizes);
});

test("a state of which nobody reads the last value, and a sequence made for the loop, last until its end", async () => {
  const { outputs } = scan({
    state: { p: a, q: wrapped(matmul(b, a)) },
    sequences: { y: wrapped(add(x, slice(x, { axis: 0, stride: -1 }))) },
    step({ p, q }, { y }) {
      const first = wrapped(matmul(y, p));
      // As large as the sequence and what is stacked.
      const inner = scan({
        state: { r: first },
        sequences: { x },
        step: ({ r }, item) => ({
          state: { r: wrapped(matmul(r, item.x)) },
          outputs: { all: wrapped(matmul(item.x, r)) },
        }),
      });
      const over = scan({
        state: { r: q },
        sequences: { z: wrapped(add(inner.outputs.all, x)) },
        step: ({ r }, { z }) => ({ state: { r: wrapped(add(matmul(z, r), swapLastAxes(z))) } }),
      });
      const last = wrapped(matmul(over.state.r, first));
      return { state: { p: last, q: wrapped(add(matmul(p, last), q)) }, outputs: { sum: wrapped(add(last, p, q)) } };
    },
  });
  const squares = wrapped(matmul(outputs.sum, swapLastAxes(outputs.sum)));
  await expectExact(runtime, program("unread", inputs, { squares }), sizes);
});

test("scans in scans, in both directions, that share states, items and what is around", async () => {
  const { state, outputs } = scan({
    state: { p: a, q: b },
    sequences: { x },
    step({ p, q }, outer) {
      const inner = scan({
        state: { p, r: outer.x },
        sequences: { x },
        reverse: true,
        step: ({ p: inside, r }, item) => ({
          state: { p: wrapped(add(inside, item.x, q)), r: inside },
          outputs: { r, all: wrapped(add(r, outer.x)) },
        }),
      });
      const rows = scan({
        state: { last: slice(p, { axis: 0, end: 1 }) },
        sequences: { row: inner.state.p },
        step: ({ last }, { row }) => {
          const next = wrapped(add(last, row));
          return { state: { last: next }, outputs: { row: squeeze(next, [0]) } };
        },
      });
      return {
        state: { p: rows.outputs.row, q: inner.state.r },
        outputs: { all: inner.outputs.all, last: rows.state.last, p },
      };
    },
  });
  await expectExact(runtime, program("nested", inputs, { ...state, ...named("stacked", outputs) }), sizes);
});

/** The first row of a matrix, the others in reverse: a new array. */
function concatHalves(tensor: Tensor): Tensor {
  return concat([slice(tensor, { axis: 0, end: 1 }), slice(tensor, { axis: 0, start: "n-1", end: 0, stride: -1 })], 0);
}

function named(prefix: string, tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix} ${name}`, tensor]));
}

/** Products of matrices of every size, of views, with leading axes on either side, and with factors that stay in a loop. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  add,
  expand,
  input,
  matmul,
  minus,
  type Program,
  program,
  scan,
  slice,
  swapLastAxes,
  type Tensor,
  transpose,
} from "../../graph/index.ts";
import { pairOf, wholeNumbers, wrapped } from "./exact.test-helper.ts";
import { cRuntime } from "./node.ts";

const runtime = await cRuntime();
type Sizes = Readonly<Record<string, number>>;

/** Compiled once and run in many sizes: random ones up to 70, and given ones. */
async function expectExact(
  made: Program,
  random: fc.Arbitrary<Sizes>,
  given: readonly Sizes[],
  numRuns = 40,
): Promise<void> {
  await using pair = await pairOf(runtime, made);
  const check = async (sizes: Sizes) => {
    expect(await pair.differences(wholeNumbers(made, sizes)), JSON.stringify(sizes)).toEqual([]);
  };
  for (const sizes of given) await check(sizes);
  await fc.assert(fc.asyncProperty(random, check), { numRuns, seed: 1 });
}

const extent = fc.integer({ min: 1, max: 70 });

test("two matrices, and views of matrices", async () => {
  const inputs = {
    a: input("a", ["m", "k"]),
    b: input("b", ["k", "n"]),
    across: input("across", ["k", "m"]),
    down: input("down", ["n", "k"]),
    row: input("row", [1, "k"]),
    column: input("column", ["k", 1]),
    large: input("large", ["m+2", "k+3"]),
    other: input("other", ["k+3", "n+2"]),
    pairs: input("pairs", [2, "m", "k"]),
  };
  const { a, b, across, down, row, column, large, other, pairs } = inputs;
  const backwards = (x: Tensor, axis: number) => slice(x, { axis, stride: -1 });
  /** Without some first and last rows and columns. */
  const part = (x: Tensor, rows: readonly [number, number], columns: readonly [number, number]) =>
    [rows, columns].reduce((rest, [first, last], axis) => {
      const end = minus(x.shape[axis]!, last);
      return slice(rest, { axis, start: first, end });
    }, x);
  const second = (x: Tensor) => transpose(slice(x, { axis: 0, start: 1 }), [0, 1, 2]);
  const made = program("products", inputs, {
    plain: matmul(a, b),
    left: matmul(swapLastAxes(across), b),
    right: matmul(a, swapLastAxes(down)),
    both: matmul(swapLastAxes(across), swapLastAxes(down)),
    reversed: matmul(backwards(a, 0), backwards(b, 1)),
    along: matmul(backwards(a, 1), backwards(b, 0)),
    repeatedLeft: matmul(expand(row, ["m", "k"]), b),
    repeatedRight: matmul(a, expand(column, ["k", "n"])),
    parts: matmul(part(large, [1, 1], [2, 1]), part(other, [3, 0], [0, 2])),
    turnedPart: matmul(swapLastAxes(part(other, [1, 2], [1, 1])), swapLastAxes(part(large, [2, 0], [0, 3]))),
    second: matmul(second(pairs), b),
    gram: matmul(swapLastAxes(a), a),
  });
  const around = [8, 12, 16, 23, 24, 25].flatMap((m) => [16, 17, 31, 32, 33].map((n) => ({ m, n, k: m + n })));
  const deep = [511, 512, 513, 1024, 1025].map((k, at) => ({ m: 7 + 5 * at, n: 15 + at * 4, k }));
  const thin = [
    { m: 1, n: 1, k: 1 },
    { m: 1, n: 700, k: 3 },
    { m: 700, n: 1, k: 3 },
    { m: 1, n: 64, k: 600 },
    { m: 3, n: 2, k: 0 },
    { m: 0, n: 5, k: 4 },
    { m: 5, n: 0, k: 4 },
  ];
  await expectExact(made, fc.record({ m: extent, n: extent, k: extent }), [...around, ...deep, ...thin]);
});

test("leading axes on either side, repeated and open", async () => {
  const lead = (name: string, ...axes: (string | number)[]) => input(name, [...axes]);
  const inputs = {
    a: lead("a", "p", "q", "m", "k"),
    b: lead("b", "p", "q", "k", "n"),
    one: lead("one", "m", "k"),
    other: lead("other", "k", "n"),
    inner: lead("inner", "q", "m", "k"),
    outer: lead("outer", "p", 1, "k", "n"),
    single: lead("single", 1, "k", "n"),
  };
  const { a, b, one, other, inner, outer, single } = inputs;
  const made = program("leading", inputs, {
    both: matmul(a, b),
    sharedRight: matmul(a, other),
    sharedLeft: matmul(one, b),
    broadcast: matmul(inner, outer),
    single: matmul(inner, single),
    lowerLeft: matmul(inner, b),
    turned: matmul(swapLastAxes(b), swapLastAxes(a)),
    ofTurned: matmul(transpose(a, [1, 0, 2, 3]), other),
    reversed: matmul(slice(a, { axis: 0, stride: -1 }), slice(b, { axis: 1, stride: -1 })),
    expanded: matmul(expand(one, ["q", "m", "k"]), outer),
    sharedTurned: matmul(a, swapLastAxes(slice(swapLastAxes(other), { axis: 0, stride: -1 }))),
  });
  const extents = (max: number) => fc.integer({ min: 1, max });
  const random = fc.record({ p: extents(4), q: extents(4), m: extents(40), n: extents(40), k: extents(40) });
  const given = [
    { p: 2, q: 3, m: 5, n: 33, k: 513 },
    { p: 1, q: 1, m: 24, n: 32, k: 16 },
    { p: 3, q: 1, m: 1, n: 16, k: 7 },
    { p: 0, q: 2, m: 3, n: 4, k: 5 },
    { p: 2, q: 2, m: 3, n: 4, k: 0 },
  ];
  await expectExact(made, random, given, 25);
});

test("matrices whose sizes are known, small ones and just above", async () => {
  const inputs: Record<string, Tensor> = {};
  const outputs: Record<string, Tensor> = {};
  for (const [k, n] of [
    [1, 1],
    [3, 2],
    [5, 32],
    [32, 32],
    [32, 33],
    [33, 32],
    [31, 17],
  ] as const) {
    const [a, b, c] = [input("a", ["m", k]), input("b", [k, n]), input("c", ["p", n, k])];
    Object.assign(inputs, { [`a${k}.${n}`]: a, [`b${k}.${n}`]: b, [`c${k}.${n}`]: c });
    outputs[`${k}×${n}`] = matmul(a, b);
    outputs[`${k}×${n} turned`] = matmul(swapLastAxes(b), swapLastAxes(a));
    outputs[`${k}×${n}, many on the left`] = matmul(c, b);
    outputs[`${k}×${n}, many on the right`] = matmul(b, c);
    outputs[`${k}×${n}, reversed`] = matmul(slice(a, { axis: 1, stride: -1 }), slice(b, { axis: 1, stride: -1 }));
  }
  const sizes = [0, 1, 2, 31, 32, 33, 50].map((m) => ({ m, p: m % 5 }));
  await expectExact(program("small", inputs, outputs), fc.record({ m: extent, p: fc.constant(2) }), sizes, 5);
});

test("factors that stay the same in a loop, on either side", async () => {
  const inputs = {
    x: input("x", ["time", "m", "k"]),
    h: input("h", ["m", "n"]),
    u: input("u", ["b", "m", "n"]),
    v: input("v", ["b", "n", "m"]),
    w: input("w", ["k", "n"]),
    recurrent: input("recurrent", ["n", "n"]),
    left: input("left", ["m", "m"]),
  };
  const { x, h, u, v, w, recurrent, left } = inputs;
  const forwards = scan({
    state: { h, u, v },
    sequences: { x },
    step(state, item) {
      // Computed once before the loop: a factor that isn't an input.
      const sum = add(recurrent, swapLastAxes(recurrent));
      const next = wrapped(add(matmul(item.x, w), matmul(state.h, recurrent), matmul(left, state.h)));
      return {
        state: {
          h: next,
          u: wrapped(add(matmul(state.u, sum), next)),
          v: wrapped(add(matmul(swapLastAxes(recurrent), state.v), swapLastAxes(next))),
        },
        outputs: { products: matmul(swapLastAxes(item.x), next), each: matmul(left, state.u) },
      };
    },
  });
  const nested = scan({
    state: { h: forwards.state.h },
    sequences: { x },
    reverse: true,
    step(state, item) {
      const { state: last } = scan({
        state: { h: state.h },
        sequences: { row: recurrent },
        step: (inner, { row }) => ({ state: { h: wrapped(add(matmul(inner.h, recurrent), row)) } }),
      });
      return { state: { h: wrapped(add(last.h, matmul(swapLastAxes(left), matmul(item.x, w)))) } };
    },
  });
  const made = program("loops", inputs, {
    ...forwards.outputs,
    h: forwards.state.h,
    u: forwards.state.u,
    v: forwards.state.v,
    nested: nested.state.h,
  });
  const extents = (max: number) => fc.integer({ min: 1, max });
  const random = fc.record({ time: extents(3), b: extents(3), m: extents(30), n: extents(36), k: extents(36) });
  const given = [
    { time: 2, b: 2, m: 25, n: 33, k: 1025 },
    { time: 3, b: 1, m: 16, n: 32, k: 513 },
    { time: 0, b: 2, m: 3, n: 4, k: 5 },
    { time: 1, b: 0, m: 3, n: 17, k: 5 },
    { time: 2, b: 1, m: 8, n: 16, k: 64 },
  ];
  await expectExact(made, random, given, 20);
});

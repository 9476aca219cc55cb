/** What is read without a copy, in odd ways and one upon another; reductions over all axes; sizes one after the other. */
import { test } from "vitest";
import {
  add,
  argMax,
  cast,
  concat,
  expand,
  gather,
  input,
  max,
  min,
  minus,
  mul,
  pad,
  program,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceSum,
  reshape,
  slice,
  squeeze,
  sub,
  swapLastAxes,
  type Tensor,
  times,
  transpose,
  unsqueeze,
  where,
} from "../../graph/index.ts";
import { expectExact } from "./exact.test-helper.ts";
import { cRuntime } from "./node.ts";

const runtime = await cRuntime();

/** Larger, smaller, larger, with nothing in between. */
const sizes = [
  { m: 3, n: 5 },
  { m: 1, n: 1 },
  { m: 6, n: 17 },
  { m: 0, n: 4 },
  { m: 2, n: 0 },
  { m: 4, n: 2 },
];

const x = input("x", ["m+2", 7, "n"]);
const y = input("y", ["m", "n"]);
const k = input("k", ["m", 4], "int");
const c = input("c", ["m", 4], "bool");
const inputs = { x, y, k, c };
const reversed = (tensor: Tensor, axis: number) => slice(tensor, { axis, stride: -1 });

/** Parts of x, along each axis, and of what isn't without gaps itself. */
const parts: Readonly<Record<string, Tensor>> = {
  backwards: slice(x, { axis: 1, start: 5, end: 0, stride: -2 }),
  everyThird: slice(x, { axis: 1, start: 6, stride: -3 }),
  everyOther: slice(x, { axis: 1, start: 1, stride: 2 }),
  fromEnd: slice(x, { axis: 1, start: -3 }),
  beyond: slice(x, { axis: 1, start: -100, end: 100, stride: 4 }),
  openEnd: slice(x, { axis: 0, start: 1, end: minus("m+2", 1) }),
  openStart: slice(x, { axis: 0, start: "m", stride: -1 }),
  openBoth: slice(x, { axis: 0, start: "m", end: "m+2" }),
  reversedOpen: reversed(reversed(x, 0), 2),
  ofPart: slice(slice(reversed(x, 1), { axis: 1, start: 1, stride: 2 }), { axis: 0, start: 2 }),
  ofTurned: slice(transpose(x, [2, 0, 1]), { axis: 2, start: 4, end: 1, stride: -1 }),
  ofRepeated: slice(expand(unsqueeze(y, [1]), ["m", 7, "n"]), { axis: 1, start: 5, stride: -2 }),
  nothing: slice(x, { axis: 1, start: 3, end: 3 }),
  oneRow: squeeze(slice(x, { axis: 1, start: 3, end: 4 }), [1]),
};

test("parts, as they are and as operands of others", async () => {
  const outputs: Record<string, Tensor> = {};
  for (const [name, part] of Object.entries(parts)) {
    outputs[name] = part;
    outputs[`${name}, doubled`] = add(part, part);
    outputs[`${name}, turned and flat`] = reshape(transpose(part, part.shape.map((_, axis) => axis).reverse()), [
      part.shape.reduce((product, extent) => times(product, extent)),
    ]);
  }
  const { everyOther, backwards, ofRepeated, oneRow, openEnd } = parts as Record<string, Tensor>;
  outputs.together = concat([everyOther!, backwards!, slice(x, { axis: 1, end: 1 })], 1);
  outputs.against = mul(slice(everyOther!, { axis: 0, start: 2 }), slice(ofRepeated!, { axis: 1, end: 3 }));
  outputs.rows = sub(oneRow!, slice(oneRow!, { axis: 0, end: 1 }));
  outputs.columns = max(openEnd!, unsqueeze(y, [1]));
  await expectExact(runtime, program("parts", inputs, outputs), sizes.slice(0, 4).concat({ m: 3, n: 2 }));
});

test("pieces put together, with edges added and cut off", async () => {
  const turned = swapLastAxes(x);
  const outputs = {
    first: concat([y, slice(y, { axis: 0, stride: -1 }), slice(oneOf(2), { axis: 0, start: 1 })], 0),
    last: concat([reversed(y, 1), y, expand(slice(y, { axis: 1, end: 1 }), ["m", 3])], 1),
    middle: concat([slice(turned, { axis: 2, start: 5, stride: -2 }), turned, reversed(turned, 2)], 2),
    integers: concat([k, slice(k, { axis: 1, stride: -1 }), slice(k, { axis: 1, start: 1, end: 3 })], 1),
    booleans: concat([c, slice(c, { axis: 0, stride: -1 }), c], 0),
    ofConcat: reduceSum(reversed(concat([y, y], 1), 1), { axes: [0] }),
    padded: pad(y, { axis: 0, before: 2, after: 1, value: -3 }),
    cut: pad(x, { axis: 0, before: -1, after: -1 }),
    moved: pad(x, { axis: 1, before: -3, after: 3, value: 0.5 }),
    back: pad(x, { axis: 1, before: 4, after: -6 }),
    cutTurned: pad(transpose(x, [2, 1, 0]), { axis: 1, before: -2, after: -4 }),
    cutPart: pad(slice(x, { axis: 1, start: 6, stride: -2 }), { axis: 1, before: -1, after: 2, value: 7 }),
    open: pad(y, { axis: 1, before: "m", after: minus(0, "m") }),
    twice: pad(pad(y, { axis: 0, before: 1 }), { axis: 0, after: -1 }),
    inner: pad(expand(unsqueeze(y, [2]), ["m", "n", 2]), { axis: 1, before: 1, after: 1, value: 1 }),
  };
  await expectExact(runtime, program("pieces", inputs, outputs), [
    { m: 3, n: 5 },
    { m: 1, n: 2 },
    { m: 6, n: 17 },
    { m: 2, n: 1 },
  ]);
  function oneOf(first: number): Tensor {
    return squeeze(slice(x, { axis: 1, start: first, end: first + 1 }), [1]);
  }
});

test("what is repeated, turned and laid out anew", async () => {
  const cube = expand(unsqueeze(y, [1]), ["m", 3, "n"]);
  const outputs = {
    sum: reduceSum(cube, { axes: [1] }),
    sumAll: reduceSum(expand(unsqueeze(y, [0, 3]), [2, "m", "n", 3])),
    maxOfRepeated: reduceMax(expand(slice(y, { axis: 0, end: 1 }), ["m", "n"]), { axes: [1] }),
    flat: reshape(cube, ["3*m*n"]),
    turnedFlat: reshape(transpose(cube, [2, 1, 0]), ["3*m*n"]),
    flatTurned: swapLastAxes(reshape(reversed(x, 0), ["m+2", "7*n"])),
    thereAndBack: transpose(transpose(x, [2, 0, 1]), [1, 2, 0]),
    grid: reshape(swapLastAxes(reshape(x, ["m+2", "7*n"])), ["7*n", "m+2", 1]),
    rows: gather(reversed(x, 1), cast(slice(k, { axis: 1, end: 0, start: 3, stride: -1 }), "int"), 1),
    wide: gather(swapLastAxes(x), slice(k, { axis: 0, stride: -1 }), -1),
    largest: argMax(transpose(x, [1, 2, 0]), 0),
    chosen: where(transpose(c, [1, 0]), transpose(k, [1, 0]), 0),
    truth: add(cast(reversed(c, 1), "int"), k),
  };
  await expectExact(runtime, program("layouts", inputs, outputs), sizes.slice(0, 3).concat({ m: 4, n: 2 }));
});

test("reductions over every set of axes, of arrays and of views", async () => {
  const a = input("a", ["m", 3, "n"]);
  const whole = input("whole", ["n", "m"], "int");
  const truth = input("truth", ["n", "m"], "bool");
  const outputs: Record<string, Tensor> = {};
  const sets = (rank: number) =>
    Array.from({ length: 2 ** rank - 1 }, (_, set) =>
      [...Array(rank).keys()].filter((axis) => ((set + 1) >> axis) & 1),
    );
  for (const axes of sets(3)) {
    outputs[`sum ${axes}`] = reduceSum(a, { axes });
    outputs[`max ${axes}`] = reduceMax(a, { axes, keepDimensions: true });
    outputs[`mean, turned, ${axes}`] = reduceMean(transpose(a, [2, 0, 1]), { axes });
    outputs[`min, reversed, ${axes}`] = reduceMin(reversed(slice(a, { axis: 1, start: 1 }), 2), { axes });
    outputs[`sum, repeated, ${axes}`] = reduceSum(expand(unsqueeze(whole, [1]), ["n", 2, "m"]), { axes });
  }
  for (const axes of sets(2)) {
    outputs[`max of integers ${axes}`] = reduceMax(swapLastAxes(whole), { axes });
    outputs[`min of integers ${axes}`] = reduceMin(reversed(whole, 0), { axes });
    outputs[`any ${axes}`] = reduceMax(truth, { axes });
    outputs[`all ${axes}`] = reduceMin(swapLastAxes(truth), { axes, keepDimensions: true });
  }
  await expectExact(runtime, program("reductions", { a, whole, truth }, outputs), [
    { m: 3, n: 5 },
    { m: 1, n: 1 },
    { m: 4, n: 17 },
    { m: 2, n: 33 },
  ]);
});

test("reductions of nothing: 0, infinities, no number", async () => {
  const outputs = {
    sum: reduceSum(y, { axes: [0] }),
    max: reduceMax(y, { axes: [0] }),
    min: reduceMin(y, { axes: [1] }),
    mean: reduceMean(y, { axes: [0] }),
    all: reduceSum(y),
    least: min(reduceMin(y), 5),
  };
  await expectExact(runtime, program("nothing", inputs, outputs), [
    { m: 0, n: 3 },
    { m: 2, n: 0 },
    { m: 0, n: 0 },
    { m: 2, n: 3 },
  ]);
});

/** Functions of one number and of two over the whole range of float32, and arithmetic of integers, against exact ones. */
import { describe, expect, test } from "vitest";
import * as graph from "../../graph/index.ts";
import { type DType, input, type NDArray, ndarray, program, scalar, type Tensor } from "../../graph/index.ts";
import { compileReference } from "../reference/reference.ts";
import { cRuntime } from "./node.ts";

const runtime = await cRuntime();

type Named = Readonly<Record<string, Tensor>>;

/** What both runtimes make of the same inputs. */
async function both(inputs: Named, outputs: Named, given: Readonly<Record<string, NDArray>>) {
  const made = program("values", inputs, outputs);
  await using executable = await runtime.compile(made);
  return { received: await executable.run(given), wanted: compileReference(made).run(given) };
}

const specials = [
  0,
  -0,
  Infinity,
  -Infinity,
  NaN,
  1,
  -1,
  0.5,
  -2.5,
  2 ** -149,
  -(2 ** -149),
  2 ** -126,
  3.4e38,
  -3.4e38,
];

/** Where functions or what computes them change: the two forms of tanh, the ends of exponentials, sigmoids, logarithms. */
const turns = [
  ...[0.625, -0.625, 9.01, -9.01, 17.33, -17.33, 44.36, 88.722839, -88.722839, 89, -87.33655, -103.972, -104],
  ...[1, Math.SQRT1_2, Math.SQRT2, Math.PI / 2, Math.PI, 100, -100],
];

const bitsOf = (x: number) => new Int32Array(Float32Array.of(x).buffer)[0]!;

/** Numbers from every part of float32 by the pattern of their bits, 200 around each turn, −20 … 20, and the special ones. */
function everywhere(): Float32Array {
  const bits = Array.from({ length: Math.floor(2 ** 32 / 40_009) }, (_, k) => Math.imul(k, 40_009));
  const near = turns.flatMap((x) => Array.from({ length: 200 }, (_, k) => bitsOf(x) + k - 100));
  const usual = Array.from({ length: 20_001 }, (_, k) => (k - 10_000) / 500);
  return Float32Array.from([...fromBits([...bits, ...near]), ...usual, ...specials]);
}
const fromBits = (bits: readonly number[]) => new Float32Array(Int32Array.from(bits).buffer);

/** How wrong a float32 is, in units of its last place: of subnormal numbers below 2⁻¹²⁶. Infinity counts as 2¹²⁸. */
function error(received: number, exact: number): number {
  if (Object.is(received, exact) || received === Math.fround(exact)) return 0;
  const finite = (x: number) => Math.sign(x) * Math.min(Math.abs(x), 2 ** 128);
  const exponent = Math.min(Math.max(Math.floor(Math.log2(Math.abs(exact))), -126), 127);
  // NaN for one that isn't a number: more than any bound.
  return Math.abs(finite(received) - finite(exact)) / 2 ** (exponent - 23);
}

const x = input("x", ["n"]);
const logistic = (value: number) => 1 / (1 + Math.exp(-value));
const softplusOf = (value: number) => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));
/** The largest error of each. That of its own functions is documented; libraries of C are at least as good. */
const functions: readonly [string, (x: Tensor) => Tensor, (x: number) => number, number][] = [
  ["exp", graph.exp, Math.exp, 3],
  ["log", graph.log, Math.log, 3],
  ["tanh", graph.tanh, Math.tanh, 3],
  ["sin", graph.sin, Math.sin, 2],
  ["cos", graph.cos, Math.cos, 2],
  ["sqrt", graph.sqrt, Math.sqrt, 0],
  ["reciprocal", graph.reciprocal, (value) => 1 / value, 0],
];

describe("functions of one number", async () => {
  const data = everywhere();
  const outputs = Object.fromEntries(functions.map(([name, f]) => [name, f(x)]));
  const more = { sigmoid: graph.sigmoid(x), softplus: graph.softplus(x) };
  await using executable = await runtime.compile(program("functions", { x }, { ...outputs, ...more }));
  const received = await executable.run({ x: ndarray(data, [data.length]) });

  /** Arguments for which a result isn't as wanted. */
  const wrong = (name: string, isGood: (received: number, argument: number) => boolean) =>
    Array.from(data).flatMap((argument, k) => {
      const value = received[name]!.data[k]!;
      return isGood(value, argument) ? [] : [`${name}(${argument}) is ${value}`];
    });

  test.each(functions)("%s", (name, _, exact, units) => {
    expect(wrong(name, (value, argument) => error(value, exact(argument)) <= units)).toEqual([]);
  });

  test("sigmoid, exact but for results below the normal numbers", () => {
    const isGood = (value: number, argument: number) => {
      const exact = logistic(argument);
      return error(value, exact) <= 3 || Math.abs(value - exact) < 2 ** -126;
    };
    expect(wrong("sigmoid", isGood)).toEqual([]);
  });

  test("softplus, up to the last place of 1", () => {
    const isGood = (value: number, argument: number) => {
      const exact = softplusOf(argument);
      return error(value, exact) <= 3 || Math.abs(value - exact) <= 2 ** -23;
    };
    expect(wrong("softplus", isGood)).toEqual([]);
  });
});

/** All pairs of some numbers. */
function pairs(left: readonly number[], right: readonly number[]) {
  return {
    a: left.flatMap((value) => right.map(() => value)),
    b: left.flatMap(() => [...right]),
  };
}

test("powers", async () => {
  const bases = [...specials, ...Array.from({ length: 60 }, (_, k) => 1.37 ** (k - 30)), -2, -3, -0.7, 1.0000001];
  const exponents = [...specials, 2, -2, 3, -3, 1 / 3, 10, -10.5, 31, 32, 33, 127, 128, -149, -150, 16777216];
  const { a, b } = pairs(bases, exponents);
  const [p, q] = [input("a", ["n"]), input("b", ["n"])];
  await using executable = await runtime.compile(program("powers", { a: p, b: q }, { y: graph.pow(p, q) }));
  const [left, right] = [Float32Array.from(a), Float32Array.from(b)];
  const { y } = await executable.run({ a: ndarray(left, [a.length]), b: ndarray(right, [b.length]) });
  const wrong = [...left].flatMap((base, k) => {
    const exponent = right[k]!;
    // JavaScript alone has no number here: IEEE 754 has 1.
    const isOne = base === 1 || (base === -1 && Math.abs(exponent) === Infinity);
    const exact = isOne ? 1 : base ** exponent;
    return error(y!.data[k]!, exact) <= 2 ? [] : [`${base} to the ${exponent} is ${y!.data[k]}, expected ${exact}`];
  });
  expect(wrong).toEqual([]);
});

/** Results in float32, all zeros alike. */
const values = (arrays: Readonly<Record<string, NDArray>>) =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, { data }]) => [name, Array.from(data, (value) => Math.fround(value) + 0)]),
  );

test("what isn't a number, and infinities, as the reference has them", async () => {
  const { a, b } = pairs(specials, specials);
  const [p, q] = [input("a", ["n"]), input("b", ["n"])];
  const { received, wanted } = await both(
    { a: p, b: q },
    {
      max: graph.max(p, q),
      min: graph.min(p, q),
      difference: graph.sub(p, q),
      quotient: graph.div(p, q),
      greater: graph.greater(p, q),
      greaterOrEqual: graph.greaterOrEqual(p, q),
      less: graph.less(p, q),
      lessOrEqual: graph.lessOrEqual(p, q),
      equal: graph.equal(p, q),
      chosen: graph.where(graph.less(p, q), p, q),
      bool: graph.cast(p, "bool"),
      neg: graph.neg(p),
      abs: graph.abs(p),
      sign: graph.sign(p),
      floor: graph.floor(p),
      relu: graph.relu(p),
      clip: graph.clip(p, -0.75, 0.5),
      atLeast: graph.clip(p, -1, Infinity),
      hardSigmoid: graph.hardSigmoid(p),
    },
    {
      a: ndarray(Float32Array.from(a), [a.length]),
      b: ndarray(Float32Array.from(b), [b.length]),
    },
  );
  expect(values(received)).toEqual(values(wanted));
});

test("rows with infinities and what isn't a number, reduced and as softmax, as the reference has them", async () => {
  const rows = [
    [NaN, 1, 2],
    [1, 2, NaN],
    [Infinity, 1, NaN],
    [-Infinity, 0, -Infinity],
    [Infinity, -Infinity, 3],
    [Infinity, Infinity, 0],
    [-Infinity, -Infinity, -Infinity],
    [1e38, -1e38, 0],
    [-0, 0, -0],
  ].flatMap((row) => [...row, ...row.toReversed()]);
  const p = input("p", ["n", 3]);
  const q = graph.swapLastAxes(p);
  const { received, wanted } = await both(
    { p },
    {
      max: graph.reduceMax(p, { axes: [1] }),
      min: graph.reduceMin(p, { axes: [1] }),
      maxOfColumns: graph.reduceMax(q, { axes: [0] }),
      sum: graph.reduceSum(p, { axes: [1] }),
      mean: graph.reduceMean(q, { axes: [0] }),
      largest: graph.argMax(p),
      softmax: graph.floor(graph.add(graph.softmax(p), 0.5)),
      softmaxOfColumns: graph.floor(graph.add(graph.softmax(q, 0), 0.5)),
      logSoftmax: graph.floor(graph.add(graph.max(graph.logSoftmax(p), -1e30), 0.5)),
    },
    { p: ndarray(Float32Array.from(rows), [rows.length / 3, 3]) },
  );
  expect(values(received)).toEqual(values(wanted));
});

test("integers wrap around at 32 bits, in the reference too", async () => {
  const limits = [2 ** 31 - 1, -(2 ** 31), 2 ** 30, -(2 ** 30) - 1, 65_536, -65_537, 46_341, 123_456_789];
  const { a, b } = pairs([...limits, 0, 1, -1, 2, -7, 10], [...limits, 0, 1, -1, 2, -7, 10]);
  const [p, q] = [input("a", ["n"], "int"), input("b", ["n"], "int")];
  const operations: Record<string, [Tensor, (a: bigint, b: bigint) => bigint]> = {
    sum: [graph.add(p, q), (a, b) => a + b],
    difference: [graph.sub(p, q), (a, b) => a - b],
    product: [graph.mul(p, q), (a, b) => a * b],
    // Without its fraction; by 0 it is 0, as the reference has it.
    quotient: [graph.div(p, q), (a, b) => (b === 0n ? 0n : a / b)],
    max: [graph.max(p, q), (a, b) => (a > b ? a : b)],
    min: [graph.min(p, q), (a, b) => (a < b ? a : b)],
    neg: [graph.neg(p), (a) => -a],
    abs: [graph.abs(p), (a) => (a < 0n ? -a : a)],
    sign: [graph.sign(p), (a) => (a > 0n ? 1n : a < 0n ? -1n : 0n)],
    clip: [graph.clip(p, -5, Infinity), (a) => (a < -5n ? -5n : a)],
    below: [graph.clip(p, -Infinity, 70_000), (a) => (a > 70_000n ? 70_000n : a)],
    less: [graph.less(p, q), (a, b) => (a < b ? 1n : 0n)],
    equal: [graph.equal(p, q), (a, b) => (a === b ? 1n : 0n)],
    chosen: [graph.where(graph.less(p, q), p, q), (a, b) => (a < b ? a : b)],
  };
  const outputs = Object.fromEntries(Object.entries(operations).map(([name, [tensor]]) => [name, tensor]));
  const made = program("integers", { a: p, b: q }, outputs);
  await using executable = await runtime.compile(made);
  const [left, right] = [Int32Array.from(a), Int32Array.from(b)];
  const inputs = { a: ndarray(left, [a.length]), b: ndarray(right, [b.length]) };
  for (const received of [await executable.run(inputs), compileReference(made).run(inputs)]) {
    for (const [name, [, exact]] of Object.entries(operations)) {
      const wanted = Array.from(left, (value, k) => Number(BigInt.asIntN(32, exact(BigInt(value), BigInt(right[k]!)))));
      expect({ [name]: [...received[name]!.data] }).toEqual({ [name]: wanted });
    }
  }
});

test("powers of integers, fractions cut off", async () => {
  const all = [0, 1, 2, 3, 5, 30, 31, -1, -2, -3];
  const { a, b } = pairs([...all, 10, -7, 46_341, -65_536], all);
  // Exact as numbers of 53 bits.
  const exact = a.flatMap((_, k) => (Math.abs(a[k]! ** b[k]!) <= 2 ** 53 || b[k]! < 0 ? [k] : []));
  const [p, q] = [input("a", ["n"], "int"), input("b", ["n"], "int")];
  const given = (values: readonly number[]) =>
    ndarray(
      Int32Array.from(exact, (k) => values[k]!),
      [exact.length],
    );
  const { received, wanted } = await both({ a: p, b: q }, { y: graph.pow(p, q) }, { a: given(a), b: given(b) });
  expect(values(received)).toEqual(values(wanted));
  expect(exact.length).toBeGreaterThan(100);
});

test("conversions between types", async () => {
  const [p, k, c] = [input("p", ["n"]), input("k", ["n"], "int"), input("c", ["n"], "bool")];
  const types: readonly DType[] = ["float", "int", "bool"];
  const outputs = Object.fromEntries(
    Object.entries({ p, k, c }).flatMap(([name, from]) =>
      types.map((to) => [`${name} as ${to}`, graph.cast(from, to)]),
    ),
  );
  const { received, wanted } = await both({ p, k, c }, outputs, {
    p: ndarray(Float32Array.of(0, -0, 0.99, -0.99, 2.5, -2.5, 1e-40, 2147483520, -2147483648), [9]),
    k: ndarray(Int32Array.of(0, 1, -1, 16_777_217, -16_777_219, 2 ** 31 - 1, -(2 ** 31), 256, 65_536), [9]),
    c: ndarray(Uint8Array.of(0, 1, 1, 0, 1, 0, 0, 1, 1), [9]),
  });
  expect(values(received)).toEqual(values(wanted));
});

test("constants as operands, negative ones and those that aren't numbers", async () => {
  const k = input("k", ["n"], "int");
  const { add, sub, mul, div, max, min, pow, less, equal, abs, neg, sign, where } = graph;
  const outputs: Record<string, Tensor> = {};
  const onBothSides = (f: (a: Tensor, b: Tensor) => Tensor, name: string, tensor: Tensor, value: number) => {
    const c = scalar(value, tensor.dtype);
    outputs[`${name}(${value}, ${tensor.dtype})`] = f(c, tensor);
    outputs[`${name}(${tensor.dtype}, ${value})`] = f(tensor, c);
  };
  for (const value of [-2.5, 0.3, 1e-30, -Infinity, NaN, 4_000_000_000]) {
    for (const [name, f] of [...functions, ["abs", abs] as const, ["neg", neg] as const]) {
      outputs[`${name}(${value})`] = where(equal(x, x), f(scalar(value)), x);
    }
    for (const [name, f] of Object.entries({ add, sub, mul, div, max, min, pow, less, equal })) {
      onBothSides(f, name, x, value);
    }
  }
  for (const value of [-(2 ** 31), -3, 2]) {
    for (const [name, f] of Object.entries({ abs, neg, sign })) {
      outputs[`${name}(${value})`] = where(equal(k, k), f(scalar(value, "int")), k);
    }
    for (const [name, f] of Object.entries({ add, sub, mul, div, max, min })) onBothSides(f, name, k, value);
  }
  const { received, wanted } = await both({ x, k }, outputs, {
    x: ndarray(Float32Array.of(-1.5, 0, 0.75, 3), [4]),
    k: ndarray(Int32Array.of(-3, 0, 1, 7), [4]),
  });
  for (const [name, { data }] of Object.entries(wanted)) {
    data.forEach((value, at) => {
      const got = received[name]!.data[at]!;
      expect(error(got, value) <= 3, `${name}: ${got}, expected ${value}`).toBe(true);
    });
  }
});

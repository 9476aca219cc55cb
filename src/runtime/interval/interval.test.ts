import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inputsOf, operatorTable, valuesFor } from "../../../tests/operator-table.ts";
import { generator, gradientProgram, randomProgram } from "../../../tests/random-graph.ts";
import * as graph from "../../graph/index.ts";
import { type Interval, input, type NDArray, program, type Tensor } from "../../graph/index.ts";
import { compileReference } from "../reference/reference.ts";
import { randomBoxes, randomPoint } from "./boxes.test-helper.ts";
import { runFloat32 } from "./float32.test-helper.ts";
import { type Boxes, compileInterval } from "./interval.ts";

function expectInside(values: Readonly<Record<string, NDArray>>, bounds: Boxes, words: string): void {
  for (const [name, { lower, upper }] of Object.entries(bounds)) {
    const { dtype, shape, data } = values[name]!;
    expect([lower.dtype, upper.dtype]).toEqual([dtype, dtype]);
    expect([lower.shape, upper.shape]).toEqual([shape, shape]);
    for (let k = 0; k < data.length; k++) {
      const [low, value, high] = [lower.data[k]!, data[k]!, upper.data[k]!];
      // No number is only allowed where nothing is known.
      const isInside = Number.isNaN(value) ? low === -Infinity && high === Infinity : low <= value && value <= high;
      if (!isInside) expect.fail(`${words}: ${name}[${k}] is ${value}, outside ${low} … ${high}`);
    }
  }
}

/** Random points and corners of a box, in float64 and in float32 with sums in random order. */
function checkPoints(compiled: graph.Program, boxes: Boxes, random: () => number, points = 6): void {
  const bounds = compileInterval(compiled).run(boxes);
  const exact = compileReference(compiled);
  for (let k = 0; k < points; k++) {
    const point = randomPoint(boxes, random, k % 3 === 0 ? "corner" : "anywhere");
    expectInside(exact.run(point), bounds, "float64");
    for (let order = 0; order < 2; order++) expectInside(runFloat32(compiled, point, random), bounds, "float32");
  }
}

describe("bounds hold at every point, in float64 and in float32 with sums in any order", () => {
  for (const one of operatorTable) {
    test(one.name, () => {
      const tensors = inputsOf(one);
      const named = Object.fromEntries(tensors.map((tensor, k) => [`x${k}`, tensor]));
      const compiled = program("one", named, { y: one.build(...tensors) });
      for (let seed = 0; seed < 10; seed++) {
        const random = generator(seed);
        const centre = Object.fromEntries(
          one.operands.map((operand, k) => [`x${k}`, valuesFor(operand, 10 * seed + k)]),
        );
        checkPoints(compiled, randomBoxes(centre, random, [0, 1e-6, 0.05, 0.4, 3][seed % 5]!), random);
      }
    });
  }

  test("hard sigmoids whose slope and offset aren't float32 numbers", () => {
    const x = input("x", [200]);
    const compiled = program("hard", { x }, { y: graph.hardSigmoid(x, 0.1, 0.3), z: graph.hardSigmoid(x, 0.7, 1e-9) });
    const random = generator(7);
    const data = Float64Array.from({ length: 200 }, () => Math.fround(2 * random() - 1));
    const array: NDArray = { dtype: "float", shape: [200], data };
    checkPoints(compiled, { x: { lower: array, upper: array } }, random);
  });

  test("random programs", () => {
    fc.assert(
      fc.property(randomProgram(), fc.nat(), fc.constantFrom(0, 1e-5, 0.01, 0.2, 2), (made, seed, radius) => {
        const random = generator(seed);
        checkPoints(made.program, randomBoxes(made.inputs, random, radius), random, 4);
      }),
      { seed: 31, numRuns: 150 },
    );
  });

  test("derivatives of random programs", () => {
    fc.assert(
      fc.property(randomProgram({ size: 6 }), fc.nat(), fc.constantFrom(0, 0.01, 0.2), (made, seed, radius) => {
        const random = generator(seed);
        checkPoints(gradientProgram(made), randomBoxes(made.inputs, random, radius), random, 2);
      }),
      { seed: 32, numRuns: 60 },
    );
  });

  test("numbers of every magnitude, where results overflow, underflow or are no numbers", () => {
    const x = input("x", [6]);
    const y = input("y", [6]);
    const functions: Record<string, Tensor> = {
      add: graph.add(x, y),
      sub: graph.sub(x, y),
      mul: graph.mul(x, y),
      div: graph.div(x, y),
      pow: graph.pow(x, y),
      square: graph.pow(x, 2),
      log: graph.log(x),
      sqrt: graph.sqrt(x),
      exp: graph.exp(x),
      tanh: graph.tanh(x),
      softplus: graph.softplus(x),
      reciprocal: graph.reciprocal(x),
      hardSigmoid: graph.hardSigmoid(x),
      sin: graph.sin(x),
      softmax: graph.softmax(x),
      logSoftmax: graph.logSoftmax(x),
      sum: graph.reduceSum(x),
      mean: graph.reduceMean(x),
      product: graph.matmul(graph.reshape(x, [1, 6]), graph.reshape(y, [6, 1])),
      nested: graph.tanh(graph.sub(graph.exp(x), graph.exp(y))),
      compared: graph.greater(graph.div(x, y), graph.mul(x, y)),
    };
    const compiled = program("magnitudes", { x, y }, functions);
    const magnitude = fc.tuple(
      fc.integer({ min: -140, max: 127 }),
      fc.constantFrom(-1, 1),
      fc.double({ min: 1, max: 2, noNaN: true }),
    );
    const number = fc.oneof(
      magnitude.map(([exponent, sign, size]) => Math.fround(sign * size * 2 ** exponent)),
      fc.constantFrom(0, 1, -1, 3.4028234663852886e38, -3.4028234663852886e38, 2 ** -149),
    );
    const ends = fc
      .tuple(number, fc.oneof(number, fc.constant(undefined)))
      .map(([a, b = a]) => [Math.min(a, b), Math.max(a, b)] as const);
    const six = fc.array(ends, { minLength: 6, maxLength: 6 });
    const boxOf = (pairs: readonly (readonly [number, number])[]): Interval => ({
      lower: { dtype: "float", shape: [6], data: Float64Array.from(pairs, ([low]) => low) },
      upper: { dtype: "float", shape: [6], data: Float64Array.from(pairs, ([, high]) => high) },
    });
    fc.assert(
      fc.property(six, six, fc.nat(), (a, b, seed) => {
        const random = generator(seed);
        const boxes = { x: boxOf(a), y: boxOf(b) };
        const bounds = compileInterval(compiled).run(boxes);
        for (let k = 0; k < 4; k++) {
          const point = randomPoint(boxes, random, k % 2 === 0 ? "corner" : "anywhere");
          expectInside(runFloat32(compiled, point, random), bounds, "float32");
          expectInside(compileReference(compiled).run(point), bounds, "float64");
        }
      }),
      { seed: 33, numRuns: 250 },
    );
  });
});

describe("bounds say something", () => {
  const degenerate = (data: Float64Array, shape = [data.length]): Interval => {
    const array: NDArray = { dtype: "float", shape, data };
    return { lower: array, upper: array };
  };
  const values = Float64Array.from({ length: 41 }, (_, k) => Math.fround((k - 20) / 7));

  /** Largest width of the bounds, in units of the last place of a float32. */
  const ulps = ({ lower, upper }: Interval) =>
    Math.max(
      ...Array.from(lower.data, (low, k) => (upper.data[k]! - low) / (2 ** -23 * Math.max(Math.abs(low), 2 ** -126))),
    );

  test("known operands give bounds of a few units in the last place", () => {
    const x = input("x", [41]);
    const outputs = {
      add: graph.add(graph.abs(x), 0.7),
      mul: graph.mul(x, 0.7),
      div: graph.div(0.7, x),
      relu: graph.relu(x),
      abs: graph.abs(x),
      max: graph.max(x, 0.25),
      clip: graph.clip(x, -1, 0.5),
      where: graph.where(graph.greater(x, 0), x, graph.neg(x)),
      sqrt: graph.sqrt(graph.abs(x)),
    };
    const bounds = compileInterval(program("known", { x }, outputs)).run({ x: degenerate(values) });
    for (const exact of ["relu", "abs", "max", "clip", "where"]) expect(ulps(bounds[exact]!), exact).toBe(0);
    // Constants are known as float64 and as float32.
    for (const rounded of ["add", "mul", "sqrt"]) expect(ulps(bounds[rounded]!), rounded).toBeLessThan(6);
    expect(bounds.div!.lower.data[20]).toBe(-Infinity);
  });

  test("functions: within four times the approximation that engines are granted", () => {
    const x = input("x", [41]);
    const functions = { tanh: Math.tanh, exp: Math.exp, sin: Math.sin, cos: Math.cos } as const;
    const outputs = { tanh: graph.tanh(x), exp: graph.exp(x), sin: graph.sin(x), cos: graph.cos(x) };
    const bounds = compileInterval(program("functions", { x }, outputs)).run({ x: degenerate(values) });
    for (const [name, f] of Object.entries(functions)) {
      values.forEach((value, k) => {
        const [low, high] = [bounds[name]!.lower.data[k]!, bounds[name]!.upper.data[k]!];
        expect(high - low, `${name} ${value}`).toBeLessThan(4 * 2 ** -20 * (1 + Math.abs(f(value))));
      });
    }
  });

  test("wide boxes: increasing functions reach from the value at one end to that at the other", () => {
    const x = input("x", [3]);
    const box: Interval = {
      lower: { dtype: "float", shape: [3], data: Float64Array.of(-2, -0.5, 1) },
      upper: { dtype: "float", shape: [3], data: Float64Array.of(-1, 0.75, 3) },
    };
    const functions = {
      tanh: Math.tanh,
      sigmoid: (v: number) => 1 / (1 + Math.exp(-v)),
      relu: (v: number) => Math.max(0, v),
    };
    const outputs = { tanh: graph.tanh(x), sigmoid: graph.sigmoid(x), relu: graph.relu(x) };
    const bounds = compileInterval(program("wide", { x }, outputs)).run({ x: box });
    for (const [name, f] of Object.entries(functions)) {
      for (let k = 0; k < 3; k++) {
        expect(Math.abs(bounds[name]!.lower.data[k]! - f(box.lower.data[k]!))).toBeLessThan(3e-6);
        expect(Math.abs(bounds[name]!.upper.data[k]! - f(box.upper.data[k]!))).toBeLessThan(3e-6);
      }
    }
  });

  test("by hand: a product over signs, a sum of products, a softmax, an index", () => {
    const x = input("x", [2]);
    const outputs = {
      product: graph.mul(x, graph.constant({ dtype: "float", shape: [2], data: Float64Array.of(-2, 3) })),
      matmul: graph.matmul(
        graph.reshape(x, [1, 2]),
        graph.constant({ dtype: "float", shape: [2, 1], data: Float64Array.of(1, -1) }),
      ),
      softmax: graph.softmax(x),
      argMax: graph.argMax(x),
      greater: graph.greater(x, 1.5),
      square: graph.pow(x, 2),
    };
    const bounds = compileInterval(program("hand", { x }, outputs)).run({
      x: {
        lower: { dtype: "float", shape: [2], data: Float64Array.of(-1, 2) },
        upper: { dtype: "float", shape: [2], data: Float64Array.of(1, 3) },
      },
    });
    const near = (name: string, lower: number[], upper: number[]) => {
      lower.forEach((value, k) => {
        expect(bounds[name]!.lower.data[k], `${name}[${k}]`).toBeCloseTo(value, 4);
      });
      upper.forEach((value, k) => {
        expect(bounds[name]!.upper.data[k], `${name}[${k}]`).toBeCloseTo(value, 4);
      });
    };
    near("product", [-2, 6], [2, 9]);
    near("matmul", [-4], [-1]);
    near("softmax", [1 / (1 + Math.exp(4)), 1 / (1 + Math.exp(-1))], [1 / (1 + Math.exp(1)), 1 / (1 + Math.exp(-4))]);
    near("argMax", [1], [1]);
    near("greater", [0, 1], [0, 1]);
    near("square", [0, 4], [1, 9]);
  });
});

describe("what may be no number has no bounds", () => {
  const box = (low: number, high: number): Interval => ({
    lower: { dtype: "float", shape: [], data: Float64Array.of(low) },
    upper: { dtype: "float", shape: [], data: Float64Array.of(high) },
  });
  const x = input("x", []);
  const ends = (build: (x: Tensor) => Tensor, low: number, high: number) => {
    const { y } = compileInterval(program("p", { x }, { y: build(x) })).run({ x: box(low, high) });
    return [y!.lower.data[0], y!.upper.data[0]];
  };
  const open = [-Infinity, Infinity];

  test("roots and logarithms of numbers that may be negative, 0/0, ∞ − ∞, sums that overflow on the way", () => {
    expect(ends(graph.sqrt, -1, 4)).toEqual(open);
    expect(ends(graph.log, -1, 4)).toEqual(open);
    expect(ends((v) => graph.div(v, v), 0, 1)).toEqual(open);
    expect(ends((v) => graph.sub(graph.exp(v), graph.exp(v)), 100, 101)).toEqual(open);
    expect(ends((v) => graph.reduceSum(graph.expand(v, [4])), -3e38, 3e38)).toEqual(open);
    expect(ends(graph.sin, 1, Infinity)).toEqual(open);
  });

  test("nothing that is computed from it has bounds, however it would be limited", () => {
    expect(ends((v) => graph.tanh(graph.sqrt(v)), -1, 4)).toEqual(open);
    expect(ends((v) => graph.clip(graph.log(v), 0, 1), -1, 4)).toEqual(open);
    expect(ends((v) => graph.greater(graph.sqrt(v), -1), -1, 4)).toEqual([0, 1]);
    expect(ends((v) => graph.sign(graph.div(v, v)), 0, 1)).toEqual(open);
    const inScan = (v: Tensor) =>
      graph.scan({ state: { h: v }, steps: 2, step: ({ h }) => ({ state: { h: graph.tanh(graph.sqrt(h)) } }) }).state.h;
    expect(ends(inScan, -1, 4)).toEqual(open);
  });

  test("infinities that are numbers keep their bounds, and a run doesn't taint the next", () => {
    expect(ends(graph.tanh, -Infinity, Infinity)[0]).toBeCloseTo(-1, 5);
    expect(ends((v) => graph.relu(v), -Infinity, 2)).toEqual([0, 2]);
    const stacked = graph.scan({
      state: { h: x },
      steps: 3,
      reverse: true,
      step: ({ h }) => ({ state: { h }, outputs: { y: graph.sqrt(h) } }),
    }).outputs.y;
    const compiled = compileInterval(program("p", { x }, { y: graph.tanh(stacked) }));
    expect(compiled.run({ x: box(-1, 1) }).y!.lower.data[0]).toBe(-Infinity);
    const again = compiled.run({ x: box(0.25, 1) }).y!;
    expect(again.lower.data[0]).toBeCloseTo(Math.tanh(0.5), 5);
    expect(again.upper.data[2]).toBeCloseTo(Math.tanh(1), 5);
    const constant = graph.add(x, graph.scalar(Number.NaN));
    expect(ends(() => graph.tanh(constant), 0, 1)).toEqual(open);
  });
});

describe("integers", () => {
  const i = input("i", [2], "int");
  const box = (lower: number[], upper: number[]): Interval => ({
    lower: { dtype: "int", shape: [2], data: Int32Array.from(lower) },
    upper: { dtype: "int", shape: [2], data: Int32Array.from(upper) },
  });
  const ends = (build: (i: Tensor) => Tensor, lower: number[], upper: number[]) => {
    const { y } = compileInterval(program("p", { i }, { y: build(i) })).run({ i: box(lower, upper) });
    return [[...y!.lower.data], [...y!.upper.data]];
  };

  test("are exact", () => {
    expect(ends((n) => graph.mul(n, -3), [2, -1], [5, 4])).toEqual([
      [-15, -12],
      [-6, 3],
    ]);
    expect(ends((n) => graph.add(n, 2 ** 25), [1, 1], [1, 3])).toEqual([
      [2 ** 25 + 1, 2 ** 25 + 1],
      [2 ** 25 + 1, 2 ** 25 + 3],
    ]);
    expect(ends((n) => graph.div(n, 2), [-5, 3], [5, 3])).toEqual([
      [-2, 1],
      [2, 1],
    ]);
    expect(ends((n) => graph.reduceSum(n), [2, -1], [5, 4])).toEqual([[1], [9]]);
    expect(ends((n) => graph.cast(n, "float"), [2 ** 24 + 1, 7], [2 ** 24 + 1, 7])).toEqual([
      [2 ** 24, 7],
      [2 ** 24 + 2, 7],
    ]);
  });

  test("that may leave 32 bits may be any", () => {
    expect(ends((n) => graph.mul(n, n), [0, 0], [50000, 2])).toEqual([
      [-(2 ** 31), 0],
      [2 ** 31 - 1, 4],
    ]);
  });

  test("an index that is known exactly chooses; another is refused", () => {
    const table = graph.constant({ dtype: "float", shape: [3], data: Float64Array.of(5, 6, 7) });
    expect(ends((n) => graph.gather(table, n), [2, 0], [2, 0])).toEqual([
      [7, 5],
      [7, 5],
    ]);
    expect(() => ends((n) => graph.gather(table, n), [1, 0], [2, 0])).toThrow(
      expect.objectContaining({ code: "unsupported" }),
    );
  });
});

test("bounds that aren't bounds are refused by name", () => {
  const x = input("x", ["n"]);
  const compiled = compileInterval(program("p", { x }, { y: graph.neg(x) }));
  const array = (...data: number[]): NDArray => ({
    dtype: "float",
    shape: [data.length],
    data: Float64Array.from(data),
  });
  const refused = (box: Interval, code: string, words: string) =>
    expect(() => compiled.run({ x: box })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) }),
    );
  refused({ lower: array(1, 2), upper: array(1, 1) }, "argument", "input x: element 1 lies between 2 and 1");
  refused({ lower: array(Number.NaN), upper: array(1) }, "argument", "NaN");
  refused({ lower: array(1), upper: array(Number.NaN) }, "argument", "NaN");
  refused({ lower: array(1, 2), upper: array(1) }, "shape", "[1]");
  refused({ lower: array(1), upper: { dtype: "int", shape: [1], data: Int32Array.of(1) } }, "argument", "received int");
  expect(() => compiled.run({})).toThrow(expect.objectContaining({ code: "argument" }));
});

test("bounds given in float64 hold for their float32 rounding", () => {
  const x = input("x", [2]);
  const box = { dtype: "float", shape: [2], data: Float64Array.of(0.1, 0.3) } as const;
  const { y } = compileInterval(program("p", { x }, { y: graph.abs(x) })).run({ x: { lower: box, upper: box } });
  for (let k = 0; k < 2; k++) {
    expect(y!.lower.data[k]).toBeLessThan(box.data[k]!);
    expect(y!.upper.data[k]).toBeGreaterThan(box.data[k]!);
    expect(y!.lower.data[k]).toBe(Math.fround(y!.lower.data[k]!));
    expect(y!.upper.data[k]! - y!.lower.data[k]!).toBeLessThan(2 ** -24);
  }
});

import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkDerivatives } from "../../tests/finite-differences.ts";
import { inputsOf, type OperatorCase, operatorTable, valuesFor } from "../../tests/operator-table.ts";
import { customGradients, generator, gradientProgram, randomProgram } from "../../tests/random-graph.ts";
import { compileReference } from "../runtime/reference/reference.ts";
import * as graph from "./index.ts";
import { gradient, input, type NDArray, type Program, program, type Tensor } from "./index.ts";
import type { Operator } from "./operator.ts";
import { Constant } from "./operators/constant.ts";

/** Numbers in −1 … 1. */
function numbers(shape: readonly number[], seed: number): NDArray {
  const random = generator(seed);
  const length = shape.reduce((a, b) => a * b, 1);
  return { dtype: "float", shape, data: Float64Array.from({ length }, () => random() * 2 - 1) };
}

const vector = (...values: number[]): NDArray => ({
  dtype: "float",
  shape: [values.length],
  data: Float64Array.from(values),
});

/** Σ of all elements, each with a weight of its own. */
function weighted(tensor: Tensor): Tensor {
  const x = tensor.dtype === "float" ? tensor : graph.cast(tensor, "float");
  const rank = x.shape.length;
  // Weights cos(1), cos(2), … along each numbered axis tell elements apart.
  return x.shape.reduceRight<Tensor>(
    (sum, extent, axis) => {
      const count = typeof extent === "number" ? extent : 0;
      const weights = Float64Array.from({ length: count }, (_, k) => Math.cos(1 + k + 3 * axis));
      const row = graph.constant({ dtype: "float", shape: [count], data: weights });
      const scaled =
        count > 0
          ? graph.mul(sum, graph.reshape(row, [count, ...new Array(sum.shape.length - 1 - axis).fill(1)]))
          : sum;
      return graph.reduceSum(scaled, { axes: [axis - rank + (rank - sum.shape.length)] });
    },
    graph.add(x, graph.mul(graph.mul(x, x), 0.25)),
  );
}

/** A program of a loss and its derivatives by the named inputs. */
function withDerivatives(inputs: Record<string, Tensor>, loss: Tensor, wrt: readonly string[]): Program {
  const derivatives = gradient(
    loss,
    wrt.map((name) => inputs[name]!),
  );
  return program("loss", inputs, { loss, ...Object.fromEntries(wrt.map((name, k) => [name, derivatives[k]!])) });
}

function prepared(one: OperatorCase) {
  const tensors = inputsOf(one);
  const named = Object.fromEntries(tensors.map((tensor, k) => [`x${k}`, tensor]));
  const values = Object.fromEntries(one.operands.map((operand, k) => [`x${k}`, valuesFor(operand, k)]));
  const wrt = Object.keys(named).filter((name) => named[name]!.dtype === "float");
  return { tensors, named, values, wrt };
}

describe("every operator against central differences", () => {
  for (const one of operatorTable.filter(({ derivative }) => derivative !== "custom")) {
    test(one.name, () => {
      const { tensors, named, values, wrt } = prepared(one);
      const made = one.build(...tensors);
      const compiled = withDerivatives(named, weighted(made), wrt);
      if (one.derivative !== "none") {
        expect(wrt.length).toBeGreaterThan(0);
        checkDerivatives(compiled, values, wrt);
        return;
      }
      const results = compileReference(compiled).run(values);
      for (const name of wrt) expect(results[name]!.data.every((x) => x === 0)).toBe(true);
    });
  }

  test("no operator of the library is missing", async () => {
    const covered = new Set<unknown>([Constant]);
    for (const one of operatorTable) {
      for (const node of graph.topologicalOrder([one.build(...inputsOf(one))])) {
        if (node.kind === "operator") covered.add(node.operator);
      }
    }
    const missing: string[] = [];
    for (const file of readdirSync(new URL("operators", import.meta.url))) {
      const exported: Record<string, unknown> = await import(new URL(`operators/${file}`, import.meta.url).href);
      for (const [name, value] of Object.entries(exported)) {
        const isOperator = typeof value === "object" && value !== null && "derivative" in (value as Operator);
        if (isOperator && !covered.has(value)) missing.push(name);
      }
    }
    expect(missing).toEqual([]);
  });
});

describe("rules at ties and kinks, by hand", () => {
  const derivativeOf = (f: (...x: Tensor[]) => Tensor, ...values: NDArray[]) => {
    const named = Object.fromEntries(values.map(({ shape }, k) => [`x${k}`, input(`x${k}`, shape)]));
    const loss = graph.reduceSum(f(...Object.values(named)));
    const results = compileReference(withDerivatives(named, loss, Object.keys(named))).run(
      Object.fromEntries(values.map((value, k) => [`x${k}`, value])),
    );
    return values.map((_, k) => [...results[`x${k}`]!.data]);
  };

  test("max and min give a tie to the first", () => {
    const a = vector(1, 2, 3);
    const b = vector(1, 3, 2);
    expect(derivativeOf((x, y) => graph.max(x!, y!), a, b)).toEqual([
      [1, 0, 1],
      [0, 1, 0],
    ]);
    expect(derivativeOf((x, y) => graph.min(x!, y!), a, b)).toEqual([
      [1, 1, 0],
      [0, 0, 1],
    ]);
  });

  test("reduceMax and reduceMin share evenly among equals", () => {
    expect(derivativeOf((x) => graph.reduceMax(x!), vector(1, 4, 4, 0))).toEqual([[0, 0.5, 0.5, 0]]);
    expect(derivativeOf((x) => graph.reduceMin(x!), vector(1, 4, 1, 1))).toEqual([[1 / 3, 0, 1 / 3, 1 / 3]]);
  });

  test("relu 0 at 0, abs 0 at 0, clip 1 at its limits, hard sigmoid 0 at its ends", () => {
    expect(derivativeOf((x) => graph.relu(x!), vector(-1, 0, 1))).toEqual([[0, 0, 1]]);
    expect(derivativeOf((x) => graph.abs(x!), vector(-2, 0, 1))).toEqual([[-1, 0, 1]]);
    expect(derivativeOf((x) => graph.clip(x!, -1, 1), vector(-1.5, -1, 0, 1, 1.5))).toEqual([[0, 1, 1, 1, 0]]);
    expect(derivativeOf((x) => graph.hardSigmoid(x!), vector(-2, -1, 0, 1, 2))).toEqual([[0, 0, 0.5, 0, 0]]);
  });

  test("pow: no logarithm of a base that isn't positive", () => {
    // 2·(−3)¹, 3·0², 1·4⁰; ∂/∂b: 0, 0, 4 ln 4.
    const [byBase, byExponent] = derivativeOf((a, b) => graph.pow(a!, b!), vector(-3, 0, 4), vector(2, 3, 1));
    expect(byBase).toEqual([-6, 0, 1]);
    expect(byExponent![0]).toBe(0);
    expect(byExponent![1]).toBe(0);
    expect(byExponent![2]).toBeCloseTo(4 * Math.log(4), 14);
  });

  test("a step that can be trained: value 1 above 0, derivative 1/(2w) within the window", () => {
    const x = input("x", [5]);
    const y = graph.straightThroughStep(x);
    const narrow = graph.straightThroughStep(x, 0.25);
    const seeds = graph.constant(vector(1, 2, 3, 4, 5));
    const outputs = { y, wide: gradient(y, [x], seeds)[0]!, narrow: gradient(narrow, [x], seeds)[0]! };
    const results = compileReference(program("step", { x }, outputs)).run({ x: vector(-2, -0.5, 0, 0.125, 0.5) });
    expect([...results.y!.data]).toEqual([0, 0, 0, 1, 1]);
    expect([...results.wide!.data]).toEqual([0, 1, 1.5, 2, 2.5]);
    expect([...results.narrow!.data]).toEqual([0, 0, 6, 8, 0]);
  });

  test("surrogate: the value of one, the derivative of the other", () => {
    const [byValue, byProxy] = derivativeOf(
      (a, b) => graph.surrogate(graph.exp(a!), graph.mul(b!, b!)),
      vector(1, 2),
      vector(3, 4),
    );
    expect(byValue).toEqual([0, 0]);
    expect(byProxy).toEqual([6, 8]);
    expect(derivativeOf((a) => graph.mul(a!, graph.stopGradient(a!)), vector(3, 5))).toEqual([[3, 5]]);
  });
});

describe("scan against central differences", () => {
  const x = () => input("x", ["time", "batch", 2]);
  const W = () => input("W", [2, 3]);
  const U = () => input("U", [3, 3]);
  const b = () => input("b", [3]);
  const h = () => input("h", [3]);
  const values = {
    x: numbers([4, 2, 2], 1),
    W: numbers([2, 3], 2),
    U: numbers([3, 3], 3),
    b: numbers([3], 4),
    h: numbers([3], 5),
    table: numbers([3, 3], 6),
    mask: { dtype: "bool", shape: [4, 2], data: Uint8Array.of(1, 1, 0, 1, 1, 0, 1, 1) },
    indices: { dtype: "int", shape: [4, 2], data: Int32Array.of(0, 2, 1, 1, 2, 0, 2, 2) },
  } as const satisfies Record<string, NDArray>;

  const check = (inputs: Record<string, Tensor>, loss: Tensor) => {
    const wrt = Object.keys(inputs).filter((name) => inputs[name]!.dtype === "float");
    const used = Object.fromEntries(Object.keys(inputs).map((name) => [name, values[name as keyof typeof values]]));
    checkDerivatives(withDerivatives(inputs, loss, wrt), used, wrt);
  };

  for (const reverse of [false, true]) {
    const way = reverse ? "in reverse" : "forward";
    const cell = (inputs: Record<"x" | "W" | "U" | "b" | "h", Tensor>) =>
      graph.scan({
        reverse,
        // A learned initial state, repeated for the batch.
        state: { h: graph.expand(inputs.h, ["batch", 3]) },
        sequences: { x: inputs.x },
        step: ({ h }, { x }) => {
          const next = graph.tanh(graph.add(graph.matmul(x, inputs.W), graph.matmul(h, inputs.U), inputs.b));
          return { state: { h: next }, outputs: { y: graph.mul(next, h) } };
        },
      });

    test(`${way}: stacked outputs and the final state, with a learned initial state`, () => {
      const inputs = { x: x(), W: W(), U: U(), b: b(), h: h() };
      const { state, outputs } = cell(inputs);
      check(inputs, graph.add(weighted(outputs.y), weighted(state.h)));
    });

    test(`${way}: the final state alone, and the stacked outputs alone`, () => {
      const first = { x: x(), W: W(), U: U(), b: b(), h: h() };
      check(first, weighted(cell(first).state.h));
      const second = { x: x(), W: W(), U: U(), b: b(), h: h() };
      check(second, weighted(cell(second).outputs.y));
    });

    test(`${way}: masked steps keep the state`, () => {
      const inputs = { x: x(), W: W(), U: U(), h: h(), mask: input("mask", ["time", "batch"], "bool") };
      const { state, outputs } = graph.scan({
        reverse,
        state: { h: graph.expand(inputs.h, ["batch", 3]) },
        sequences: { x: inputs.x, mask: inputs.mask },
        step: ({ h }, { x, mask }) => {
          const next = graph.tanh(graph.add(graph.matmul(x, inputs.W), graph.matmul(h, inputs.U)));
          const kept = graph.where(graph.unsqueeze(mask, [1]), next, h);
          return { state: { h: kept }, outputs: { y: kept } };
        },
      });
      check(inputs, graph.add(weighted(outputs.y), weighted(state.h)));
    });

    test(`${way}: one scan over the results of another`, () => {
      const inputs = { x: x(), W: W(), U: U(), b: b(), h: h() };
      const below = cell(inputs);
      const above = graph.scan({
        reverse: !reverse,
        state: { c: below.state.h },
        sequences: { y: below.outputs.y },
        step: ({ c }, { y }) => ({
          state: { c: graph.add(graph.mul(c, graph.sigmoid(graph.add(y, inputs.b))), graph.sin(y)) },
          outputs: { z: graph.matmul(c, inputs.U) },
        }),
      });
      check(inputs, graph.add(weighted(above.outputs.z), weighted(above.state.c)));
    });
  }

  test("a scan in the body of a scan, which uses values of both graphs around it", () => {
    const inputs = { x: x(), W: W(), U: U(), h: h() };
    const outer = graph.scan({
      state: { h: graph.expand(inputs.h, ["batch", 3]) },
      sequences: { x: inputs.x },
      step: ({ h }, { x }) => {
        const drive = graph.matmul(x, inputs.W);
        const inner = graph.scan({
          reverse: true,
          state: { g: h },
          sequences: { u: inputs.U },
          step: ({ g }, { u }) => {
            const next = graph.tanh(graph.add(graph.mul(g, u), drive, graph.mul(graph.matmul(g, inputs.U), 0.5)));
            return { state: { g: next }, outputs: { e: graph.mul(next, x.shape.length) } };
          },
        });
        const sum = graph.reduceSum(inner.outputs.e, { axes: [0] });
        return { state: { h: graph.tanh(graph.add(inner.state.g, graph.mul(sum, 0.1))) }, outputs: { y: sum } };
      },
    });
    check(inputs, graph.add(weighted(outer.outputs.y), weighted(outer.state.h)));
  });

  test("a value used inside, outside, as sequence and as captured value", () => {
    const inputs = { x: x(), U: U(), h: h() };
    const twice = graph.tanh(inputs.U);
    const made = graph.scan({
      state: { h: graph.mul(inputs.h, inputs.h) },
      sequences: { row: twice, again: twice },
      step: ({ h }, { row, again }) => {
        const all = graph.reduceSum(graph.mul(twice, h), { axes: [1] });
        const next = graph.add(graph.mul(row, again), graph.sin(all), graph.mul(h, inputs.h));
        return { state: { h: next }, outputs: { a: next, b: h } };
      },
    });
    const loss = graph.add(weighted(made.outputs.a), weighted(made.outputs.b), weighted(made.state.h), weighted(twice));
    check({ U: inputs.U, h: inputs.h }, loss);
  });

  test("gather inside and outside a body", () => {
    const table = input("table", [3, 3]);
    const indices = input("indices", ["time", "batch"], "int");
    const inputs = { table, indices, U: U() };
    const embedded = graph.gather(table, indices);
    const made = graph.scan({
      state: { h: graph.expand(graph.scalar(0.5), ["batch", 3]) },
      sequences: { e: embedded, i: indices },
      step: ({ h }, { e, i }) => {
        const next = graph.tanh(graph.add(graph.mul(graph.gather(table, i), h), graph.matmul(e, inputs.U)));
        return { state: { h: next }, outputs: { y: next } };
      },
    });
    check(inputs, weighted(made.outputs.y));
  });

  test("states that swap, one that stands still, and a number of steps without a sequence", () => {
    const inputs = { h: h(), b: b() };
    const made = graph.scan<"p" | "q" | "r", never, "y">({
      steps: 3,
      state: { p: inputs.h, q: graph.exp(inputs.b), r: inputs.b },
      step: ({ p, q, r }) => ({ state: { p: q, q: graph.mul(p, graph.cos(r)), r }, outputs: { y: graph.mul(p, q) } }),
    });
    check(
      inputs,
      graph.add(weighted(made.outputs.y), weighted(made.state.p), weighted(made.state.q), weighted(made.state.r)),
    );
  });
});

describe("twice", () => {
  test("second derivatives of a tanh scan", () => {
    const inputs = { x: input("x", ["time", 3]), U: input("U", [3, 3]), h: input("h", [1, 3]) };
    const { state, outputs } = graph.scan({
      state: { h: inputs.h },
      sequences: { x: inputs.x },
      step: ({ h }, { x }) => {
        const next = graph.tanh(graph.add(graph.matmul(h, inputs.U), x));
        return { state: { h: next }, outputs: { y: next } };
      },
    });
    const first = gradient(graph.add(weighted(outputs.y), weighted(state.h)), Object.values(inputs));
    const loss = first.map(weighted).reduce((a, b) => graph.add(a, b));
    const names = Object.keys(inputs);
    const given = { x: numbers([4, 3], 1), U: numbers([3, 3], 2), h: numbers([1, 3], 3) };
    checkDerivatives(withDerivatives(inputs, loss, names), given, names);
  });

  test("third derivative of x⁴", () => {
    const x = input("x", []);
    let y = graph.pow(x, 4);
    for (let k = 0; k < 3; k++) y = gradient(y, [x])[0]!;
    const given = { dtype: "float", shape: [], data: Float64Array.of(1.5) } as const;
    expect(compileReference(program("x⁴", { x }, { y })).run({ x: given }).y!.data[0]).toBeCloseTo(24 * 1.5, 12);
  });
});

describe("what isn't reached", () => {
  test("gets zeros in its shape", () => {
    const x = input("x", ["batch", 2]);
    const other = input("other", ["batch", 3]);
    const result = gradient(graph.reduceSum(x), [other, x]);
    const run = compileReference(program("zeros", { x, other }, { other: result[0]!, x: result[1]! })).run({
      x: numbers([4, 2], 1),
      other: numbers([4, 3], 2),
    });
    expect(run.other!.shape).toEqual([4, 3]);
    expect([...run.other!.data]).toEqual(new Array(12).fill(0));
    expect([...run.x!.data]).toEqual(new Array(8).fill(1));
  });

  test("a scan's output may be asked for beside a value it doesn't depend on", () => {
    // y depends on x alone, the other output on w alone.
    const x = input("x", [3]);
    const w = input("w", [3]);
    const made = graph.scan({
      state: { h: graph.scalar(0) },
      sequences: { x, w },
      step: ({ h }, { x, w }) => ({ state: { h: graph.add(h, x) }, outputs: { v: graph.mul(w, 2) } }),
    });
    const loss = graph.mul(made.state.h, made.state.h);
    const [byH, byW, byV] = gradient(loss, [made.state.h, w, made.outputs.v]);
    const run = compileReference(program("p", { x, w }, { byH: byH!, byW: byW!, byV: byV! })).run({
      x: vector(1, 2, 3),
      w: vector(4, 5, 6),
    });
    expect([...run.byH!.data]).toEqual([12]);
    expect([...run.byW!.data]).toEqual([0, 0, 0]);
    expect([...run.byV!.data]).toEqual([0, 0, 0]);
  });
});

describe("arguments", () => {
  test("a seed weights the outputs and must have their shape", () => {
    const x = input("x", [3]);
    const y = graph.mul(x, x);
    const [g] = gradient(y, [x], graph.constant(vector(1, 10, 100)));
    const run = compileReference(program("p", { x }, { g: g! })).run({ x: vector(1, 2, 3) });
    expect([...run.g!.data]).toEqual([2, 40, 600]);
    expect(() => gradient(y, [x], graph.constant(vector(1)))).toThrow(expect.objectContaining({ code: "shape" }));
  });

  test("integers have no derivative", () => {
    const x = input("x", [3]);
    const i = input("i", [3], "int");
    expect(() => gradient(graph.reduceSum(x), [i])).toThrow(expect.objectContaining({ code: "argument" }));
    expect(() => gradient(i, [x])).toThrow(expect.objectContaining({ code: "argument" }));
  });
});

describe("random graphs", () => {
  test("against central differences", () => {
    fc.assert(
      fc.property(randomProgram({ without: customGradients }), fc.nat(), (made, seed) => {
        const compiled = gradientProgram(made);
        checkSmall(compiled, made.inputs, Object.keys(made.wrt), seed);
      }),
      { seed: 11, numRuns: 250 },
    );
  });

  /** With steps far below the distance to the next kink, where fourth powers don't matter yet. */
  function checkSmall(
    compiled: Program,
    inputs: Readonly<Record<string, NDArray>>,
    wrt: readonly string[],
    seed: number,
  ) {
    checkDerivatives(compiled, inputs, wrt, { step: 2 ** -10, seed });
  }
});

test("by a tensor between others: a reshaped or transposed one that is reshaped or transposed again", () => {
  const x = input("x", [2, 3]);
  const at = { x: numbers([2, 3], 5) };
  const cases: readonly [Tensor, (between: Tensor) => Tensor][] = [
    [graph.reshape(x, [3, 2]), (y) => graph.reshape(y, [1, 6])],
    [graph.reshape(x, [3, 2]), (y) => graph.reshape(y, [2, 3])],
    [graph.transpose(x, [1, 0]), (y) => graph.transpose(y, [1, 0])],
    [graph.unsqueeze(graph.transpose(x, [1, 0]), [0]), (y) => graph.transpose(y, [2, 0, 1])],
    [graph.unsqueeze(x, [0]), (y) => graph.squeeze(y, [0])],
  ];
  for (const [between, then] of cases) {
    const loss = graph.reduceSum(graph.pow(then(between), 2));
    const [slope] = gradient(loss, [between]);
    const results = compileReference(program("between", { x }, { between, slope: slope! })).run(at);
    expect([...results.slope!.data]).toEqual([...results.between!.data].map((value) => 2 * value));
  }
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectClose } from "../../tests/golden.ts";
import { generator } from "../../tests/random-graph.ts";
import { floats, runGraph } from "../../tests/run-graph.ts";
import type { NDArray } from "../graph/index.ts";
import { randomSource } from "../random/index.ts";
import { type CgruOptions, cgru } from "./index.ts";

const names = ["Uu", "bu", "Ur", "br", "Uc", "bc"] as const;
type Parameters = Record<(typeof names)[number], NDArray>;

function drawn(options: CgruOptions, seed: number): Parameters {
  const random = generator(seed);
  const { parameters } = cgru(options);
  const draw = (shape: readonly number[]) =>
    floats(
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() - 0.5),
      shape,
    );
  return Object.fromEntries(names.map((name) => [name, draw(parameters[name].shape)])) as Parameters;
}

function numbers(shape: readonly number[], seed: number): NDArray {
  const random = generator(seed);
  return floats(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * random() - 1),
    shape,
  );
}

/** One step on a grid of one example [length][rows][maps], number by number. */
function byLoops(P: Parameters, s: number[][][], cutoff: boolean): number[][][] {
  const maps = P.bu.data.length;
  const convolved = (x: number[][][], K: NDArray, b: NDArray, offset: number) =>
    x.map((own, i) =>
      own.map((_, j) =>
        Array.from(b.data, (bias, o) => {
          let sum = bias + offset;
          for (let p = 0; p < 3; p++) {
            for (let q = 0; q < 3; q++) {
              x[i + p - 1]?.[j + q - 1]?.forEach((value, c) => {
                sum += value * K.data[((p * 3 + q) * maps + c) * maps + o]!;
              });
            }
          }
          return sum;
        }),
      ),
    );
  const gate = (z: number) => {
    const sigma = 1 / (1 + Math.exp(-z));
    return cutoff ? Math.min(1, Math.max(0, 1.2 * sigma - 0.1)) : sigma;
  };
  const each = (f: (i: number, j: number, k: number) => number) =>
    s.map((own, i) => own.map((place, j) => place.map((_, k) => f(i, j, k))));
  const zu = convolved(s, P.Uu, P.bu, 1);
  const zr = convolved(s, P.Ur, P.br, 1);
  const zc = convolved(
    each((i, j, k) => gate(zr[i]![j]![k]!) * s[i]![j]![k]!),
    P.Uc,
    P.bc,
    0,
  );
  return each((i, j, k) => {
    const u = gate(zu[i]![j]![k]!);
    return u * s[i]![j]![k]! + (1 - u) * Math.tanh(zc[i]![j]![k]!);
  });
}

describe.each([
  ["with the cut-off", true],
  ["without", false],
] as const)("%s", (_, cutoff) => {
  test("a step is the equations, on grids of any size", () => {
    const sizes = fc.record({
      length: fc.integer({ min: 1, max: 6 }),
      rows: fc.integer({ min: 1, max: 5 }),
      maps: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(sizes, fc.nat(), ({ length, rows, maps }, seed) => {
        const mild = drawn({ maps, rows }, seed);
        // Kernels four times as large reach the ends of the gates.
        const steep = ({ data, shape }: NDArray) => floats(Array.from(data, (x) => 4 * x), shape); // biome-ignore format: one idea
        const P = { ...mild, Uu: steep(mild.Uu), Ur: steep(mild.Ur) };
        const state = numbers([length, 2, rows * maps], seed + 1);
        const { next } = runGraph({ ...P, s: state }, (inputs) => ({
          next: cgru({ maps, rows, cutoff }).step(inputs, inputs.s!).state,
        }));
        for (const n of [0, 1]) {
          const at = (data: NDArray["data"], i: number, j: number, k: number) =>
            data[((i * 2 + n) * rows + j) * maps + k]!;
          const grid = (data: NDArray["data"]) =>
            Array.from({ length }, (_, i) =>
              Array.from({ length: rows }, (_, j) => Array.from({ length: maps }, (_, k) => at(data, i, j, k))),
            );
          const expected = byLoops(P, grid(state.data), cutoff).flat(2);
          expectClose(floats(grid(next!.data).flat(2)), floats(expected), 1e-12);
        }
      }),
      { numRuns: 40 },
    );
  });
});

test("by hand: one place, one map", () => {
  // σ(1) = 0.7310586; u = r = 1.2 · 0.7310586 − 0.1 = 0.7772703; c = tanh(2 · r · 0.5)
  const sigma = 1 / (1 + Math.exp(-1));
  const cell = cgru({ maps: 1, rows: 1 });
  const kernel = (centre: number) => floats([9, 9, 9, 9, centre, 9, 9, 9, 9], [3, 3, 1, 1]);
  const P = { Uu: kernel(0), Ur: kernel(0), Uc: kernel(2), bu: floats([0]), br: floats([0]), bc: floats([0]) };
  const results = runGraph({ ...P, s: floats([0.5], [1, 1, 1]) }, (inputs) => {
    const { state, gates } = cell.step(inputs, inputs.s!);
    return { state, ...gates };
  });
  const u = 1.2 * sigma - 0.1;
  expect(results.update!.data[0]).toBeCloseTo(u, 15);
  expect(results.reset!.data[0]).toBeCloseTo(u, 15);
  expect(results.state!.data[0]).toBeCloseTo(u * 0.5 + (1 - u) * Math.tanh(u), 15);
});

test("gates reach 0 and 1 with the cut-off only", () => {
  const zero = floats(new Array(9).fill(0), [3, 3, 1, 1]);
  const gatesAt = (bias: number, cutoff: boolean) => {
    const P = { Uu: zero, Ur: zero, Uc: zero, bu: floats([bias]), br: floats([-bias]), bc: floats([0]) };
    const { update, reset } = runGraph({ ...P, s: floats([1], [1, 1, 1]) }, (inputs) => {
      return { ...cgru({ maps: 1, rows: 1, cutoff }).step(inputs, inputs.s!).gates };
    });
    return [update!.data[0], reset!.data[0]];
  };
  expect(gatesAt(4, true)).toEqual([1, 0]);
  const [high, low] = gatesAt(4, false);
  expect(high).toBeCloseTo(1 / (1 + Math.exp(-5)), 14);
  expect(low).toBeCloseTo(1 / (1 + Math.exp(3)), 14);
});

test("masked positions stay empty and are what lies beyond the end", () => {
  const options = { maps: 2, rows: 3 };
  const P = drawn(options, 5);
  const short = numbers([3, 1, 6], 6);
  const long = floats([...short.data, ...new Array(12).fill(0)], [5, 1, 6]);
  const given = { ...P, short, long, mask: floats([1, 1, 1, 0, 0], [5, 1, 1]) };
  const { alone, masked } = runGraph(given, (inputs) => {
    const cell = cgru(options);
    return {
      alone: cell.step(inputs, inputs.short!).state,
      masked: cell.step(inputs, inputs.long!, { mask: inputs.mask! }).state,
    };
  });
  expectClose(floats([...masked!.data]), floats([...alone!.data, ...new Array(12).fill(0)]), 1e-14);
});

test("kernels begin uniform on ±1.8·√3/√(9·maps), biases at zero; four rows by default", () => {
  const { parameters, rows } = cgru({ maps: 8 });
  expect(rows).toBe(4);
  const limit = (1.8 * Math.sqrt(3)) / Math.sqrt(72);
  for (const name of names) {
    const { shape, initial } = parameters[name];
    const data = initial.draw(randomSource(1).stream(name), shape);
    expect(shape).toEqual(name.startsWith("U") ? [3, 3, 8, 8] : [8]);
    const largest = Math.max(...data.map(Math.abs));
    if (name.startsWith("b")) expect(largest).toBe(0);
    else expect(largest / limit).toSatisfy((share: number) => share > 0.97 && share <= 1);
  }
});

test.each([
  [{ maps: 0 }, /cgru: maps is 0, expected a positive integer/],
  [{ maps: 2, rows: 1.5 }, /cgru: rows is 1.5, expected a positive integer/],
])("%j is refused", (options, message) => {
  expect(() => cgru(options)).toThrow(message);
});

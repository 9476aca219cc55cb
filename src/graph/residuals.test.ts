import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectClose } from "../../tests/golden.ts";
import { generator } from "../../tests/random-graph.ts";
import { floats, ints, runGraph } from "../../tests/run-graph.ts";
import {
  abs,
  add,
  clip,
  concat,
  describe as described,
  expand,
  gather,
  gradient,
  hardSigmoid,
  input,
  matmul,
  mul,
  type NDArray,
  neg,
  pad,
  reduceSum,
  relu,
  reshape,
  scan,
  shift,
  sin,
  slice,
  squeeze,
  stopGradient,
  straightThroughStep,
  sub,
  type Tensor,
  tanh,
  topologicalOrder,
  transpose,
} from "./index.ts";

const STEPS = 3;

/** What a step is made of: cheap work, work that isn't, views, joins; each keeps the shape [2, width]. */
const kinds: readonly ((s: Tensor, t: Tensor, x: Tensor, W: Tensor) => Tensor)[] = [
  (s, t) => add(s, t),
  (s, t) => sub(s, mul(t, 0.5)),
  (s, t) => mul(s, t),
  (s) => clip(s, -0.4, 0.7),
  (s) => hardSigmoid(s),
  (s, t) => relu(sub(s, t)),
  (s) => abs(add(s, 0.05)),
  (s) => neg(s),
  (s, _, x) => mul(s, x),
  (s) => tanh(s),
  (s) => sin(s),
  (s, _, __, W) => mul(matmul(s, W), 0.1),
  (s) => shift(s, 0, 1),
  (s) => shift(s, 1, -1),
  (s, t) => concat([slice(s, { axis: 1, start: 1 }), slice(t, { axis: 1, end: 1 })], 1),
  (s, t) => mul(stopGradient(clip(s, -0.5, 0.5)), t),
  (s) => straightThroughStep(s),
  (s) => transpose(reshape(s, [s.shape[1]!, 2]), [1, 0]),
  (s, t) => reshape(add(reshape(s, [1, 2, s.shape[1]!]), reshape(t, [1, 2, t.shape[1]!])), s.shape),
];

interface Made {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
}

/** One step out of instructions; later ones use what earlier ones made. */
function stepOf(instructions: readonly Made[]) {
  return (s: Tensor, x: Tensor, W: Tensor): Tensor => {
    const made = [s, x];
    for (const { kind, a, b } of instructions) {
      const at = (k: number) => made[made.length - 1 - (k % made.length)]!;
      made.push(kinds[kind % kinds.length]!(at(a), at(b), x, W));
    }
    return clip(add(made.at(-1)!, mul(s, 0.5)), -2, 2);
  };
}

function numbers(shape: readonly number[], seed: number): NDArray {
  const random = generator(seed);
  return floats(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() * 2 - 1),
    shape,
  );
}

describe.each([7, 64, 70])("rows of %i", (width) => {
  test("derivatives of a scan are those of the same steps written one after another", () => {
    const instruction = fc.record({ kind: fc.nat(99), a: fc.nat(3), b: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(instruction, { minLength: 2, maxLength: 12 }), fc.nat(), (instructions, seed) => {
        const step = stepOf(instructions);
        const given = {
          s: numbers([2, width], seed),
          x: numbers([STEPS, 2, width], seed + 1),
          W: numbers([width, width], seed + 2),
        };
        const results = runGraph(given, ({ s, x, W }) => {
          const wrt = [s!, x!, W!];
          const { state } = scan({
            state: { s: s! },
            sequences: { x: x! },
            step: (now, items) => ({ state: { s: step(now.s, items.x, W!) } }),
          });
          let plain = s!;
          for (let t = 0; t < STEPS; t++) {
            plain = step(plain, squeeze(slice(x!, { axis: 0, start: t, end: t + 1 }), [0]), W!);
          }
          const named = (prefix: string, end: Tensor) =>
            gradient(reduceSum(sin(end)), wrt).map((share, k) => [`${prefix} ${k}`, share] as const);
          return Object.fromEntries([...named("scan", state.s), ...named("plain", plain)]);
        });
        for (const k of [0, 1, 2]) expectClose(results[`scan ${k}`]!, results[`plain ${k}`]!, 1e-12, `wrt ${k}`);
      }),
      { numRuns: 40 },
    );
  });
});

/** What the derivative of a step's sum adds to the stacked outputs of the scan. */
function stackedBy(width: number, step: (s: Tensor, x: Tensor) => Tensor): string[] {
  const made = scan({
    state: { s: input("s", [2, width]) },
    sequences: { x: input("x", ["time", 2, width]) },
    step: ({ s }, { x }) => ({ state: { s: step(s, x) } }),
  });
  gradient(reduceSum(made.state.s), made.node.inputs.slice(0, 1));
  return made.node.body.stacked.map(described);
}

describe("what is stacked for the way back", () => {
  const cheap = (s: Tensor, x: Tensor) => {
    const clipped = clip(mul(s, x), -1, 1);
    return mul(clipped, hardSigmoid(sub(clipped, x)));
  };

  test("of long rows of cheap work: the first product, of which all is made again", () => {
    expect(stackedBy(64, cheap)).toEqual(["Mul [2, 64]"]);
  });

  test("of short rows: all that is read", () => {
    expect(stackedBy(63, cheap)).toEqual(["Mul [2, 63]", "Clip [2, 63]", "Sub [2, 63]", "HardSigmoid [2, 63]"]);
  });

  test("what isn't cheap is kept, what is made of it cheaply isn't", () => {
    expect(stackedBy(64, (s, x) => mul(clip(tanh(mul(s, x)), -0.5, 0.5), x))).toEqual(["Tanh [2, 64]"]);
  });

  test("a stopped gradient is made again; of a surrogate with a proxy the value is kept", () => {
    const stopped = (p: Tensor) => mul(stopGradient(clip(p, -1, 1)), sin(p));
    expect(stackedBy(64, (s, x) => stopped(mul(s, x)))).toEqual(["Mul [2, 64]"]);
    const step = (s: Tensor, x: Tensor) => mul(straightThroughStep(sin(s)), x);
    expect(stackedBy(64, (s, x) => mul(step(s, x), s)).sort()).toEqual(["Mul [2, 64]", "Sin [2, 64]", "s [2, 64]"]);
  });

  test("a sum is kept rather than its two terms", () => {
    // relu reads the sum; the derivatives of the sines read what they are of.
    const step = (s: Tensor, x: Tensor) => relu(add(sin(mul(s, 0.5)), sin(x)));
    expect(stackedBy(64, step).sort()).toEqual(["Add [2, 64]", "Mul [2, 64]"]);
  });

  test("a joined window is made again of its part", () => {
    const W = input("W", [192, 64]);
    const step = (s: Tensor) => matmul(concat([shift(s, 0, 1), s, shift(s, 0, -1)], -1), W);
    const made = scan({
      state: { s: input("s", [2, 64]) },
      steps: 3,
      step: ({ s }) => ({ state: { s: step(s) } }),
    });
    gradient(reduceSum(made.state.s), [W]);
    expect(made.node.body.stacked.map(described)).toEqual(["s [2, 64]"]);
  });

  test("rows chosen by items are chosen again", () => {
    const pool = input("pool", [5, 64]);
    const given = { s: numbers([2, 64], 1), pool: numbers([5, 64], 2), rows: ints([0, 4, 2, 2, 1, 3], [3, 2]) };
    const made = scan({
      state: { s: input("s", [2, 64]) },
      sequences: { rows: input("rows", ["time", 2], "int") },
      step: ({ s }, { rows }) => ({ state: { s: mul(tanh(s), gather(pool, rows)) } }),
    });
    gradient(reduceSum(made.state.s), made.node.inputs.slice(0, 1));
    expect(made.node.body.stacked.map(described)).toEqual(["Tanh [2, 64]"]);
    const { slope } = runGraph(given, (inputs) => {
      const { state } = scan({
        state: { s: inputs.s! },
        sequences: { rows: inputs.rows! },
        step: (now, { rows }) => ({ state: { s: mul(now.s, gather(inputs.pool!, rows)) } }),
      });
      return { slope: gradient(reduceSum(state.s), [inputs.s!])[0]! };
    });
    const factor = (row: number, k: number) => given.pool.data[row * 64 + k]!;
    const expected = [0, 1].flatMap((n) =>
      Array.from({ length: 64 }, (_, k) => {
        const chosen = [0, 1, 2].map((t) => given.rows.data[2 * t + n]!);
        return chosen.reduce((product, row) => product * factor(row, k), 1);
      }),
    );
    expectClose(slope!, floats(expected, [2, 64]), 1e-13);
  });

  test("many ways through the same work are walked once", () => {
    // 2⁶⁰ ways lead from the end of a step to its beginning.
    const step = (s: Tensor) => {
      let next = s;
      for (let k = 0; k < 60; k++) next = mul(add(next, next), 0.5);
      return clip(next, -1, 1);
    };
    expect(stackedBy(64, step)).toEqual(["Mul [2, 64]"]);
  });
});

describe("sums of gradients", () => {
  const operators = (tensors: readonly Tensor[]) =>
    topologicalOrder(tensors).flatMap((node) => (node.kind === "operator" ? [node.operator.name] : []));

  test("neighbouring parts are joined, not padded and added", () => {
    const x = input("x", [2, 6]);
    const part = (start: number, end: number) => slice(x, { axis: 1, start, end });
    const all = add(reduceSum(sin(part(0, 2))), reduceSum(tanh(part(2, 5))), reduceSum(abs(part(5, 6))));
    const names = operators(gradient(all, [x]));
    expect(names.filter((name) => name === "Concat").length).toBe(2);
    expect(names).not.toContain("Pad");
    expect(names).not.toContain("Add");
  });

  test("parts that overlap or leave a gap are added; values are right in any order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { minLength: 1, maxLength: 5 }),
        fc.nat(),
        (bounds, seed) => {
          const parts = bounds.map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
          const given = { x: numbers([2, 6], seed), w: numbers([parts.length, 2, 6], seed + 1) };
          const { slope } = runGraph(given, ({ x, w }) => {
            const sums = parts.map(([start, end], k) => {
              const weight = squeeze(slice(w!, { axis: 0, start: k, end: k + 1 }), [0]);
              return reduceSum(mul(slice(x!, { axis: 1, start, end }), slice(weight, { axis: 1, start, end })));
            });
            return {
              slope: gradient(
                sums.reduce((sum, next) => add(sum, next)),
                [x!],
              )[0]!,
            };
          });
          const expected = Array.from({ length: 12 }, (_, i) =>
            parts.reduce(
              (sum, [start, end], k) => (i % 6 >= start && i % 6 < end ? sum + given.w.data[k * 12 + i]! : sum),
              0,
            ),
          );
          expectClose(slope!, floats(expected, [2, 6]), 1e-14);
        },
      ),
    );
  });

  test("parts with an open axis are joined too", () => {
    const x = input("x", ["time", 2]);
    const parts = [slice(x, { axis: 0, end: 1 }), slice(x, { axis: 0, start: 1, end: "time" })];
    const names = operators(gradient(add(reduceSum(sin(parts[0]!)), reduceSum(tanh(parts[1]!))), [x]));
    expect(names).toContain("Concat");
    expect(names).not.toContain("Pad");
  });

  test("what a difference takes away is subtracted, not negated and added", () => {
    const [x, y] = [input("x", [3]), input("y", [3])];
    for (const loss of [mul(sub(x, y), sin(y)), mul(sin(y), sub(x, y))]) {
      expect(operators(gradient(reduceSum(loss), [x, y]))).not.toContain("Neg");
    }
    // Only a share that nothing is added to keeps its sign.
    expect(operators(gradient(reduceSum(sub(x, y)), [y]))).toContain("Neg");
    const results = runGraph({ x: floats([1, 2, 3]), y: floats([4, 5, 6]) }, (inputs) => ({
      slope: gradient(reduceSum(mul(sub(inputs.x!, inputs.y!), inputs.y!)), [inputs.y!])[0]!,
    }));
    // ∂(x − y) y/∂y = x − 2y
    expect([...results.slope!.data]).toEqual([-7, -8, -9]);
  });

  test("the derivative of a sum isn't repeated before it is multiplied", () => {
    const [x, y] = [input("x", [2, 3]), input("y", [2, 3])];
    expect(operators(gradient(reduceSum(mul(x, y)), [x, y]))).not.toContain("Expand");
    // Factors that are repeated themselves keep the product's shape.
    const [a, b] = [input("a", [1, 3]), input("b", [3])];
    const product = mul(expand(a, [2, 3]), expand(b, [2, 3]));
    expect(product.shape).toEqual([2, 3]);
    expect(gradient(reduceSum(product), [a, b]).map(({ shape }) => shape)).toEqual([[1, 3], [3]]);
  });

  test("what is repeated can be differentiated by", () => {
    const { slope } = runGraph({ b: floats([1, 2, 3]), c: numbers([2, 3], 1) }, ({ b, c }) => {
      const y = expand(b!, [2, 3]);
      return { slope: sub(gradient(reduceSum(mul(y, c!)), [y])[0]!, c!) };
    });
    expect([...slope!.data]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("pads that cut more than there is leave zeros", () => {
    const { y, slope } = runGraph({ x: floats([1, 2, 3]) }, ({ x }) => {
      const y = pad(x!, { axis: 0, before: -4, after: 3 });
      return { y, slope: gradient(reduceSum(y), [x!])[0]! };
    });
    expect([[...y!.data], [...slope!.data]]).toEqual([
      [0, 0],
      [0, 0, 0],
    ]);
  });
});

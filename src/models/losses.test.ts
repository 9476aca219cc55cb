import { describe, expect, test } from "vitest";
import { floats, ints, runGraph } from "../../tests/run-graph.ts";
import { gradient, greater, mul, reduceSum, type Tensor } from "../graph/index.ts";
import { binaryCrossEntropy, crossEntropyOfOutputs, halfSquares, maskedMean, softmaxCrossEntropy } from "./index.ts";

/** Loss by position and ∂Σ/∂logits. */
function run(given: Parameters<typeof runGraph>[0], by: string, loss: (inputs: Record<string, Tensor>) => Tensor) {
  const results = runGraph(given, (inputs) => {
    const value = loss(inputs);
    return { value, slope: gradient(reduceSum(value), [inputs[by]!])[0]! };
  });
  return { value: [...results.value!.data], slope: [...results.slope!.data], shape: results.value!.shape };
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const near = (received: readonly number[], expected: readonly number[]) => {
  expect(received.length).toBe(expected.length);
  received.forEach((x, k) => {
    expect(x).toBeCloseTo(expected[k]!, 14);
  });
};

describe("half the sum of squares", () => {
  const given = { y: floats([0.5, 0.25, -1, 2], [2, 2]), t: floats([1, 0, 1, 2], [2, 2]) };
  const { value, slope, shape } = run(given, "y", ({ y, t }) => halfSquares(y!, t!));

  test("½ Σ (t − y)² over the units", () => {
    expect(shape).toEqual([2]);
    expect(value).toEqual([0.5 * (0.25 + 0.0625), 0.5 * 4]);
  });

  test("its derivative is −(t − y) (papers/004, eq. 3)", () => {
    near(slope, [-0.5, 0.25, -2, 0]);
  });
});

describe("binary cross-entropy", () => {
  test("is −t ln σ(z) − (1 − t) ln(1 − σ(z)), with derivative σ(z) − t", () => {
    const z = [-3, -0.5, 0, 0.25, 2, 1, 1];
    const t = [0, 1, 1, 0, 1, 0.25, 0.75];
    const { value, slope } = run({ z: floats(z), t: floats(t) }, "z", (inputs) =>
      binaryCrossEntropy(inputs.z!, inputs.t!),
    );
    near(
      value,
      z.map((at, k) => -t[k]! * Math.log(sigmoid(at)) - (1 - t[k]!) * Math.log(1 - sigmoid(at))),
    );
    near(
      slope,
      z.map((at, k) => sigmoid(at) - t[k]!),
    );
    expect(value[2]).toBeCloseTo(Math.LN2, 15);
  });

  test("of logits ±1000 is finite: 1000 where wrong, 0 where right", () => {
    const given = { z: floats([1000, 1000, -1000, -1000]), t: floats([1, 0, 1, 0]) };
    const { value, slope } = run(given, "z", ({ z, t }) => binaryCrossEntropy(z!, t!));
    expect(value).toEqual([0, 1000, 1000, 0]);
    near(slope, [0, 1, -1, 0]);
  });
});

describe("cross-entropy of outputs", () => {
  test("is −ln softmax([1 − p, p])_t, with derivative 2(σ(2p − 1) − t)", () => {
    const p = [-0.5, 0, 0.25, 0.5, 1, 3];
    const t = [1, 1, 0, 1, 0, 1];
    const { value, slope } = run({ p: floats(p), t: floats(t) }, "p", (inputs) =>
      crossEntropyOfOutputs(inputs.p!, inputs.t!),
    );
    near(
      value,
      p.map((at, k) => -Math.log(Math.exp(t[k] ? at : 1 - at) / (Math.exp(at) + Math.exp(1 - at)))),
    );
    near(
      slope,
      p.map((at, k) => 2 * (sigmoid(2 * at - 1) - t[k]!)),
    );
  });

  test("at the exact answer it is 0.313, and still falls beyond it: no minimum", () => {
    const given = { p: floats([1, 0, 1.5, -0.5]), t: floats([1, 0, 1, 0]) };
    const { value, slope } = run(given, "p", ({ p, t }) => crossEntropyOfOutputs(p!, t!));
    expect(value[0]).toBeCloseTo(0.31326168751822286, 15);
    expect(value[1]).toBeCloseTo(0.31326168751822286, 15);
    near(slope.slice(0, 2), [-0.5378828427399902, 0.5378828427399902]);
    expect(value[2]).toBeLessThan(value[0]!);
    expect(value[3]).toBeLessThan(value[1]!);
  });
});

describe("softmax cross-entropy", () => {
  test("is −ln softmax(z)_t, with derivative softmax(z) − onehot(t)", () => {
    const rows = [
      [1, 2, 3],
      [-1, 0, 0.5],
      [0, 0, 0],
    ];
    const t = [2, 0, 1];
    const given = { z: floats(rows.flat(), [3, 3]), t: ints(t) };
    const { value, slope, shape } = run(given, "z", (inputs) => softmaxCrossEntropy(inputs.z!, inputs.t!));
    expect(shape).toEqual([3]);
    const softmax = rows.map((row) => row.map((z) => Math.exp(z) / row.reduce((sum, x) => sum + Math.exp(x), 0)));
    near(
      value,
      softmax.map((p, k) => -Math.log(p[t[k]!]!)),
    );
    near(
      slope,
      softmax.flatMap((p, k) => p.map((x, j) => x - (j === t[k] ? 1 : 0))),
    );
    expect(value[2]).toBeCloseTo(Math.log(3), 14);
  });

  test("of logits ±1000 is finite", () => {
    const given = { z: floats([1000, -1000, 0, 1000, -1000, 0], [2, 3]), t: ints([0, 1]) };
    const { value, slope } = run(given, "z", ({ z, t }) => softmaxCrossEntropy(z!, t!));
    near(value, [0, 2000]);
    near(slope, [0, 0, 0, 1, -1, 0]);
  });

  test("of two classes it is the binary one of the difference of logits", () => {
    const two = run({ z: floats([0.75, -0.5], [1, 2]), t: ints([1]) }, "z", ({ z, t }) => softmaxCrossEntropy(z!, t!));
    const one = run({ z: floats([-1.25]), t: floats([1]) }, "z", ({ z, t }) => binaryCrossEntropy(z!, t!));
    near(two.value, one.value);
    near([two.slope[1]!], one.slope);
  });

  test("is 0, with no derivative, where the answer is −1", () => {
    const given = { z: floats([5, -1, 2], [1, 3]), t: ints([-1]) };
    const { value, slope } = run(given, "z", ({ z, t }) => softmaxCrossEntropy(z!, t!));
    expect(value.map(Math.abs)).toEqual([0]);
    expect(slope.map(Math.abs)).toEqual([0, 0, 0]);
  });
});

describe("the masked mean", () => {
  const values = floats([1, 2, 4, 100], [2, 2]);
  const masked = (mask: readonly number[]) =>
    run({ values, mask: floats(mask, [2, 2]) }, "values", (inputs) =>
      mul(maskedMean(inputs.values!, greater(inputs.mask!, 0)), 1),
    );

  test("counts what the mask lets through", () => {
    const { value, slope } = masked([1, 0, 1, 0]);
    expect(value).toEqual([2.5]);
    expect(slope).toEqual([0.5, 0, 0.5, 0]);
    expect(masked([1, 1, 1, 1]).value).toEqual([107 / 4]);
    expect(masked([0, 0, 0, 1]).value).toEqual([100]);
  });

  test("is 0, with no derivative, where it lets nothing through", () => {
    const { value, slope } = masked([0, 0, 0, 0]);
    expect(value).toEqual([0]);
    expect(slope).toEqual([0, 0, 0, 0]);
  });
});

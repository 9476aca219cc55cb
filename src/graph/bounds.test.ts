import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileReference } from "../runtime/reference/reference.ts";
import { type NDArray, ndarray } from "./array.ts";
import { boundsOf, boundsOfSteps, type TensorBounds } from "./bounds.ts";
import { add, mul, neg, sub } from "./operators/arithmetic.ts";
import { concat, slice } from "./operators/arrange.ts";
import { sigmoid, sin, tanh } from "./operators/functions.ts";
import { matmul } from "./operators/matmul.ts";
import { hardSigmoid, relu } from "./operators/piecewise.ts";
import { program } from "./program.ts";
import { scan } from "./scan.ts";
import { input, type Tensor } from "./tensor.ts";

const row = (...values: number[]) => ndarray(Float64Array.from(values), [1, values.length]);
const one = (value: number) => ndarray(Float64Array.of(value), []);

function evaluate(outputs: Readonly<Record<string, Tensor>>, inputs: readonly (readonly [Tensor, NDArray])[]) {
  const named = inputs.map(([tensor], k) => [`input ${k}`, tensor] as const);
  const values = inputs.map(([, value], k) => [`input ${k}`, value] as const);
  return compileReference(program("p", Object.fromEntries(named), outputs)).run(Object.fromEntries(values));
}

describe("bounds of a graph from bounds of its inputs", () => {
  const x = input("x", [1, 2]);
  const [low, high] = [input("low", [1, 2]), input("high", [1, 2])];
  const known = new Map<Tensor, TensorBounds>([[x, { lower: low, upper: high }]]);
  const W = input("W", [2, 2]);
  const weights = ndarray(Float64Array.of(1, -2, 3, 0.5), [2, 2]);

  test("a product of matrices by hand", () => {
    // x₁ ∈ [0, 1], x₂ ∈ [−1, 2]: x₁ + 3 x₂ ∈ [−3, 7], −2 x₁ + ½ x₂ ∈ [−2½, 1].
    const [{ lower, upper }] = boundsOf([matmul(x, W)], known) as [TensorBounds];
    const made = evaluate({ lower, upper }, [
      [low, row(0, -1)],
      [high, row(1, 2)],
      [W, weights],
    ]);
    expect([...made.lower!.data]).toEqual([-3, -2.5]);
    expect([...made.upper!.data]).toEqual([7, 1]);
  });

  test("values of points in the box lie between them, at the ends too", () => {
    const z = matmul(x, W);
    const y = concat(
      [tanh(sub(z, 1)), hardSigmoid(neg(z)), mul(sigmoid(z), relu(x)), slice(mul(z, -2), { axis: 1, end: 1 })],
      1,
    );
    const [{ lower, upper }] = boundsOf([y], known) as [TensorBounds];
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    const part = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.tuple(number, number), fc.tuple(number, number), fc.tuple(part, part), (a, b, t) => {
        const least = a.map((value, k) => Math.min(value, b[k]!));
        const most = a.map((value, k) => Math.max(value, b[k]!));
        const point = least.map((value, k) => value + t[k]! * (most[k]! - value));
        const made = evaluate({ lower, upper, y }, [
          [low, row(...least)],
          [high, row(...most)],
          [x, row(...point)],
          [W, weights],
        ]);
        made.y!.data.forEach((value, k) => {
          expect(made.lower!.data[k]! - 1e-12).toBeLessThanOrEqual(value);
          expect(value).toBeLessThanOrEqual(made.upper!.data[k]! + 1e-12);
        });
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  test("an operator without a rule is named", () => {
    expect(() => boundsOf([sin(x)], known)).toThrow("there is no rule for Sin");
  });
});

describe("recurrences", () => {
  /** s_t = a s_{t−1} + x_t, and twice it, for three steps. */
  const [x, a, start, spread] = [input("x", [3, 1]), input("a", []), input("start", [1]), input("spread", [])];
  const { outputs } = scan({
    state: { s: start },
    sequences: { x },
    step({ s }, item) {
      const next = add(mul(s, a), item.x);
      return { state: { s: next }, outputs: { twice: mul(next, 2) } };
    },
  });
  const values = [
    [x, ndarray(Float64Array.of(1, 2, 3), [3, 1])],
    [a, one(-0.5)],
    [start, ndarray(Float64Array.of(4), [1])],
    [spread, one(0.25)],
  ] as const;

  test("bounds on what is read add up over the steps", () => {
    const wide = { lower: sub(x, spread), upper: add(x, spread) };
    const [{ lower, upper }] = boundsOf([outputs.twice], new Map([[x, wide]])) as [TensorBounds];
    const made = evaluate({ lower, upper }, values);
    // s = −1, 2½, 1¾; half widths ¼, ¼ + ⅛, ¼ + 3/16.
    const radius = [0.25, 0.375, 0.4375];
    expect([...made.lower!.data]).toEqual([-1, 2.5, 1.75].map((s, k) => 2 * (s - radius[k]!)));
    expect([...made.upper!.data]).toEqual([-1, 2.5, 1.75].map((s, k) => 2 * (s + radius[k]!)));
  });

  test("steps by themselves: each from its state give or take the spread", () => {
    const bounds = boundsOfSteps([outputs.twice], (state) => ({
      lower: sub(state, spread),
      upper: add(state, spread),
    }));
    const [{ lower, upper }] = bounds.outputs as [TensorBounds];
    const [next] = bounds.states as [TensorBounds];
    const made = evaluate({ lower, upper, low: next.lower, high: next.upper }, values);
    // |a| · ¼ = ⅛ at every step.
    expect([...made.lower!.data]).toEqual([-1, 2.5, 1.75].map((s) => 2 * (s - 0.125)));
    expect([...made.upper!.data]).toEqual([-1, 2.5, 1.75].map((s) => 2 * (s + 0.125)));
    expect([...made.low!.data]).toEqual([-1.125, 2.375, 1.625]);
    expect([...made.high!.data]).toEqual([-0.875, 2.625, 1.875]);
  });
});

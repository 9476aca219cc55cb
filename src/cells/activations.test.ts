import { describe, expect, test } from "vitest";
import { LonghandError } from "../errors.ts";
import { gradient, input, ndarray, program, reduceSum } from "../graph/index.ts";
import { compileReference } from "../runtime/reference/reference.ts";
import { type ActivationName, activation, activationNames } from "./index.ts";

const points = [-1000, -2, -1, -0.75, -0.5, 0, 0.25, 0.5, 1, 1.5, 3, 1000];
const s = (x: number) => 1 / (1 + Math.exp(-x));

/** Values by hand at the points above, then the derivatives. Where a hard function bends, either slope would do. */
const expected: Readonly<
  Record<ActivationName, readonly [values: readonly number[], slopes: readonly (number | null)[]]>
> = {
  step: [
    [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1],
    [0, 0, null, 0.5, 0.5, 0.5, 0.5, 0.5, null, 0, 0, 0],
  ],
  "hard-sigmoid": [
    [0, 0, 0, 0.125, 0.25, 0.5, 0.625, 0.75, 1, 1, 1, 1],
    [0, 0, null, 0.5, 0.5, 0.5, 0.5, 0.5, null, 0, 0, 0],
  ],
  "hard-tanh": [
    [-1, -1, -1, -0.75, -0.5, 0, 0.25, 0.5, 1, 1, 1, 1],
    [0, 0, null, 1, 1, 1, 1, 1, null, 0, 0, 0],
  ],
  sigmoid: [points.map(s), points.map((x) => s(x) * s(-x))],
  tanh: [points.map(Math.tanh), points.map((x) => 1 / Math.cosh(x) ** 2)],
  relu: [
    [0, 0, 0, 0, 0, 0, 0.25, 0.5, 1, 1.5, 3, 1000],
    [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1],
  ],
  identity: [points, points.map(() => 1)],
};

describe.each(activationNames)("%s", (name) => {
  const x = input("x", [points.length]);
  const y = activation(name)(x);
  const [slope] = gradient(reduceSum(y), [x]);
  const results = compileReference(program(name, { x }, { y, slope: slope! })).run({
    x: ndarray(Float64Array.from(points), [points.length]),
  });
  const [values, slopes] = expected[name];

  test.each(points.map((at, k) => [at, k]))("at %d", (_, k) => {
    expect(results.y!.data[k]).toBeCloseTo(values[k]!, 15);
    if (slopes[k] !== null) expect(results.slope!.data[k]).toBeCloseTo(slopes[k]!, 15);
    else expect([0, 0.5, 1]).toContain(results.slope!.data[k]);
  });
});

test("a step unit's derivative is ½ close to the edges of its window, and 0 just outside", () => {
  const x = input("x", [4]);
  const [slope] = gradient(reduceSum(activation("step")(x)), [x]);
  const at = ndarray(Float64Array.of(-1 - 1e-12, -1 + 1e-12, 1 - 1e-12, 1 + 1e-12), [4]);
  expect([...compileReference(program("step", { x }, { slope: slope! })).run({ x: at }).slope!.data]).toEqual([
    0, 0.5, 0.5, 0,
  ]);
});

test("an unknown name is refused with the nearest", () => {
  expect(() => activation("Tanh")).toThrow(LonghandError);
  expect(() => activation("reul")).toThrow('unknown activation "reul". Did you mean "relu"?');
  expect(() => activation("constructor")).toThrow("unknown activation");
});

import { describe, expect, test } from "vitest";
import { kolmogorovSmirnov, meanAndDeviation, normalDistribution } from "../../tests/statistics.ts";
import { randomSource } from "../random/index.ts";
import {
  constantInitializer,
  feedforward,
  glorot,
  he,
  type Initializer,
  type InitializerName,
  ilrnn,
  initializerNames,
  namedInitializer,
  normalByFanIn,
  orthogonal,
  rnn,
  uniformByFanIn,
  zeros,
} from "./index.ts";

const source = randomSource("initializers");
/** A matrix large enough for statistics: 100 inputs, 400 outputs. */
const shape = [100, 400] as const;

describe("uniform, with limits", () => {
  test.each([
    ["1/√fan-in of the shape", uniformByFanIn(), 1 / 10],
    ["1/√fan-in as given", uniformByFanIn(16), 1 / 4],
    ["scale/√fan-in", uniformByFanIn(16, 3), 3 / 4],
    ["√(6/(fan-in + fan-out)) (Glorot)", glorot, Math.sqrt(6 / 500)],
  ] as const)("±%s", (name, initializer, limit) => {
    const sample = initializer.draw(source.stream(name), shape);
    expect(sample.length).toBe(40_000);
    for (const x of sample) expect(Math.abs(x)).toBeLessThanOrEqual(limit);
    expect(kolmogorovSmirnov(sample, (x) => (x / limit + 1) / 2)).toBeLessThan(1.95);
    const [mean, deviation] = meanAndDeviation(sample);
    expect(Math.abs(mean)).toBeLessThan((4 * limit) / Math.sqrt(3) / 200);
    expect(deviation / (limit / Math.sqrt(3))).toBeCloseTo(1, 1.7);
  });
});

describe("normal, with standard deviation", () => {
  test.each([
    ["1/√fan-in of the shape", normalByFanIn(), 1 / 10],
    ["1/√fan-in as given", normalByFanIn(16), 1 / 4],
    ["scale/√fan-in", normalByFanIn(16, 3), 3 / 4],
    ["√(2/fan-in) (He)", he, Math.sqrt(2 / 100)],
  ] as const)("%s", (name, initializer, deviation) => {
    const sample = initializer.draw(source.stream(name), shape);
    expect(kolmogorovSmirnov(sample, (x) => normalDistribution(x / deviation))).toBeLessThan(1.95);
    const [mean, found] = meanAndDeviation(sample);
    expect(Math.abs(mean)).toBeLessThan((4 * deviation) / 200);
    expect(Math.abs(found / deviation - 1)).toBeLessThan(4 / Math.sqrt(2 * 40_000));
  });
});

test("the fan-in of a kernel [3, 3, in, out] counts all that reach a unit", () => {
  const limit = 1 / Math.sqrt(3 * 3 * 5);
  const sample = uniformByFanIn().draw(source.stream("kernel"), [3, 3, 5, 200]);
  const largest = sample.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  expect(largest).toBeLessThan(limit);
  expect(largest).toBeGreaterThan(0.999 * limit);
});

describe("orthogonal", () => {
  test.each([
    ["square", 7, 7, 1],
    ["wide", 4, 9, 1],
    ["tall", 9, 4, 1],
    ["with a gain", 6, 8, 1.5],
    ["one row", 1, 5, 2],
    ["large", 60, 60, 1],
  ])("%s: the fewer of rows and columns are orthonormal, times the gain", (name, rows, columns, gain) => {
    const matrix = orthogonal(gain).draw(source.stream("orthogonal", name), [rows, columns]);
    const count = Math.min(rows, columns);
    const length = Math.max(rows, columns);
    const entry = (i: number, k: number) => (rows <= columns ? matrix[i * columns + k]! : matrix[k * columns + i]!);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j <= i; j++) {
        let product = 0;
        for (let k = 0; k < length; k++) product += entry(i, k) * entry(j, k);
        expect(Math.abs(product - (i === j ? gain * gain : 0))).toBeLessThan(1e-12);
      }
    }
  });

  test("uniform among the orthogonal matrices: any entry has mean 0 and deviation 1/√n, signs and reflections are even", () => {
    const draws = 4000;
    const stream = source.stream("haar");
    const matrices = Array.from({ length: draws }, () => orthogonal().draw(stream, [3, 3]));
    for (const at of [0, 4, 8]) {
      const [mean, deviation] = meanAndDeviation(Float64Array.from(matrices, (matrix) => matrix[at]!));
      expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(3 * draws));
      expect(deviation * Math.sqrt(3)).toBeCloseTo(1, 1.3);
    }
    // An entry of a unit vector that is uniform on the sphere is itself uniform (Archimedes), in three dimensions.
    const corner = Float64Array.from(matrices, (matrix) => matrix[8]!);
    expect(kolmogorovSmirnov(corner, (x) => (x + 1) / 2)).toBeLessThan(1.95);
    const determinant = ([a, b, c, d, e, f, g, h, i]: Float64Array) =>
      a! * (e! * i! - f! * h!) - b! * (d! * i! - f! * g!) + c! * (d! * h! - e! * g!);
    const proper = matrices.filter((matrix) => determinant(matrix) > 0).length;
    expect(Math.abs(proper - draws / 2)).toBeLessThan(4 * Math.sqrt(draws / 4));
  });

  test("of a vector is refused", () => {
    expect(() => orthogonal().draw(source.stream("vector"), [3])).toThrow(
      "orthogonal: expected a matrix, received shape [3]",
    );
  });
});

test("zeros and constants", () => {
  expect([...zeros.draw(source.stream("a"), [2, 2])]).toEqual([0, 0, 0, 0]);
  expect([...constantInitializer(-1.5).draw(source.stream("a"), [3])]).toEqual([-1.5, -1.5, -1.5]);
});

test("each has a name; uniform is left to the cell", () => {
  expect(initializerNames.map((name) => [name, namedInitializer(name)?.name])).toEqual([
    ["uniform", undefined],
    ...["normal", "glorot", "he", "orthogonal", "zeros", "constant"].map((name) => [name, name]),
  ]);
  expect([...namedInitializer("constant", 0.25)!.draw(source.stream("a"), [2])]).toEqual([0.25, 0.25]);
  expect(() => namedInitializer("glorott" as InitializerName)).toThrow(
    'unknown initializer "glorott". Did you mean "glorot"?',
  );
});

/** The largest number that an initializer may make, from many draws. */
function limitOf(initializer: Initializer): number {
  const sample = initializer.draw(source.stream("limit"), [200, 200]);
  return sample.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

test("cells begin with the fan-in that they say", () => {
  const recurrent = rnn({ input: 3, hidden: 16 }).parameters;
  expect(limitOf(recurrent.W.initial)).toBeCloseTo(1 / 4, 4);
  expect(limitOf(recurrent.U.initial)).toBeCloseTo(1 / 4, 4);
  expect(limitOf(recurrent.b.initial)).toBe(0);
  expect(limitOf(feedforward({ input: 3, units: 25 }).parameters.W.initial)).toBeCloseTo(1 / 5, 4);
  // Layer 1 is reached by 2 inputs and 5 + 3 + 1 units of the step before, layer 2 by 5 and those, layer 3 by 3 and those.
  const { parameters } = ilrnn({ input: 2, layers: [5, 3, 1] });
  for (const [name, fanIn] of [
    ["W1", 11],
    ["R31", 11],
    ["W2", 14],
    ["R12", 14],
    ["W3", 12],
    ["R23", 12],
  ] as const) {
    expect(limitOf(parameters[name]!.initial), name).toBeCloseTo(1 / Math.sqrt(fanIn), 4);
  }
  expect(limitOf(parameters.b2!.initial)).toBe(0);
});

test("the numbers of a seed stay what they are", () => {
  const first = (initializer: Initializer) => [...initializer.draw(randomSource(1).stream("fixed"), [2, 2])];
  expect({
    uniform: first(uniformByFanIn()),
    normal: first(normalByFanIn()),
    glorot: first(glorot),
    he: first(he),
    orthogonal: first(orthogonal()),
  }).toMatchInlineSnapshot(`
    {
      "glorot": [
        -0.9155021518012938,
        0.08530533423710351,
        1.1040768896498272,
        -0.6675002008769892,
      ],
      "he": [
        -1.1443087320811167,
        0.08740639512608457,
        1.6520468797420798,
        -0.7471245734453557,
      ],
      "normal": [
        -0.8091484642255378,
        0.06180565471272519,
        1.1681735515037013,
        -0.5282968522743177,
      ],
      "orthogonal": [
        -0.9970954780736122,
        0.07616172007744179,
        -0.07616172007744179,
        -0.9970954780736122,
      ],
      "uniform": [
        -0.5285654137861586,
        0.04925105768510274,
        0.6374390894453725,
        -0.385381420660459,
      ],
    }
  `);
});

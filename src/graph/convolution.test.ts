import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkDerivatives } from "../../tests/finite-differences.ts";
import { expectClose } from "../../tests/golden.ts";
import { generator } from "../../tests/random-graph.ts";
import { floats, runGraph } from "../../tests/run-graph.ts";
import { onnxNodeRuntime } from "../runtime/onnx/node.ts";
import { compileReference } from "../runtime/reference/reference.ts";
import {
  convolve,
  type Dimension,
  gradient,
  input,
  mul,
  type NDArray,
  program,
  reduceSum,
  shift,
  sin,
  topologicalOrder,
} from "./index.ts";

interface Sizes {
  readonly length: number;
  readonly batch: number;
  readonly width: number;
  readonly columns: number;
}

function arrays({ length, batch, width, columns }: Sizes, seed: number) {
  const random = generator(seed);
  const draw = (...shape: number[]) =>
    floats(
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() * 2 - 1),
      shape,
    );
  return { x: draw(length, batch, width), K: draw(3, width, columns), b: draw(columns) };
}

/** y_i = Σ_k x_{i+k−1} K_k + b, one product after another. */
function byLoops({ x, K, b }: ReturnType<typeof arrays>): NDArray {
  const [length, batch, width] = x.shape as [number, number, number];
  const columns = b.data.length;
  const y = new Float64Array(length * batch * columns);
  for (let i = 0; i < length; i++) {
    for (let n = 0; n < batch; n++) {
      for (let o = 0; o < columns; o++) {
        let sum = b.data[o]!;
        for (let k = 0; k < 3; k++) {
          const at = i + k - 1;
          if (at < 0 || at >= length) continue;
          for (let c = 0; c < width; c++) {
            sum += x.data[(at * batch + n) * width + c]! * K.data[(k * width + c) * columns + o]!;
          }
        }
        y[(i * batch + n) * columns + o] = sum;
      }
    }
  }
  return { dtype: "float", shape: [length, batch, columns], data: y };
}

/** x, K, b → y, and Σ sin y with its derivatives; the length is known, or open. */
function convolution(sizes: Sizes, isOpen: boolean) {
  const length: Dimension = isOpen ? "length" : sizes.length;
  const inputs = {
    x: input("x", [length, isOpen ? "batch" : sizes.batch, sizes.width]),
    K: input("K", [3, sizes.width, sizes.columns]),
    b: input("b", [sizes.columns]),
  };
  const y = convolve(inputs.x, inputs.K, inputs.b);
  const loss = reduceSum(sin(y));
  const [x, K, b] = gradient(loss, [inputs.x, inputs.K, inputs.b]);
  return program("convolution", inputs, { y, loss, x: x!, K: K!, b: b! });
}

const sizes = fc.record({
  length: fc.integer({ min: 1, max: 9 }),
  batch: fc.integer({ min: 1, max: 3 }),
  width: fc.integer({ min: 1, max: 4 }),
  columns: fc.integer({ min: 1, max: 4 }),
});

describe.each([
  ["known", false],
  ["open", true],
] as const)("a length that is %s", (_, isOpen) => {
  test("convolve is the sum over taps and maps, with zeros outside", () => {
    fc.assert(
      fc.property(sizes, fc.nat(), (size, seed) => {
        const given = arrays(size, seed);
        const { y } = compileReference(convolution(size, isOpen)).run(given);
        expectClose(y!, byLoops(given), 1e-13);
      }),
      { numRuns: 60 },
    );
  });

  test.each([1, 2, 5, 6])("derivatives by central differences, %i positions", (length) => {
    const size = { length, batch: 2, width: 3, columns: 2 };
    checkDerivatives(convolution(size, isOpen), arrays(size, length), ["x", "K", "b"]);
  });

  test.each([1, 2, 7, 8])("ONNX Runtime agrees, %i positions", async (length) => {
    const size = { length, batch: 3, width: 5, columns: 4 };
    const made = convolution(size, isOpen);
    const given = arrays(size, length);
    await using executable = await (await onnxNodeRuntime()).compile(made);
    const results = await executable.run(given);
    const expected = compileReference(made).run(given);
    for (const [name, value] of Object.entries(expected)) expectClose(results[name]!, value, 2e-6, name);
  });
});

test("known even lengths take four small products for two positions, others one product of the whole window", () => {
  const products = (length: Dimension) => {
    const y = convolve(input("x", [length, 1, 4]), input("K", [3, 4, 2]), input("b", [2]));
    const nodes = topologicalOrder([y]).filter((node) => node.kind === "operator" && node.operator.name === "MatMul");
    return nodes.map(({ inputs }) => inputs.map(({ shape }) => shape.join(" ")));
  };
  expect(products(6)).toEqual(new Array(4).fill(["3 1 1 4", "4 2"]));
  expect(products(5)).toEqual([["5 1 12", "12 2"]]);
  expect(products("length")).toEqual([["length 1 12", "12 2"]]);
});

test("by hand: y = x_{i−1} + 10 x_i + 100 x_{i+1} + 1000", () => {
  for (const length of [4, 3]) {
    const x = [1, 2, 3, 4].slice(0, length);
    const { y } = runGraph(
      { x: floats(x, [length, 1, 1]), K: floats([1, 10, 100], [3, 1, 1]), b: floats([1000]) },
      ({ x, K, b }) => ({ y: convolve(x!, K!, b!) }),
    );
    expect([...y!.data]).toEqual(length === 4 ? [1210, 1321, 1432, 1043] : [1210, 1321, 1032]);
  }
});

test("shift moves by one position; zeros come in; derivatives move back", () => {
  const given = { x: floats([1, 2, 3, 4, 5, 6], [3, 2]), w: floats([10, 20, 30, 40, 50, 60], [3, 2]) };
  const results = runGraph(given, ({ x, w }) => {
    const up = shift(x!, 0, 1);
    const down = shift(x!, 0, -1);
    return {
      up,
      down,
      across: shift(x!, 1, 1),
      dUp: gradient(reduceSum(mul(up, w!)), [x!])[0]!,
      dDown: gradient(reduceSum(mul(down, w!)), [x!])[0]!,
    };
  });
  const values = Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, [...data]]));
  expect(values).toEqual({
    up: [0, 0, 1, 2, 3, 4],
    down: [3, 4, 5, 6, 0, 0],
    across: [0, 1, 0, 3, 0, 5],
    dUp: [30, 40, 50, 60, 0, 0],
    dDown: [0, 0, 10, 20, 30, 40],
  });
});

test.each([
  ["a kernel of five taps", [4, 1, 2], [5, 2, 3], [3]],
  ["a kernel of other maps", [4, 1, 2], [3, 3, 3], [3]],
  ["a bias of other maps", [4, 1, 2], [3, 2, 3], [2]],
  ["a bias of two axes", [4, 1, 2], [3, 2, 3], [3, 1]],
  ["no batch", [4, 2], [3, 2, 3], [3]],
])("%s is refused", (_, x, K, b) => {
  expect(() => convolve(input("x", x), input("K", K), input("b", b))).toThrow(
    /convolve: x .* kernel K .* bias b .*expected \[length, batch, in\], \[3, in, out\] and \[out\]/,
  );
});

/** Gated layers with examples in columns: the same numbers, by the products that were meant. */
import { expect, test } from "vitest";
import { compileReference } from "../../runtime/reference/reference.ts";
import {
  add,
  concat,
  expand,
  gradient,
  input,
  matmul,
  mul,
  type NDArray,
  optimize,
  program,
  reduceSum,
  type ScanNode,
  scalar,
  scan,
  sigmoid,
  slice,
  type Tensor,
  tanh,
  topologicalOrder,
  vectorize,
} from "../index.ts";

const [rows, width, features] = ["batch", 5, 3] as const;
const letters = ["i", "f", "g", "o"] as const;

/** An LSTM layer as its equations stand, followed by one whose gates read a sum of both states, and a scalar of all that. */
function layers() {
  const x = input("x", ["time", rows, features]);
  const names = letters.flatMap((gate) => [`W${gate}`, `U${gate}`, `b${gate}`]);
  const shapes = { W: [features, width], U: [width, width], b: [width] } as const;
  const parameters = Object.fromEntries(
    [...names, "V"].map((name) => [
      name,
      input(name, name === "V" ? [width, width] : shapes[name[0] as "W" | "U" | "b"]),
    ]),
  );
  const P = (name: string) => parameters[name]!;
  const zeros = expand(scalar(0), [rows, width]);
  const first = scan({
    state: { h: zeros, c: zeros },
    sequences: { x },
    step({ h, c }, { x }) {
      const z = (gate: string) => add(matmul(x, P(`W${gate}`)), matmul(h, P(`U${gate}`)), P(`b${gate}`));
      const next = add(mul(sigmoid(z("f")), c), mul(sigmoid(z("i")), tanh(z("g"))));
      const output = mul(sigmoid(z("o")), tanh(next));
      return { state: { h: output, c: next }, outputs: { output } };
    },
  });
  const second = scan({
    state: { s: zeros },
    sequences: { h: first.outputs.output },
    reverse: true,
    step({ s }, { h }) {
      const both = concat(
        [slice(add(matmul(h, P("V")), P("bi")), { axis: -1, start: 2 }), slice(s, { axis: -1, end: 2 })],
        -1,
      );
      return { state: { s: mul(tanh(both), 0.5) }, outputs: { s } };
    },
  });
  const loss = reduceSum(mul(second.outputs.s, add(first.outputs.output, 0.25)));
  return { x, parameters, loss, first: first.outputs.output };
}

function valuesFor(inputs: Readonly<Record<string, Tensor>>): Record<string, NDArray> {
  const sizes: Readonly<Record<string, number>> = { time: 4, batch: 2, population: 3 };
  let at = 0;
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape }]) => {
      const extents = shape.map((extent) => (typeof extent === "number" ? extent : sizes[extent]!));
      const data = Float64Array.from({ length: extents.reduce((a, b) => a * b, 1) }, () => Math.sin(7 * ++at));
      return [name, { dtype: "float", shape: extents, data }];
    }),
  );
}

function expectClose(actual: readonly Tensor[], expected: readonly Tensor[], inputs: Readonly<Record<string, Tensor>>) {
  const run = (outputs: readonly Tensor[]) =>
    compileReference(program("p", inputs, Object.fromEntries(outputs.map((tensor, k) => [`${k}`, tensor])))).run(
      valuesFor(inputs),
    );
  const received = run(actual);
  for (const [name, { shape, data }] of Object.entries(run(expected))) {
    expect(received[name]!.shape).toEqual(shape);
    data.forEach((value, k) => {
      expect(Math.abs(received[name]!.data[k]! - value), `${name}[${k}] of ${value}`).toBeLessThan(1e-12);
    });
  }
}

const always = { weightsPerNumber: 0 };
const scansOf = (outputs: readonly Tensor[]) =>
  topologicalOrder(outputs).filter((node): node is ScanNode => node.kind === "scan");
const inBody = ({ body }: ScanNode, name: string) =>
  topologicalOrder([...body.nextStates, ...body.stacked], ({ node }) => node.region !== body.region).filter(
    (node) => node.kind === "operator" && node.operator.name === name,
  );

test("values and derivatives are the same", () => {
  const { x, parameters, loss, first } = layers();
  const wrt = [...Object.values(parameters), x];
  const [turnedLoss, turnedFirst] = optimize([loss, first], always) as [Tensor, Tensor];
  const turned = optimize([turnedLoss, turnedFirst, ...gradient(turnedLoss, wrt)], always);
  expectClose(turned, [loss, first, ...gradient(loss, wrt)], { x, ...parameters });
});

test("and in a population", () => {
  const { x, parameters, loss } = layers();
  const wide = (tensor: Tensor, name: string) => input(name, ["population", ...tensor.shape]);
  const inputs = { x, ...parameters };
  const all = Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, wide(tensor, name)]));
  const replacements = new Map(Object.entries(inputs).map(([name, tensor]) => [tensor, all[name]!]));
  const wrt = Object.values(inputs);
  const turned = optimize([loss], always);
  const both = [turned[0]!, ...gradient(turned[0]!, wrt)];
  expectClose(
    vectorize(optimize(both, always), replacements, "population"),
    vectorize([loss, ...gradient(loss, wrt)], replacements, "population"),
    all,
  );
});

test("a gate's terms are one product, [U; W; b]ᵀ [h; x; 1], and gradients of matrices are products after the loop", () => {
  const { parameters, first } = layers();
  const [loss] = optimize([reduceSum(mul(first, first))], always) as [Tensor];
  const [forward] = scansOf([loss]) as [ScanNode];
  const products = inBody(forward, "MatMul");
  expect(products.map(({ outputs }) => outputs[0]!.shape)).toEqual(letters.map(() => [width, rows]));
  // The joined matrix is on the left, with a column for each number of the state, of the input, and for the bias.
  for (const { inputs } of products) expect(inputs[0]!.shape).toEqual([width, width + features + 1]);
  expect(new Set(products.map(({ inputs }) => inputs[1])).size).toBe(1);
  expect(inBody(forward, "Add")).toHaveLength(1);

  const optimized = optimize(gradient(loss, Object.values(parameters)), always);
  const [, backward] = scansOf(optimized) as [ScanNode, ScanNode];
  expect(backward.body.reverse).toBe(true);
  // ∂/∂h and ∂/∂c, no sums; one product with all gates' gradients, which makes no rows for input and bias.
  expect(backward.body.states).toHaveLength(2);
  expect(inBody(backward, "MatMul").map(({ outputs }) => outputs[0]!.shape)).toEqual([[width, rows]]);
  // Joined for that product, they are one after the loop too: Σ_t [h; x; 1] [δ_i; δ_f; δ_g; δ_o]ᵀ, examples in rows.
  expect(backward.body.stacked.map(({ shape }) => shape)).toEqual([[rows, 4 * width]]);
  const after = topologicalOrder(optimized).filter(
    (node) => node.kind === "operator" && node.operator.name === "MatMul" && node.outputs[0]!.shape[1] === 4 * width,
  );
  expect(after.map(({ outputs }) => outputs[0]!.shape)).toEqual([[width + features + 1, 4 * width]]);
});

test("small matrices stay where they are; what mixes examples does too", () => {
  const { first } = layers();
  const statesOf = (tensor: Tensor, options = {}) => scansOf(optimize([tensor], options)).at(-1)!.body.states[0]!.shape;
  expect(statesOf(first)).toEqual([rows, width]);
  const U = input("U", [width, width]);
  const drive = input("drive", ["time", 2, width]);
  const mixing = scan({
    state: { h: expand(scalar(0), [2, width]) },
    sequences: { drive },
    step: ({ h }, { drive }) => ({ state: { h: matmul(add(h, slice(h, { axis: -2, end: 1 }), drive), U) } }),
  });
  expect(statesOf(mixing.state.h, always)).toEqual([2, width]);
});

test("by default layers of 128 gated units are turned, of 64 not", () => {
  const turns = (size: number) => {
    const U = letters.map((gate) => input(`U${gate}`, [size, size]));
    const { state } = scan({
      state: { h: expand(scalar(0), [rows, size]) },
      sequences: { x: input("x", ["time", rows, 64]) },
      step: ({ h }, { x }) => ({
        state: { h: U.map((matrix) => tanh(matmul(h, matrix))).reduce((a, b) => mul(a, b), reduceWidth(x)) },
      }),
    });
    return scansOf(optimize([state.h]))[0]!.body.states[0]!.shape[0] === size;

    function reduceWidth(x: Tensor): Tensor {
      return slice(x, { axis: -1, end: 1 });
    }
  };
  expect(turns(128)).toBe(true);
  expect(turns(64)).toBe(false);
});

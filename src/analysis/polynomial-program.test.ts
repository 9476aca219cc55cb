import fc from "fast-check";
import { expect, test } from "vitest";
import { formatPolynomial, polynomials, rationals } from "../algebra/index.ts";
import * as graph from "../graph/index.ts";
import { compileReference } from "../runtime/reference/reference.ts";
import { polynomialOutputs } from "./polynomial-program.ts";
import { unknownParameters } from "./unknowns.ts";

fc.configureGlobal({ seed: 1 });

const { input, ndarray, program } = graph;
const unknown = (name: string, shape: readonly number[]) => unknownParameters({ [name]: { shape } });
const one = (name: string) => polynomials.variable([name], name);

/** The elements of an expression in x, which has a shape. */
function elementsOf(shape: readonly number[], build: (x: graph.Tensor) => graph.Tensor): string[] {
  const x = input("x", shape);
  const { variables, arrays } = unknown("x", shape);
  const { y } = polynomialOutputs(program("test", { x }, { y: build(x) }), variables, arrays);
  return y!.elements.map((p) => formatPolynomial(p));
}

test("by hand: sums, products, matrices, reductions, with broadcasting", () => {
  expect(elementsOf([2], (x) => graph.sub(graph.mul(x, x), graph.div(x, 4)))).toEqual([
    "x[1]^2 - 1/4*x[1]",
    "x[2]^2 - 1/4*x[2]",
  ]);
  expect(elementsOf([2, 2], (x) => graph.matmul(x, x))[1]).toBe("x[1,1]*x[1,2] + x[1,2]*x[2,2]");
  expect(elementsOf([2, 1], (x) => graph.add(x, graph.transpose(x, [1, 0])))).toEqual([
    ..."2*x[1,1]|x[1,1] + x[2,1]|x[1,1] + x[2,1]|2*x[2,1]".split("|"),
  ]);
  expect(elementsOf([3], (x) => graph.reduceSum(graph.neg(x)))).toEqual(["-x[1] - x[2] - x[3]"]);
  expect(elementsOf([2, 2], (x) => graph.reduceMean(x, { axes: [0] }))).toEqual([
    "1/2*x[1,1] + 1/2*x[2,1]",
    "1/2*x[1,2] + 1/2*x[2,2]",
  ]);
});

test("what moves elements, and choices by known numbers", () => {
  const chosen = (x: graph.Tensor) => {
    const even = graph.equal(graph.constant(ndarray(Int32Array.of(0, 1, 0), [3])), 0);
    return graph.where(even, graph.slice(graph.concat([x, x], 0), { axis: 0, start: 1, end: 4 }), 7);
  };
  expect(elementsOf([2], chosen)).toEqual(["x[2]", "7", "x[2]"]);
  expect(elementsOf([3], (x) => graph.gather(x, graph.constant(ndarray(Int32Array.of(2, 0), [2]))))).toEqual([
    "x[3]",
    "x[1]",
  ]);
});

test("constants are the float64 numbers they are", () => {
  expect(elementsOf([1], (x) => graph.add(x, 0.1))).toEqual([`x + 3602879701896397/${2n ** 55n}`]);
});

test("a recurrence", () => {
  // h ← a h + 1, three times from 0.
  const a = input("a", [1]);
  const { state } = graph.scan({
    name: "test",
    state: { h: graph.expand(graph.scalar(0), [1]) },
    sequences: { x: graph.constant(ndarray(Float64Array.of(1, 1, 1), [3, 1])) },
    step: ({ h }, { x }) => ({ state: { h: graph.add(graph.mul(a, h), x) }, outputs: {} }),
  });
  const { h } = polynomialOutputs(program("test", { a }, { h: state.h! }), ["a"], {
    a: { shape: [1], elements: [one("a")] },
  });
  expect(formatPolynomial(h!.elements[0]!)).toBe("a^2 + a + 1");
});

test("the same numbers as the reference runtime", () => {
  const [x, w] = [input("x", [2, 3]), input("w", [3, 2])];
  const y = graph.mul(
    graph.sub(graph.matmul(x, w), graph.reduceMean(x)),
    graph.slice(x, { axis: 1, start: 0, end: 2 }),
  );
  const made = program("test", { x, w }, { y });
  const symbolic = unknownParameters({ x: { shape: [2, 3] }, w: { shape: [3, 2] } });
  const { y: elements } = polynomialOutputs(made, symbolic.variables, symbolic.arrays);
  const reference = compileReference(made);
  const numbers = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(numbers, (values) => {
      const result = reference.run({
        x: ndarray(Float64Array.from(values.slice(0, 6)), [2, 3]),
        w: ndarray(Float64Array.from(values.slice(6)), [3, 2]),
      });
      const point = Object.fromEntries(symbolic.variables.map((name, k) => [name, rationals.rational(values[k]!)]));
      elements!.elements.forEach((p, k) => {
        const [term] = polynomials.substitute(p, point).terms;
        expect(term ? rationals.toNumber(term.coefficient) : 0).toBeCloseTo(result.y!.data[k]!, 9);
      });
    }),
  );
});

test("what isn't polynomial is named, and what gets too large", () => {
  expect(() => elementsOf([1], graph.tanh)).toThrow(
    'program test: Tanh of unknowns is no polynomial, expected sums and products only, as networks with activation "identity" have them',
  );
  expect(() => elementsOf([1], (x) => graph.div(1, x))).toThrow("Div by what isn't a number other than 0");
  expect(() => elementsOf([1], (x) => graph.where(graph.greater(x, 0), x, 0))).toThrow("Greater of unknowns");
  const x = input("x", [4]);
  const { variables, arrays } = unknown("x", [4]);
  const square = program("test", { x }, { y: graph.mul(graph.reduceSum(x), graph.reduceSum(x)) });
  expect(() => polynomialOutputs(square, variables, arrays, { terms: 15 })).toThrow(
    "program test: Mul takes 16 products of terms for one element, the limit is 15 terms",
  );
  expect(() => polynomialOutputs(square, variables, {})).toThrow("input x is missing");
});

test("parameters: what is known by name, by element, by pattern", () => {
  const specs = { W1: { shape: [2, 2] }, b1: { shape: [2] }, "initial h1": { shape: [1] } };
  const { variables, arrays } = unknownParameters(specs, { "b*": 0, "W1[1,*]": "1/3", "W1[1,2]": 0.5 });
  expect(variables).toEqual(["W1[2,1]", "W1[2,2]", "initial_h1"]);
  expect(arrays.W1!.elements.map((p) => formatPolynomial(p))).toEqual(["1/3", "1/2", "W1[2,1]", "W1[2,2]"]);
  expect(() => unknownParameters(specs, { "c*": 0 })).toThrow('received "c*", which fits none of W1, b1, initial h1');
  expect(() => unknownParameters(specs, { W1: "x" })).toThrow('rational: received "x"');
});

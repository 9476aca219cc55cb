import { describe, expect, test } from "vitest";
import { compileReference } from "../runtime/reference/reference.ts";
import * as graph from "./index.ts";
import { describe as describeTensor, input, place, program, scan, type Tensor } from "./index.ts";

/** Expects an error of the code whose message holds all words. */
function refused(build: () => unknown, code: string, ...words: string[]): void {
  let message = "nothing was thrown";
  try {
    build();
  } catch (error) {
    message = (error as Error).message;
    expect(error).toMatchObject({ code });
  }
  for (const word of words) expect(message).toContain(word);
}

const x = input("x", ["batch", 3]);
const y = input("y", ["batch", 4]);
const i = input("i", [2], "int");
const b = input("b", ["batch"], "bool");

describe("shape errors name operator, operands, shapes and place", () => {
  test("broadcasting", () => {
    refused(() => graph.add(x, y), "shape", "Add(x [batch, 3], y [batch, 4])", "3 and 4");
    refused(
      () => graph.mul(input("p", ["batch"]), input("q", ["time"])),
      "shape",
      "p [batch]",
      "q [time]",
      "batch and time",
    );
  });

  test("the place", () => {
    refused(
      () => place("ilrnn", () => place("layer 2", () => graph.matmul(graph.tanh(x), y))),
      "shape",
      "MatMul(Tanh [batch, 3], y [batch, 4])",
      "3 columns on the left, batch rows on the right",
      "(in ilrnn > layer 2)",
    );
    // A place ends with an error, too.
    refused(() => graph.add(x, y), "shape", "equal or 1");
    expect(() => graph.add(x, y)).not.toThrow(/in ilrnn/);
  });

  test("element types", () => {
    refused(() => graph.add(x, graph.cast(b, "int")), "shape", "Add(x [batch, 3], Cast [batch] int)", "float and int");
    refused(() => graph.tanh(i), "shape", "Tanh(i [2] int)", "expected float", "received int");
    refused(() => graph.not(x), "shape", "Not(x [batch, 3])", "bool");
    refused(() => graph.where(x, x, x), "shape", "condition must be bool, received float");
    refused(() => graph.where(b, i, x), "shape", "int and float");
    refused(() => graph.gather(x, x), "shape", "Gather", "indices must be int, received float");
    refused(() => graph.softmax(i), "shape", "Softmax(i [2] int)");
  });

  test("axes and extents", () => {
    refused(() => graph.reduceSum(x, { axes: [2] }), "shape", "ReduceSum(x [batch, 3])", "axis 2", "-2 … 1");
    refused(() => graph.softmax(x, 1.5), "shape", "axis 1.5");
    refused(() => graph.reshape(x, [4]), "shape", "Reshape(x [batch, 3])", "3*batch elements", "[4]");
    refused(() => graph.squeeze(x, [1]), "shape", "Squeeze(x [batch, 3])", "extent 3, expected 1");
    refused(() => graph.expand(x, [3]), "shape", "Expand(x [batch, 3])", "[3]");
    refused(() => graph.concat([x, y], 0), "shape", "Concat(x [batch, 3], y [batch, 4])", "outside axis -2");
    refused(() => graph.transpose(x, [0, 0]), "shape", "Transpose", "[0,0]", "no permutation");
    refused(() => graph.slice(x, { axis: 1, stride: 0 }), "shape", "Slice(x [batch, 3])", "stride 0");
    refused(() => graph.matmul(i, x), "shape", "MatMul");
    refused(() => graph.matmul(input("v", [3]), x), "shape", "two or more axes");
    refused(() => graph.surrogate(x, y), "shape", "x [batch, 3], y [batch, 4]");
    refused(() => graph.oneHot(i, "classes"), "shape", "oneHot(i [2] int)", "classes");
    refused(() => input("z", [-1]), "shape", "-1");
    refused(() => graph.concat([], 0), "argument", "at least one");
  });
});

describe("scans", () => {
  test("a step must keep the shape and type of its states", () => {
    const step = (next: (h: Tensor) => Tensor) => () =>
      scan({
        name: "cell",
        state: { h: x },
        sequences: { y: input("s", ["time", 2]) },
        step: ({ h }) => ({ state: { h: next(h) } }),
      });
    refused(
      step((h) => graph.reduceSum(h)),
      "shape",
      'scan "cell"',
      "h [batch, 3]",
      "ReduceSum []",
    );
    refused(
      step((h) => graph.cast(h, "int")),
      "shape",
      "Cast [batch, 3] int",
    );
  });

  test("sequences must be of one length", () => {
    const p = input("p", ["time", 2]);
    const make = () => place("deep", () => scan({ state: {}, sequences: { p, x }, step: () => ({ state: {} }) }));
    refused(make, "shape", "sequence x is x [batch, 3]", "expected time", "(in deep)");
    refused(() => scan({ state: { x }, step: (state) => ({ state }) }), "shape", "number of steps");
    refused(
      () => scan({ state: {}, sequences: { c: input("c", []) }, step: () => ({ state: {} }) }),
      "shape",
      "first axis",
    );
  });

  test("what belongs to a body stays there", () => {
    let leaked: Tensor | undefined;
    scan({
      state: { h: x },
      steps: 2,
      step: ({ h }) => {
        leaked = graph.tanh(h);
        return { state: { h: leaked } };
      },
    });
    refused(() => graph.neg(leaked!), "argument", "Tanh [batch, 3]", "body of a scan");
  });
});

describe("programs", () => {
  test("inputs must be inputs, and all there", () => {
    refused(() => program("p", { x: graph.neg(x) }, {}), "argument", "program p: input x is Neg [batch, 3]");
    refused(() => program("p", { x }, { out: graph.add(x, input("bias", [3])) }), "argument", "bias [3]");
    const open = graph.expand(input("c", []), ["rows", 3]);
    refused(() => program("p", { x, c: open.node.inputs[0]! }, { open }), "argument", '"rows"');
  });

  test("arrays must fit, with open dimensions bound by the first input that has them", () => {
    const compiled = compileReference(program("p", { x, y }, { out: graph.concat([x, y], 1) }));
    const array = (rows: number, columns: number) =>
      ({ dtype: "float", shape: [rows, columns], data: new Float64Array(rows * columns) }) as const;
    expect(compiled.run({ x: array(2, 3), y: array(2, 4) }).out!.shape).toEqual([2, 7]);
    expect(compiled.run({ x: array(5, 3), y: array(5, 4) }).out!.shape).toEqual([5, 7]);
    refused(() => compiled.run({ x: array(2, 3), y: array(3, 4) }), "shape", "input y", "[3,4]", "batch = 2");
    refused(() => compiled.run({ x: array(2, 2), y: array(2, 4) }), "shape", "input x", "[2,2]", "[batch, 3]");
    refused(() => compiled.run({ x: array(2, 3) }), "argument", "input y is missing");
    const ints = { dtype: "int", shape: [2, 4], data: new Int32Array(8) } as const;
    refused(() => compiled.run({ x: array(2, 3), y: ints }), "argument", "input y is int, expected float");
    const short = { ...array(2, 4), data: new Float64Array(7) };
    refused(() => compiled.run({ x: array(2, 3), y: short }), "shape", "input y of shape [2,4] needs 8", "received 7");
    const good = { x: array(2, 3), y: array(2, 4) };
    refused(() => compiled.run(good, { out: array(2, 8) }), "shape", "output out has shape [2,7]", "[2,8]");
    const integers = { dtype: "int", shape: [2, 7], data: new Int32Array(14) } as const;
    refused(() => compiled.run(good, { out: integers }), "argument", "output out is float", "int");
  });

  test("extents computed from open ones must fit too, in whatever order the inputs come", () => {
    const inputs = { long: input("long", ["2*length+1"]), short: input("short", ["length"]) };
    const compiled = compileReference(program("p", inputs, { out: graph.neg(inputs.long) }));
    const array = (length: number) => ({ dtype: "float", shape: [length], data: new Float64Array(length) }) as const;
    expect(compiled.run({ long: array(7), short: array(3) }).out!.shape).toEqual([7]);
    for (const wrong of [6, 8]) {
      refused(() => compiled.run({ long: array(wrong), short: array(3) }), "shape", "input long", "length = 3");
    }
  });
});

test("tensors describe themselves", () => {
  expect(describeTensor(x)).toBe("x [batch, 3]");
  expect(describeTensor(i)).toBe("i [2] int");
  expect(describeTensor(graph.tanh(y))).toBe("Tanh [batch, 4]");
  const { state } = scan({ state: { x }, steps: 3, step: (given) => ({ state: given }) });
  expect(describeTensor(state.x)).toBe("Scan [batch, 3]");
});

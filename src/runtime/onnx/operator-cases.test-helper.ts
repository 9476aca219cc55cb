/** Every operator as a small program, over floats, integers and booleans, with broadcasting: for tests of any runtime. */
import * as graph from "../../graph/index.ts";
import {
  type Dimension,
  type DType,
  input,
  type NDArray,
  type Program,
  program,
  type Tensor,
} from "../../graph/index.ts";

export interface OperatorCase {
  readonly name: string;
  readonly program: Program;
  readonly inputs: Readonly<Record<string, NDArray>>;
}

/** Deterministic numbers in −2 … 2, none of them at a kink. */
function floats(shape: readonly number[], shift: number): NDArray {
  const count = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: count }, (_, k) => 2 * Math.sin(1.7 * k + shift + 0.1));
  return { dtype: "float", shape, data };
}

function arrayFor(dtype: DType, shape: readonly number[], shift: number): NDArray {
  const { data } = floats(shape, shift);
  if (dtype === "float") return { dtype, shape, data };
  if (dtype === "int") return { dtype, shape, data: Int32Array.from(data, (x) => Math.round(2.5 * x)) };
  return { dtype, shape, data: Uint8Array.from(data, (x) => (x > 0 ? 1 : 0)) };
}

const extents: Readonly<Record<string, number>> = { batch: 3, time: 4 };

/** A case over operands of given types: "float[batch,2]". */
function operatorCase(
  name: string,
  operands: readonly string[],
  build: (...tensors: Tensor[]) => Tensor,
): OperatorCase {
  const tensors = operands.map((text, k) => {
    const [, dtype, list] = /^(\w+)\[(.*)\]$/.exec(text)!;
    const shape = list === "" ? [] : list!.split(",").map((part): Dimension => Number(part) || part);
    return input(`x${k}`, shape, dtype as DType);
  });
  const named = Object.fromEntries(tensors.map((tensor, k) => [`x${k}`, tensor]));
  const inputs = Object.fromEntries(
    tensors.map(({ dtype, shape }, k) => [
      `x${k}`,
      arrayFor(
        dtype,
        shape.map((extent) => (typeof extent === "number" ? extent : extents[extent]!)),
        k,
      ),
    ]),
  );
  return {
    name: `${name}(${operands.join(", ")})`,
    program: program(name, named, { y: build(...tensors) }),
    inputs,
  };
}

type One = (x: Tensor) => Tensor;
type Two = (a: Tensor, b: Tensor) => Tensor;
const all: OperatorCase[] = [];
const one = (name: string, type: string, build: One) => all.push(operatorCase(name, [type], (x) => build(x!)));
const two = (name: string, a: string, b: string, build: Two) =>
  all.push(operatorCase(name, [a, b], (x, y) => build(x!, y!)));

const positive = (x: Tensor) => graph.add(graph.mul(x, x), 0.5);
for (const [name, f] of Object.entries({
  neg: graph.neg,
  abs: graph.abs,
  sign: graph.sign,
  floor: graph.floor,
  relu: graph.relu,
  exp: graph.exp,
  tanh: graph.tanh,
  sigmoid: graph.sigmoid,
  softplus: graph.softplus,
  sin: graph.sin,
  cos: graph.cos,
  hardSigmoid: graph.hardSigmoid,
  hardTanh: graph.hardTanh,
  step: graph.step,
  straightThroughStep: graph.straightThroughStep,
  stopGradient: graph.stopGradient,
  log: (x: Tensor) => graph.log(positive(x)),
  sqrt: (x: Tensor) => graph.sqrt(positive(x)),
  reciprocal: (x: Tensor) => graph.reciprocal(positive(x)),
  softmaxLast: (x: Tensor) => graph.softmax(x),
  softmaxFirst: (x: Tensor) => graph.softmax(x, 0),
  logSoftmax: (x: Tensor) => graph.logSoftmax(x),
  argMax: (x: Tensor) => graph.argMax(x, 0),
  sumAll: (x: Tensor) => graph.reduceSum(x),
  sumFirst: (x: Tensor) => graph.reduceSum(x, { axes: [0] }),
  meanLast: (x: Tensor) => graph.reduceMean(x, { axes: [-1], keepDimensions: true }),
  maxOpen: (x: Tensor) => graph.reduceMax(x, { axes: [0] }),
  minLast: (x: Tensor) => graph.reduceMin(x, { axes: [1] }),
  clipAbove: (x: Tensor) => graph.clip(x, Number.NEGATIVE_INFINITY, 0.5),
  clipBelow: (x: Tensor) => graph.clip(x, -0.5, Number.POSITIVE_INFINITY),
  castToInt: (x: Tensor) => graph.cast(x, "int"),
  castToBool: (x: Tensor) => graph.cast(graph.floor(x), "bool"),
  transpose: (x: Tensor) => graph.transpose(x, [1, 0]),
  flatten: (x: Tensor) => graph.reshape(x, ["2*batch"]),
  unsqueeze: (x: Tensor) => graph.unsqueeze(x, [1]),
  expand: (x: Tensor) => graph.expand(x, [3, "batch", 2]),
  expandByOpen: (x: Tensor) => graph.expand(graph.reduceSum(x), ["batch*batch", 2, "batch"]),
  sliceFront: (x: Tensor) => graph.slice(x, { axis: 0, start: 1 }),
  sliceBack: (x: Tensor) => graph.slice(x, { axis: 0, end: -1 }),
  reverse: (x: Tensor) => graph.slice(x, { axis: 0, stride: -1 }),
  pad: (x: Tensor) => graph.pad(x, { axis: 0, before: 1, after: 2, value: 0.25 }),
  padThenReshape: (x: Tensor) => graph.reshape(graph.pad(x, { axis: 0, before: 2, after: 1 }), ["2*batch+6"]),
}))
  one(name, "float[batch,2]", f as One);
for (const [name, f] of Object.entries({
  neg: graph.neg,
  abs: graph.abs,
  sign: graph.sign,
  relu: graph.relu,
  clip: (x: Tensor) => graph.clip(x, -2, 3),
  clipAbove: (x: Tensor) => graph.clip(x, Number.NEGATIVE_INFINITY, 3),
  clipBelow: (x: Tensor) => graph.clip(x, -2, Number.POSITIVE_INFINITY),
  toFloat: (x: Tensor) => graph.cast(x, "float"),
  toBool: (x: Tensor) => graph.cast(x, "bool"),
  sum: (x: Tensor) => graph.reduceSum(x),
  max: (x: Tensor) => graph.reduceMax(x),
  min: (x: Tensor) => graph.reduceMin(x, { axes: [0] }),
  argMax: (x: Tensor) => graph.argMax(x),
  oneHot: (x: Tensor) => graph.oneHot(x, 3),
  expand: (x: Tensor) => graph.expand(x, ["batch", "batch", 2]),
  transpose: (x: Tensor) => graph.transpose(x, [1, 0]),
  slice: (x: Tensor) => graph.slice(x, { axis: 1, start: 1 }),
}))
  one(name, "int[batch,2]", f as One);
for (const [name, f] of Object.entries({
  not: graph.not,
  toFloat: (x: Tensor) => graph.cast(x, "float"),
  toInt: (x: Tensor) => graph.cast(x, "int"),
  expand: (x: Tensor) => graph.expand(x, ["batch", "batch", 2]),
  transpose: (x: Tensor) => graph.transpose(x, [1, 0]),
  reshape: (x: Tensor) => graph.reshape(x, [2, "batch"]),
  slice: (x: Tensor) => graph.slice(x, { axis: 0, start: 1 }),
}))
  one(name, "bool[batch,2]", f as One);

const numeric: Readonly<Record<string, Two>> = {
  add: (a, b) => graph.add(a, b),
  sub: graph.sub,
  mul: graph.mul,
  max: graph.max,
  min: graph.min,
  greater: graph.greater,
  greaterOrEqual: graph.greaterOrEqual,
  less: graph.less,
  lessOrEqual: graph.lessOrEqual,
  equal: graph.equal,
  concat: (a, b) => graph.concat([graph.expand(a, ["time", "batch", 2]), graph.expand(b, ["time", "batch", 2])], 1),
};
for (const type of ["float", "int"]) {
  for (const [name, f] of Object.entries(numeric)) {
    two(name, `${type}[time,batch,2]`, `${type}[2]`, f);
    two(name, `${type}[batch,1]`, `${type}[time,1,2]`, name === "concat" ? numeric.add! : f);
    two(name, `${type}[time,batch,2]`, `${type}[]`, f);
  }
}
two("div", "float[batch,2]", "float[2]", (a, b) => graph.div(a, positive(b)));
two("div", "int[batch,2]", "int[2]", (a, b) => graph.div(a, graph.add(graph.mul(b, b), 1)));
two("pow", "float[batch,2]", "float[2]", (a, b) => graph.pow(positive(a), b));
two("pow", "int[batch,2]", "int[2]", (a, b) => graph.pow(a, graph.abs(b)));
two("and", "bool[batch,2]", "bool[2]", graph.and);
two("or", "bool[batch,2]", "bool[time,1,1]", graph.or);
two("equal", "bool[batch,2]", "bool[2]", graph.equal);
two("concat", "bool[batch,2]", "bool[time,2]", (a, b) => graph.concat([a, b], 0));
two("where", "bool[batch,1]", "float[time,batch,2]", (c, a) => graph.where(c, a, 0.5));
two("where", "bool[batch,2]", "int[2]", (c, a) => graph.where(c, a, 7));
two("where", "bool[batch,2]", "bool[2]", (c, a) => graph.where(c, a, graph.not(a)));
two("gatherBool", "bool[3,2]", "int[batch]", (x, at) => graph.gather(x, graph.clip(at, 0, 2)));
two("gather", "float[3,2]", "int[batch,time]", (x, at) => graph.gather(x, graph.clip(at, -3, 2)));
two("gatherMiddle", "float[batch,3,2]", "int[time]", (x, at) => graph.gather(x, graph.clip(at, 0, 2), 1));
two("surrogate", "float[batch,2]", "float[batch,2]", graph.surrogate);
one("meanOfScalar", "float[]", (x) => graph.reduceMean(graph.tanh(x)));
one("maxOverNoAxes", "float[batch,2]", (x) => graph.reduceMax(x, { axes: [] }));
one("minOverNoAxes", "int[2]", (x) => graph.add(graph.reduceMin(x, { axes: [] }), x));
two("matmul", "float[batch,2]", "float[2,5]", graph.matmul);
two("matmul", "float[time,batch,2]", "float[2,5]", graph.matmul);
two("matmul", "float[time,batch,2]", "float[time,2,batch]", graph.matmul);
two("matmul", "float[time,1,batch,2]", "float[5,2,3]", graph.matmul);

export const operatorCases: readonly OperatorCase[] = all;

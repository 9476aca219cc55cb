/** How each ONNX operator is made of ours. The forms of older operator sets are noted where they differ. */
import { ndarray } from "../../graph/array.ts";
import { broadcast } from "../../graph/dimension.ts";
import type { ReduceOptions, Tensor } from "../../graph/index.ts";
import * as graph from "../../graph/index.ts";
import { toNDArray } from "./convert.ts";
import { codeOf, elementTypeOf } from "./elements.ts";
import { reshapeTarget } from "./import-extents.ts";
import { dtypeOfElement, type NodeReader } from "./import-node.ts";
import { importPad } from "./import-pad.ts";

type Build = (at: NodeReader) => Tensor;

const unary =
  (build: (x: Tensor) => Tensor): Build =>
  (at) =>
    build(at.tensor(0));

const binary =
  (build: (a: Tensor, b: Tensor) => Tensor): Build =>
  (at) =>
    build(...aligned(at));

/** Before operator set 7 the second operand broadcast only when told to, from a given axis of the first. */
function aligned(at: NodeReader): [Tensor, Tensor] {
  const [a, b] = [at.tensor(0), at.tensor(1)];
  const axis = at.version < 7 ? at.attribute("axis", "int") : undefined;
  if (axis === undefined) return [a, b];
  const after = a.shape.length - (axis < 0 ? axis + a.shape.length : axis) - b.shape.length;
  return [a, graph.reshape(b, [...b.shape, ...new Array<number>(Math.max(after, 0)).fill(1)])];
}

/** An operator of one or more operands, taken from the left. */
const many =
  (build: (a: Tensor, b: Tensor) => Tensor): Build =>
  (at) =>
    at.tensors().reduce(build);

const mean: Build = (at) =>
  graph.div(
    at.tensors().reduce((a, b) => graph.add(a, b)),
    at.node.inputs.length,
  );

/** Reductions take their axes as an attribute before operator set `since`, as an input from then on. */
const reduction =
  (build: (x: Tensor, options?: ReduceOptions) => Tensor, since: number): Build =>
  (at) => {
    const x = at.tensor(0);
    const axes = at.integers("axes", 1, since) ?? [];
    if (axes.length === 0 && at.int("noop_with_empty_axes", 0) === 1) return x;
    const keepDimensions = at.int("keepdims", 1) === 1;
    return build(x, axes.length === 0 ? { keepDimensions } : { axes, keepDimensions });
  };

/** Before operator set 13 softmax joined all axes from `axis` on. */
const normalized =
  (build: (x: Tensor, axis?: number) => Tensor): Build =>
  (at) => {
    const x = at.tensor(0);
    if (at.version >= 13) return build(x, at.int("axis", -1));
    return graph.reshape(build(flattened(x, at.int("axis", 1))), x.shape);
  };

function flattened(x: Tensor, axis: number): Tensor {
  const cut = axis < 0 ? axis + x.shape.length : axis;
  return graph.reshape(x, [graph.elements(x.shape.slice(0, cut)), graph.elements(x.shape.slice(cut))]);
}

/** Result of the type of the base, whatever that of the exponent. */
const power: Build = (at) => {
  const [a, b] = aligned(at);
  if (a.dtype === b.dtype) return graph.pow(a, b);
  return graph.cast(graph.pow(graph.cast(a, "float"), graph.cast(b, "float")), a.dtype);
};

const clip: Build = (at) => {
  const limit = (name: "min" | "max", k: number, otherwise: number) => {
    if (at.version < 11) return at.float(name, otherwise);
    return at.has(k) ? at.known(k, name).data[0]! : otherwise;
  };
  return graph.clip(at.tensor(0), limit("min", 1, -Infinity), limit("max", 2, Infinity));
};

function castTo(x: Tensor, code: number, at: NodeReader): Tensor {
  const type = elementTypeOf(code);
  if (type === "FLOAT16" || type === "BFLOAT16") at.fail(`rounding to ${type} isn't supported`);
  const dtype = dtypeOfElement[type] ?? at.fail(`elements of type ${type} aren't supported`);
  return graph.cast(x, dtype);
}

const argMax: Build = (at) => {
  const x = at.tensor(0);
  const axis = at.int("axis", 0);
  const index = at.int("select_last_index", 0) === 1 ? lastArgMax(x, axis, at) : graph.argMax(x, axis);
  const position = axis < 0 ? axis + x.shape.length : axis;
  return at.int("keepdims", 1) === 1 ? graph.unsqueeze(index, [position]) : index;
};

/** The last of equals is the first in reverse. */
function lastArgMax(x: Tensor, axis: number, at: NodeReader): Tensor {
  const extent = x.shape.at(axis);
  if (typeof extent !== "number") return at.fail(`select_last_index along the open dimension "${extent}"`);
  return graph.sub(extent - 1, graph.argMax(graph.slice(x, { axis, stride: -1 }), axis));
}

/** Vectors are rows on the left and columns on the right. */
const matmul: Build = (at) => {
  const [a, b] = [at.tensor(0), at.tensor(1)];
  const product = graph.matmul(
    a.shape.length === 1 ? graph.unsqueeze(a, [0]) : a,
    b.shape.length === 1 ? graph.unsqueeze(b, [1]) : b,
  );
  const gone = [...(a.shape.length === 1 ? [-2] : []), ...(b.shape.length === 1 ? [-1] : [])];
  return gone.length > 0 ? graph.squeeze(product, gone) : product;
};

/** α·A·B + β·C. */
const gemm: Build = (at) => {
  const side = (k: number, transposed: string) =>
    at.int(transposed, 0) === 1 ? graph.swapLastAxes(at.tensor(k)) : at.tensor(k);
  const scaled = (x: Tensor, factor: number) => (factor === 1 ? x : graph.mul(x, factor));
  const product = scaled(graph.matmul(side(0, "transA"), side(1, "transB")), at.float("alpha", 1));
  return at.has(2) ? graph.add(product, scaled(at.tensor(2), at.float("beta", 1))) : product;
};

const reshape: Build = (at) => {
  const x = at.tensor(0);
  const wanted = at.extents(1, "shape");
  const target = reshapeTarget(x.shape, wanted, at.int("allowzero", 0) === 1);
  return graph.reshape(x, target ?? at.fail(`[${x.shape.join(", ")}] can't be given the shape [${wanted.join(", ")}]`));
};

const expand: Build = (at) => {
  const x = at.tensor(0);
  const wanted = at.extents(1, "shape");
  const shape = broadcast([x.shape, wanted]);
  return "conflict" in shape
    ? at.fail(`[${x.shape.join(", ")}] can't be repeated to [${wanted.join(", ")}]`)
    : graph.expand(x, shape);
};

const squeeze: Build = (at) => {
  const x = at.tensor(0);
  const axes = at.integers("axes", 1, 13);
  return graph.squeeze(x, axes ?? [...x.shape.keys()].filter((axis) => x.shape[axis] === 1));
};

/** Starts and ends are attributes before operator set 10. Ends of ±2^31 and beyond stand for "to the end". */
const sliced: Build = (at) => {
  const list = (name: string, k: number): readonly graph.Dimension[] | undefined => {
    if (at.version < 10) return at.attribute(name, "ints");
    return at.has(k) ? at.extents(k, name) : undefined;
  };
  const starts = list("starts", 1) ?? at.fail("it has no starts");
  const ends = list("ends", 2) ?? at.fail("it has no ends");
  const axes = list("axes", 3) ?? starts.map((_, k) => k);
  const strides = list("steps", 4) ?? starts.map(() => 1);
  return starts.reduce<Tensor>((x, start, k) => {
    const [axis, stride] = [Number(axes[k]), Number(strides[k])];
    const end = ends[k]!;
    const extent = x.shape.at(axis)!;
    const toEnd = typeof end === "number" && (stride > 0 ? end >= 2 ** 31 - 1 : end <= 1 - 2 ** 31);
    const fromEnd = typeof start === "number" && stride < 0 && start >= 2 ** 31 - 1;
    if (typeof extent !== "number" && stride < 0 && typeof start === "number" && !fromEnd && start >= 0) {
      at.fail(`a backward slice of the open dimension "${extent}" from ${start}`);
    }
    return graph.slice(x, { axis, stride, ...(!fromEnd && { start }), ...(!toEnd && { end }) });
  }, at.tensor(0));
};

const constantOfShape: Build = (at) => {
  const value = at.attribute("value", "tensor");
  const one = value ? { ...toNDArray(value), shape: [] } : ndarray(Float32Array.of(0), []);
  return graph.expand(graph.constant(one), at.extents(0, "shape"));
};

/** The operators that `importModel` reads, beside Constant, Identity, Shape, Size and Scan. */
export const importOperators: Readonly<Record<string, Build>> = {
  Abs: unary(graph.abs),
  Add: binary(graph.add),
  And: binary(graph.and),
  ArgMax: argMax,
  Cast: (at) => castTo(at.tensor(0), at.int("to", codeOf("FLOAT")), at),
  Ceil: unary((x) => graph.neg(graph.floor(graph.neg(x)))),
  Clip: clip,
  Concat: (at) => graph.concat(at.tensors(), at.int("axis", 1)),
  ConstantOfShape: constantOfShape,
  Cos: unary(graph.cos),
  Div: binary(graph.div),
  Equal: binary(graph.equal),
  Exp: unary(graph.exp),
  Expand: expand,
  Flatten: (at) => flattened(at.tensor(0), at.int("axis", 1)),
  Floor: unary(graph.floor),
  Gather: (at) => graph.gather(at.tensor(0), at.tensor(1), at.int("axis", 0)),
  Gemm: gemm,
  Greater: binary(graph.greater),
  GreaterOrEqual: binary(graph.greaterOrEqual),
  HardSigmoid: (at) => graph.hardSigmoid(at.tensor(0), at.float("alpha", 0.2), at.float("beta", 0.5)),
  Less: binary(graph.less),
  LessOrEqual: binary(graph.lessOrEqual),
  Log: unary(graph.log),
  LogSoftmax: normalized(graph.logSoftmax),
  MatMul: matmul,
  Max: many(graph.max),
  Mean: mean,
  Min: many(graph.min),
  Mul: binary(graph.mul),
  Neg: unary(graph.neg),
  Not: unary(graph.not),
  Or: binary(graph.or),
  Pad: importPad,
  Pow: power,
  Reciprocal: unary(graph.reciprocal),
  ReduceMax: reduction(graph.reduceMax, 18),
  ReduceMean: reduction(graph.reduceMean, 18),
  ReduceMin: reduction(graph.reduceMin, 18),
  ReduceSum: reduction(graph.reduceSum, 13),
  Relu: unary(graph.relu),
  Reshape: reshape,
  Sigmoid: unary(graph.sigmoid),
  Sign: unary(graph.sign),
  Sin: unary(graph.sin),
  Slice: sliced,
  Softmax: normalized(graph.softmax),
  Softplus: unary(graph.softplus),
  Sqrt: unary(graph.sqrt),
  Squeeze: squeeze,
  Sub: binary(graph.sub),
  Sum: many((a, b) => graph.add(a, b)),
  Tanh: unary(graph.tanh),
  Transpose: (at) => {
    const x = at.tensor(0);
    return graph.transpose(x, at.attribute("perm", "ints") ?? [...x.shape.keys()].reverse());
  },
  Unsqueeze: (at) => graph.unsqueeze(at.tensor(0), at.integers("axes", 1, 13) ?? at.fail("it has no axes")),
  Where: (at) => graph.where(at.tensor(0), at.tensor(1), at.tensor(2)),
};

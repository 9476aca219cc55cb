/** Arithmetic on shapes: models compute them from the shapes of their inputs, the importer computes them while it reads. */
import { type Dimension, elements, minus, monomials, plus, times } from "../../graph/index.ts";
import { toNDArray } from "./convert.ts";
import { type Extents, extentsOf, type NodeReader } from "./import-node.ts";

/** The result of a node as extents, or undefined when it isn't made of extents only. */
export function foldExtents(at: NodeReader): Extents | undefined {
  const { opType } = at.node;
  if (opType === "Shape" || opType === "Size") {
    const { tensor, known, extents } = at.value(0);
    const shape = tensor?.shape ?? known?.shape ?? (extents?.rank === 1 ? [extents.values.length] : []);
    if (opType === "Size") return { values: [elements(shape)], rank: 0 };
    const place = (index: number) => Math.min(Math.max(index < 0 ? index + shape.length : index, 0), shape.length);
    return { values: shape.slice(place(at.int("start", 0)), place(at.int("end", shape.length))), rank: 1 };
  }
  const fold = folds[opType];
  if (!fold) return undefined;
  const operands: Extents[] = [];
  for (let k = 0; k < at.node.inputs.length; k++) {
    const extents = at.has(k) ? extentsOf(at.value(k)) : undefined;
    if (!extents) return undefined;
    operands.push(extents);
  }
  return fold(operands, at);
}

type Fold = (operands: readonly Extents[], at: NodeReader) => Extents | undefined;

const elementwise =
  (f: (a: Dimension, b: Dimension) => Dimension | undefined): Fold =>
  ([a, b]) => {
    if (!a || !b) return undefined;
    const length = Math.max(a.values.length, b.values.length);
    const pick = ({ values }: Extents, k: number) => values[values.length === 1 ? 0 : k];
    const values: Dimension[] = [];
    for (let k = 0; k < length; k++) {
      const [left, right] = [pick(a, k), pick(b, k)];
      const value = left === undefined || right === undefined ? undefined : f(left, right);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return { values, rank: a.rank === 0 && b.rank === 0 ? 0 : 1 };
  };

const folds: Readonly<Record<string, Fold>> = {
  Add: elementwise(plus),
  Sub: elementwise(minus),
  Mul: elementwise(times),
  Div: elementwise((a, b) =>
    typeof a === "number" && typeof b === "number" && b !== 0 ? Math.trunc(a / b) : undefined,
  ),
  Identity: ([x]) => x,
  Cast: ([x], at) => (at.int("to", 0) === 7 || at.int("to", 0) === 6 ? x : undefined),
  Neg: ([x]) => x && { values: x.values.map((extent) => minus(0, extent)), rank: x.rank },
  ConstantOfShape([shape], at) {
    const value = at.attribute("value", "tensor");
    const filled = value && toNDArray(value);
    const [count = 1] = shape?.values ?? [];
    if (filled?.dtype !== "int" || !shape || shape.values.length > 1 || typeof count !== "number") return undefined;
    return { values: new Array<number>(count).fill(filled.data[0]!), rank: shape.values.length as 0 | 1 };
  },
  Concat: (parts) => ({ values: parts.flatMap(({ values }) => values), rank: 1 }),
  Unsqueeze: ([x]) => (x?.rank === 0 ? { values: x.values, rank: 1 } : undefined),
  Squeeze: ([x]) => (x?.values.length === 1 ? { values: x.values, rank: 0 } : undefined),
  Reshape([x, shape]) {
    const isKept = x && shape && shape.values.length <= 1 && x.values.length === 1;
    return isKept ? { values: x.values, rank: shape.values.length as 0 | 1 } : undefined;
  },
  Gather([x, indices]) {
    const values = indices?.values.map((index) => (typeof index === "number" ? x?.values.at(index) : undefined));
    if (!x || !indices || !values?.every((value) => value !== undefined)) return undefined;
    return { values, rank: indices.rank };
  },
  Slice([x, starts, ends, , steps]) {
    const [start, end, step] = [starts?.values[0], ends?.values[0], steps?.values[0] ?? 1];
    if (!x || typeof start !== "number" || typeof end !== "number" || step !== 1) return undefined;
    return { values: x.values.slice(start, end), rank: 1 };
  },
};

/**
 * The extents that a shape operand of Reshape asks for: 0 keeps the extent of the operand, −1 takes what is left.
 * @returns undefined where what is left is no whole number or polynomial.
 */
export function reshapeTarget(
  from: readonly Dimension[],
  wanted: readonly Dimension[],
  keepsZero: boolean,
): Dimension[] | undefined {
  const target = wanted.map((extent, axis) => (extent === 0 && !keepsZero ? (from[axis] ?? 0) : extent));
  const open = target.indexOf(-1);
  if (open < 0) return target;
  const left = [...from];
  const divisors: Dimension[] = [];
  for (const extent of target) {
    if (extent === -1) continue;
    const same = left.indexOf(extent);
    if (same >= 0) left.splice(same, 1);
    else divisors.push(extent);
  }
  const rest = quotient(elements(left), elements(divisors));
  if (rest === undefined) return undefined;
  target[open] = rest;
  return target;
}

/** A polynomial divided by a single term, where nothing remains. */
function quotient(polynomial: Dimension, divisor: Dimension): Dimension | undefined {
  if (polynomial === 0 && divisor !== 0) return 0;
  const [by, ...more] = monomials(divisor);
  if (!by || more.length > 0) return undefined;
  let sum: Dimension = 0;
  for (const { coefficient, names } of monomials(polynomial)) {
    const left = [...names];
    for (const name of by.names) {
      const at = left.indexOf(name);
      if (at < 0) return undefined;
      left.splice(at, 1);
    }
    if (coefficient % by.coefficient !== 0) return undefined;
    sum = plus(sum, left.reduce<Dimension>(times, coefficient / by.coefficient));
  }
  return sum;
}

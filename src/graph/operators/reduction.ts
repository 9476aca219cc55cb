/** Means, extremes and the index of the largest along axes. (Sums: `broadcast.ts`.) */
import type { Operator } from "../operator.ts";
import { call, named } from "../print.ts";
import { apply, type Tensor } from "../tensor.ts";
import { div, mul } from "./arithmetic.ts";
import {
  emitReduction,
  expand,
  forEachGroup,
  type ReduceAttributes,
  type ReduceOptions,
  ReduceSum,
  reduceAttributes,
  reducedShape,
  reduceSum,
  withReducedAxes,
} from "./broadcast.ts";
import { constant } from "./constant.ts";
import { cast, equal } from "./logic.ts";
import { fromEnd } from "./reshape.ts";

/** Mean over axes. Derivative: the gradient, spread evenly. */
export const ReduceMean: Operator<ReduceAttributes> = {
  name: "ReduceMean",
  infer([x], attributes) {
    if (x!.dtype !== "float") return { problem: `expected float, received ${x!.dtype}` };
    return { dtype: "float", shape: reducedShape(x!.shape, attributes) };
  },
  value([x], out, attributes) {
    ReduceSum.value([x!], out, attributes);
    const count = x!.data.length / out.data.length;
    for (let i = 0; i < out.data.length; i++) out.data[i]! /= count;
  },
  derivative({ inputs: [x], attributes }, gradient) {
    // The number of elements may be open: it is the sum of ones.
    const ones = expand(constant({ dtype: "float", shape: [], data: Float64Array.of(1) }), x!.shape);
    const count = reduceSum(ones, { axes: attributes.axes, keepDimensions: true });
    return [expand(div(withReducedAxes(gradient, x!.shape, attributes), count), x!.shape)];
  },
  bound([x], out, attributes) {
    ReduceSum.bound([x!], out, attributes);
    const count = x!.lower.data.length / out.lower.data.length;
    // The division rounds once more; an engine may multiply by a rounded reciprocal instead.
    const slack = 2 ** -22;
    for (let i = 0; i < out.lower.data.length; i++) {
      const low = out.lower.data[i]! / count;
      const high = out.upper.data[i]! / count;
      out.lower.data[i] = low - Math.abs(low) * slack - 2 ** -149;
      out.upper.data[i] = high + Math.abs(high) * slack + 2 ** -149;
    }
  },
  onnx: (lowering, inputs, { attributes }) => emitReduction(lowering, "ReduceMean", inputs, attributes),
  print: (operands, style) => call(named("mean", style), operands, style),
  vectorize: ([x], attributes) => apply(ReduceMean, [x!.tensor], attributes),
};

function extreme(name: "ReduceMax" | "ReduceMin", start: number, better: (a: number, b: number) => boolean) {
  const operator: Operator<ReduceAttributes> = {
    name,
    infer: ([x], attributes) => ({ dtype: x!.dtype, shape: reducedShape(x!.shape, attributes) }),
    value([x], out, { axes }) {
      const integer = x!.dtype === "int";
      forEachGroup(x!, axes, (o, first, inner) => {
        let best = integer ? x!.data[first + inner[0]!]! : start;
        for (let k = 0; k < inner.length; k++) {
          const element = x!.data[first + inner[k]!]!;
          if (better(element, best) || Number.isNaN(element)) best = element;
        }
        out.data[o] = best;
      });
    },
    /** Shared evenly among equals. */
    derivative({ inputs: [x], output, attributes }, gradient) {
      if (x!.dtype !== "float") return [undefined];
      const chosen = cast(equal(x!, withReducedAxes(output, x!.shape, attributes)), "float");
      const ties = reduceSum(chosen, { axes: attributes.axes, keepDimensions: true });
      return [mul(chosen, div(withReducedAxes(gradient, x!.shape, attributes), ties))];
    },
    bound([x], out, attributes) {
      operator.value([x!.lower], out.lower, attributes);
      operator.value([x!.upper], out.upper, attributes);
    },
    onnx: (lowering, inputs, { attributes }) => emitReduction(lowering, name, inputs, attributes),
    print: (operands, style) =>
      call(style === "latex" ? `\\${name.slice(6).toLowerCase()}` : name.slice(6).toLowerCase(), operands, style),
    vectorize: ([x], attributes) => apply(operator, [x!.tensor], attributes),
  };
  return operator;
}

export const ReduceMax = extreme("ReduceMax", Number.NEGATIVE_INFINITY, (a, b) => a > b);
export const ReduceMin = extreme("ReduceMin", Number.POSITIVE_INFINITY, (a, b) => a < b);

interface ArgMaxAttributes {
  readonly axis: number;
}

/** The index of the largest element along an axis, the first of equals. No derivative. */
export const ArgMax: Operator<ArgMaxAttributes> = {
  name: "ArgMax",
  infer: ([x], { axis }) => ({
    dtype: "int",
    shape: reducedShape(x!.shape, { axes: [axis], keepDimensions: false }),
  }),
  value([x], out, { axis }) {
    forEachGroup(x!, [axis], (o, first, inner) => {
      let best = 0;
      for (let k = 1; k < inner.length; k++) {
        if (x!.data[first + inner[k]!]! > x!.data[first + inner[best]!]!) best = k;
      }
      out.data[o] = best;
    });
  },
  derivative: () => [undefined],
  bound([x], out, { axis }) {
    const { lower, upper } = x!;
    forEachGroup(lower, [axis], (o, start, inner) => {
      let highestLower = Number.NEGATIVE_INFINITY;
      for (const k of inner) highestLower = Math.max(highestLower, lower.data[start + k]!);
      const possible = [...inner.keys()].filter((k) => upper.data[start + inner[k]!]! >= highestLower);
      out.lower.data[o] = possible[0]!;
      out.upper.data[o] = possible.at(-1)!;
    });
  },
  onnx(lowering, inputs, { attributes: { axis } }) {
    const index = lowering.emit("ArgMax", inputs, { axis: { int: axis }, keepdims: { int: 0 } });
    return lowering.emit("Cast", [index], { to: { int: lowering.elementType("int") } });
  },
  print: (operands, style) => call(style === "latex" ? "\\arg\\max" : "argmax", operands, style),
  vectorize: ([x], attributes) => apply(ArgMax, [x!.tensor], attributes),
};

/** Mean over `axes` (default: all). */
export function reduceMean(x: Tensor, options?: ReduceOptions): Tensor {
  return apply(ReduceMean, [x], reduceAttributes(x, "ReduceMean", options));
}
/** Largest element over `axes` (default: all). */
export function reduceMax(x: Tensor, options?: ReduceOptions): Tensor {
  return apply(ReduceMax, [x], reduceAttributes(x, "ReduceMax", options));
}
/** Smallest element over `axes` (default: all). */
export function reduceMin(x: Tensor, options?: ReduceOptions): Tensor {
  return apply(ReduceMin, [x], reduceAttributes(x, "ReduceMin", options));
}
/** Index of the largest element along an axis (default: the last), the first of equals. */
export function argMax(x: Tensor, axis = -1): Tensor {
  return apply(ArgMax, [x], { axis: fromEnd(axis, x.shape.length, "ArgMax", x) });
}

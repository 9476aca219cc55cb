/** Softmax and its logarithm along one axis, computed after subtracting the largest element. */
import type { NDArray } from "../array.ts";
import type { Operator } from "../operator.ts";
import { call, named } from "../print.ts";
import { approximateDown, approximateUp } from "../rounding.ts";
import { apply, type Tensor } from "../tensor.ts";
import { mul, sub } from "./arithmetic.ts";
import { forEachGroup, reduceSum } from "./broadcast.ts";
import { exp } from "./functions.ts";
import { fromEnd } from "./reshape.ts";

interface SoftmaxAttributes {
  readonly axis: number;
}

function softmaxValue(x: NDArray, out: NDArray, axis: number, logarithm: boolean): void {
  // Groups of x are visited in the order of the reduced result; elements keep their place.
  forEachGroup(x, [axis], (_, start, inner) => {
    let largest = Number.NEGATIVE_INFINITY;
    for (const k of inner) largest = Math.max(largest, x.data[start + k]!);
    let total = 0;
    for (const k of inner) total += Math.exp(x.data[start + k]! - largest);
    const logTotal = Math.log(total);
    for (const k of inner) {
      const centred = x.data[start + k]! - largest;
      out.data[start + k] = logarithm ? centred - logTotal : Math.exp(centred) / total;
    }
  });
}

function softmaxOperator(name: "Softmax" | "LogSoftmax"): Operator<SoftmaxAttributes> {
  const logarithm = name === "LogSoftmax";
  const operator: Operator<SoftmaxAttributes> = {
    name,
    infer([x]) {
      return x!.dtype === "float"
        ? { dtype: "float", shape: x!.shape }
        : { problem: `expected float, received ${x!.dtype}` };
    },
    value: ([x], out, { axis }) => softmaxValue(x!, out, axis, logarithm),
    derivative({ output, attributes: { axis } }, gradient) {
      const sum = (of: Tensor) => reduceSum(of, { axes: [axis], keepDimensions: true });
      if (logarithm) return [sub(gradient, mul(exp(output), sum(gradient)))];
      return [mul(output, sub(gradient, sum(mul(gradient, output))))];
    },
    bound([x], out, { axis }) {
      const { lower, upper } = x!;
      forEachGroup(lower, [axis], (_, start, inner) => {
        // Least where this element is lowest and all others are highest; the reverse for the most.
        for (const k of inner) {
          for (const [own, other, target, round] of [
            [lower, upper, out.lower, approximateDown],
            [upper, lower, out.upper, approximateUp],
          ] as const) {
            let total = 1;
            for (const j of inner) if (j !== k) total += Math.exp(other.data[start + j]! - own.data[start + k]!);
            // An engine sums up to n rounded exponentials and divides: n + 3 times the error of one.
            const y = logarithm ? -Math.log(total) : 1 / total;
            const widen = inner.length + 3;
            const rounded = round(y);
            target.data[start + k] = y + (rounded - y) * widen;
          }
        }
      });
    },
    onnx: (lowering, inputs, { attributes: { axis } }) => lowering.emit(name, inputs, { axis: { int: axis } }),
    print: (operands, style) => call(named(logarithm ? "log softmax" : "softmax", style), operands, style),
    vectorize: ([x], attributes) => apply(operator, [x!.tensor], attributes),
  };
  return operator;
}

export const Softmax = softmaxOperator("Softmax");
export const LogSoftmax = softmaxOperator("LogSoftmax");

/** softmax(x)ᵢ = e^xᵢ / Σⱼ e^xⱼ along an axis (default: the last). */
export function softmax(x: Tensor, axis = -1): Tensor {
  return apply(Softmax, [x], { axis: fromEnd(axis, x.shape.length, "Softmax", x) });
}

/** ln softmax(x) along an axis (default: the last). */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return apply(LogSoftmax, [x], { axis: fromEnd(axis, x.shape.length, "LogSoftmax", x) });
}

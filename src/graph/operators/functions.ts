/** Smooth functions of one number: exponential, logarithm, roots and powers, tanh, sigmoid, softplus, sine, cosine. */
import type { NDArray } from "../array.ts";
import { binaryLoop, broadcastStrides, stridedCopy, unaryLoop } from "../kernels.ts";
import type { Interval, Operator } from "../operator.ts";
import { atom, call, STRENGTH, within } from "../print.ts";
import { approximateDown, approximateUp, down, up } from "../rounding.ts";
import { apply, type Tensor } from "../tensor.ts";
import { div, mul, neg, sub } from "./arithmetic.ts";
import { type Operand, tensors } from "./constant.ts";
import { broadcastType, elementwise, increasingBound } from "./elementwise.ts";
import { greater, where } from "./logic.ts";

function smooth(
  name: string,
  latex: string,
  f: (x: number) => number,
  slope: (x: Tensor, y: Tensor, gradient: Tensor) => Tensor,
  bound: (inputs: readonly Interval[], out: Interval) => void,
  text = name.toLowerCase(),
  onnx?: Operator<null>["onnx"],
): Operator<null> {
  const loop = unaryLoop(f);
  return elementwise<null>({
    name,
    infer: (inputs) => broadcastType(inputs, ["float"]),
    value: ([x], out) => loop(x!.data, out.data),
    slope: ({ inputs: [x], output }, gradient) => [slope(x!, output, gradient)],
    bound,
    print(operands, style) {
      if (style === "latex" && latex.endsWith("{}")) return atom(latex.replace("{}", `{${operands[0]!.text}}`));
      return call(style === "latex" ? latex : text, operands, style);
    },
    ...(onnx && { onnx }),
  });
}

/** Bounds with the engine's approximation error, cut to the range that the function can't leave (with that error). */
const approximately = (f: (x: number) => number, least = Number.NEGATIVE_INFINITY) =>
  increasingBound(f, (y) => Math.max(least, approximateDown(y)), approximateUp);

/** The bounds of a function that negative numbers have no value of: −∞ … ∞ where the operand may be one. */
function openWhereNegative(bound: Operator<null>["bound"]): (inputs: readonly Interval[], out: Interval) => void {
  return ([x], out) => {
    bound([x!], out, null);
    for (let i = 0; i < out.lower.data.length; i++) {
      if (x!.lower.data[i]! >= 0) continue;
      out.lower.data[i] = Number.NEGATIVE_INFINITY;
      out.upper.data[i] = Number.POSITIVE_INFINITY;
    }
  };
}

/** eˣ. */
export const Exp = smooth("Exp", "\\exp", Math.exp, (_, y, g) => mul(g, y), approximately(Math.exp, 0));

/** ln x. */
export const Log = smooth(
  "Log",
  "\\ln",
  Math.log,
  (x, _, g) => div(g, x),
  openWhereNegative(approximately(Math.log)),
  "ln",
);

/** √x. */
export const Sqrt = smooth(
  "Sqrt",
  "\\sqrt{}",
  Math.sqrt,
  (_, y, g) => div(mul(g, 0.5), y),
  openWhereNegative(increasingBound(Math.sqrt, (y) => Math.max(0, down(y)), up)),
);

/** 1/x. */
export const Reciprocal = smooth(
  "Reciprocal",
  "\\operatorname{reciprocal}",
  (x) => 1 / x,
  (_, y, g) => neg(mul(g, mul(y, y))),
  ([x], out) => {
    for (let i = 0; i < out.lower.data.length; i++) {
      const low = x!.lower.data[i]!;
      const high = x!.upper.data[i]!;
      const open = low <= 0 && high >= 0;
      out.lower.data[i] = open ? Number.NEGATIVE_INFINITY : down(1 / high);
      out.upper.data[i] = open ? Number.POSITIVE_INFINITY : up(1 / low);
    }
  },
);

/** tanh x. Derivative 1 − tanh²x. */
export const Tanh = smooth(
  "Tanh",
  "\\tanh",
  Math.tanh,
  (_, y, g) => mul(g, sub(1, mul(y, y))),
  approximately(Math.tanh),
);

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** σ(x) = 1/(1 + e⁻ˣ). Derivative σ(1 − σ). */
export const Sigmoid = smooth(
  "Sigmoid",
  "\\sigma",
  logistic,
  (_, y, g) => mul(g, mul(y, sub(1, y))),
  approximately(logistic),
  "σ",
);

const softplusOf = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** ln(1 + eˣ). Derivative σ(x). */
export const Softplus = smooth(
  "Softplus",
  "\\operatorname{softplus}",
  softplusOf,
  (x, _, g) => mul(g, sigmoid(x)),
  // An engine may compute ln(1 + eˣ) literally: the error of the exponential, seen through the logarithm, doubles.
  increasingBound(
    softplusOf,
    (y) => approximateDown(approximateDown(y)),
    (y) => approximateUp(approximateUp(y)),
  ),
  "softplus",
  // ONNX Runtime's own Softplus works one element at a time (10 ns each); these are vectorized: max(x, 0) + ln(1 + e^−|x|).
  (lowering, [x]) => {
    const exponent = lowering.emit("Neg", [lowering.emit("Abs", [x!])]);
    const sum = lowering.emit("Add", [lowering.emit("Exp", [exponent]), lowering.floats([1], [])]);
    return lowering.emit("Add", [lowering.emit("Relu", [x!]), lowering.emit("Log", [sum])]);
  },
);

/** Bounds of sine or cosine: ±1 unless the interval holds no extreme point and is short. */
function waveBound(f: (x: number) => number, phase: number): (inputs: readonly Interval[], out: Interval) => void {
  return ([x], out) => {
    for (let i = 0; i < out.lower.data.length; i++) {
      const low = x!.lower.data[i]!;
      const high = x!.upper.data[i]!;
      const holds = (at: number) => Math.ceil((low - at) / (2 * Math.PI) - 1e-9) <= (high - at) / (2 * Math.PI) + 1e-9;
      const safe = Math.abs(low) < 1e4 && Math.abs(high) < 1e4;
      const least = !safe || holds(phase - Math.PI / 2) ? -1 : Math.min(f(low), f(high));
      const most = !safe || holds(phase + Math.PI / 2) ? 1 : Math.max(f(low), f(high));
      out.lower.data[i] = approximateDown(least);
      out.upper.data[i] = approximateUp(most);
    }
  };
}

/** sin x. */
export const Sin = smooth("Sin", "\\sin", Math.sin, (x, _, g) => mul(g, cos(x)), waveBound(Math.sin, 0));
/** cos x. */
export const Cos = smooth(
  "Cos",
  "\\cos",
  Math.cos,
  (x, _, g) => neg(mul(g, sin(x))),
  waveBound(Math.cos, -Math.PI / 2),
);

/** aᵇ. ∂/∂a = b·aᵇ⁻¹; ∂/∂b = aᵇ·ln a, taken as 0 where a ≤ 0. */
export const Pow: Operator<null> = (() => {
  const loop = binaryLoop((a, b) => a ** b);
  return elementwise<null>({
    name: "Pow",
    infer: (inputs) => broadcastType(inputs, ["float", "int"]),
    value: ([a, b], out) => loop(a!, b!, out),
    slope({ inputs: [a, b], output }, gradient) {
      const positive = greater(a!, 0);
      return [
        mul(gradient, mul(b!, pow(a!, sub(b!, 1)))),
        mul(gradient, where(positive, mul(output, log(where(positive, a!, 1))), 0)),
      ];
    },
    bound([a, b], out) {
      const [al, au, bl, bu] = [a!.lower, a!.upper, b!.lower, b!.upper].map((end) => {
        const wide: NDArray = { ...out.lower, data: new Float64Array(out.lower.data.length) };
        stridedCopy(end.data, wide, broadcastStrides(end.shape, wide.shape.length));
        return wide.data;
      }) as [Float64Array, Float64Array, Float64Array, Float64Array];
      for (let i = 0; i < al.length; i++) {
        const [low, high] = powerBound(al[i]!, au[i]!, bl[i]!, bu[i]!);
        out.lower.data[i] = approximateDown(low);
        out.upper.data[i] = approximateUp(high);
      }
    },
    print: ([a, b], style) => ({
      text:
        style === "latex"
          ? `${within(a!, STRENGTH.atom, style)}^{${b!.text}}`
          : `${within(a!, STRENGTH.atom, style)}^${within(b!, STRENGTH.atom, style)}`,
      strength: STRENGTH.power,
    }),
  });
})();

/** Bounds of aᵇ: corners where the base stays positive, an even or odd curve for one whole exponent, otherwise open. */
function powerBound(al: number, au: number, bl: number, bu: number): [number, number] {
  const corners = [al ** bl, al ** bu, au ** bl, au ** bu];
  if (al > 0) return [Math.min(...corners), Math.max(...corners)];
  if (bl === bu && Number.isInteger(bl) && bl >= 0) {
    if (bl % 2 === 1) return [al ** bl, au ** bl];
    return [au >= 0 ? (bl === 0 ? 1 : 0) : au ** bl, Math.max(al ** bl, au ** bl)];
  }
  if (al === 0 && bl > 0) return [0, Math.max(...corners)];
  return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
}

const unary = (operator: Operator<null>) => (x: Tensor) => apply(operator, [x], null);

/** eˣ. */
export const exp = unary(Exp);
/** ln x. */
export const log = unary(Log);
/** √x. */
export const sqrt = unary(Sqrt);
/** 1/x. */
export const reciprocal = unary(Reciprocal);
/** tanh x. */
export const tanh = unary(Tanh);
/** σ(x) = 1/(1 + e⁻ˣ). */
export const sigmoid = unary(Sigmoid);
/** ln(1 + eˣ). */
export const softplus = unary(Softplus);
/** sin x. */
export const sin = unary(Sin);
/** cos x. */
export const cos = unary(Cos);
/** aᵇ, element by element. */
export function pow(a: Operand, b: Operand): Tensor {
  return apply(Pow, tensors([a, b]), null);
}

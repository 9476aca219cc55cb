/** Piecewise linear functions: |x|, sign, floor, relu, clip and the hard sigmoid. Exact in every precision but for one rounding. */
import type { DType } from "../array.ts";
import { unaryLoop } from "../kernels.ts";
import type { Interval, Operator } from "../operator.ts";
import { call, named } from "../print.ts";
import { down, up } from "../rounding.ts";
import { apply, type Tensor } from "../tensor.ts";
import { mul, sub } from "./arithmetic.ts";
import { printNumber, scalar } from "./constant.ts";
import { broadcastType, elementwise, increasingBound } from "./elementwise.ts";
import { and, greater, greaterOrEqual, lessOrEqual, where } from "./logic.ts";

const same = (x: number) => x;

function unary(
  name: string,
  f: (x: number) => number,
  slope: Operator<null>["derivative"] | undefined,
  bound: (inputs: readonly Interval[], out: Interval) => void,
  print?: Operator<null>["print"],
  accepts: readonly DType[] = ["float", "int"],
): Operator<null> {
  const loop = unaryLoop(f);
  return elementwise<null>({
    name,
    infer: (inputs) => broadcastType(inputs, accepts),
    value: ([x], out) => loop(x!.data, out.data),
    bound,
    ...(slope && { slope }),
    ...(print && { print }),
  });
}

/** sign x: −1, 0 or 1. Derivative 0. */
export const Sign = unary("Sign", Math.sign, undefined, increasingBound(Math.sign, same, same));

/** ⌊x⌋ of floats (ONNX has it for no others). Derivative 0. */
export const Floor = unary("Floor", Math.floor, undefined, increasingBound(Math.floor, same, same), undefined, [
  "float",
]);

/** |x|. Derivative sign x, 0 at 0. */
export const Abs = unary(
  "Abs",
  Math.abs,
  ({ inputs: [x] }, gradient) => [mul(gradient, sign(x!))],
  ([x], out) => {
    for (let i = 0; i < out.lower.data.length; i++) {
      const low = x!.lower.data[i]!;
      const high = x!.upper.data[i]!;
      out.lower.data[i] = low > 0 ? low : high < 0 ? -high : 0;
      out.upper.data[i] = Math.max(-low, high);
    }
  },
  ([x], style) => ({ text: style === "latex" ? `\\left|${x!.text}\\right|` : `|${x!.text}|`, strength: 6 }),
);

const rectified = (x: number) => (x > 0 || Number.isNaN(x) ? x : 0);

/** max(0, x). Derivative 1 where x > 0, otherwise 0. */
export const Relu = unary(
  "Relu",
  rectified,
  ({ inputs: [x] }, gradient) => [mul(gradient, where(greater(x!, 0), 1, 0))],
  increasingBound(rectified, same, same),
  (operands, style) => call(named("relu", style), operands, style),
);

interface ClipAttributes {
  readonly low: number;
  readonly high: number;
}

/** min(high, max(low, x)). Derivative 1 where low ≤ x ≤ high, otherwise 0. */
export const Clip: Operator<ClipAttributes> = elementwise<ClipAttributes>({
  name: "Clip",
  infer: (inputs) => broadcastType(inputs, ["float", "int"]),
  value([x], out, { low, high }) {
    const { data } = x!;
    const target = out.data;
    for (let i = 0; i < target.length; i++) {
      const element = data[i]!;
      target[i] = element < low ? low : Math.min(element, high);
    }
  },
  slope({ inputs: [x], attributes: { low, high } }, gradient) {
    if (Number.isFinite(low) && Number.isFinite(high)) return [mul(gradient, within(x!, low, high, "closed"))];
    return [mul(gradient, where(and(greaterOrEqual(x!, low), lessOrEqual(x!, high)), 1, 0))];
  },
  bound([x], out, attributes) {
    Clip.value([x!.lower], out.lower, attributes);
    Clip.value([x!.upper], out.upper, attributes);
    // The limits themselves become float32 in a float32 engine.
    for (let i = 0; i < out.lower.data.length; i++) {
      out.lower.data[i] = Math.min(out.lower.data[i]!, Math.fround(out.lower.data[i]!));
      out.upper.data[i] = Math.max(out.upper.data[i]!, Math.fround(out.upper.data[i]!));
    }
  },
  onnx(lowering, [x], { attributes: { low, high }, inputs }) {
    if (inputs[0]!.dtype !== "float") {
      // An array of integers would hold an infinite limit as 0.
      const within32Bits = (value: number) => Math.min(Math.max(value, -(2 ** 31)), 2 ** 31 - 1);
      const limit = (value: number) =>
        lowering.array({ dtype: "int", shape: [], data: Int32Array.of(within32Bits(value)) });
      return lowering.emit("Clip", [x!, limit(low), limit(high)]);
    }
    const limit = (value: number) => (Number.isFinite(value) ? lowering.floats([value], []) : "");
    return lowering.emit("Clip", high === Number.POSITIVE_INFINITY ? [x!, limit(low)] : [x!, limit(low), limit(high)]);
  },
  print: ([x], style, { attributes: { low, high } }) =>
    call(named("clip", style), [x!, printNumber(low, style), printNumber(high, style)], style),
});

interface HardSigmoidAttributes {
  readonly alpha: number;
  readonly beta: number;
}

/** max(0, min(1, αx + β)). Derivative α where 0 < αx + β < 1, otherwise 0. */
export const HardSigmoid: Operator<HardSigmoidAttributes> = elementwise<HardSigmoidAttributes>({
  name: "HardSigmoid",
  infer: (inputs) => broadcastType(inputs, ["float"]),
  value([x], out, { alpha, beta }) {
    const { data } = x!;
    const target = out.data;
    for (let i = 0; i < target.length; i++) {
      const y = alpha * data[i]! + beta;
      target[i] = y < 0 ? 0 : Math.min(y, 1);
    }
  },
  slope({ inputs: [x], attributes: { alpha, beta } }, gradient) {
    // In terms of x, so that no pre-activation has to be kept twice: 0 < αx + β < 1.
    if (alpha === 0) return [undefined];
    const ends = [-beta / alpha, (1 - beta) / alpha];
    return [mul(mul(gradient, alpha), within(x!, Math.min(...ends), Math.max(...ends), "open"))];
  },
  bound([x], out, { alpha, beta }) {
    const ends = alpha >= 0 ? ([x!.lower, x!.upper] as const) : ([x!.upper, x!.lower] as const);
    const limit = (y: number) => Math.min(1, Math.max(0, y));
    for (let i = 0; i < out.lower.data.length; i++) {
      // α and β become float32, αx rounds: below three roundings each. The sum rounds last.
      const low = alpha * ends[0].data[i]!;
      const high = alpha * ends[1].data[i]!;
      const slack = 2 ** -22;
      out.lower.data[i] = limit(down(low - Math.abs(low) * slack + beta - Math.abs(beta) * slack));
      out.upper.data[i] = limit(up(high + Math.abs(high) * slack + beta + Math.abs(beta) * slack));
    }
  },
  onnx: (lowering, inputs, { attributes: { alpha, beta } }) =>
    lowering.emit("HardSigmoid", inputs, { alpha: { float: alpha }, beta: { float: beta } }),
  print: (operands, style) => call(named("hardsigmoid", style), operands, style),
});

/** sign x ∈ {−1, 0, 1}. */
export const sign = (x: Tensor) => apply(Sign, [x], null);
/** ⌊x⌋. */
export const floor = (x: Tensor) => apply(Floor, [x], null);
/** |x|. */
export const abs = (x: Tensor) => apply(Abs, [x], null);
/** max(0, x). */
export const relu = (x: Tensor) => apply(Relu, [x], null);
/** x limited to [low, high]. */
export const clip = (x: Tensor, low: number, high: number) => apply(Clip, [x], { low, high });
/** The hard sigmoid max(0, min(1, αx + β)); α = ½, β = ½ as in papers/003 (ONNX's own default is α = 0.2). */
export const hardSigmoid = (x: Tensor, alpha = 0.5, beta = 0.5) => apply(HardSigmoid, [x], { alpha, beta });
/** The hard tanh, x limited to [−1, 1]. */
export const hardTanh = (x: Tensor) => clip(x, -1, 1);
/** The threshold of a step unit: 1 where x > 0, otherwise 0. Without derivative: see `surrogate`. */
export const step = (x: Tensor) => where(greater(x, 0), scalar(1), scalar(0));

/** Steep enough to tell neighbouring float64 numbers apart, and a power of two, so that it rounds nothing. */
const STEEP = 2 ** 60;

/**
 * 1 where low < x < high (open) or low ≤ x ≤ high (closed), otherwise 0. The same as comparisons and a selection, in
 * arithmetic that engines vectorize: a hard sigmoid of the distance from the middle, so steep that it is never between.
 */
function within(x: Tensor, low: number, high: number, ends: "open" | "closed"): Tensor {
  const half = (high - low) / 2;
  const distance = abs(low + half === 0 ? x : sub(x, low + half));
  return ends === "open"
    ? hardSigmoid(distance, -STEEP, STEEP * half)
    : sub(1, hardSigmoid(distance, STEEP, -STEEP * half));
}

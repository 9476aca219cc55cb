/** Sums, products, quotients, powers, extremes: binary operators with broadcasting, and the sign operators. */
import type { ArrayData, NDArray } from "../array.ts";
import { sameShape } from "../dimension.ts";
import { binaryLoop, broadcastStrides, stridedCopy, unaryLoop } from "../kernels.ts";
import type { Interval, Operator } from "../operator.ts";
import { call, infix, STRENGTH, within } from "../print.ts";
import { down, up } from "../rounding.ts";
import { asTerms, boundSum, termsOf } from "../sums.ts";
import { apply, type Tensor } from "../tensor.ts";
import { Expand } from "./broadcast.ts";
import { type Operand, tensors } from "./constant.ts";
import { broadcastType, elementwise } from "./elementwise.ts";
import { greaterOrEqual, where } from "./logic.ts";

/** Bounds of a binary function from its values at the four corners, rounded outward (integers are exact). */
function cornerBound(f: (a: number, b: number) => number): (inputs: readonly Interval[], out: Interval) => void {
  // 0·∞ counts as 0: an endpoint at infinity is a limit, not a member.
  const at = (a: number, b: number) => {
    const y = f(a, b);
    return Number.isNaN(y) ? 0 : y;
  };
  const loop = binaryLoop(at);
  return ([a, b], out) => {
    const corners = cornersOf(out);
    loop(a!.lower, b!.lower, corners[0]);
    loop(a!.lower, b!.upper, corners[1]);
    loop(a!.upper, b!.lower, corners[2]);
    loop(a!.upper, b!.upper, corners[3]);
    const [p, q, r, s] = corners.map(({ data }) => data) as [ArrayData, ArrayData, ArrayData, ArrayData];
    for (let i = 0; i < p.length; i++) {
      out.lower.data[i] = Math.min(p[i]!, q[i]!, r[i]!, s[i]!);
      out.upper.data[i] = Math.max(p[i]!, q[i]!, r[i]!, s[i]!);
    }
    roundOutward(out);
  };
}

/** Memory for the four corners, kept with the result that they are for. */
function cornersOf({ lower }: Interval): readonly [NDArray, NDArray, NDArray, NDArray] {
  let found = corners.get(lower);
  if (!found) {
    const one = () => ({ ...lower, data: new Float64Array(lower.data.length) });
    found = [one(), one(), one(), one()];
    corners.set(lower, found);
  }
  return found;
}
const corners = new WeakMap<NDArray, readonly [NDArray, NDArray, NDArray, NDArray]>();

const infixPrint =
  (text: string, latex: string, strength: number): Operator<null>["print"] =>
  (operands, style) =>
    infix(style === "latex" ? latex : text, strength, operands, style);

/** a + b. */
export const Add: Operator<null> = (() => {
  const loop = binaryLoop((a, b) => a + b);
  const smaller = binaryLoop(Math.min);
  return elementwise<null>({
    name: "Add",
    infer: (inputs) => broadcastType(inputs, ["float", "int"]),
    value: ([a, b], out) => loop(a!, b!, out),
    slope: (_, gradient) => [gradient, gradient],
    bound([a, b], out) {
      if (out.lower.dtype !== "float") {
        loop(a!.lower, b!.lower, out.lower);
        loop(a!.upper, b!.upper, out.upper);
        return;
      }
      const [p, q, sum] = [asTerms(a!), asTerms(b!), termsOf(out)];
      loop(p.lower, q.lower, sum.lower);
      loop(p.upper, q.upper, sum.upper);
      loop(p.magnitude, q.magnitude, sum.magnitude);
      smaller(p.quantum, q.quantum, sum.quantum);
      sum.count = p.count + q.count;
      boundSum(sum, out);
    },
    print: infixPrint(" + ", " + ", STRENGTH.sum),
  });
})();

function roundOutward(out: Interval): void {
  if (out.lower.dtype !== "float") return;
  for (let i = 0; i < out.lower.data.length; i++) {
    out.lower.data[i] = down(out.lower.data[i]!);
    out.upper.data[i] = up(out.upper.data[i]!);
  }
}

/** a − b. */
export const Sub: Operator<null> = (() => {
  const loop = binaryLoop((a, b) => a - b);
  return elementwise<null>({
    name: "Sub",
    infer: (inputs) => broadcastType(inputs, ["float", "int"]),
    value: ([a, b], out) => loop(a!, b!, out),
    slope: (_, gradient) => [gradient, neg(gradient)],
    bound([a, b], out) {
      loop(a!.lower, b!.upper, out.lower);
      loop(a!.upper, b!.lower, out.upper);
      roundOutward(out);
    },
    print: infixPrint(" − ", " - ", STRENGTH.sum),
  });
})();

/** a·b, element by element. */
export const Mul: Operator<null> = (() => {
  const loop = binaryLoop((a, b) => a * b);
  // Of two integers of 32 bits the product has up to 64: its last 32 are kept.
  const integerLoop = binaryLoop(Math.imul);
  return elementwise<null>({
    name: "Mul",
    infer: (inputs) => broadcastType(inputs, ["float", "int"]),
    value: ([a, b], out) => (out.dtype === "int" ? integerLoop : loop)(a!, b!, out),
    slope: ({ inputs: [a, b] }, gradient) => [scaled(gradient, b!), scaled(gradient, a!)],
    bound: cornerBound((a, b) => a * b),
    print: infixPrint(" ⊙ ", " \\odot ", STRENGTH.product),
  });
})();

/** gradient ⊙ factor. What a sum's derivative repeats to the factor's shape, the product repeats by itself. */
function scaled(gradient: Tensor, factor: Tensor): Tensor {
  const { node } = gradient;
  const isRepeated = node.kind === "operator" && node.operator === Expand && sameShape(gradient.shape, factor.shape);
  return mul(isRepeated ? node.inputs[0]! : gradient, factor);
}

/** a/b. Integers: the quotient without its fraction. */
export const Div: Operator<null> = (() => {
  const loop = binaryLoop((a, b) => a / b);
  const atCorners = cornerBound((a, b) => a / b);
  return elementwise<null>({
    name: "Div",
    infer: (inputs) => broadcastType(inputs, ["float", "int"]),
    value: ([a, b], out) => loop(a!, b!, out),
    slope: ({ inputs: [, b], output }, gradient) => [div(gradient, b!), neg(div(mul(gradient, output), b!))],
    bound([a, b], out) {
      // A divisor that may be zero makes anything possible.
      const divisor = { ...out.lower, data: new Float64Array(out.lower.data.length) };
      const open = divisor.data;
      spansZero([b!.lower, b!.upper], divisor);
      atCorners([a!, b!], out);
      for (let i = 0; i < open.length; i++) {
        if (open[i] === 0) {
          if (out.lower.dtype !== "int") continue;
          out.lower.data[i] = Math.trunc(out.lower.data[i]!);
          out.upper.data[i] = Math.trunc(out.upper.data[i]!);
          continue;
        }
        out.lower.data[i] = Number.NEGATIVE_INFINITY;
        out.upper.data[i] = Number.POSITIVE_INFINITY;
      }
    },
    print: infixPrint("/", " / ", STRENGTH.product),
  });
})();

/** 1 where a divisor's interval holds zero, repeated to the shape of the result. */
function spansZero([low, high]: readonly [NDArray, NDArray], out: NDArray): void {
  const zero: NDArray = { dtype: low.dtype, shape: low.shape, data: new Float64Array(low.data.length) };
  for (let i = 0; i < zero.data.length; i++) zero.data[i] = low.data[i]! <= 0 && high.data[i]! >= 0 ? 1 : 0;
  stridedCopy(zero.data, out, broadcastStrides(zero.shape, out.shape.length));
}

/** max(a, b). At a tie the derivative goes to a. */
export const Max: Operator<null> = extreme(
  "Max",
  "\\max",
  (a, b) => (a > b || Number.isNaN(a) ? a : b),
  (a, b) => greaterOrEqual(a, b),
);
/** min(a, b). At a tie the derivative goes to a. */
export const Min: Operator<null> = extreme(
  "Min",
  "\\min",
  (a, b) => (a < b || Number.isNaN(a) ? a : b),
  (a, b) => greaterOrEqual(b, a),
);

function extreme(
  name: string,
  latex: string,
  f: (a: number, b: number) => number,
  takesFirst: (a: Tensor, b: Tensor) => Tensor,
): Operator<null> {
  const loop = binaryLoop(f);
  return elementwise<null>({
    name,
    infer: (inputs) => broadcastType(inputs, ["float", "int"]),
    value: ([a, b], out) => loop(a!, b!, out),
    slope({ inputs: [a, b] }, gradient) {
      const first = takesFirst(a!, b!);
      return [where(first, gradient, 0), where(first, 0, gradient)];
    },
    bound([a, b], out) {
      loop(a!.lower, b!.lower, out.lower);
      loop(a!.upper, b!.upper, out.upper);
    },
    print: (operands, style) => call(style === "latex" ? latex : name.toLowerCase(), operands, style),
  });
}

/** −x. */
export const Neg: Operator<null> = (() => {
  const loop = unaryLoop((x) => -x);
  return elementwise<null>({
    name: "Neg",
    infer: (inputs) => broadcastType(inputs, ["float", "int"]),
    value: ([x], out) => loop(x!.data, out.data),
    slope: (_, gradient) => [neg(gradient)],
    bound([x], out) {
      loop(x!.upper.data, out.lower.data);
      loop(x!.lower.data, out.upper.data);
    },
    print: ([x], style) => ({
      text: `${style === "latex" ? "-" : "−"}${within(x!, STRENGTH.negation, style)}`,
      strength: STRENGTH.sum,
    }),
  });
})();

const binary = (operator: Operator<null>) => (a: Operand, b: Operand) => apply(operator, tensors([a, b]), null);

const addTwo = binary(Add);
/** a + b + …, from the left. */
export function add(a: Operand, b: Operand, ...more: Operand[]): Tensor {
  return more.reduce<Tensor>((sum, next) => addTwo(sum, next), addTwo(a, b));
}
/** a − b. */
export const sub = binary(Sub);
/** a ⊙ b, element by element. */
export const mul = binary(Mul);
/** a/b, element by element. */
export const div = binary(Div);
/** The larger of a and b, element by element. */
export const max = binary(Max);
/** The smaller of a and b, element by element. */
export const min = binary(Min);
/** −x. */
export const neg = (x: Tensor) => apply(Neg, [x], null);

/** Comparisons, logic and selection. Comparisons have no derivative; `Where` passes it to the chosen side. */
import type { DType, NDArray } from "../array.ts";
import { binaryLoop, broadcastStrides, stridedCopy, unaryLoop } from "../kernels.ts";
import type { Interval, Operator } from "../operator.ts";
import { call, infix, STRENGTH, within } from "../print.ts";
import { ceil32, floor32 } from "../rounding.ts";
import { apply, type Tensor } from "../tensor.ts";
import { type Operand, tensors } from "./constant.ts";
import { broadcastType, elementwise } from "./elementwise.ts";

/** An interval's ends, repeated to the shape of the result. */
function spread([a, b]: readonly Interval[], out: Interval): { a: [NDArray, NDArray]; b: [NDArray, NDArray] } {
  const wide = (x: NDArray): NDArray => {
    const copy: NDArray = { dtype: x.dtype, shape: out.lower.shape, data: new Float64Array(out.lower.data.length) };
    stridedCopy(x.data, copy, broadcastStrides(x.shape, copy.shape.length));
    return copy;
  };
  return { a: [wide(a!.lower), wide(a!.upper)], b: [wide(b!.lower), wide(b!.upper)] };
}

interface Comparison {
  readonly name: string;
  readonly symbols: readonly [text: string, latex: string];
  readonly test: (a: number, b: number) => boolean;
  /** Whether it holds for all, and for some, members of the intervals. */
  readonly always: (al: number, au: number, bl: number, bu: number) => boolean;
  readonly sometimes: (al: number, au: number, bl: number, bu: number) => boolean;
}

function comparison({ name, symbols, test, always, sometimes }: Comparison): Operator<null> {
  const loop = binaryLoop((a, b) => (test(a, b) ? 1 : 0));
  return elementwise<null>({
    name,
    infer: (inputs) => broadcastType(inputs, name === "Equal" ? ["float", "int", "bool"] : ["float", "int"], "bool"),
    value: ([a, b], out) => loop(a!, b!, out),
    bound(inputs, out) {
      const { a, b } = spread(inputs, out);
      for (let i = 0; i < out.lower.data.length; i++) {
        const ends = [a[0].data[i]!, a[1].data[i]!, b[0].data[i]!, b[1].data[i]!] as const;
        out.lower.data[i] = always(...ends) ? 1 : 0;
        out.upper.data[i] = sometimes(...ends) ? 1 : 0;
      }
    },
    // Not associative: both operands need one strength more.
    print: ([a, b], style) => ({
      text: [a!, b!]
        .map((operand) => within(operand, STRENGTH.relation + 1, style))
        .join(` ${symbols[style === "latex" ? 1 : 0]} `),
      strength: STRENGTH.relation,
    }),
  });
}

export const Greater = comparison({
  name: "Greater",
  symbols: [">", ">"],
  test: (a, b) => a > b,
  always: (al, _, __, bu) => al > bu,
  sometimes: (_, au, bl) => au > bl,
});
export const GreaterOrEqual = comparison({
  name: "GreaterOrEqual",
  symbols: ["≥", "\\ge"],
  test: (a, b) => a >= b,
  always: (al, _, __, bu) => al >= bu,
  sometimes: (_, au, bl) => au >= bl,
});
export const Less = comparison({
  name: "Less",
  symbols: ["<", "<"],
  test: (a, b) => a < b,
  always: (_, au, bl) => au < bl,
  sometimes: (al, _, __, bu) => al < bu,
});
export const LessOrEqual = comparison({
  name: "LessOrEqual",
  symbols: ["≤", "\\le"],
  test: (a, b) => a <= b,
  always: (_, au, bl) => au <= bl,
  sometimes: (al, _, __, bu) => al <= bu,
});
export const Equal = comparison({
  name: "Equal",
  symbols: ["=", "="],
  test: (a, b) => a === b,
  always: (al, au, bl, bu) => al === au && bl === bu && al === bl,
  sometimes: (al, au, bl, bu) => al <= bu && bl <= au,
});

const logic = (
  name: "And" | "Or",
  symbols: readonly [string, string],
  f: (a: number, b: number) => number,
): Operator<null> => {
  const strength = name === "And" ? STRENGTH.and : STRENGTH.or;
  const loop = binaryLoop(f);
  return elementwise<null>({
    name,
    infer: (inputs) => broadcastType(inputs, ["bool"]),
    value: ([a, b], out) => loop(a!, b!, out),
    // Both are increasing in each operand.
    bound([a, b], out) {
      loop(a!.lower, b!.lower, out.lower);
      loop(a!.upper, b!.upper, out.upper);
    },
    print: (operands, style) => infix(` ${symbols[style === "latex" ? 1 : 0]} `, strength, operands, style),
  });
};

export const And = logic("And", ["∧", "\\land"], (a, b) => a & b);
export const Or = logic("Or", ["∨", "\\lor"], (a, b) => a | b);

const notLoop = unaryLoop((x) => 1 - x);
export const Not = elementwise<null>({
  name: "Not",
  infer: (inputs) => broadcastType(inputs, ["bool"]),
  value: ([x], out) => notLoop(x!.data, out.data),
  bound([x], out) {
    notLoop(x!.upper.data, out.lower.data);
    notLoop(x!.lower.data, out.upper.data);
  },
  print: ([x], style) => ({
    text: `${style === "latex" ? "\\lnot " : "¬"}${within(x!, STRENGTH.negation, style)}`,
    strength: STRENGTH.negation,
  }),
});

/** out = condition ? a : b. The derivative goes to the side that was chosen. */
export const Where = elementwise<null>({
  name: "Where",
  infer([condition, a, b]) {
    if (condition!.dtype !== "bool") return { problem: `condition must be bool, received ${condition!.dtype}` };
    if (a!.dtype !== b!.dtype) return { problem: `the two sides differ in type: ${a!.dtype} and ${b!.dtype}` };
    const dtype = a!.dtype;
    const all = broadcastType(
      [condition!, a!, b!].map((tensor) => ({ ...tensor, dtype })),
      [dtype],
    );
    return "problem" in all ? all : { dtype, shape: all.shape };
  },
  value([condition, a, b], out) {
    const rank = out.shape.length;
    // Chosen indices of each operand: plans are kept by the scratch arrays of this output.
    let scratch = whereScratch.get(out);
    if (!scratch) {
      const like = (x: NDArray): NDArray => ({ ...x, shape: out.shape, data: new Float64Array(out.data.length) });
      scratch = [like(condition!), like(a!), like(b!)];
      whereScratch.set(out, scratch);
    }
    [condition!, a!, b!].forEach((x, k) => {
      stridedCopy(x.data, scratch[k]!, broadcastStrides(x.shape, rank));
    });
    const [c, x, y] = scratch.map(({ data }) => data);
    for (let i = 0; i < out.data.length; i++) out.data[i] = c![i] ? x![i]! : y![i]!;
  },
  slope: ({ inputs: [condition] }, gradient) => [
    undefined,
    where(condition!, gradient, 0),
    where(condition!, 0, gradient),
  ],
  bound([condition, a, b], out) {
    Where.value([condition!.lower, a!.lower, b!.lower], out.lower, null);
    Where.value([condition!.lower, a!.upper, b!.upper], out.upper, null);
    // Where the condition is open, both sides are possible.
    const low = { ...out.lower, data: new Float64Array(out.lower.data.length) };
    const high = { ...out.upper, data: new Float64Array(out.upper.data.length) };
    Where.value([condition!.upper, a!.lower, b!.lower], low, null);
    Where.value([condition!.upper, a!.upper, b!.upper], high, null);
    for (let i = 0; i < low.data.length; i++) {
      out.lower.data[i] = Math.min(out.lower.data[i]!, low.data[i]!);
      out.upper.data[i] = Math.max(out.upper.data[i]!, high.data[i]!);
    }
  },
  onnx(lowering, inputs, { inputs: [, a] }) {
    if (a!.dtype !== "bool") return lowering.emit("Where", inputs);
    // ONNX Runtime has no Where over booleans: (c ∧ a) ∨ (¬c ∧ b).
    const [condition, yes, no] = inputs as [string, string, string];
    const otherwise = lowering.emit("And", [lowering.emit("Not", [condition]), no]);
    return lowering.emit("Or", [lowering.emit("And", [condition, yes]), otherwise]);
  },
  print: (operands, style) => call(style === "latex" ? "\\operatorname{where}" : "where", operands, style),
});

const whereScratch = new WeakMap<NDArray, NDArray[]>();

/** Changes the element type. Floats become integers by dropping the fraction; bool is "not zero". */
export const Cast: Operator<{ readonly to: DType }> = elementwise<{ readonly to: DType }>({
  name: "Cast",
  infer: ([x], { to }) => ({ dtype: to, shape: x!.shape }),
  value([x], out, { to }) {
    const { data } = x!;
    for (let i = 0; i < data.length; i++) {
      const element = data[i]!;
      out.data[i] = to === "bool" ? (element !== 0 ? 1 : 0) : to === "int" ? Math.trunc(element) : element;
    }
  },
  derivative: ({ inputs: [x], attributes: { to } }, gradient) => [
    x!.dtype === "float" && to === "float" ? gradient : undefined,
  ],
  bound([x], out, attributes) {
    Cast.value([x!.lower], out.lower, attributes);
    Cast.value([x!.upper], out.upper, attributes);
    if (attributes.to === "float") {
      // Integers beyond 24 bits round.
      for (let i = 0; i < out.lower.data.length; i++) {
        out.lower.data[i] = floor32(x!.lower.data[i]!);
        out.upper.data[i] = ceil32(x!.upper.data[i]!);
      }
    }
    if (attributes.to !== "bool") return;
    for (let i = 0; i < out.lower.data.length; i++) {
      const low = x!.lower.data[i]!;
      const high = x!.upper.data[i]!;
      out.lower.data[i] = low > 0 || high < 0 ? 1 : 0;
      out.upper.data[i] = low === 0 && high === 0 ? 0 : 1;
    }
  },
  onnx: (lowering, inputs, { attributes }) =>
    lowering.emit("Cast", inputs, { to: { int: lowering.elementType(attributes.to) } }),
  print: ([x]) => x!,
  vectorize: ([x], attributes) => apply(Cast, [x!.tensor], attributes),
});

const binary = (operator: Operator<null>) => (a: Operand, b: Operand) => apply(operator, tensors([a, b]), null);

/** a > b, element by element. */
export const greater = binary(Greater);
/** a ≥ b. */
export const greaterOrEqual = binary(GreaterOrEqual);
/** a < b. */
export const less = binary(Less);
/** a ≤ b. */
export const lessOrEqual = binary(LessOrEqual);
/** a = b. */
export const equal = binary(Equal);
/** a ∧ b. */
export const and = binary(And);
/** a ∨ b. */
export const or = binary(Or);
/** ¬a. */
export const not = (a: Tensor) => apply(Not, [a], null);

/** condition ? a : b, element by element. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  return apply(Where, [condition, ...tensors([a, b])], null);
}

/** The same numbers as another element type. */
export function cast(x: Tensor, to: DType): Tensor {
  return x.dtype === to ? x : apply(Cast, [x], { to });
}

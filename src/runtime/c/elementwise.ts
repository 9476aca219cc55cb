/** Each operator that works element by element, as an expression of C. */
import type { DType, NDArray } from "../../graph/array.ts";
import type { OperatorNode } from "../../graph/tensor.ts";

/** The types of values while they are worked on: booleans are as wide as the others, so that loops over both vectorize. */
export const valueTypes: Readonly<Record<DType, string>> = { float: "float", int: "int32_t", bool: "int32_t" };

/** The types of elements in memory. */
export const elementTypes: Readonly<Record<DType, string>> = { float: "float", int: "int32_t", bool: "uint8_t" };

/** Bytes of an element. */
export const elementSizes: Readonly<Record<DType, number>> = { float: 4, int: 4, bool: 1 };

/** A number, as C writes it. */
export function literal(value: number, dtype: DType): string {
  if (dtype !== "float") return value === -(2 ** 31) ? "INT32_MIN" : String(Math.trunc(value));
  const rounded = Math.fround(value);
  if (Number.isNaN(rounded)) return "NAN";
  if (!Number.isFinite(rounded)) return rounded > 0 ? "INFINITY" : "-INFINITY";
  const digits = Object.is(rounded, -0) ? "-0" : String(rounded);
  return /[.e]/.test(digits) ? `${digits}f` : `${digits}.0f`;
}

type Form = (operands: readonly string[], dtype: DType, attributes: never) => string;

/** Limits of integers as C's, where infinite ones are meant. */
const within32Bits = (value: number) => Math.min(Math.max(value, -(2 ** 31)), 2 ** 31 - 1);

/** By ONNX's names; `dtype` is the first operand's. Results for numbers that aren't, and for ties, are the reference's. */
const forms: Readonly<Record<string, Form>> = {
  Add: ([a, b]) => `${a} + ${b}`,
  Sub: ([a, b]) => `${a} - ${b}`,
  Mul: ([a, b]) => `${a} * ${b}`,
  Div: ([a, b], dtype) => (dtype === "float" ? `${a} / ${b}` : `quotient(${a}, ${b})`),
  Max: ([a, b]) => `(${a} > ${b} || ${a} != ${a} ? ${a} : ${b})`,
  Min: ([a, b]) => `(${a} < ${b} || ${a} != ${a} ? ${a} : ${b})`,
  Neg: ([a]) => `-(${a})`,
  Exp: ([a]) => `exponential(${a})`,
  Log: ([a]) => `logarithm(${a})`,
  Sqrt: ([a]) => `sqrtf(${a})`,
  Reciprocal: ([a]) => `1.0f / ${a}`,
  Tanh: ([a]) => `hyperbolic_tangent(${a})`,
  Sigmoid: ([a]) => `logistic(${a})`,
  Softplus: ([a]) => `softplus(${a})`,
  Sin: ([a]) => `sinf(${a})`,
  Cos: ([a]) => `cosf(${a})`,
  Pow: ([a, b], dtype) => (dtype === "float" ? `powf(${a}, ${b})` : `integer_power(${a}, ${b})`),
  Greater: ([a, b]) => `${a} > ${b}`,
  GreaterOrEqual: ([a, b]) => `${a} >= ${b}`,
  Less: ([a, b]) => `${a} < ${b}`,
  LessOrEqual: ([a, b]) => `${a} <= ${b}`,
  Equal: ([a, b]) => `${a} == ${b}`,
  And: ([a, b]) => `${a} & ${b}`,
  Or: ([a, b]) => `${a} | ${b}`,
  Not: ([a]) => `!${a}`,
  Where: ([condition, a, b]) => `${condition} ? ${a} : ${b}`,
  Cast: ([a], _, { to }: { to: DType }) => (to === "bool" ? `${a} != 0` : `(${valueTypes[to]})${a}`),
  Sign: ([a], dtype) =>
    dtype === "float" ? `(${a} != ${a} ? ${a} : (float)((${a} > 0) - (${a} < 0)))` : `(${a} > 0) - (${a} < 0)`,
  Floor: ([a]) => `floorf(${a})`,
  Abs: ([a], dtype) => (dtype === "float" ? `fabsf(${a})` : `(${a} < 0 ? -(${a}) : ${a})`),
  Relu: ([a]) => `(${a} > 0 || ${a} != ${a} ? ${a} : 0)`,
  Clip: ([a], dtype, { low, high }: { low: number; high: number }) => {
    const limit = (value: number) => literal(dtype === "float" ? value : within32Bits(value), dtype);
    return `(${a} < ${limit(low)} ? ${limit(low)} : ${a} > ${limit(high)} ? ${limit(high)} : ${a})`;
  },
  HardSigmoid: ([a], _, { alpha, beta }: { alpha: number; beta: number }) =>
    `limited(${literal(alpha, "float")} * ${a} + ${literal(beta, "float")})`,
};

/** Whether an operator has an expression here. */
export function isExpression({ operator }: OperatorNode): boolean {
  return Object.hasOwn(forms, operator.name) && operator.isElementwise === true;
}

/** An application of such an operator to named values. */
export function expression({ operator, inputs, attributes }: OperatorNode, operands: readonly string[]): string {
  return forms[operator.name]!(operands, inputs[0]!.dtype, attributes as never);
}

/** The elements of a constant, as C writes them. */
export function literals({ data, dtype }: NDArray): string {
  return Array.from(data, (value) => literal(value, dtype)).join(", ");
}

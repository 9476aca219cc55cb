/** How formulas are written: strengths, so that parentheses appear only where they are needed. */
import type { Printed, PrintStyle } from "./operator.ts";

/** How strongly a printed expression holds together: a sum needs parentheses in a product, a call never does. */
export const STRENGTH = {
  or: -1,
  and: 0,
  relation: 1,
  sum: 2,
  product: 3,
  negation: 4,
  juxtaposition: 4,
  power: 5,
  atom: 6,
} as const;

export function atom(text: string): Printed {
  return { text, strength: STRENGTH.atom };
}

/** The text of an operand, in parentheses if it holds together less than required. */
export function within(operand: Printed, strength: number, style: PrintStyle): string {
  if (operand.strength >= strength) return operand.text;
  return style === "latex" ? `\\left(${operand.text}\\right)` : `(${operand.text})`;
}

/** a ∘ b, left-associative: the right operand needs one strength more. */
export function infix(symbol: string, strength: number, operands: readonly Printed[], style: PrintStyle): Printed {
  const [a, b] = operands as [Printed, Printed];
  return { text: `${within(a, strength, style)}${symbol}${within(b, strength + 1, style)}`, strength };
}

/** f(a, b, …): LaTeX names are given with their backslash. */
export function call(name: string, operands: readonly Printed[], style: PrintStyle): Printed {
  const list = operands.map((operand) => operand.text).join(", ");
  return atom(style === "latex" ? `${name}\\left(${list}\\right)` : `${name}(${list})`);
}

/** A name as LaTeX operator text. */
export function named(name: string, style: PrintStyle): string {
  return style === "latex" ? `\\operatorname{${name}}` : name;
}

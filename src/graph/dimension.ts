/**
 * Dimensions: the extents of symbolic tensors.
 *
 * A dimension is a number, a name that stays open until a program runs ("batch", "length", "time"), or a polynomial in
 * such names with integer coefficients ("length+2", "batch*time"), written canonically so that equal dimensions are
 * equal strings.
 */
import { LonghandError } from "../errors.ts";

export type Dimension = number | string;
export type Shape = readonly Dimension[];

/** A polynomial: monomial ("" for the constant, "batch*time" with sorted factors) → coefficient. */
type Polynomial = ReadonlyMap<string, number>;

const parsed = new Map<string, Polynomial>();

function polynomial(dimension: Dimension): Polynomial {
  if (typeof dimension === "number") return new Map([["", dimension]]);
  const known = parsed.get(dimension);
  if (known) return known;
  const terms = new Map<string, number>();
  for (const term of dimension.match(/[+-]?[^+-]+/g) ?? []) {
    const factors = term.replace(/^[+-]/, "").split("*");
    let coefficient = term.startsWith("-") ? -1 : 1;
    const names: string[] = [];
    for (const factor of factors) {
      if (/^\d+$/.test(factor)) coefficient *= Number(factor);
      else if (/^[A-Za-z]\w*$/.test(factor)) names.push(factor);
      else throw new LonghandError("shape", `"${dimension}" is no dimension: expected a number or a name like "batch"`);
    }
    const monomial = names.sort().join("*");
    terms.set(monomial, (terms.get(monomial) ?? 0) + coefficient);
  }
  parsed.set(dimension, terms);
  return terms;
}

function canonical(terms: Polynomial): Dimension {
  const names = [...terms.keys()].filter((name) => name !== "" && terms.get(name) !== 0).sort();
  const constant = terms.get("") ?? 0;
  if (names.length === 0) return constant;
  let text = "";
  for (const name of names) {
    const coefficient = terms.get(name)!;
    const sign = coefficient < 0 ? "-" : text === "" ? "" : "+";
    text += sign + (Math.abs(coefficient) === 1 ? name : `${Math.abs(coefficient)}*${name}`);
  }
  return constant === 0 ? text : `${text}${constant < 0 ? "-" : "+"}${Math.abs(constant)}`;
}

/** a + factor·b. */
export function plus(a: Dimension, b: Dimension, factor = 1): Dimension {
  if (typeof a === "number" && typeof b === "number") return a + factor * b;
  const sum = new Map(polynomial(a));
  for (const [monomial, coefficient] of polynomial(b)) {
    sum.set(monomial, (sum.get(monomial) ?? 0) + factor * coefficient);
  }
  return canonical(sum);
}

/** a − b. */
export function minus(a: Dimension, b: Dimension): Dimension {
  return plus(a, b, -1);
}

/** a·b. */
export function times(a: Dimension, b: Dimension): Dimension {
  if (typeof a === "number" && typeof b === "number") return a * b;
  const product = new Map<string, number>();
  for (const [left, x] of polynomial(a)) {
    for (const [right, y] of polynomial(b)) {
      const monomial = [...left.split("*"), ...right.split("*")].filter(Boolean).sort().join("*");
      product.set(monomial, (product.get(monomial) ?? 0) + x * y);
    }
  }
  return canonical(product);
}

/** The number of elements of a shape. */
export function elements(shape: Shape): Dimension {
  return shape.reduce(times, 1);
}

/** Writes a dimension in its canonical form and checks it: a number must be a non-negative integer. */
export function dimension(value: Dimension): Dimension {
  if (typeof value === "number" && !(Number.isSafeInteger(value) && value >= 0)) {
    throw new LonghandError("shape", `dimension ${value}: expected a non-negative integer or a name`);
  }
  return canonical(polynomial(value));
}

/** The open names in a dimension: "batch*time+1" → batch, time. */
export function openNames(value: Dimension): string[] {
  if (typeof value === "number") return [];
  return [...new Set([...polynomial(value).keys()].flatMap((monomial) => monomial.split("*")).filter(Boolean))];
}

/** The monomials of a dimension with their coefficients: what a runtime needs to compute it. */
export function monomials(value: Dimension): { names: string[]; coefficient: number }[] {
  return [...polynomial(value)]
    .filter(([, coefficient]) => coefficient !== 0)
    .map(([monomial, coefficient]) => ({ names: monomial.split("*").filter(Boolean), coefficient }));
}

/** The extent of a dimension once the open names are bound. */
export function evaluate(value: Dimension, bindings: ReadonlyMap<string, number>): number {
  if (typeof value === "number") return value;
  let total = 0;
  for (const { names, coefficient } of monomials(value)) {
    let product = coefficient;
    for (const name of names) {
      const extent = bindings.get(name);
      if (extent === undefined) throw new LonghandError("shape", `dimension "${name}" of "${value}" has no value`);
      product *= extent;
    }
    total += product;
  }
  return total;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** "[batch, 8]" */
export function printShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/**
 * NumPy's broadcasting: shapes are aligned at their last axes; extents must be equal or 1.
 * @returns the common shape, or the first pair of extents that can't be reconciled.
 */
export function broadcast(shapes: readonly Shape[]): Shape | { conflict: [Dimension, Dimension] } {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result: Dimension[] = new Array(rank).fill(1);
  for (const shape of shapes) {
    for (let k = 0; k < shape.length; k++) {
      const axis = rank - shape.length + k;
      const extent = shape[k]!;
      if (extent === 1 || extent === result[axis]) continue;
      if (result[axis] !== 1) return { conflict: [result[axis]!, extent] };
      result[axis] = extent;
    }
  }
  return result;
}

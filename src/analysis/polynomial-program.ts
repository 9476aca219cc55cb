/** Programs over polynomials: one more interpretation of a graph, beside numbers and intervals. */
import { type Polynomial, polynomials, type Rational, rationals } from "../algebra/index.ts";
import { LonghandError } from "../errors.ts";
import { bindDimensions, type NDArray, type Operator, type Program, sizeOf } from "../graph/index.ts";
import { broadcastStrides, offsets } from "../graph/kernels.ts";
import { forEachGroup, type ReduceAttributes } from "../graph/operators/broadcast.ts";
import { type Domain, plan } from "../runtime/interpreter.ts";

/** An array whose elements are polynomials, all in the same variables; row-major. */
export interface PolynomialArray {
  readonly shape: readonly number[];
  readonly elements: readonly Polynomial[];
}

export interface PolynomialOptions {
  /** The most products of terms that one element may take. Default 50,000. */
  readonly terms?: number;
  /** The most terms times variables that are kept of a program, or of a system. Default 20 million: some 160 MB. */
  readonly exponents?: number;
}

export const defaultSize: Required<PolynomialOptions> = Object.freeze({ terms: 50_000, exponents: 20_000_000 });

/** Operators that only move elements: they do to the numbers of polynomials what they do to numbers. */
const moves = new Set(["Concat", "Expand", "Gather", "Reshape", "Slice", "Transpose", "Where"]);

/**
 * The outputs of a program of which some inputs are polynomials: exactly, constants being taken as the numbers they are.
 * @param variables of all polynomials. @param inputs by name: polynomials for float inputs, or numbers.
 * @returns the float outputs.
 * @throws LonghandError `unsupported` naming an operator that isn't polynomial, and where an element would take more
 *   products of terms than the limit; `argument` or `shape` for inputs that don't fit.
 */
export function polynomialOutputs(
  program: Program,
  variables: readonly string[],
  inputs: Readonly<Record<string, NDArray | PolynomialArray>>,
  options: PolynomialOptions = {},
): Record<string, PolynomialArray> {
  const { terms, exponents } = { ...defaultSize, ...options };
  /** In these variables. */
  const mostTerms = Math.floor(exponents / Math.max(1, variables.length));
  const most = Math.min(terms, mostTerms);
  // Float arrays hold numbers of polynomials in this list; number 0 is the polynomial 0, of which arrays are made.
  const list: Polynomial[] = [{ variables, terms: [] }];
  let kept = 0;
  const keep = (p: Polynomial) => {
    kept += p.terms.length;
    if (kept > mostTerms) {
      throw new LonghandError(
        "unsupported",
        `program ${program.name}: more than ${mostTerms} terms in ${variables.length} unknowns; a network with fewer or known parameters, or shorter problems, stays below it`,
      );
    }
    return polynomials.isZero(p) ? 0 : list.push(p) - 1;
  };
  const keepNumber = (value: Rational) => keep(polynomials.constant(variables, value));
  const of = (x: NDArray, index: number) => list[x.data[index]!]!;
  const checkTerms = (what: string, count: number) => {
    if (count <= most) return;
    throw new LonghandError(
      "unsupported",
      `program ${program.name}: ${what} takes ${count} products of terms for one element, the limit is ${most} terms; a network with fewer or known parameters, or shorter problems, stays below it`,
    );
  };
  /** Σ pₖ·qₖ. */
  const sumOfProducts = (what: string, pairs: readonly (readonly [Polynomial, Polynomial])[]) => {
    const open = pairs.filter(([p, q]) => p.terms.length > 0 && q.terms.length > 0);
    checkTerms(
      what,
      open.reduce((sum, [p, q]) => sum + p.terms.length * q.terms.length, 0),
    );
    return keep(polynomials.add({ variables, terms: [] }, ...open.map(([p, q]) => polynomials.multiply(p, q))));
  };
  const sum = (what: string, parts: readonly Polynomial[]) => {
    checkTerms(
      what,
      parts.reduce((count, { terms }) => count + terms.length, 0),
    );
    return keep(polynomials.add({ variables, terms: [] }, ...parts));
  };

  const elementwise: Readonly<Record<string, (what: string, ...operands: Polynomial[]) => number>> = {
    Add: (what, p, q) => sum(what, [p!, q!]),
    Sub: (what, p, q) => sum(what, [p!, polynomials.negate(q!)]),
    Mul: (what, p, q) => sumOfProducts(what, [[p!, q!]]),
    Neg: (_, p) => keep(polynomials.negate(p!)),
    Div(_, p, q) {
      const made = polynomials.divideByConstant(p!, q!);
      if (made) return keep(made);
      throw new LonghandError(
        "unsupported",
        `program ${program.name}: Div by what isn't a number other than 0, expected a polynomial`,
      );
    },
  };

  const domain: Domain<NDArray> = {
    make: (dtype, shape) => ({
      dtype,
      shape,
      data: dtype === "bool" ? new Uint8Array(sizeOf(shape)) : new Int32Array(sizeOf(shape)),
    }),
    view: (value, shape) => ({ ...value, shape }),
    copy(from, start, to, at, count) {
      to.data.set(from.data.subarray(start, start + count), at);
    },
    sharesMemory: (a, b) => a.data.buffer === b.data.buffer,
    apply(operator, given, out, attributes) {
      const { name } = operator;
      if (moves.has(name) || [...given, out].every(({ dtype }) => dtype !== "float"))
        operator.value(given, out, attributes);
      else if (name === "Constant") out.data.set(numbered(attributes as NDArray));
      else if (name === "Cast" && out.dtype === "float") {
        out.data.set(given[0]!.dtype === "float" ? given[0]!.data : numbered(given[0]!));
      } else if (name === "MatMul") products(given[0]!, given[1]!, out);
      else if (name === "ReduceSum" || name === "ReduceMean")
        reduction(operator, given[0]!, out, attributes as ReduceAttributes);
      else if (elementwise[name] && out.dtype === "float") {
        const at = given.map(({ shape }) => offsets(out.shape, broadcastStrides(shape, out.shape.length)));
        for (let i = 0; i < out.data.length; i++) {
          out.data[i] = elementwise[name](name, ...given.map((x, k) => of(x, at[k]![i]!)));
        }
      } else {
        throw new LonghandError(
          "unsupported",
          `program ${program.name}: ${name} of unknowns is no polynomial, expected sums and products only, as networks with activation "identity" have them`,
        );
      }
    },
  };
  /** The numbers of constants that are polynomials. */
  function numbered({ data }: NDArray): number[] {
    return Array.from(data, (value) => keepNumber(rationals.fromNumber(value)));
  }
  function products(a: NDArray, b: NDArray, out: NDArray): void {
    const [rows, inner, columns] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
    const lead = out.shape.slice(0, -2);
    const starts = ({ shape }: NDArray) =>
      offsets(
        lead,
        broadcastStrides(shape.slice(0, -2), lead.length).map((stride) => stride * shape.at(-1)! * shape.at(-2)!),
      );
    const [startA, startB] = [starts(a), starts(b)];
    for (let o = 0; o < out.data.length; o++) {
      const batch = Math.floor(o / (rows * columns));
      const left = startA[batch]! + (Math.floor(o / columns) % rows) * inner;
      const right = startB[batch]! + (o % columns);
      out.data[o] = sumOfProducts(
        "MatMul",
        Array.from({ length: inner }, (_, k) => [of(a, left + k), of(b, right + k * columns)]),
      );
    }
  }
  function reduction({ name }: Operator, x: NDArray, out: NDArray, { axes }: ReduceAttributes): void {
    forEachGroup(x, axes, (o, start, inner) => {
      const index = sum(
        name,
        Array.from(inner, (k) => of(x, start + k)),
      );
      out.data[o] =
        name === "ReduceSum" ? index : keep(polynomials.scale(list[index]!, rationals.rational(1, inner.length)));
    });
  }

  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
  const { inputs: slots, outputs, run } = plan(program, bindDimensions(program, shapes), domain);
  for (const [name, slot] of slots) {
    const given = inputs[name]!;
    if ("elements" in given) slot.data.set(given.elements.map(keep));
    else slot.data.set(slot.dtype === "float" ? numbered(given) : given.data);
  }
  run();
  const floats = [...outputs].filter(([, { dtype }]) => dtype === "float");
  return Object.fromEntries(
    floats.map(([name, value]) => [
      name,
      { shape: value.shape, elements: Array.from(value.data, (index) => list[index]!) },
    ]),
  );
}

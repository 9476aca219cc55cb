/** Derivatives through time in closed form: the recursion solved for any number of steps T. */
import {
  atTime,
  commonFactors,
  type Factor,
  keyOf,
  number,
  plus,
  type Quantity,
  quantityAt,
  replaced,
  type Sum,
  single,
  type Time,
  times,
  zero,
} from "./quantities.ts";
import type { Recursion } from "./recursion.ts";
import type { Assumed, Assumptions } from "./scalar-networks.ts";

/** A factor of a closed form. */
export type Part =
  | { readonly kind: "sum"; readonly sum: Sum }
  /** A constant to a power that depends on T. */
  | { readonly kind: "power"; readonly quantity: Quantity; readonly exponent: Time }
  /** ∏ over t, from one step to another; 1 where there is none. */
  | { readonly kind: "product"; readonly of: Sum; readonly from: Time; readonly to: Time }
  /** Σ over s. */
  | { readonly kind: "series"; readonly of: Formula; readonly from: Time; readonly to: Time };

/** The product of its parts; the empty one is 1. */
export type Formula = readonly Part[];

export interface ClosedForm {
  /** dy_T/dθ as a sum of formulas; none: it is 0. */
  readonly formulas: readonly Formula[];
  /** By ds_k/dθ, k the last of the first steps, where the assumptions lead back to it: eq. 23. */
  readonly fromStart?: Formula;
  /** Least T for which it holds. */
  readonly leastSteps: number;
}

const T = (offset: number): Time => ({ from: "T", offset });
const step = (offset: number): Time => ({ from: "", offset });

/**
 * dy_T/dθ = outer_T · Σ_{s=1}^{T} (∏_{t=s+1}^{T} factor_t) share_s + direct_T, for any inputs.
 */
export function solved({ factor, share, outer, direct }: Recursion): ClosedForm {
  const series: Part = {
    kind: "series",
    from: step(1),
    to: T(0),
    of: [
      { kind: "product", of: factor, from: { from: "s", offset: 1 }, to: T(0) },
      { kind: "sum", sum: atTime(share, { from: "s", offset: 0 }) },
    ],
  };
  return { formulas: total(share.length > 0 ? [series] : undefined, outer, direct), leastSteps: 1 };
}

/**
 * The closed form under assumptions on the steps, where these leave nothing to come in after the first steps and the same product
 * at every later one; otherwise that for any inputs. papers/002, eq. 21 and 24.
 */
export function solvedUnder(recursion: Recursion, assumptions: Assumptions): ClosedForm {
  const { factor, share, outer, direct, through } = recursion;
  const { first, between, last } = assumptions;
  const start = first.reduce<Sum>((derivative, assumed, k) => {
    const at = step(k + 1);
    const before = first[k - 1] ?? "start";
    const here = (sum: Sum) => atTime(under(sum, assumed, before), at);
    return plus(here(share), times(here(factor), derivative));
  }, zero);
  const leastSteps = first.length + 1;
  if (start.length === 0 && share.length === 0) return { formulas: total(undefined, outer, direct), leastSteps: 1 };
  // Later steps: the one after the first ones, those between, the last one, and one that is both the first of these and the last.
  const later = [
    [between, first.at(-1) ?? "start"],
    [between, between],
    [last, between],
    [last, first.at(-1) ?? "start"],
  ] as const;
  const shares = later.map(([here, before]) => under(share, here, before));
  const factors = later.map(([here, before]) => under(factor, here, before));
  const [same] = factors as [Sum, ...Sum[]];
  const isSame = factors.every((other) => plus(same, times(number(-1), other)).length === 0);
  if (!isSame || same.length > 1 || shares.some((sum) => sum.length > 0)) return solved(recursion);
  if (start.length === 0 || same.length === 0) return { formulas: total(undefined, outer, direct), leastSteps };
  const { common, rest } = commonFactors(start);
  const derivative = single({ kind: "derivative", name: through, at: step(first.length) });
  return {
    formulas: total(repeated(same[0]!.factors, first.length, common, rest), outer, direct),
    fromStart: [{ kind: "sum", sum: outer }, ...repeated(same[0]!.factors, first.length, [], derivative)],
    leastSteps,
  };
}

/** Factors at every step after `start` up to T, and those of the derivative at `start`: joined where they are the same. */
function repeated(factors: readonly Factor[], start: number, common: readonly Factor[], rest: Sum): Formula {
  const left = [...common];
  const tops: Factor[] = [];
  const powers: Part[] = [];
  const products: Part[] = [];
  for (const { quantity, power } of factors) {
    if (quantity.at === null) {
      for (let k = 0; k < power; k++) powers.push({ kind: "power", quantity, exponent: T(-start) });
      continue;
    }
    const key = keyOf(quantityAt(quantity, step(start)));
    const joined = left.findIndex((factor) => keyOf(factor.quantity) === key && factor.power === power);
    if (joined >= 0) left.splice(joined, 1);
    const of: Sum = [{ coefficient: 1, factors: [{ quantity, power }] }];
    tops.push({ quantity: quantityAt(quantity, T(0)), power });
    products.push({ kind: "product", of, from: step(joined >= 0 ? start : start + 1), to: T(-1) });
  }
  const asSum = (list: readonly Factor[]): Part[] =>
    list.length > 0 ? [{ kind: "sum", sum: [{ coefficient: 1, factors: list }] }] : [];
  const isOne = rest.length === 1 && rest[0]!.coefficient === 1 && rest[0]!.factors.length === 0;
  return [
    ...asSum(tops),
    ...powers,
    ...products,
    ...asSum(left),
    ...(isOne ? [] : [{ kind: "sum" as const, sum: rest }]),
  ];
}

function total(inner: Formula | undefined, outer: Sum, direct: Sum): Formula[] {
  return [
    ...(inner && outer.length > 0 ? [[{ kind: "sum" as const, sum: outer }, ...inner]] : []),
    ...(direct.length > 0 ? [[{ kind: "sum" as const, sum: direct }]] : []),
  ];
}

/** What a sum in t becomes with assumptions on t and on t − 1; before the first step everything is 0. */
function under(sum: Sum, here: Assumed, before: Assumed | "start"): Sum {
  return replaced(sum, (quantity) => {
    if (quantity.at === null || quantity.kind === "derivative") return undefined;
    const assumed = quantity.at.offset === 0 ? here : before;
    if (assumed === "start") return zero;
    const given = quantity.kind === "value" ? assumed[quantity.name] : undefined;
    if (given === undefined) return undefined;
    return typeof given === "number" ? number(given) : single({ kind: "value", name: given, at: null });
  });
}

/** The number that a time is, with s and T known. */
export function stepOf({ from, offset }: Time, steps: number, s = Number.NaN): number {
  return offset + (from === "T" ? steps : from === "s" ? s : 0);
}

/** A closed form with T a number: empty products are left out, those of one step written as it. */
export function withSteps(formula: Formula, steps: number): Formula {
  const fixed = (sum: Sum): Sum =>
    replaced(sum, (quantity) =>
      quantity.at?.from === "T" ? single({ ...quantity, at: step(stepOf(quantity.at, steps)) } as Quantity) : undefined,
    );
  const end = (time: Time): Time => (time.from === "T" ? step(stepOf(time, steps)) : time);
  const fixedPart = (part: Part): Part[] => {
    switch (part.kind) {
      case "sum":
        return [{ kind: "sum", sum: fixed(part.sum) }];
      case "power": {
        const exponent = end(part.exponent);
        return exponent.offset === 0 ? [] : [{ ...part, exponent }];
      }
      case "product": {
        const [from, to] = [part.from, end(part.to)];
        if (from.from === "" && from.offset > to.offset) return [];
        if (from.from === "" && from.offset === to.offset) return [{ kind: "sum", sum: atTime(part.of, from) }];
        return [{ ...part, to }];
      }
      case "series":
        return [{ ...part, to: end(part.to), of: withSteps(part.of, steps) }];
    }
  };
  return formula.flatMap(fixedPart);
}

/** The number that a quantity is; its time is a number, or null. */
export type NumberOf = (quantity: Quantity) => number;

/** The value of a closed form after so many steps. */
export function evaluateFormulas(formulas: readonly Formula[], steps: number, numberOf: NumberOf): number {
  return formulas.reduce((sum, formula) => sum + evaluate(formula, steps, numberOf), 0);
}

function evaluate(formula: Formula, steps: number, numberOf: NumberOf, s?: number): number {
  return formula.reduce((product, part) => product * evaluatePart(part, steps, numberOf, s), 1);
}

function evaluatePart(part: Part, steps: number, numberOf: NumberOf, s: number | undefined): number {
  const sumAt = (sum: Sum, t: number) =>
    sum.reduce((total, { coefficient, factors }) => {
      return (
        total +
        factors.reduce((made, { quantity, power }) => made * numberOf(fixedAt(quantity, t)) ** power, coefficient)
      );
    }, 0);
  const fixedAt = (quantity: Quantity, t: number): Quantity => {
    if (quantity.at === null) return quantity;
    const { from, offset } = quantity.at;
    return { ...quantity, at: step(from === "t" ? t + offset : stepOf({ from, offset }, steps, s)) } as Quantity;
  };
  switch (part.kind) {
    case "sum":
      return sumAt(part.sum, Number.NaN);
    case "power":
      return numberOf(part.quantity) ** stepOf(part.exponent, steps);
    case "product": {
      let product = 1;
      for (let t = stepOf(part.from, steps, s); t <= stepOf(part.to, steps, s); t++) product *= sumAt(part.of, t);
      return product;
    }
    case "series": {
      let sum = 0;
      for (let k = stepOf(part.from, steps); k <= stepOf(part.to, steps); k++)
        sum += evaluate(part.of, steps, numberOf, k);
      return sum;
    }
  }
}

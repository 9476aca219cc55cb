/** Sums of products of scalar quantities at time steps, such as σ′(a_t^h) W_rec dh_{t−1}/dW_in: what derivatives are written with. */

/** A time step: t, the running index s, the last step T, or (from "") a number; `offset` steps later. */
export interface Time {
  readonly from: "t" | "s" | "T" | "";
  readonly offset: number;
}

/** One scalar. `at` is null for what is the same at every step. */
export type Quantity =
  /** A parameter, an input, a state or an abbreviation: W_rec, x_t, h_{t−1}, a_t^h. */
  | { readonly kind: "value"; readonly name: string; readonly at: Time | null }
  /** A function of a named quantity, or its slope: σ(c_t), σ′(a_t^h). */
  | {
      readonly kind: "function" | "slope";
      readonly operator: string;
      readonly name: string;
      readonly at: Time | null;
    }
  /** The derivative of a state by the parameter that is asked about: dh_{t−1}/dW_in. */
  | { readonly kind: "derivative"; readonly name: string; readonly at: Time };

/** A quantity to a power. */
export interface Factor {
  readonly quantity: Quantity;
  readonly power: number;
}

/** A product. Factors keep the order in which they came. */
export interface Term {
  readonly coefficient: number;
  readonly factors: readonly Factor[];
}

/** A sum of products; the empty one is 0. */
export type Sum = readonly Term[];

export const zero: Sum = [];

/** A number as a sum. */
export function number(coefficient: number): Sum {
  return coefficient === 0 ? zero : [{ coefficient, factors: [] }];
}

/** One quantity as a sum. */
export function single(quantity: Quantity): Sum {
  return [{ coefficient: 1, factors: [{ quantity, power: 1 }] }];
}

/** What tells a quantity from others. */
export function keyOf(quantity: Quantity): string {
  const at = quantity.at === null ? "" : `${quantity.at.from}${quantity.at.offset}`;
  const operator = "operator" in quantity ? quantity.operator : "";
  return [quantity.kind, operator, quantity.name, at].join(" ");
}

const termKey = ({ factors }: Term) =>
  factors
    .map(({ quantity, power }) => `${keyOf(quantity)} ${power}`)
    .sort()
    .join(";");

/** a + b + …; like terms are joined. */
export function plus(...sums: readonly Sum[]): Sum {
  const joined = new Map<string, Term>();
  for (const term of sums.flat()) {
    const key = termKey(term);
    const coefficient = (joined.get(key)?.coefficient ?? 0) + term.coefficient;
    joined.set(key, { coefficient, factors: joined.get(key)?.factors ?? term.factors });
  }
  return [...joined.values()].filter(({ coefficient }) => coefficient !== 0);
}

/** a · b. */
export function times(a: Sum, b: Sum): Sum {
  return plus(a.flatMap((p) => b.map((q) => product(p, q))));
}

function product(p: Term, q: Term): Term {
  const factors = [...p.factors];
  for (const { quantity, power } of q.factors) {
    const k = factors.findIndex((factor) => keyOf(factor.quantity) === keyOf(quantity));
    if (k < 0) factors.push({ quantity, power });
    else factors[k] = { quantity, power: factors[k]!.power + power };
  }
  return { coefficient: p.coefficient * q.coefficient, factors: factors.filter(({ power }) => power !== 0) };
}

/** Every quantity replaced by a sum; undefined keeps it. Powers that are replaced are whole and positive. */
export function replaced(sum: Sum, by: (quantity: Quantity) => Sum | undefined): Sum {
  return plus(
    ...sum.map(({ coefficient, factors }) =>
      factors.reduce<Sum>((made, factor) => {
        const other = by(factor.quantity);
        if (!other) return times(made, [{ coefficient: 1, factors: [factor] }]);
        return Array.from({ length: factor.power }).reduce<Sum>((power) => times(power, other), made);
      }, number(coefficient)),
    ),
  );
}

/** The sum with t = `time`: t − 1 becomes the step before it. */
export function atTime(sum: Sum, time: Time): Sum {
  return replaced(sum, (quantity) => single(quantityAt(quantity, time)));
}

export function quantityAt(quantity: Quantity, time: Time): Quantity {
  if (quantity.at?.from !== "t") return quantity;
  return { ...quantity, at: { from: time.from, offset: time.offset + quantity.at.offset } } as Quantity;
}

/** A sum that is linear in one quantity, as [what it is multiplied by, the rest]. */
export function coefficientOf(sum: Sum, quantity: Quantity): readonly [coefficient: Sum, rest: Sum] {
  const key = keyOf(quantity);
  const has = (term: Term) => term.factors.some((factor) => keyOf(factor.quantity) === key);
  const without = (term: Term) => ({
    ...term,
    factors: term.factors.filter((factor) => keyOf(factor.quantity) !== key),
  });
  return [sum.filter(has).map(without), sum.filter((term) => !has(term))];
}

/** The factors that all terms have, and the sum without them. */
export function commonFactors(sum: Sum): { readonly common: readonly Factor[]; readonly rest: Sum } {
  const [first, ...others] = sum;
  if (!first) return { common: [], rest: sum };
  const powerIn = ({ factors }: Term, quantity: Quantity) =>
    factors.find((factor) => keyOf(factor.quantity) === keyOf(quantity))?.power ?? 0;
  const common = first.factors
    .map(({ quantity, power }) => ({
      quantity,
      power: Math.min(power, ...others.map((term) => powerIn(term, quantity))),
    }))
    .filter(({ power }) => power > 0);
  const inverse: Sum = [
    { coefficient: 1, factors: common.map(({ quantity, power }) => ({ quantity, power: -power })) },
  ];
  return { common, rest: times(sum, inverse) };
}

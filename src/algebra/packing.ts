/**
 * Monomials as single whole numbers, for speed: comparing them is comparing numbers, multiplying is adding.
 *
 * Each of the orders is the lexicographic order of some sums of exponents, which add up under multiplication:
 * lex e₁, …, eₙ; grlex e₁ + … + eₙ, e₁, …, eₙ₋₁; grevlex e₁ + … + eₙ, e₁ + … + eₙ₋₁, …, e₁. These sums, 16 bits each, the
 * first one highest, make the number.
 */
import { degree, type Exponents, type MonomialOrder } from "./monomial.ts";

/** Degrees up to this fit into a packed monomial. */
export const largestDegree = 2 ** 16 - 1;

export interface Packing {
  pack(exponents: Exponents): bigint;
  unpack(packed: bigint): number[];
}

/** How monomials in `count` variables are packed. Degrees are at most `largestDegree`: whoever multiplies sees to it. */
export function packing(order: MonomialOrder, count: number): Packing {
  return {
    pack: (exponents) => joined(sums(order, exponents)),
    unpack(packed) {
      const fields = split(packed, count);
      if (order === "lex") return fields;
      if (order === "grlex") {
        const [total, ...others] = fields;
        return [...others, total! - degree(others)].slice(0, count);
      }
      fields.reverse();
      for (let k = count - 1; k > 0; k--) fields[k]! -= fields[k - 1]!;
      return fields;
    },
  };
}

function sums(order: MonomialOrder, exponents: Exponents): number[] {
  if (order === "lex") return [...exponents];
  if (order === "grlex") return [degree(exponents), ...exponents.slice(0, -1)].slice(0, exponents.length);
  let sum = 0;
  return exponents
    .map((exponent) => {
      sum += exponent;
      return sum;
    })
    .reverse();
}

const digits = (field: number) => field.toString(16).padStart(4, "0");

function joined(fields: readonly number[]): bigint {
  return fields.length === 0 ? 0n : BigInt(`0x${fields.map(digits).join("")}`);
}

function split(packed: bigint, count: number): number[] {
  const text = packed.toString(16).padStart(4 * count, "0");
  const fields = new Array<number>(count);
  for (let k = 0; k < count; k++) fields[k] = Number.parseInt(text.slice(4 * k, 4 * k + 4), 16);
  return fields;
}

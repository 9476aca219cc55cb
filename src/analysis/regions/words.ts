/** Hyperplanes and their numbers as people read them. */
import { type Rational, rationals } from "../../algebra/index.ts";
import { subscript } from "../../networks/index.ts";
import type { Hyperplane } from "./arrangement.ts";

/** A number exactly: as a decimal where that is short, otherwise as a fraction. */
export function exactNumber(value: Rational): string {
  const text = rationals.format(value);
  const decimal = String(rationals.toNumber(value));
  const isExact = /^-?[\d.]{1,9}$/.test(decimal) && rationals.equals(rationals.parse(decimal), value);
  return (isExact ? decimal : text).replace("-", "−");
}

/** "0.5 x₁ − x₂ > 0.25"; numbers that are long are rounded, which is said. */
export function hyperplaneText({ weights, threshold }: Hyperplane): string {
  const isLong = [...weights, threshold].some((number) => exactNumber(number).length > 12);
  const shown = (number: Rational) =>
    isLong ? String(Number(rationals.toNumber(number).toPrecision(4))).replace("-", "−") : exactNumber(number);
  let text = "";
  weights.forEach((weight, k) => {
    if (rationals.isZero(weight)) return;
    const isMinus = weight.numerator < 0n;
    const size = isMinus ? rationals.negate(weight) : weight;
    const factor = rationals.equals(size, rationals.one) ? "" : `${shown(size)} `;
    text += `${text === "" ? (isMinus ? "−" : "") : isMinus ? " − " : " + "}${factor}x${subscript(k + 1)}`;
  });
  return `${text} > ${shown(threshold)}${isLong ? " (rounded)" : ""}`;
}

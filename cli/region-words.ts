/** Hyperplanes and networks of regions in words. */
import {
  type Arrangement,
  genericRegionCounts,
  type Hyperplane,
  rationals,
  specialPositions,
  subscript,
} from "../src/index.ts";
import { count, list } from "./words.ts";

type Rational = rationals.Rational;

/** What hyperplanes are called. */
export function noun(dimension: number): string {
  return ["point", "line", "plane"][dimension - 1] ?? "hyperplane";
}

/** "5 lines", "20 hyperplanes in 10 dimensions" */
export function countedPlanes({ dimension, hyperplanes: { length } }: Arrangement): string {
  const name = `${count(length)} ${noun(dimension)}${length === 1 ? "" : "s"}`;
  return dimension > 3 ? `${name} in ${dimension} dimensions` : name;
}

/** A number exactly: as a decimal where that is short, otherwise as a fraction. */
export function exactNumber(value: Rational): string {
  const text = rationals.format(value);
  const decimal = String(rationals.toNumber(value));
  const isExact = /^-?[\d.]{1,9}$/.test(decimal) && rationals.equals(rationals.parse(decimal), value);
  return (isExact ? decimal : text).replace("-", "−");
}

/** "0.5 x₁ − x₂ > 0.25"; numbers that are long are rounded, which is said. */
export function equation({ weights, threshold }: Hyperplane): string {
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

/** Whether they are in general position, and what keeps them from it. */
export function specialWords(arrangement: Arrangement, regions: number): string[] {
  const { dimension, hyperplanes } = arrangement;
  const most = genericRegionCounts(hyperplanes.length, dimension).regions;
  const sum = `Σ C(${hyperplanes.length}, k) for k ≤ ${dimension}`;
  const number = most.toLocaleString("en-US");
  if (most === BigInt(regions)) return [`as many as in general position: ${number} = ${sum}`];
  const reasons = specialPositions(arrangement).map(({ kind, hyperplanes: which, point }) => {
    const names = `${noun(dimension)}s ${list(which)}`;
    if (kind === "coincident") return `${names} are the same`;
    return kind === "parallel" ? `${names} are parallel` : `${names} meet in (${point!.map(exactNumber).join(", ")})`;
  });
  const shown = reasons.slice(0, 10);
  return [
    `fewer than the ${number} of general position: ${sum}`,
    ...shown.map((reason) => `  ${reason}`),
    ...(reasons.length > shown.length ? [`  and ${reasons.length - shown.length} more`] : []),
    ...(dimension > 2
      ? [`  ${reasons.length > 0 ? "maybe " : ""}more that meet, or fewer, than in general position`]
      : []),
  ];
}

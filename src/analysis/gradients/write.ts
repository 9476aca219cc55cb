/** Derivatives as people write them, in plain text or LaTeX. */
import type { PrintStyle } from "../../graph/index.ts";
import type { Formula, Part } from "./closed-form.ts";
import { commonFactors, type Factor, keyOf, type Quantity, type Sum, type Term, type Time } from "./quantities.ts";

/** How the letters of one style are put together. */
interface Letters {
  readonly minus: string;
  /** A name with an index: x_t, a_{t−1}^h. */
  name(base: string, label: string | undefined, at: string | undefined): string;
  call(operator: string, isSlope: boolean, of: string): string;
  derivative(of: string, by: string): string;
  power(base: string, exponent: string): string;
  big(sign: "∏" | "Σ", index: string, from: string, to: string): string;
  group(text: string): string;
}

const inBraces = (text: string) => (text.length > 1 ? `{${text}}` : text);
/** Plain text needs none around a number. */
const around = (text: string, [open, close]: readonly [string, string]) =>
  /^(\d+|.)$/.test(text) ? text : `${open}${text}${close}`;

const styles: Readonly<Record<PrintStyle, Letters>> = {
  text: {
    minus: "−",
    name: (base, label, at) =>
      at === undefined
        ? `${base}${label === undefined ? "" : `_${label}`}`
        : `${base}_${around(at, ["{", "}"])}${label === undefined ? "" : `^${label}`}`,
    call: (operator, isSlope, of) => `${operator}${isSlope ? "′" : ""}(${of})`,
    derivative: (of, by) => `d${of}/d${by}`,
    power: (base, exponent) => `${/\^/.test(base) ? `(${base})` : base}^${around(exponent, ["(", ")"])}`,
    big: (sign, index, from, to) => `${sign}_{${index}=${from}}^${around(to, ["{", "}"])}`,
    group: (text) => `(${text})`,
  },
  latex: {
    minus: "-",
    name: (base, label, at) =>
      `${base}${at === undefined ? "" : `_${inBraces(at)}`}${label === undefined ? "" : `^{\\mathrm{${label}}}`}`,
    call: (operator, isSlope, of) =>
      `${{ σ: "\\sigma" }[operator] ?? `\\operatorname{${operator}}`}${isSlope ? "'" : ""}(${of})`,
    derivative: (of, by) => `\\frac{d${of}}{d${by}}`,
    power: (base, exponent) => `${/\^/.test(base) ? `(${base})` : base}^${inBraces(exponent)}`,
    big: (sign, index, from, to) => `${sign === "∏" ? "\\prod" : "\\sum"}_{${index}=${from}}^${inBraces(to)}`,
    group: (text) => `\\left(${text}\\right)`,
  },
};

export interface WriteOptions {
  /** The parameter that derivatives are by. */
  readonly wrt: string;
  /** Default "text". */
  readonly style?: PrintStyle;
}

/** A time as text: "t−1", "T", "3". */
function writeTime({ from, offset }: Time, { minus }: Letters): string {
  if (from === "") return String(offset);
  return offset === 0 ? from : `${from}${offset < 0 ? minus : "+"}${Math.abs(offset)}`;
}

/** A name such as "W_in" or "a^h" with its index. */
function writeName(name: string, at: Time | null, letters: Letters): string {
  const [base = "", label] = name.split(/[_^]/);
  return letters.name(base, label, at === null ? undefined : writeTime(at, letters));
}

/** One quantity: "σ′(a_T^y)". */
export function writeQuantity(quantity: Quantity, { wrt, style = "text" }: WriteOptions): string {
  const letters = styles[style];
  const name = writeName(quantity.name, quantity.at, letters);
  switch (quantity.kind) {
    case "value":
      return name;
    case "function":
    case "slope":
      return letters.call(quantity.operator, quantity.kind === "slope", name);
    case "derivative":
      return letters.derivative(name, writeName(wrt, null, letters));
  }
}

const isSlope = ({ quantity }: Factor) => quantity.kind === "slope";

/** Terms that share a slope are written together: i_t σ′(a_t^h) (x_t + W_rec dh_{t−1}/dW_in). */
function grouped(sum: Sum): Term[][] {
  const groups: Term[][] = [];
  for (const term of sum) {
    const shares = (other: Term) =>
      term.factors.some(
        (factor) => isSlope(factor) && other.factors.some(({ quantity }) => keyOf(quantity) === keyOf(factor.quantity)),
      );
    const group = groups.find((terms) => terms.every(shares));
    if (group) group.push(term);
    else groups.push([term]);
  }
  return groups;
}

/** A sum: "x_2 + W_rec σ′(a_1^h) x_1". */
export function writeSum(sum: Sum, options: WriteOptions): string {
  const letters = styles[options.style ?? "text"];
  if (sum.length === 0) return "0";
  const signed = grouped(sum).map((terms) => {
    const [term] = terms as [Term];
    if (terms.length === 1) return { isNegative: term.coefficient < 0, text: writeTerm(term, options) };
    const { common, rest } = commonFactors(terms);
    const inner = letters.group(writeSum(rest, options));
    return { isNegative: false, text: [...common.map((factor) => writeFactor(factor, options)), inner].join(" ") };
  });
  return signed
    .map(
      ({ isNegative, text }, k) =>
        `${isNegative ? `${k === 0 ? "" : " "}${letters.minus}${k === 0 ? "" : " "}` : k === 0 ? "" : " + "}${text}`,
    )
    .join("");
}

function writeTerm({ coefficient, factors }: Term, options: WriteOptions): string {
  const size = Math.abs(coefficient);
  const parts = factors.map((factor) => writeFactor(factor, options));
  return size === 1 && parts.length > 0 ? parts.join(" ") : [String(size), ...parts].join(" ");
}

function writeFactor({ quantity, power }: Factor, options: WriteOptions): string {
  const text = writeQuantity(quantity, options);
  return power === 1 ? text : styles[options.style ?? "text"].power(text, String(power));
}

/** A closed form: "σ′(a_T^h) W_rec^(T−2) ∏_{t=2}^{T−1} σ′(a_t^h) (x_2 + W_rec σ′(a_1^h) x_1)". */
export function writeFormula(formula: Formula, options: WriteOptions): string {
  const letters = styles[options.style ?? "text"];
  const parts = formula.map((part) => writePart(part, options));
  const isSum = (part: Part) => part.kind === "sum" && grouped(part.sum).length > 1;
  return formula.length === 0
    ? "1"
    : parts.map((text, k) => (parts.length > 1 && isSum(formula[k]!) ? letters.group(text) : text)).join(" ");
}

/** Formulas that are added. */
export function writeFormulas(formulas: readonly Formula[], options: WriteOptions): string {
  return formulas.length === 0 ? "0" : formulas.map((formula) => writeFormula(formula, options)).join(" + ");
}

function writePart(part: Part, options: WriteOptions): string {
  const letters = styles[options.style ?? "text"];
  const time = (at: Time) => writeTime(at, letters);
  switch (part.kind) {
    case "sum":
      return writeSum(part.sum, options);
    case "power": {
      const base = writeQuantity(part.quantity, options);
      const exponent = time(part.exponent);
      return exponent === "1" ? base : letters.power(base, exponent);
    }
    case "product": {
      const inner = writeSum(part.of, options);
      const isOne = part.of.length === 1 && part.of[0]!.factors.length === 1;
      return `${letters.big("∏", "t", time(part.from), time(part.to))} ${isOne ? inner : letters.group(inner)}`;
    }
    case "series":
      return `${letters.big("Σ", "s", time(part.from), time(part.to))} ${writeFormula(part.of, options)}`;
  }
}

/** Parameters as unknowns: a variable for each element that isn't known. */
import { type Polynomial, polynomials, type Rational, rationals } from "../algebra/index.ts";
import { LonghandError } from "../errors.ts";
import type { PolynomialArray } from "./polynomial-program.ts";

/**
 * What is known of parameters: by the name of one ("b1"), of an element ("W1[2,1]"), or a pattern of such names in which
 * "*" stands for any text ("b*", "R*", "W1[1,*]"). Later ones win. Numbers are taken exactly; text may be "1/3" or "0.1".
 */
export type Known = Readonly<Record<string, number | string>>;

/** Beyond so many unknowns nothing is decided. */
const MOST_UNKNOWNS = 1000;

export interface Unknowns {
  readonly variables: readonly string[];
  readonly arrays: Readonly<Record<string, PolynomialArray>>;
}

/**
 * Arrays of variables "W1[2,1]" (indices from 1; a parameter of one element is called by its name alone), with numbers
 * where they are known.
 * @throws LonghandError `argument` for a name in `known` that fits no element; `input` for text that is no number;
 *   `unsupported` for more than 1,000 unknowns.
 */
export function unknownParameters(
  specs: Readonly<Record<string, { readonly shape: readonly number[] }>>,
  known: Known = {},
): Unknowns {
  const patterns = Object.entries(known).map(([name, value]) => ({
    name,
    pattern: new RegExp(`^${name.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`),
    value: typeof value === "number" ? rationals.fromNumber(value) : rationals.parse(value),
  }));
  const used = new Set<string>();
  const variables: string[] = [];
  const arrays = Object.entries(specs).map(([parameter, { shape }]) => {
    const names = elementNames(parameter, shape);
    const values = names.map((name) => {
      let value: Rational | undefined;
      for (const entry of patterns) {
        if (!entry.pattern.test(parameter) && !entry.pattern.test(name)) continue;
        used.add(entry.name);
        value = entry.value;
      }
      if (!value) variables.push(name);
      return value;
    });
    return { parameter, shape, names, values };
  });
  const missing = patterns.find(({ name }) => !used.has(name));
  if (missing) {
    const names = Object.keys(specs).join(", ");
    throw new LonghandError(
      "argument",
      `known parameters: received "${missing.name}", which fits none of ${names} or their elements`,
    );
  }
  if (variables.length > MOST_UNKNOWNS) {
    throw new LonghandError(
      "unsupported",
      `parameters: received ${variables.length} unknowns, expected at most ${MOST_UNKNOWNS}, as smaller networks have them`,
    );
  }
  const element = (name: string, value: Rational | undefined): Polynomial =>
    value ? polynomials.constant(variables, value) : polynomials.variable(variables, name);
  return {
    variables,
    arrays: Object.fromEntries(
      arrays.map(({ parameter, shape, names, values }) => [
        parameter,
        { shape, elements: names.map((name, k) => element(name, values[k])) },
      ]),
    ),
  };
}

function elementNames(parameter: string, shape: readonly number[]): string[] {
  let indices: number[][] = [[]];
  for (const extent of shape) {
    indices = indices.flatMap((before) => Array.from({ length: extent }, (_, k) => [...before, k + 1]));
  }
  const name = parameter.replaceAll(/[^\w]+/g, "_");
  return indices.length === 1 ? [name] : indices.map((index) => `${name}[${index}]`);
}

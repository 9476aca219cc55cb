/** Networks of step units as people write them: one line a unit, one line a matrix. */
import { compare, format, negate, type Rational, rational, zero } from "../../algebra/rational.ts";
import { logitCount } from "../../models/index.ts";
import { exactParameters, type StepNetwork } from "./step-network.ts";

const one = rational(1);

/**
 * An equation for each unit, weights that are 0 left out:
 *
 *     h1 = [x1 + x2 − h2′ > 1/2]
 *
 * [ … ] is 1 where it holds, otherwise 0; ′ is one step earlier, at first 0. Units of several hidden layers are h1.1, h1.2,
 * …, h2.1; those of the output layer y, or y1, y2, …; features x1, x2, or x1=2 for a symbol of a channel of more than two.
 * Where the answer is the largest of several sums, they have a name too: z1 = …, y1 = [z1 > 0].
 */
export function stepEquations(network: StepNetwork): string[] {
  const { model, layers, denominator } = network;
  const names = unitNames(network);
  const logits = logitCount(model.signature.answers);
  const features = featureNames(model.signature.channels, model.options.centred === true);
  const before = names.flat().map((name) => `${name}′`);
  return layers.flatMap((units, n) => {
    const below = n === 0 ? features : names[n - 1]!;
    return units.map((unit, k) => {
      const name = names[n]![k]!;
      const weights = [...unit.below, ...unit.before].map((weight) => rational(weight, denominator));
      const terms = [...below, ...before].map((of, i) => ({ of, weight: weights[i]! }));
      const bias = rational(unit.bias, denominator);
      if (n === layers.length - 1 && logits > 1 && k < logits) {
        const z = name.replace("y", "z");
        return `${z} = ${sum([...terms, { of: "", weight: bias }])},  ${name} = [${z} > 0]`;
      }
      return `${name} = [${sum(terms)} > ${signed(negate(bias))}]`;
    });
  });
}

/** The matrices that aren't all 0: "R21 = [[1, 0], [-1/2, 0]]", from rows (of what weighs) to columns (of what is weighed). */
export function stepMatrices(network: StepNetwork): string[] {
  return Object.entries(exactParameters(network)).flatMap(([name, values]) => {
    if (values.every(({ numerator }) => numerator === 0n)) return [];
    const { shape } = network.model.parameters[name]!;
    const columns = shape.at(-1)!;
    const row = (k: number) =>
      `[${values
        .slice(k * columns, (k + 1) * columns)
        .map(format)
        .join(", ")}]`;
    const rows = Array.from({ length: values.length / columns }, (_, k) => row(k));
    return [`${name} = ${shape.length === 1 ? rows[0] : `[${rows.join(", ")}]`}`];
  });
}

function unitNames({ layers }: StepNetwork): string[][] {
  const hidden = layers.length - 1;
  return layers.map((units, n) =>
    units.map((_, k) => {
      if (n === hidden) return units.length === 1 ? "y" : `y${k + 1}`;
      return hidden === 1 ? `h${k + 1}` : `h${n + 1}.${k + 1}`;
    }),
  );
}

function featureNames(channels: readonly number[], isCentred: boolean): string[] {
  return channels.flatMap((count, channel) => {
    const name = channels.length === 1 ? "x" : `x${channel + 1}`;
    const features = count === 2 ? [name] : Array.from({ length: count }, (_, symbol) => `(${name}=${symbol})`);
    return isCentred ? features.map((feature) => `(2${feature}−1)`) : features;
  });
}

function sum(terms: readonly { readonly of: string; readonly weight: Rational }[]): string {
  const kept = terms.filter(({ weight }) => weight.numerator !== 0n);
  if (kept.length === 0) return "0";
  return kept
    .map(({ of, weight }, k) => {
      const isNegative = compare(weight, zero) < 0;
      const size = isNegative ? negate(weight) : weight;
      const factor = of === "" ? format(size) : compare(size, one) === 0 ? "" : `${format(size)} `;
      const sign = k === 0 ? (isNegative ? "−" : "") : isNegative ? " − " : " + ";
      return `${sign}${factor}${of}`;
    })
    .join("");
}

function signed(value: Rational): string {
  return format(value).replace("-", "−");
}

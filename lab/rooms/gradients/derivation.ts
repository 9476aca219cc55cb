/** The derivative as formulas, with the numbers of the moment put in, in LaTeX. */
import { deriveScalar, type ScalarRun, scalarChainRule, type ValuedFactor } from "longhand";
import type { Unit } from "./unit.ts";
import type { UnitValues } from "./unit-settings.ts";

export interface WrittenDerivative {
  /** The network's own equations, one a line. */
  readonly equations: string;
  /** The derivative, line by line: the chain rule, one step back, the closed form where there is one. */
  readonly lines: string;
  /** The last formula with a number under each factor; none where there is no closed form. */
  readonly numbers?: string;
  /** dy_T/dθ by backpropagation. */
  readonly value: number;
}

/** Whether the inputs are what the exercise's assumptions say: nothing after the second step. */
const arePulse = (inputs: readonly number[]) => inputs.slice(2).every((x) => x === 0);

/** dy_T/dθ of a unit; nothing where it has no such parameter. */
export function writtenDerivative(unit: Unit, run: ScalarRun, { by, inputs, gates }: UnitValues): WrittenDerivative {
  const { network } = unit;
  const chain = scalarChainRule(network, by);
  const equations = aligned(chain.equations("latex").map(({ left, right }) => [left, right[0]!]));
  const value = run.derivatives[by]!;
  if (unit.name === "LSTM" && gates === "computed") {
    const { left, right } = chain.last("latex");
    return {
      equations,
      lines: aligned([
        [left, right[0]!],
        ...chain.recursion("latex").map((line) => [line.left, line.right[0]!] as const),
      ]),
      value,
    };
  }
  const derivation = deriveScalar(network, by);
  const { left, right } = arePulse(inputs) ? derivation.answer("latex") : derivation.anyInputs("latex");
  const lines = aligned(right.map((text, k) => [k === 0 ? left : "", text]));
  const factors = derivation.factors(run, "latex", arePulse(inputs) ? "assumed" : "any");
  return {
    equations,
    lines,
    numbers: withNumbers(derivation.withSteps(run.steps, "latex").left, factors, value),
    value,
  };
}

function withNumbers(left: string, formulas: readonly (readonly ValuedFactor[])[], value: number): string {
  const terms = formulas.map((factors) =>
    factors.map((factor) => `\\underbrace{${factor.text}}_{${latexNumber(factor.value)}}`).join("\\;"),
  );
  return `${left} = ${latexNumber(value)}${terms.length === 0 ? "" : ` = ${terms.join(" + ")}`}`;
}

function aligned(lines: readonly (readonly [left: string, right: string])[]): string {
  return `\\begin{aligned}${lines.map(([left, right]) => `${left} &= ${right}`).join("\\\\[4pt]")}\\end{aligned}`;
}

/** At most four digits, and a power of ten where the number is very small or large. */
export function latexNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "\\text{none}" : value < 0 ? "-\\infty" : "\\infty";
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e5)) return String(Number(value.toPrecision(4)));
  const exponent = Math.floor(Math.log10(size));
  return `${Number((value / 10 ** exponent).toPrecision(3))} \\cdot 10^{${exponent}}`;
}

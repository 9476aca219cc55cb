/** A derivative of a scalar network from the chain rule to its closed form, line by line, as papers/002 solves exercise 2. */
import type { PrintStyle } from "../../graph/index.ts";
import { evaluateFormulas, type Formula, type Part, solved, solvedUnder, withSteps } from "./closed-form.ts";
import type { Time } from "./quantities.ts";
import { byLastState, type ChainRule, chainRuleOf, oneStepBack, recursionOf } from "./recursion.ts";
import type { ScalarNetwork } from "./scalar-networks.ts";
import type { ScalarRun } from "./scalar-run.ts";
import { writeFormula, writeFormulas, writeQuantity, writeSum } from "./write.ts";

/** A left side, and what it equals, from the chain rule to the closed form. */
export interface Derived {
  readonly left: string;
  readonly right: readonly string[];
}

/** A factor of a formula, and what it is in a run. */
export interface ValuedFactor {
  readonly text: string;
  readonly value: number;
}

/** What the chain rule says of a step. */
export interface ScalarChainRule {
  readonly network: ScalarNetwork;
  readonly wrt: string;
  /** The network's own equations. */
  equations(style?: PrintStyle): Derived[];
  /** The derivative of each state by the one before: for every t. */
  recursion(style?: PrintStyle): Derived[];
  /** The derivative of the answer by those of the last states. */
  last(style?: PrintStyle): Derived;
}

export interface ScalarDerivation extends ScalarChainRule {
  /** Least number of steps that the closed form is for. */
  readonly leastSteps: number;
  /** The derivative of the answer: by the last state, by the step before, by the first steps, and in closed form. eq. 19 to 24. */
  answer(style?: PrintStyle): Derived;
  /** The same for any inputs and gates, as a sum over the steps at which the parameter acts. */
  anyInputs(style?: PrintStyle): Derived;
  /** The closed form with T a number. */
  withSteps(steps: number, style?: PrintStyle): Derived;
  /** Its value, by the numbers of a run. */
  evaluate(run: ScalarRun): number;
  /**
   * The formulas that are added, each as its factors with their numbers in a run.
   * @param form "assumed" (default): under the network's assumptions; "any": for any inputs.
   */
  factors(run: ScalarRun, style?: PrintStyle, form?: "assumed" | "any"): ValuedFactor[][];
  /** By how much the derivative of the state grows at step t of a run: the factor of the product. */
  growth(run: ScalarRun, t: number): number;
}

/**
 * The chain rule of a network, for those too whose derivatives have no closed form.
 * @param wrt θ, a parameter. @throws LonghandError `unknown-name` for another.
 */
export function scalarChainRule(network: ScalarNetwork, wrt: string): ScalarChainRule {
  return chainRuleWritten(chainRuleOf(network, wrt), wrt);
}

function chainRuleWritten({ network, equations, derivatives, answer }: ChainRule, wrt: string): ScalarChainRule {
  const written = (list: ChainRule["equations"], style: PrintStyle = "text") =>
    list.map(({ quantity, sum }) => ({
      left: writeQuantity(quantity, { wrt, style }),
      right: [writeSum(sum, { wrt, style })],
    }));
  return {
    network,
    wrt,
    equations: (style) => written(equations, style),
    recursion: (style) => written(derivatives, style),
    last: (style) =>
      written([{ quantity: { kind: "derivative", name: "y", at: { from: "T", offset: 0 } }, sum: answer }], style)[0]!,
  };
}

/** The factors of a formula, each alone: those of a product that is no sum. */
function factorsOf(formula: Formula): Part[] {
  return formula.flatMap((part): Part[] => {
    if (part.kind !== "sum" || part.sum.length !== 1) return [part];
    const [{ coefficient, factors }] = part.sum as [(typeof part.sum)[number]];
    const alone = (sum: (typeof part.sum)[number]): Part => ({ kind: "sum", sum: [sum] });
    return [
      ...(coefficient === 1 && factors.length > 0 ? [] : [alone({ coefficient, factors: [] })]),
      ...factors.map((factor) => alone({ coefficient: 1, factors: [factor] })),
    ];
  });
}

/**
 * Derives dy_T/dθ from the graph of a network's step.
 * @param wrt θ: W_in, W_rec, b_h, W_out or b_y.
 * @throws LonghandError `unknown-name` for another parameter.
 */
export function deriveScalar(network: ScalarNetwork, wrt: string): ScalarDerivation {
  const recursion = recursionOf(network, wrt);
  const assumed = solvedUnder(recursion, network.assumptions);
  const any = solved(recursion);
  const options = (style: PrintStyle = "text") => ({ wrt, style });
  const left = (steps: Time, style?: PrintStyle) =>
    writeQuantity({ kind: "derivative", name: "y", at: steps }, options(style));
  const last: Time = { from: "T", offset: 0 };
  return {
    ...chainRuleWritten(recursion, wrt),
    leastSteps: network.assumptions.first.length + 1,
    answer(style) {
      const right = [
        writeSum(recursion.answer, options(style)),
        writeSum(byLastState(recursion), options(style)),
        writeSum(oneStepBack(recursion), options(style)),
        ...(assumed.fromStart ? [writeFormula(assumed.fromStart, options(style))] : []),
        writeFormulas(assumed.formulas, options(style)),
      ];
      return { left: left(last, style), right: right.filter((text, k) => text !== right[k - 1]) };
    },
    anyInputs: (style) => ({ left: left(last, style), right: [writeFormulas(any.formulas, options(style))] }),
    withSteps: (steps, style) => ({
      left: left({ from: "", offset: steps }, style),
      right: [
        writeFormulas(
          assumed.formulas.map((formula) => withSteps(formula, steps)),
          options(style),
        ),
      ],
    }),
    factors: ({ steps, numberOf }, style, form = "assumed") =>
      (form === "any" ? any : assumed).formulas.map((formula) =>
        factorsOf(formula).map((part) => ({
          text: writeFormula(form === "any" ? [part] : withSteps([part], steps), options(style)),
          value: evaluateFormulas([[part]], steps, numberOf),
        })),
      ),
    evaluate: ({ steps, numberOf }) => evaluateFormulas(assumed.formulas, steps, numberOf),
    growth: ({ steps, numberOf }, t) =>
      evaluateFormulas(
        [[{ kind: "product", of: recursion.factor, from: { from: "", offset: t }, to: { from: "", offset: t } }]],
        steps,
        numberOf,
      ),
  };
}

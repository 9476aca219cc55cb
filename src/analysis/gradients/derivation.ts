/** A derivative of a scalar network from the chain rule to its closed form, line by line, as papers/002 solves exercise 2. */
import type { PrintStyle } from "../../graph/index.ts";
import { evaluateFormulas, solved, solvedUnder, withSteps } from "./closed-form.ts";
import type { Time } from "./quantities.ts";
import { byLastState, oneStepBack, recursionOf } from "./recursion.ts";
import type { ScalarNetwork } from "./scalar-networks.ts";
import type { ScalarRun } from "./scalar-run.ts";
import { writeFormula, writeFormulas, writeQuantity, writeSum } from "./write.ts";

/** A left side, and what it equals, from the chain rule to the closed form. */
export interface Derived {
  readonly left: string;
  readonly right: readonly string[];
}

export interface ScalarDerivation {
  readonly network: ScalarNetwork;
  readonly wrt: string;
  /** Least number of steps that the closed form is for. */
  readonly leastSteps: number;
  /** The network's own equations. */
  equations(style?: PrintStyle): Derived[];
  /** The derivative of each state by the one before: for every t. */
  recursion(style?: PrintStyle): Derived[];
  /** The derivative of the answer: by the last state, by the step before, by the first steps, and in closed form. eq. 19 to 24. */
  answer(style?: PrintStyle): Derived;
  /** The same for any inputs and gates, as a sum over the steps at which the parameter acts. */
  anyInputs(style?: PrintStyle): Derived;
  /** The closed form with T a number. */
  withSteps(steps: number, style?: PrintStyle): Derived;
  /** Its value, by the numbers of a run. */
  evaluate(run: ScalarRun): number;
  /** By how much the derivative of the state grows at step t of a run: the factor of the product. */
  growth(run: ScalarRun, t: number): number;
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
    network,
    wrt,
    leastSteps: network.assumptions.first.length + 1,
    equations: (style) =>
      recursion.equations.map(({ quantity, sum }) => ({
        left: writeQuantity(quantity, options(style)),
        right: [writeSum(sum, options(style))],
      })),
    recursion: (style) =>
      recursion.derivatives.map(({ quantity, sum }) => ({
        left: writeQuantity(quantity, options(style)),
        right: [writeSum(sum, options(style))],
      })),
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
    evaluate: ({ steps, numberOf }) => evaluateFormulas(assumed.formulas, steps, numberOf),
    growth: ({ steps, numberOf }, t) =>
      evaluateFormulas(
        [[{ kind: "product", of: recursion.factor, from: { from: "", offset: t }, to: { from: "", offset: t } }]],
        steps,
        numberOf,
      ),
  };
}

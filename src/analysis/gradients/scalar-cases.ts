/** Numbers for papers/002, exercise 2: cases in which the derivative vanishes, stays and diverges. */
import { unknownName } from "../../errors.ts";
import type { ScalarNetwork } from "./scalar-networks.ts";
import { checkValues, type ScalarValues } from "./scalar-run.ts";

export interface ScalarCase {
  readonly name: string;
  readonly summary: string;
  readonly values: ScalarValues;
  /** W_in and b_h are chosen such that a_t^h = 0 from t = 2 on, where σ is steepest: σ′ = ¼. */
  readonly isBalanced?: boolean;
}

const plain = { W_in: 1, W_rec: 1, b_h: 0, W_out: 1, b_y: 0, x: 1 };

const cases: Readonly<Record<string, readonly ScalarCase[]>> = {
  "scalar-rnn": [
    { name: "plain", summary: "all weights 1, no biases", values: plain },
    {
      name: "vanishing",
      summary: "W_rec = 2 at the steepest place of σ: |σ′ W_rec| = ½, although |W_rec| > 1",
      values: { ...plain, W_rec: 2 },
      isBalanced: true,
    },
    {
      name: "constant",
      summary: "W_rec = 4 at the steepest place of σ: |σ′ W_rec| = 1",
      values: { ...plain, W_rec: 4 },
      isBalanced: true,
    },
    {
      name: "diverging",
      summary: "W_rec = 8 at the steepest place of σ: |σ′ W_rec| = 2",
      values: { ...plain, W_rec: 8 },
      isBalanced: true,
    },
    {
      name: "saturated",
      summary: "W_rec = 8 without a bias: the unit saturates and σ′ is small",
      values: { ...plain, W_rec: 8 },
    },
  ],
  "scalar-lstm": [
    { name: "plain", summary: "all weights 1, no biases, f = 0.9", values: { ...plain, f: 0.9 } },
    { name: "vanishing", summary: "W_rec = 8, f = ½", values: { ...plain, W_rec: 8, f: 0.5 } },
    { name: "constant", summary: "W_rec = 8, f = 1", values: { ...plain, W_rec: 8, f: 1 } },
    {
      name: "growing",
      summary: "W_rec = 8, f = 1.1, more than a gate gives: dc_T/dW_in diverges, until σ′(c_T) vanishes",
      values: { ...plain, W_rec: 8, f: 1.1 },
    },
  ],
};

/** The cases of a network, none of one of your own; the first is what is taken when none is named. */
export function scalarCases(network: ScalarNetwork): readonly ScalarCase[] {
  return cases[network.name] ?? [];
}

/**
 * The numbers of a case, with some of them set otherwise.
 * @throws LonghandError `unknown-name` for a case or a number that isn't there; `argument` for a number that isn't finite.
 */
export function scalarValues(network: ScalarNetwork, name: string, set: ScalarValues = {}): ScalarValues {
  const known = scalarCases(network);
  const found = known.find((each) => each.name === name);
  if (!found) {
    throw unknownName(
      `case of ${network.name}`,
      name,
      known.map((each) => each.name),
    );
  }
  const values: ScalarValues = { ...found.values, ...set };
  checkValues(network, values);
  return found.isBalanced ? { ...values, ...balanced(values.W_rec!, values.x!), ...set } : values;
}

/**
 * W_in and b_h for which the scalar RNN rests where its function is steepest. Of σ: b_h = −W_rec/2, and with u = W_in x + b_h
 *
 *     u + W_rec σ(u) = 0,      so that a_2 = W_in x + W_rec σ(u) + b_h = 0, h_2 = ½ and a_t = W_rec/2 + b_h = 0 from then on.
 *
 * Of tanh both are 0, and so is every a_t. For |W_rec| > 4 (of tanh: 1) this place is unstable: rounding grows by |W_rec| σ′(0) a
 * step and moves the unit away in the end.
 */
export function balanced(
  recurrent: number,
  x: number,
  activation: "sigmoid" | "tanh" = "sigmoid",
): { readonly W_in: number; readonly b_h: number } {
  if (activation === "tanh") return { W_in: 0, b_h: 0 };
  const distance = (u: number) => u + recurrent / (1 + Math.exp(-u));
  // Bisection: the distance is −∞ and ∞ at the ends, and the last two numbers between them have different signs of it.
  let [low, high] = [-Math.abs(recurrent) - 1, Math.abs(recurrent) + 1];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (distance(middle) > 0) high = middle;
    else low = middle;
  }
  const u = Math.abs(distance(low)) < Math.abs(distance(high)) ? low : high;
  return { W_in: (u + recurrent / 2) / x, b_h: -recurrent / 2 };
}

/** The two networks of papers/002, exercise 2: one unit each, their equations written once as graphs. */
import { add, mul, sigmoid, type Tensor } from "../../graph/index.ts";

export type Scalars<Names extends string = string> = Readonly<Record<Names, Tensor>>;

/** What a step makes, and the names by which derivatives call what is inside. */
export interface ScalarStep {
  readonly state: Scalars;
  readonly named: Scalars;
}

/** What is assumed at a step: 0 (it vanishes), 1 (it is left out of products), or the name of a constant it equals. */
export type Assumed = Readonly<Record<string, 0 | 1 | string>>;

/** Assumptions on the first steps, one each; on those between; on the last one, T. */
export interface Assumptions {
  readonly first: readonly Assumed[];
  readonly between: Assumed;
  readonly last: Assumed;
}

/** A recurrent network whose variables are all scalars. */
export interface ScalarNetwork {
  readonly name: string;
  readonly parameters: readonly string[];
  /** What is given at each step. */
  readonly sequences: readonly string[];
  /** State tensors, 0 before the first step. */
  readonly states: readonly string[];
  /** All tensors have the shape []. */
  step(parameters: Scalars, state: Scalars, given: Scalars): ScalarStep;
  /** The answer y after the last step. */
  answer(parameters: Scalars, state: Scalars): { readonly y: Tensor; readonly named: Scalars };
  readonly assumptions: Assumptions;
  /** What is given at step t of T, as the exercise's table has it: `x` at the first two steps, `f` the forget gate. */
  given(t: number, T: number, constants: { readonly x: number; readonly f: number }): Readonly<Record<string, number>>;
}

/** a_t^y = W_out h_t + b_y, y_t = σ(a_t^y). papers/002, eq. 15 and 18. */
function answer({ W_out, b_y }: Scalars, { h }: Scalars): { y: Tensor; named: Scalars } {
  const a = add(mul(W_out!, h!), b_y!);
  return { y: sigmoid(a), named: { "a^y": a } };
}

/** a_t^h = W_in x_t + W_rec h_{t−1} + b_h. */
const preactivation = ({ W_in, W_rec, b_h }: Scalars, { h }: Scalars, { x }: Scalars) =>
  add(mul(W_in!, x!), mul(W_rec!, h!), b_h!);

const parameters = ["W_in", "W_rec", "b_h", "W_out", "b_y"];

/** h_t = σ(W_in x_t + W_rec h_{t−1} + b_h). papers/002, eq. 14; inputs come at the first two steps only. */
export const scalarRnn: ScalarNetwork = {
  name: "scalar-rnn",
  parameters,
  sequences: ["x"],
  states: ["h"],
  step(P, state, given) {
    const a = preactivation(P, state, given);
    return { state: { h: sigmoid(a) }, named: { "a^h": a } };
  },
  answer,
  assumptions: { first: [{}, {}], between: { x: 0 }, last: { x: 0 } },
  given: (t, _, { x }) => ({ x: t <= 2 ? x : 0 }),
};

/**
 * c_t = f_t c_{t−1} + i_t σ(W_in x_t + W_rec h_{t−1} + b_h), h_t = o_t σ(c_t), with given gates. papers/002, eq. 16 and 17, and
 * the table below them.
 */
export const scalarLstm: ScalarNetwork = {
  name: "scalar-lstm",
  parameters,
  sequences: ["x", "i", "f", "o"],
  states: ["c", "h"],
  step(P, state, given) {
    const { i, f, o } = given;
    const a = preactivation(P, state, given);
    const c = add(mul(f!, state.c!), mul(i!, sigmoid(a)));
    return { state: { c, h: mul(o!, sigmoid(c)) }, named: { "a^h": a } };
  },
  answer,
  assumptions: {
    first: [
      { i: 1, f: 0, o: 0 },
      { i: 1, f: 0, o: 0 },
    ],
    between: { x: 0, i: 0, f: "f", o: 0 },
    last: { x: 0, i: 0, f: "f" },
  },
  given(t, T, { x, f }) {
    if (t <= 2) return { x, i: 1, f: 0, o: 0 };
    return { x: 0, i: 0, f, o: t < T ? 0 : 1 };
  },
};

export const scalarNetworks: readonly ScalarNetwork[] = [scalarRnn, scalarLstm];

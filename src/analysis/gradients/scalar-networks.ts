/** The two networks of papers/002, exercise 2, and relatives of them: one unit each, their equations written once as graphs. */
import { activation as activationNamed } from "../../cells/index.ts";
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
  /** Names of the numbers that `given` is told: the input `x`, and gates. */
  readonly constants: readonly string[];
  /** What is given at step t of T, as the exercise's table has it: `x` at the first two steps, `f` the forget gate. */
  given(t: number, T: number, constants: Readonly<Record<string, number>>): Readonly<Record<string, number>>;
}

/** What takes the place of σ: 1/(1 + e⁻ᵃ), tanh, max(0, a), or a itself. */
export const scalarActivations = ["sigmoid", "tanh", "relu", "identity"] as const;
export type ScalarActivation = (typeof scalarActivations)[number];

/** φ(a); without a function there is nothing to call a by another name. */
function applied(activation: ScalarActivation, name: string, a: Tensor): { value: Tensor; named: Scalars } {
  return { value: activationNamed(activation)(a), named: activation === "identity" ? {} : { [name]: a } };
}

/** a_t^y = W_out h_t + b_y, y_t = φ(a_t^y). papers/002, eq. 15 and 18. */
const answerBy =
  (activation: ScalarActivation): ScalarNetwork["answer"] =>
  ({ W_out, b_y }, { h }) => {
    const { value, named } = applied(activation, "a^y", add(mul(W_out!, h!), b_y!));
    return { y: value, named };
  };

/** a_t^h = W_in x_t + W_rec h_{t−1} + b_h. */
const preactivation = ({ W_in, W_rec, b_h }: Scalars, { h }: Scalars, { x }: Scalars) =>
  add(mul(W_in!, x!), mul(W_rec!, h!), b_h!);

const parameters = ["W_in", "W_rec", "b_h", "W_out", "b_y"];

/** "scalar-rnn" has the σ of the exercise, "scalar-rnn-tanh" another function. */
const nameOf = (name: string, activation: ScalarActivation) =>
  activation === "sigmoid" ? name : `${name}-${activation}`;

/** The same network for the same choices: what is compiled for it is kept. */
const made = new Map<string, ScalarNetwork>();

function once(network: ScalarNetwork): ScalarNetwork {
  const known = made.get(network.name) ?? network;
  made.set(network.name, known);
  return known;
}

/**
 * h_t = φ(W_in x_t + W_rec h_{t−1} + b_h), y_t = φ(W_out h_t + b_y). papers/002, eq. 14 and 15, where φ is σ; inputs come at the
 * first two steps only.
 */
export function scalarRnnWith(activation: ScalarActivation): ScalarNetwork {
  return once({
    name: nameOf("scalar-rnn", activation),
    parameters,
    sequences: ["x"],
    states: ["h"],
    step(P, state, given) {
      const { value, named } = applied(activation, "a^h", preactivation(P, state, given));
      return { state: { h: value }, named };
    },
    answer: answerBy(activation),
    assumptions: { first: [{}, {}], between: { x: 0 }, last: { x: 0 } },
    constants: ["x"],
    given: (t, _, { x }) => ({ x: t <= 2 ? x! : 0 }),
  });
}

/** Where the gates of a scalar LSTM come from. */
export const scalarGates = ["table", "constant", "computed"] as const;
export type ScalarGates = (typeof scalarGates)[number];

export interface ScalarLstmOptions {
  readonly activation: ScalarActivation;
  /**
   * "table": the exercise's, i = 1 and f = o = 0 at the first two steps, then i = 0 and a given f, and o = 1 at the last one only;
   * "constant": given i, f and o, the same at every step; "computed": g_t = σ(W_g x_t + U_g h_{t−1} + b_g) for each gate g.
   */
  readonly gates: ScalarGates;
}

const gateNames = ["i", "f", "o"] as const;

/**
 * c_t = f_t c_{t−1} + i_t φ(W_in x_t + W_rec h_{t−1} + b_h), h_t = o_t φ(c_t), y_t = φ(W_out h_t + b_y). papers/002, eq. 16 to 18 and
 * the table below them, where φ is σ. Gates that are computed are always of σ; papers/002 leaves their equations out.
 */
export function scalarLstmWith({ activation, gates }: ScalarLstmOptions): ScalarNetwork {
  const isComputed = gates === "computed";
  return once({
    name: nameOf(`scalar-lstm${gates === "table" ? "" : `-${gates}`}`, activation),
    parameters: isComputed
      ? [...parameters, ...gateNames.flatMap((gate) => [`W_${gate}`, `U_${gate}`, `b_${gate}`])]
      : parameters,
    sequences: isComputed ? ["x"] : ["x", ...gateNames],
    states: ["c", "h"],
    step(P, state, given) {
      const { value: candidate, named } = applied(activation, "a^h", preactivation(P, state, given));
      const computed = isComputed ? computedGates(P, state, given) : undefined;
      const { i, f, o } = computed?.gates ?? given;
      const c = add(mul(f!, state.c!), mul(i!, candidate));
      const h = mul(o!, activationNamed(activation)(c));
      return { state: { c, h }, named: { ...named, ...computed?.named } };
    },
    answer: answerBy(activation),
    ...(gates === "table" ? asInTable : atEveryStep(isComputed ? [] : gateNames)),
  });
}

function computedGates(P: Scalars, { h }: Scalars, { x }: Scalars): { gates: Scalars; named: Scalars } {
  const sums = gateNames.map((gate) => add(mul(P[`W_${gate}`]!, x!), mul(P[`U_${gate}`]!, h!), P[`b_${gate}`]!));
  const gates = Object.fromEntries(gateNames.map((gate, k) => [gate, sigmoid(sums[k]!)]));
  return { gates, named: { ...Object.fromEntries(gateNames.map((gate, k) => [`a^${gate}`, sums[k]!])), ...gates } };
}

const asInTable: Pick<ScalarNetwork, "assumptions" | "constants" | "given"> = {
  assumptions: {
    first: [
      { i: 1, f: 0, o: 0 },
      { i: 1, f: 0, o: 0 },
    ],
    between: { x: 0, i: 0, f: "f", o: 0 },
    last: { x: 0, i: 0, f: "f" },
  },
  constants: ["x", "f"],
  given(t, T, { x, f }) {
    if (t <= 2) return { x: x!, i: 1, f: 0, o: 0 };
    return { x: 0, i: 0, f: f!, o: t < T ? 0 : 1 };
  },
};

/** Nothing is assumed: gates are what they are, at every step. */
const atEveryStep = (gates: readonly string[]): Pick<ScalarNetwork, "assumptions" | "constants" | "given"> => ({
  assumptions: { first: [], between: {}, last: {} },
  constants: ["x", ...gates],
  given: (t, _, constants) => ({ ...constants, x: t <= 2 ? constants.x! : 0 }),
});

/** papers/002, eq. 14 and 15. */
export const scalarRnn = scalarRnnWith("sigmoid");
/** papers/002, eq. 16 to 18 and the table below them. */
export const scalarLstm = scalarLstmWith({ activation: "sigmoid", gates: "table" });

export const scalarNetworks: readonly ScalarNetwork[] = [scalarRnn, scalarLstm];

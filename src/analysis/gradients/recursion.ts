/** The derivative of a scalar recurrent network by a parameter: a recursion over time, read off the graph of one step. */
import { LonghandError, unknownName } from "../../errors.ts";
import { input, type Tensor } from "../../graph/index.ts";
import { differentiate, express, type Names } from "./differentiate.ts";
import {
  atTime,
  coefficientOf,
  plus,
  type Quantity,
  replaced,
  type Sum,
  single,
  type Time,
  times,
} from "./quantities.ts";
import type { ScalarNetwork, Scalars } from "./scalar-networks.ts";

const now: Time = { from: "t", offset: 0 };
const before: Time = { from: "t", offset: -1 };
const atEnd: Time = { from: "T", offset: 0 };

const value = (name: string, at: Time | null): Quantity => ({ kind: "value", name, at });
const derivative = (name: string, at: Time): Quantity => ({ kind: "derivative", name, at });

/** A quantity and what it is: a_t^h = W_in x_t + W_rec h_{t−1} + b_h. */
export interface Equation {
  readonly quantity: Quantity;
  readonly sum: Sum;
}

/** What the chain rule gives of any network: each derivative by those a step before. */
export interface ChainRule {
  readonly network: ScalarNetwork;
  /** The network: abbreviations and states at t, then abbreviations and y at T. */
  readonly equations: readonly Equation[];
  /** The derivative of every state at t. */
  readonly derivatives: readonly Equation[];
  /** dy_T by the derivatives of the states at T. */
  readonly answer: Sum;
}

export interface Recursion extends ChainRule {
  /** The state that all goes through, s: ds_t/dθ = factor · ds_{t−1}/dθ + share, dy_T/dθ = outer · ds_T/dθ + direct. */
  readonly through: string;
  readonly factor: Sum;
  readonly share: Sum;
  readonly outer: Sum;
  readonly direct: Sum;
}

/**
 * Derives each state's derivative from the graph of the network's step, by forward mode.
 * @throws LonghandError `unknown-name` for a parameter that the network doesn't have.
 */
export function chainRuleOf(network: ScalarNetwork, wrt: string): ChainRule {
  const { states: _, ...chain } = derived(network, wrt);
  return chain;
}

function derived(network: ScalarNetwork, wrt: string): ChainRule & { readonly states: readonly Equation[] } {
  const scalars = (names: readonly string[]): Record<string, Tensor> =>
    Object.fromEntries(names.map((name) => [name, input(name, [])]));
  const parameters = scalars(network.parameters);
  const parameter = parameters[wrt];
  if (!parameter) throw unknownName(`parameter of ${network.name}`, wrt, network.parameters);
  const [old, given, final] = [scalars(network.states), scalars(network.sequences), scalars(network.states)];
  const made = network.step(parameters, old, given);
  const { y, named } = network.answer(parameters, final);

  const all = (tensors: Scalars, quantity: (name: string) => Quantity) =>
    Object.entries(tensors).map(([name, tensor]) => [tensor, quantity(name)] as const);
  const names: Names = {
    quantities: new Map([
      ...all(parameters, (name) => value(name, null)),
      ...all(given, (name) => value(name, now)),
      ...all(old, (name) => value(name, before)),
      ...all(made.named, (name) => value(name, now)),
      ...all(made.state, (name) => value(name, now)),
      ...all(final, (name) => value(name, atEnd)),
      ...all(named, (name) => value(name, atEnd)),
    ]),
    derivatives: new Map(
      [
        ...all(old, (name) => derivative(name, before)),
        ...all(made.state, (name) => derivative(name, now)),
        ...all(final, (name) => derivative(name, atEnd)),
      ].map(([tensor, quantity]) => [tensor, single(quantity)]),
    ),
  };
  const written = (tensors: Scalars, at: Time): Equation[] =>
    Object.entries(tensors).map(([name, tensor]) => ({ quantity: value(name, at), sum: express(tensor, names) }));
  const derivatives = network.states.map((name) => ({
    quantity: derivative(name, now),
    sum: differentiate(made.state[name]!, parameter, names),
  }));
  const states = written(made.state, now);
  return {
    network,
    equations: [...written(made.named, now), ...states, ...written(named, atEnd), ...written({ y }, atEnd)],
    states,
    derivatives,
    answer: differentiate(y, parameter, names),
  };
}

/**
 * The recursion of the state that all goes through: states that only pass on another one at the same step, as h_t = o_t σ(c_t),
 * are put in.
 * @throws LonghandError `unknown-name` for a parameter that the network doesn't have; `unsupported` where more than one state goes
 *   round the loop.
 */
export function recursionOf(network: ScalarNetwork, wrt: string): Recursion {
  const { states, ...chain } = derived(network, wrt);
  const { derivatives, answer } = chain;
  // States that pass on another state of the same step, and nothing of the step before.
  const hasDerivative = ({ sum }: Equation, offset: number) =>
    sum.some(({ factors }) =>
      factors.some(({ quantity }) => quantity.kind === "derivative" && quantity.at.offset === offset),
    );
  const isPassing = (equation: Equation) => hasDerivative(equation, 0) && !hasDerivative(equation, -1);
  const passing = derivatives.filter(isPassing);
  const going = derivatives.filter((equation) => !isPassing(equation));
  const [only] = going;
  if (!only || going.length > 1) {
    throw new LonghandError(
      "unsupported",
      `${network.name}: ${going.length} states go round the loop, expected 1 for a derivative in closed form`,
    );
  }
  const through = only.quantity.name;
  const values = new Map(states.map(({ quantity, sum }) => [quantity.name, sum]));
  const putIn = (sum: Sum): Sum =>
    replaced(sum, (quantity) => {
      const { at, name } = quantity;
      const found = passing.find((equation) => equation.quantity.name === name);
      if (!found || at === null) return undefined;
      if (quantity.kind === "derivative") return atTime(found.sum, at);
      return quantity.kind === "value" ? atTime(values.get(name)!, at) : undefined;
    });
  const [factor, share] = coefficientOf(putIn(only.sum), derivative(through, before));
  const [outer, direct] = coefficientOf(putIn(answer), derivative(through, atEnd));
  return { ...chain, through, factor, share, outer, direct };
}

/** dy_T/dθ by the derivative of the state that all goes through: eq. 19 and 22. */
export function byLastState({ outer, direct, through }: Recursion): Sum {
  return plus(times(outer, single(derivative(through, atEnd))), direct);
}

/** dy_T/dθ with the derivatives of all states at T put in by their recursion: eq. 20. */
export function oneStepBack({ derivatives, answer, network }: Recursion): Sum {
  // A state that passes on another comes first.
  return [...network.states].reverse().reduce<Sum>((sum, name) => {
    const [coefficient, rest] = coefficientOf(sum, derivative(name, atEnd));
    const equation = derivatives.find(({ quantity }) => quantity.name === name)!;
    return plus(times(coefficient, atTime(equation.sum, atEnd)), rest);
  }, answer);
}

/** The scalar networks of papers/002, exercise 2, with numbers: every quantity at every step, and derivatives by backpropagation. */
import { LonghandError, unknownName } from "../../errors.ts";
import { add, gradient, input, ndarray, program, scalar, scan, squeeze, type Tensor } from "../../graph/index.ts";
import { compileReference } from "../../runtime/reference/reference.ts";
import type { NumberOf } from "./closed-form.ts";
import { appliedFunctions, type Names } from "./differentiate.ts";
import type { Quantity } from "./quantities.ts";
import type { ScalarNetwork, Scalars } from "./scalar-networks.ts";

/** Numbers for a network: its parameters, `x`, the input at the first two steps, and gates: `f`, the forget gate after them. */
export type ScalarValues = Readonly<Record<string, number>>;

export interface ScalarRun {
  readonly steps: number;
  readonly y: number;
  /** Each quantity at each step, states and what is given included; 0 before the first step. */
  readonly numberOf: NumberOf;
  /** dy_T by each parameter: the library's `gradient` of the scan over time. */
  readonly derivatives: Readonly<Record<string, number>>;
  /** ∂y_T/∂x_t, t = 1 … T: likewise. */
  readonly byInputs: readonly number[];
  /**
   * ∂y_T/∂s_t and ∂s_T/∂s_t, t = 1 … T, for the state s that remembers, the first of the network's: c of an LSTM, h of an RNN.
   * States that follow s at the same step, as h_t = o_t φ(c_t), move with it.
   */
  readonly byStates: readonly number[];
  readonly stateByStates: readonly number[];
}

export interface ScalarRunOptions {
  /** x_1, x_2, …; 0 after them. Default: `x` where the network's table has it. */
  readonly inputs?: readonly number[];
}

/** Names of the numbers that a network needs. */
export function scalarValueNames(network: ScalarNetwork): string[] {
  return [...network.parameters, ...network.constants];
}

/**
 * Runs a network for T steps in float64, on the reference runtime.
 * @param steps T, at least 1.
 * @throws LonghandError `argument` for a missing number or one that isn't finite, `unknown-name` for a number that the network has no
 *   use for.
 */
export function runScalar(
  network: ScalarNetwork,
  values: ScalarValues,
  steps: number,
  { inputs }: ScalarRunOptions = {},
): ScalarRun {
  checkValues(network, values);
  const { run, functions } = compiled(network);
  const constants = Object.fromEntries(network.constants.map((name) => [name, values[name]!]));
  const given = Array.from({ length: steps }, (_, k): Readonly<Record<string, number>> => {
    return { ...network.given(k + 1, steps, constants), ...(inputs && { x: inputs[k] ?? 0 }) };
  });
  const array = (data: readonly number[], shape: readonly number[]) => ndarray(Float64Array.from(data), shape);
  const made = run({
    ...Object.fromEntries(network.parameters.map((name) => [name, array([values[name]!], [])])),
    ...Object.fromEntries(
      network.sequences.map((name) => [
        name,
        array(
          given.map((at) => at[name]!),
          [steps, 1],
        ),
      ]),
    ),
    ...Object.fromEntries(network.states.map((name) => [moved(name), array(new Array(steps).fill(0), [steps, 1])])),
  });
  // By s_t: on the way through each state to step t + 1; at t = T through what the answer reads, and s itself.
  const byMoved = (of: string, atEnd: (name: string) => number) =>
    Array.from({ length: steps }, (_, k) =>
      network.states.reduce((sum, name) => {
        const onward = k + 1 < steps ? made[`${of} by ${moved(name)}`]!.data[k + 1]! : atEnd(name);
        return onward === 0 ? sum : sum + onward * made[`follows ${name}`]!.data[k]!;
      }, 0),
    );
  const known = new Map<string, ArrayLike<number>>(
    Object.entries(made).map(([name, { data }]) => [name, data] as const),
  );
  for (const name of network.sequences)
    known.set(
      `value ${name}`,
      given.map((at) => at[name]!),
    );
  const numberOf: NumberOf = (quantity) => {
    if (quantity.at === null) return values[quantity.name]!;
    if (quantity.at.offset === 0) return 0;
    const { offset: t } = quantity.at;
    const atEnd = known.get(`end ${labelOf(quantity)}`);
    if (atEnd && t === steps) return atEnd[0]!;
    return known.get(labelOf(quantity))?.[t - 1] ?? missing(network, quantity, functions);
  };
  return {
    steps,
    y: made.y!.data[0]!,
    numberOf,
    derivatives: Object.fromEntries(network.parameters.map((name) => [name, made[`by ${name}`]!.data[0]!])),
    byInputs: Array.from(made["by x"]!.data),
    byStates: byMoved("y", (name) => made[`by end ${name}`]!.data[0]!),
    stateByStates: byMoved("state", (name) => (name === network.states[0] ? 1 : 0)),
  };
}

/** What is added to a state before a step: 0, to take derivatives by it. */
const moved = (state: string) => `moved ${state}`;

function missing(network: ScalarNetwork, quantity: Quantity, functions: readonly string[]): never {
  throw new LonghandError(
    "argument",
    `${network.name}: ${labelOf(quantity)} at step ${quantity.at?.offset} has no value; there are ${functions.join(", ")}`,
  );
}

/** Checks that there is a finite number for each name, and no other. */
export function checkValues(network: ScalarNetwork, values: ScalarValues): void {
  const names = scalarValueNames(network);
  for (const name of Object.keys(values)) {
    if (!names.includes(name)) throw unknownName(`number of ${network.name}`, name, names);
  }
  for (const name of names) {
    if (Number.isFinite(values[name])) continue;
    throw new LonghandError("argument", `${network.name}: ${name} is ${values[name]}, expected a finite number`);
  }
}

/** "value h", "slope σ a^h": quantities whatever their time. */
function labelOf(quantity: Quantity): string {
  return quantity.kind === "value" || quantity.kind === "derivative"
    ? `${quantity.kind} ${quantity.name}`
    : `${quantity.kind} ${quantity.operator} ${quantity.name}`;
}

type Compiled = { readonly run: ReturnType<typeof compileReference>["run"]; readonly functions: readonly string[] };
const kept = new Map<ScalarNetwork, Compiled>();

/** One program for any number of steps: a scan over time, what is inside it, and the derivative of its answer. */
function compiled(network: ScalarNetwork): Compiled {
  const known = kept.get(network);
  if (known) return known;
  const inputs = (names: readonly string[], shape: readonly (string | number)[]): Record<string, Tensor> =>
    Object.fromEntries(names.map((name) => [name, input(name, shape)]));
  const parameters = inputs(network.parameters, []);
  const sequences = inputs(network.sequences, ["time", 1]);
  const moves = inputs(network.states.map(moved), ["time", 1]);
  const [remembering] = network.states as [string];
  const { state, outputs } = scan<string, string, string>({
    name: network.name,
    state: Object.fromEntries(network.states.map((name) => [name, scalar(0)])),
    sequences: { ...sequences, ...moves },
    step(states, items) {
      const given = Object.fromEntries(Object.entries(items).map(([name, item]) => [name, squeeze(item, [0])]));
      const before = Object.fromEntries(network.states.map((name) => [name, add(states[name]!, given[moved(name)]!)]));
      const made = network.step(parameters, before, given);
      const named: Scalars = { ...made.named, ...made.state };
      const follows = network.states.map((name) => [
        `follows ${name}`,
        name === remembering ? scalar(1) : gradient(made.state[name]!, [made.state[remembering]!])[0]!,
      ]);
      return {
        state: made.state,
        outputs: { ...insides([...Object.values(made.state)], named), ...Object.fromEntries(follows) },
      };
    },
  });
  const { y, named } = network.answer(parameters, state);
  const end = insides([y], { ...named, ...state });
  const by = (of: Tensor, prefix: string, wanted: Scalars) => {
    const derivatives = gradient(of, Object.values(wanted));
    return Object.fromEntries(Object.keys(wanted).map((name, k) => [`${prefix} ${name}`, derivatives[k]!]));
  };
  const made = {
    ...outputs,
    ...Object.fromEntries(Object.entries(end).map(([name, tensor]) => [`end ${name}`, tensor])),
    ...by(y, "by", { ...parameters, x: sequences.x! }),
    ...by(y, "by end", state),
    ...by(y, "y by", moves),
    ...by(state[remembering]!, "state by", moves),
    y,
  };
  const result = {
    run: compileReference(program(network.name, { ...parameters, ...sequences, ...moves }, made)).run,
    functions: Object.keys(made),
  };
  kept.set(network, result);
  return result;
}

/** Named quantities, functions and slopes of them; a slope is the library's derivative of the function. */
function insides(outputs: readonly Tensor[], named: Scalars): Record<string, Tensor> {
  const quantities = new Map<Tensor, Quantity>(
    Object.entries(named).map(([name, tensor]) => [tensor, { kind: "value", name, at: null }]),
  );
  const names: Names = { quantities, derivatives: new Map() };
  const found: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(named)) found[`value ${name}`] = tensor;
  for (const { operator, name, operand, result } of appliedFunctions(outputs, names)) {
    found[`function ${operator} ${name}`] = result;
    found[`slope ${operator} ${name}`] = gradient(result, [operand])[0]!;
  }
  return found;
}

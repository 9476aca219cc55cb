/** One time step of a network as a program without a recurrence: what proofs, extractions and step-by-step traces apply. */
import { LonghandError } from "../errors.ts";
import { type Dimension, input, type Program, program, squeeze, unrollScans, unsqueeze } from "../graph/index.ts";
import { type Model, parameterInputs } from "../models/index.ts";

/** Name of the input and the output that hold a state tensor. */
export const stateInput = (name: string) => `state ${name}`;
export const stateOutput = (name: string) => `next ${name}`;

/**
 * A step from any state. Inputs: the parameters by name, `state <name>` [batch, width] for each state tensor, and `symbols`
 * int [batch, channels], or numbers [batch, features]. Outputs: `next <name>` [batch, width] and `logits` [batch, n].
 * @param batch how many states are stepped at once; default: open.
 * @throws LonghandError `argument` for networks whose state has positions.
 */
export function stepProgram(model: Model, batch: Dimension = "batch"): Program {
  return oneStep(model, batch, true);
}

/** The first step, from the network's own initial state: like `stepProgram`, without the inputs of the state. */
export function firstStepProgram(model: Model, batch: Dimension = "batch"): Program {
  return oneStep(model, batch, false);
}

function oneStep(model: Model, batch: Dimension, isLater: boolean): Program {
  if (model.width !== undefined || model.bidirectional) {
    throw new LonghandError(
      "argument",
      `model ${model.name}: reads the whole problem first; expected one that answers at each step, such as ilrnn or rnn`,
    );
  }
  const parameters = parameterInputs(model);
  const { channels, features } = model.signature;
  const symbols =
    features === undefined ? input("symbols", [batch, channels.length], "int") : input("symbols", [batch, features]);
  const states = Object.fromEntries(
    Object.entries(model.state).map(([name, width]) => [name, input(stateInput(name), [batch, width])]),
  );
  const { logits, final } = model.apply(parameters, unsqueeze(symbols, [1]), isLater ? { initial: states } : {});
  const names = Object.keys(model.state);
  const made = unrollScans([squeeze(logits, [1]), ...names.map((name) => final[name]!)]);
  return program(
    isLater ? "step" : "first step",
    {
      ...parameters,
      ...(isLater && Object.fromEntries(names.map((name) => [stateInput(name), states[name]!]))),
      symbols,
    },
    { logits: made[0]!, ...Object.fromEntries(names.map((name, k) => [stateOutput(name), made[k + 1]!])) },
  );
}

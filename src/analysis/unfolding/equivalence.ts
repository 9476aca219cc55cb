/** The feedforward network that a recurrent one is over a number of time steps, and the proof that it is. */
import type { Tensors } from "../../cells/index.ts";
import {
  concat,
  input,
  type NDArray,
  ndarray,
  type Program,
  program,
  replaceInputs,
  slice,
  squeeze,
  type Tensor,
  unrollScans,
  unsqueeze,
} from "../../graph/index.ts";
import { unroll } from "../../models/index.ts";
import { randomSource } from "../../random/index.ts";
import { compileReference } from "../../runtime/reference/reference.ts";
import { learnedState, parametersOf, parameterTensors, type RecurrentNetwork, readOut } from "./network.ts";
import { compareGraphs, type GraphComparison } from "./normal-form.ts";
import { type Unfolding, unfold } from "./unfold.ts";
import { withoutZeros } from "./zeros.ts";

/**
 * The recurrent network as a program with a recurrence: x [steps, batch, input] and the parameters to y [batch, output] at the
 * last step.
 */
export function recurrentProgram(network: RecurrentNetwork, steps: number): Program {
  const parameters = parameterTensors(network);
  const x = input("x", [steps, "batch", network.cell.input]);
  return program("recurrent", { ...parameters, x }, { y: lastOutput(network, parameters, x) });
}

function lastOutput(network: RecurrentNetwork, parameters: Tensors, x: Tensor): Tensor {
  const [steps, batch] = x.shape as [number, string];
  const initial = learnedState(network, parameters, batch);
  const { outputs } = unroll(network.cell, parameters, x, initial ? { initial } : {});
  const last = squeeze(slice(outputs, { axis: 0, start: steps - 1, end: steps }), [0]);
  return readOut(network, parameters, last);
}

/** The feedforward network: x_1 … x_T [batch, input] and the parameters, each once, to y [batch, output]. */
export function feedforwardProgram({ parameters, inputs, output }: Unfolding): Program {
  const named = inputs.map((tensor, k) => [`x_${k + 1}`, tensor] as const);
  return program("unfolded", { ...Object.fromEntries(named), ...parameters }, { y: output });
}

export interface Equivalence {
  /** The recurrence written out by the graph's own rule, beside the step put into itself: see `compareGraphs`. */
  readonly graphs: GraphComparison;
  /** Random draws of parameters and inputs on which both programs were run, in float64. */
  readonly draws: number;
  /** Draws whose outputs agree in every bit, the sign of zeros aside: 0 + −0 = 0, but −0 alone stays. */
  readonly equal: number;
}

export interface EquivalenceOptions {
  readonly steps: number;
  /** Random parameters and inputs to run both on. Default 8. */
  readonly draws?: number;
  /** Of the random numbers. Default 1. */
  readonly seed?: number;
}

/**
 * Checks that the feedforward network of `unfold` computes what the recurrent network does: by their graphs, which are the same
 * expressions of weights and inputs once the recurrence is written out and zeros are left out; and by their values.
 */
export function unfoldingEquivalence(network: RecurrentNetwork, options: EquivalenceOptions): Equivalence {
  const { steps, draws = 8, seed = 1 } = options;
  const unfolding = unfold(network, { steps });
  const recurrent = recurrentProgram(network, steps);
  const feedforward = feedforwardProgram(unfolding);
  const stacked = concatenated(unfolding.inputs);
  const shared = new Map([
    [recurrent.inputs.x!, stacked],
    ...Object.entries(unfolding.parameters).map(([name, tensor]) => [recurrent.inputs[name]!, tensor] as const),
  ]);
  const writtenOut = unrollScans(replaceInputs([recurrent.outputs.y!], shared));
  return {
    graphs: compareGraphs(withoutZeros(writtenOut), [unfolding.output]),
    draws,
    equal: equalDraws(network, recurrent, feedforward, { steps, draws, seed }),
  };
}

function concatenated(inputs: readonly Tensor[]): Tensor {
  const rows = inputs.map((x) => unsqueeze(x, [0]));
  return rows.length === 1 ? rows[0]! : concat(rows, 0);
}

/** Examples of a draw. */
const BATCH = 3;

function equalDraws(
  network: RecurrentNetwork,
  recurrent: Program,
  feedforward: Program,
  { steps, draws, seed }: Required<EquivalenceOptions>,
): number {
  const { cell } = network;
  const [one, other] = [compileReference(recurrent), compileReference(feedforward)];
  const stream = randomSource(seed).stream("unfolding");
  const drawn = (shape: readonly number[]): NDArray => {
    const size = shape.reduce((a, b) => a * b, 1);
    return ndarray(stream.normal(new Float64Array(size), 0, 1), [...shape]);
  };
  let equal = 0;
  for (let draw = 0; draw < draws; draw++) {
    const parameters = Object.fromEntries(
      Object.entries(parametersOf(network)).map(([name, { shape }]) => [name, drawn(shape)]),
    );
    const x = drawn([steps, BATCH, cell.input]);
    const width = BATCH * cell.input;
    const rows = Array.from({ length: steps }, (_, k) => [
      `x_${k + 1}`,
      ndarray(Float64Array.from(x.data.slice(k * width, (k + 1) * width)), [BATCH, cell.input]),
    ]);
    const [a, b] = [one.run({ ...parameters, x }), other.run({ ...parameters, ...Object.fromEntries(rows) })];
    if (Array.from(a.y!.data).every((value, k) => value === b.y!.data[k])) equal++;
  }
  return equal;
}

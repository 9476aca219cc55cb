/** Stepping a network from chosen states, many at once. */
import { type NDArray, ndarray, type Program, program } from "../graph/index.ts";
import { decodeLogits, type Model } from "../models/index.ts";
import { compileReference } from "../runtime/reference/reference.ts";
import { firstStepProgram, stateInput, stateOutput, stepProgram } from "./step.ts";

/** A state and a letter that is read in it. */
export interface Move {
  /** The state tensors one after the other, in the model's order; null: before the first step. */
  readonly values: readonly number[] | null;
  /** A symbol for each channel. */
  readonly letter: readonly number[];
}

/** Where a move leads, and what is answered. */
export interface Moved {
  readonly values: readonly number[];
  /** The answer's symbol. */
  readonly answer: number;
}

/** Makes many moves of a network with these parameters: all of them before the first step, or none. */
export type Stepper = (parameters: Readonly<Record<string, NDArray>>, moves: readonly Move[]) => Moved[];

/**
 * A stepper of a model in float64, on the reference runtime.
 * @throws LonghandError `argument` for networks that read the whole problem first.
 */
export function stepperOf(model: Model): Stepper {
  const { first, later } = answeringSteps(model);
  const run = { first: compileReference(first), later: compileReference(later) };
  return (parameters, moves) => {
    const made = run[moves[0]?.values === null ? "first" : "later"].run({ ...parameters, ...moveInputs(model, moves) });
    return moves.map((_, row) => ({ values: stateMade(model, made, row), answer: made.answer!.data[row]! }));
  };
}

/** The first step and every later one, with one output more: `answer` int [batch], the answer's symbol. */
export function answeringSteps(model: Model): { readonly first: Program; readonly later: Program } {
  const withAnswer = ({ name, inputs, outputs }: Program) =>
    program(name, inputs, { ...outputs, answer: decodeLogits(outputs.logits!) });
  return { first: withAnswer(firstStepProgram(model)), later: withAnswer(stepProgram(model)) };
}

/** What the step's program is given for moves, beside the parameters: `symbols`, and each `state <name>` of later steps. */
export function moveInputs(model: Model, moves: readonly Move[]): Record<string, NDArray> {
  const symbols = ndarray(Int32Array.from(moves.flatMap(({ letter }) => letter)), [
    moves.length,
    model.signature.channels.length,
  ]);
  if (moves[0]?.values === null) return { symbols };
  return {
    symbols,
    ...stateArrays(
      model,
      moves.map(({ values }) => values!),
    ),
  };
}

/** States, the tensors of each one after the other, as inputs of a program. */
export function stateArrays(
  { state }: Model,
  rows: readonly (readonly number[])[],
  nameOf: (state: string) => string = stateInput,
): Record<string, NDArray> {
  const given: Record<string, NDArray> = {};
  let start = 0;
  for (const [name, width] of Object.entries(state)) {
    const data = new Float64Array(rows.length * width);
    rows.forEach((values, row) => {
      for (let k = 0; k < width; k++) data[row * width + k] = values[start + k]!;
    });
    given[nameOf(name)] = ndarray(data, [rows.length, width]);
    start += width;
  }
  return given;
}

/** The state that a step made, by its row in the program's outputs: the state tensors one after the other. */
export function stateMade(
  { state }: Model,
  made: Readonly<Record<string, NDArray>>,
  row: number,
  nameOf: (state: string) => string = stateOutput,
): number[] {
  const values: number[] = [];
  for (const [name, width] of Object.entries(state)) {
    const { data } = made[nameOf(name)]!;
    for (let k = row * width; k < (row + 1) * width; k++) values.push(data[k]!);
  }
  return values;
}

/** Stepping a network from chosen states, in float64. */
import { type NDArray, ndarray, type Program, program } from "../graph/index.ts";
import { decodeLogits, type Model } from "../models/index.ts";
import { compileReference } from "../runtime/reference/reference.ts";
import { firstStepProgram, stateInput, stateOutput, stepProgram } from "./step.ts";

/** A state and a letter that is read in it. */
export interface Move {
  /** The state tensors one after the other, in the model's order; null: before the first step. */
  readonly values: Float64Array | null;
  /** A symbol for each channel. */
  readonly letter: readonly number[];
}

/** Where a move leads, and what is answered. */
export interface Moved {
  readonly values: Float64Array;
  /** The answer's symbol. */
  readonly answer: number;
}

/** Makes many moves of a network with these parameters: all of them before the first step, or none. */
export type Stepper = (parameters: Readonly<Record<string, NDArray>>, moves: readonly Move[]) => Moved[];

/**
 * A stepper of a model, on the reference runtime.
 * @throws LonghandError `argument` for networks that read the whole problem first.
 */
export function stepperOf(model: Model): Stepper {
  const withAnswer = ({ name, inputs, outputs }: Program) =>
    compileReference(program(name, inputs, { ...outputs, answer: decodeLogits(outputs.logits!) }));
  const first = withAnswer(firstStepProgram(model));
  const later = withAnswer(stepProgram(model));
  const tensors = Object.entries(model.state);
  const width = tensors.reduce((sum, [, size]) => sum + size, 0);
  return (parameters, moves) => {
    const count = moves.length;
    const isFirst = moves[0]?.values === null;
    const letters = Int32Array.from(moves.flatMap(({ letter }) => letter));
    const given: Record<string, NDArray> = { symbols: ndarray(letters, [count, letters.length / count]) };
    let start = 0;
    for (const [name, size] of isFirst ? [] : tensors) {
      const data = new Float64Array(count * size);
      moves.forEach(({ values }, row) => {
        data.set(values!.subarray(start, start + size), row * size);
      });
      given[stateInput(name)] = ndarray(data, [count, size]);
      start += size;
    }
    const made = (isFirst ? first : later).run({ ...parameters, ...given });
    return moves.map((_, row) => {
      const values = new Float64Array(width);
      let at = 0;
      for (const [name, size] of tensors) {
        values.set(made[stateOutput(name)]!.data.subarray(row * size, (row + 1) * size), at);
        at += size;
      }
      return { values, answer: made.answer!.data[row]! };
    });
  };
}

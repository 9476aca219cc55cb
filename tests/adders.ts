/** Networks of step units that add exactly, by construction: what trained ones are measured against. */
import { type Cell, ilrnn } from "../src/cells/index.ts";
import type { NDArray } from "../src/graph/index.ts";
import { toArrays } from "./golden.ts";

export interface Adder {
  readonly cell: Cell;
  readonly parameters: Record<string, NDArray>;
}

/** All recurrent matrices zero but for those given. */
function recurrence(cell: Cell): Record<string, NDArray> {
  const matrices = Object.entries(cell.parameters).filter(([name]) => name.startsWith("R"));
  return Object.fromEntries(
    matrices.map(([name, { shape }]) => [
      name,
      { dtype: "float", shape, data: new Float64Array(shape[0]! * shape[1]!) } satisfies NDArray,
    ]),
  );
}

/**
 * The full adder that papers/000 builds by hand: 2-3-2-4-2 units, whose outputs are the digit of the sum and the carry. Three
 * recurrent connections take the carry back to layer 3.
 * @param margin subtracted from all biases: with 0, as printed, 48 of 88 pre-activations lie on the threshold itself.
 */
export function paperAdder(margin = 0): Adder {
  const cell = ilrnn({ input: 2, layers: [3, 2, 4, 2], activation: "step" });
  const matrices = toArrays({
    W1: [
      [1, -1, 1],
      [-1, 1, 1],
    ],
    W2: [
      [1, 0],
      [1, 0],
      [0, 1],
    ],
    W3: [
      [1, -1, 1, 0],
      [0, 0, 0, 1],
    ],
    W4: [
      [1, 0],
      [1, 0],
      [0, 1],
      [0, 1],
    ],
    R43: [
      [0, 0, 0, 0],
      [-1, 1, 1, 0],
    ],
    b1: [0, 0, -1].map((bias) => bias - margin),
    b2: [0, 0].map((bias) => bias - margin),
    b3: [0, 0, -1, 0].map((bias) => bias - margin),
    b4: [0, 0].map((bias) => bias - margin),
  });
  return { cell, parameters: { ...recurrence(cell), ...matrices } };
}

/** The adder of three hidden units: unit k says that x₁ + x₂ + carry ≥ k; unit 2 is the carry. The output is the digit. */
export function threeUnitAdder(): Adder {
  const cell = ilrnn({ input: 2, layers: [3, 1], activation: "step" });
  const matrices = toArrays({
    W1: [
      [1, 1, 1],
      [1, 1, 1],
    ],
    R11: [
      [0, 0, 0],
      [1, 1, 1],
      [0, 0, 0],
    ],
    b1: [-0.5, -1.5, -2.5],
    W2: [[1], [-1], [1]],
    b2: [-0.5],
  });
  return { cell, parameters: { ...recurrence(cell), ...matrices } };
}

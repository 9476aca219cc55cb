/** The full adder of logic circuits as an inter-layer recurrent network. */
import { binaryAddition } from "../../tasks/index.ts";
import { type BuiltNetwork, builtNetwork } from "./built.ts";

/**
 * 2-3-2-4-2 step units that are the gates of the circuit; p = x₁ ⊕ x₂, g = x₁ ∧ x₂, c the carry of the step before:
 *
 *     sum = p ⊕ c = (p ∧ ¬c) ∨ (¬p ∧ c),     carry = g ∨ (p ∧ c)
 *
 * Three recurrent connections take the carry back from the output layer to the third layer.
 * @param margin subtracted from every bias.
 */
function adder(name: string, summary: string, margin: number): BuiltNetwork {
  const biases = (...values: number[]) => values.map((value) => value - margin);
  return builtNetwork({
    name,
    summary,
    source: "papers/000, figure 2",
    task: binaryAddition,
    unread: 1,
    inputs: ["x₁", "x₂"],
    units: [
      ["x₁ ∧ ¬x₂", "¬x₁ ∧ x₂", "x₁ ∧ x₂"],
      ["p", "g"],
      ["p ∧ ¬c", "¬p ∧ c", "p ∧ c", "g"],
      ["sum", "carry"],
    ],
    weights: {
      W1: [
        [1, -1, 1],
        [-1, 1, 1],
      ],
      b1: biases(0, 0, -1),
      W2: [
        [1, 0],
        [1, 0],
        [0, 1],
      ],
      b2: biases(0, 0),
      W3: [
        [1, -1, 1, 0],
        [0, 0, 0, 1],
      ],
      R43: [
        [0, 0, 0, 0],
        [-1, 1, 1, 0],
      ],
      b3: biases(0, 0, -1, 0),
      W4: [
        [1, 0],
        [1, 0],
        [0, 1],
        [0, 1],
      ],
      b4: biases(0, 0),
    },
  });
}

/** As the paper prints it: 48 of the 88 pre-activations of its eight transitions lie on the threshold itself. */
export const fullAdder = adder("full-adder", "the full adder circuit, a unit a gate, as printed", 0);

/** The same with every pre-activation at least ½ from its threshold. */
export const fullAdderWithMargin = adder(
  "full-adder-with-margin",
  "the same with ½ subtracted from every bias: no pre-activation lies on the threshold",
  0.5,
);

/** What gated cells share: the parameters of gates, their pre-activations, and hard functions whose saturation costs. */
import { add, matmul, mul, type Tensor } from "../graph/index.ts";
import { type ActivationChoice, activation } from "./activations.ts";
import type { Tensors } from "./cell.ts";

/**
 * Parameters of gates by letter: W [input, hidden], U [hidden, hidden], b [hidden], as in Wi, Ui, bi; then diagonal
 * weights [hidden], one number for each unit.
 */
export function gateParameters<Letter extends string, Diagonal extends string = never>(
  letters: readonly Letter[],
  diagonals: readonly Diagonal[] = [],
): Record<`${"W" | "U" | "b"}${Letter}` | Diagonal, readonly ("input" | "hidden")[]> {
  return Object.fromEntries<readonly ("input" | "hidden")[]>([
    ...letters.flatMap((letter): [string, readonly ("input" | "hidden")[]][] => [
      [`W${letter}`, ["input", "hidden"]],
      [`U${letter}`, ["hidden", "hidden"]],
      [`b${letter}`, ["hidden"]],
    ]),
    ...diagonals.map((name): [string, readonly ["hidden"]] => [name, ["hidden"]]),
  ]) as Record<`${"W" | "U" | "b"}${Letter}` | Diagonal, readonly ("input" | "hidden")[]>;
}

/** x W + h U + diagonal terms + b of the gate of this letter. @param terms peepholes and the like, each [batch, hidden]. */
export function preactivation(P: Tensors, letter: string, x: Tensor, h: Tensor, ...terms: readonly Tensor[]): Tensor {
  return add(matmul(x, P[`W${letter}`]!), matmul(h, P[`U${letter}`]!), ...terms, P[`b${letter}`]!);
}

/** Σ v ⊙ s over pairs of a diagonal weight v [hidden] and a value s [batch, hidden]. */
export function diagonal(...pairs: readonly (readonly [weight: Tensor, value: Tensor])[]): Tensor {
  const [first, ...rest] = pairs.map(([weight, value]) => mul(value, weight));
  return rest.reduce((sum, term) => add(sum, term), first!);
}

const hardNames: readonly ActivationChoice[] = ["hard-sigmoid", "hard-tanh"];

/** Applies functions by name and remembers the pre-activations of hard ones: what the saturation cost is about. */
export function functionsOf() {
  const hard: Tensor[] = [];
  return {
    apply(name: ActivationChoice, z: Tensor): Tensor {
      if (hardNames.includes(name)) hard.push(z);
      return activation(name)(z);
    },
    /** For `Step.hard`. */
    hard,
  };
}

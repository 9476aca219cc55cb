/** The functions that units apply to their pre-activation, by the names that configurations use. */
import { unknownName } from "../errors.ts";
import { hardSigmoid, hardTanh, relu, sigmoid, straightThroughStep, type Tensor, tanh } from "../graph/index.ts";

/** A function applied to every unit of a layer. */
export type Activation = (x: Tensor) => Tensor;

const activations = {
  /** 1 where x > 0, otherwise 0; derivative ½ on −1 < x < 1 (straight-through). papers/000, section 5.1 and 5.3. */
  step: (x) => straightThroughStep(x),
  /** clip(x/2 + ½, 0, 1). papers/003. */
  "hard-sigmoid": (x) => hardSigmoid(x),
  /** clip(x, −1, 1). papers/003. */
  "hard-tanh": hardTanh,
  /** 1/(1 + e⁻ˣ). */
  sigmoid,
  tanh,
  /** max(0, x). */
  relu,
  identity: (x) => x,
} as const satisfies Record<string, Activation>;

export type ActivationName = keyof typeof activations;

export const activationNames = Object.keys(activations) as ActivationName[];

/** An activation by its name, or any function of your own. */
export type ActivationChoice = ActivationName | Activation;

/**
 * The activation of this name; a function is returned as it is.
 * @throws LonghandError `unknown-name`.
 */
export function activation(name: string | Activation): Activation {
  if (typeof name === "function") return name;
  if (!Object.hasOwn(activations, name)) throw unknownName("activation", name, activationNames);
  return activations[name as ActivationName];
}

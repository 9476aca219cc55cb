/** Networks that err, for tests. */
import { constantInitializer } from "../../cells/initializers.ts";
import {
  add,
  cast,
  constant,
  mul,
  ndarray,
  oneHot,
  reduceSum,
  relu,
  sizeOf,
  squeeze,
  sub,
  unsqueeze,
} from "../../graph/index.ts";
import { ilrnnModel, type Model } from "../../models/index.ts";
import { makeNetwork, type Network } from "../../networks/index.ts";
import { binaryAddition, findTask } from "../../tasks/index.ts";

/** Where the drifting adder errs first. */
export const DRIFT = 57;

/**
 * An adder of hard sigmoid units, h_k = clip(x₁ + x₂ + c − k + 1, 0, 1) for k = 1, 2, 3 with the carry c = h₂ of the step
 * before, and a fourth unit d_t = clip(r·d_{t−1} + a·c + b, 0, 1). The answer's logit is h₁ − h₂ + h₃ − ½ + w·d_t.
 */
function adderWithCounter(r: number, a: number, b: number, w: number): Network {
  const model = ilrnnModel.build({ layers: [4], activation: "hard-sigmoid" }, { channels: [2, 2], answers: 2 });
  const zeros = Object.entries(model.parameters).map(
    ([name, { shape }]) => [name, ndarray(new Float64Array(sizeOf(shape)), shape)] as const,
  );
  const matrix = (...rows: number[][]) => ndarray(Float64Array.from(rows.flat()), [rows.length, rows[0]!.length]);
  const parameters = {
    ...Object.fromEntries(zeros),
    W1: matrix([2, 2, 2, 0], [2, 2, 2, 0]),
    R11: matrix([0, 0, 0, 0], [2, 2, 2, 2 * a], [0, 0, 0, 0], [0, 0, 0, 2 * r]),
    b1: ndarray(Float64Array.of(-1, -3, -5, 2 * b - 1), [4]),
    W2: matrix([1], [-1], [1], [w]),
    b2: ndarray(Float64Array.of(-0.5), [1]),
  };
  return makeNetwork({ task: binaryAddition, model, parameters });
}

/** d_t = t/64, and w such that the logit is above 0 from step `DRIFT` on, whatever the digit should be. */
export function driftingAdder(): Network {
  return adderWithCounter(1, 0, 1 / 64, 64 / (2 * DRIFT - 1));
}

/** d grows by 1/32 after a carry and falls by as much after none; the logit is above 0 after 16 carries more. */
export function carryCounter(): Network {
  return adderWithCounter(1, 1 / 16, -1 / 32, 32 / 31);
}

/** Where the leaky adder errs first. */
export const LEAK = 32;

/**
 * d_t = 0.95·d_{t−1} + 0.05·c, so that 1 − 0.95ᵗ⁻¹ is the most that d_t can be, after carries alone; the logit is above 0
 * where that is more than after `LEAK` − 1½ carries. Hardly any two inputs lead to the same state.
 */
export function leakyAdder(): Network {
  return adderWithCounter(0.95, 0.05, 0, 0.5 / (1 - 0.95 ** (LEAK - 1.5)));
}

/** The network with one weight changed. */
export function withWeight(network: Network, name: string, index: number, value: number): Network {
  const { shape, data } = network.parameters[name]!;
  const changed = Float64Array.from(data);
  changed[index] = value;
  return makeNetwork({ ...network, parameters: { ...network.parameters, [name]: ndarray(changed, shape) } });
}

/**
 * A network that copies a sequence of values 1 … 5 as long as s = x₁ + (6 − x₂) + x₃ + (6 − x₄) + … is at most `limit`, and
 * answers 1 everywhere beyond it: the right logit is 5, and that of 1 higher by max(0, 5 + (s − limit − ½)/10).
 */
export function alternatingCopier(limit: number): Network {
  const model: Model = {
    name: "alternating copier",
    options: {},
    signature: { channels: [6], answers: 6 },
    parameters: { limit: { shape: [], initial: constantInitializer(0) } },
    state: {},
    width: 1,
    apply({ limit: most }, symbols) {
      const steps = symbols.shape[1] as number;
      const signs = ndarray(
        Float64Array.from({ length: steps }, (_, t) => (t % 2 === 0 ? 1 : -1)),
        [steps],
      );
      const values = squeeze(symbols, [-1]);
      const alternating = reduceSum(mul(cast(values, "float"), constant(signs)), { axes: [-1] });
      const sum = add(alternating, 6 * Math.floor(steps / 2));
      const flaw = relu(add(mul(sub(sub(sum, most!), 0.5), 0.1), 5));
      const one = constant(ndarray(Float64Array.of(0, 1, 0, 0, 0, 0), [6]));
      const logits = add(mul(oneHot(values, 6), 5), mul(unsqueeze(flaw, [1, 2]), one));
      return { logits, outputs: logits, final: {} };
    },
  };
  return makeNetwork({ task: findTask("copy"), model, parameters: { limit: ndarray(Float64Array.of(limit), []) } });
}

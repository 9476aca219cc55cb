/** Networks that err, for tests. */
import { ndarray } from "../../graph/index.ts";
import { ilrnnModel } from "../../models/index.ts";
import { makeNetwork, type Network } from "../../networks/index.ts";
import { binaryAddition } from "../../tasks/index.ts";

/** Where the drifting adder errs first. */
export const DRIFT = 57;

/**
 * An adder of hard sigmoid units, h_k = clip(x₁ + x₂ + c − k + 1, 0, 1) for k = 1, 2, 3 with the carry c = h₂ of the step
 * before, and a fourth unit that counts: d_t = clip(d_{t−1} + 1/64, 0, 1). The answer's logit is h₁ − h₂ + h₃ − ½ + w·d_t
 * with w such that it is above 0 from step `DRIFT` on, whatever the digit should be.
 */
export function driftingAdder(): Network {
  const model = ilrnnModel.build({ layers: [4], activation: "hard-sigmoid" }, { channels: [2, 2], answers: 2 });
  const zeros = Object.entries(model.parameters).map(
    ([name, { shape }]) => [name, ndarray(new Float64Array(shape.reduce((a, b) => a * b, 1)), shape)] as const,
  );
  const matrix = (...rows: number[][]) => ndarray(Float64Array.from(rows.flat()), [rows.length, rows[0]!.length]);
  const parameters = {
    ...Object.fromEntries(zeros),
    W1: matrix([2, 2, 2, 0], [2, 2, 2, 0]),
    R11: matrix([0, 0, 0, 0], [2, 2, 2, 0], [0, 0, 0, 0], [0, 0, 0, 2]),
    b1: ndarray(Float64Array.of(-1, -3, -5, 2 / 64 - 1), [4]),
    W2: matrix([1], [-1], [1], [64 / (2 * DRIFT - 1)]),
    b2: ndarray(Float64Array.of(-0.5), [1]),
  };
  return makeNetwork({ task: binaryAddition, model, parameters });
}

/** The network with one weight changed. */
export function withWeight(network: Network, name: string, index: number, value: number): Network {
  const { shape, data } = network.parameters[name]!;
  const changed = Float64Array.from(data);
  changed[index] = value;
  return makeNetwork({ ...network, parameters: { ...network.parameters, [name]: ndarray(changed, shape) } });
}

import { expect, test } from "vitest";
import {
  fullAdder,
  fullAdderWithMargin,
  incrementNetwork,
  type Network,
  noisyParameters,
  parityNetwork,
  stepThrough,
  threeUnitAdder,
} from "../networks/index.ts";
import { randomSource } from "../random/index.ts";
import { binaryAddition } from "../tasks/index.ts";
import { everyProblem } from "./every-problem.ts";

/** One by one: all sums of two numbers below 2^length, all bits written. */
function oneByOne(network: Network, length: number): number {
  let right = 0;
  for (let a = 0; a < 2 ** length; a++) {
    for (let b = 0; b < 2 ** length; b++) {
      const problem = new Int32Array(2 * (length + 1));
      for (let t = 0; t < length; t++) problem.set([(a >> t) & 1, (b >> t) & 1], 2 * t);
      const { answer } = stepThrough(network, problem);
      if (answer.reduce((sum, bit, t) => sum + bit * 2 ** t, 0) === a + b) right++;
    }
  }
  return right;
}

test.each([fullAdder, fullAdderWithMargin, threeUnitAdder])("$name answers all 4^20 sums", ({ network }) => {
  expect(everyProblem(network, 20)).toEqual({ right: 4 ** 20, total: 4 ** 20 });
});

test("other tasks: as many problems as there are", () => {
  expect(everyProblem(parityNetwork.network, 9)).toEqual({ right: 512, total: 512 });
  expect(everyProblem(incrementNetwork.network, 9)).toEqual({ right: 512, total: 512 });
});

test.each([1, 2, 3, 4, 5, 6])("noisy copy %i: as many as one by one, and a shortest wrong sum", (draw) => {
  const { network } = fullAdderWithMargin;
  const parameters = noisyParameters(network.parameters, 0.5, randomSource(3), { draw });
  const noisy = { ...network, parameters };
  const { right, total, wrong } = everyProblem(noisy, 3);
  expect(total).toBe(64);
  expect(right).toBe(oneByOne(noisy, 3));
  expect(wrong === undefined).toBe(right === 64);
  if (!wrong) return;
  expect(stepThrough(noisy, wrong).answer).not.toEqual(binaryAddition.solve(wrong));
  const length = wrong.length / 2 - 1;
  if (length > 1) expect(oneByOne(noisy, length - 1)).toBe(4 ** (length - 1));
});

test("without the carry's way back, sums that carry are wrong: 1 + 1 + … the first of two bits", () => {
  const { network } = fullAdder;
  const { R43 } = network.parameters;
  const parameters = { ...network.parameters, R43: { ...R43!, data: new Float64Array(8) } };
  // Right are the sums that never carry: of each place's four pairs three.
  const { right, total, wrong } = everyProblem({ ...network, parameters }, 4);
  expect([right, total]).toEqual([3 ** 4, 4 ** 4]);
  expect(binaryAddition.format(wrong!)).toBe("1+1");
});

test("lengths and tasks that aren't there are refused", () => {
  expect(() => everyProblem(fullAdder.network, 0)).toThrow("length");
});

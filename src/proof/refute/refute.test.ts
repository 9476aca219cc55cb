import { expect, test } from "vitest";
import { findBuilt, fullAdder, makeNetwork, type Network, noisyParameters, threeUnitAdder } from "../../networks/index.ts";
import { randomSource } from "../../random/index.ts";
import { applyProgram } from "../../runs/apply.ts";
import { compileReference } from "../../runtime/reference/reference.ts";
import { ndarray } from "../../graph/index.ts";
import { open } from "../../runtime/open.ts";
import { reference } from "../../runtime/reference/reference.ts";
import { runMachine } from "../../tasks/index.ts";
import type { Refutation } from "../verdict.ts";
import { DRIFT, driftingAdder, withWeight } from "./networks.test-helper.ts";
import { refute, searchErrors } from "./refute.ts";

const { runtime: onnx } = await open("onnx");

/** That a refutation really is one: by the machine, by whole numbers, and by the network run on the reference. */
function expectError({ task, model, parameters }: Network, found: Refutation | undefined) {
  expect(found).toBeDefined();
  const { input, answer, exact, step } = found!;
  const channels = task.channels.length;
  expect(exact).toEqual(runMachine(task, input));
  expect(exact).toEqual(task.solve(input));
  expect(answer[step]).not.toBe(exact[step]);
  expect(answer.subarray(0, step)).toEqual(exact.subarray(0, step));
  const made = compileReference(applyProgram(model)).run({
    ...parameters,
    symbols: ndarray(input, [1, input.length / channels, channels]),
  });
  expect(made.answer!.data[step]).not.toBe(exact[step]);
  return found!;
}

test.each([reference, onnx])("the printed adder with noise of 1e-6 fails on a short sum: $name", async (runtime) => {
  for (let draw = 0; draw < 20; draw++) {
    const parameters = noisyParameters(fullAdder.network.parameters, 1e-6, randomSource(3), { draw });
    const network = makeNetwork({ ...fullAdder.network, parameters });
    const found = expectError(network, await refute(network, { runtime }));
    expect(found).toMatchObject({ isShortest: true });
    expect(found.step).toBeLessThan(3);
    const { task } = network;
    expect(task.parse(task.format(found.input))).toEqual(found.input);
  }
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { ndarray } from "../../graph/index.ts";
import { applyProgram, findModel } from "../../models/index.ts";
import {
  builtNetworks,
  fullAdder,
  makeNetwork,
  type Network,
  noisyParameters,
  threeUnitAdder,
} from "../../networks/index.ts";
import { randomSource } from "../../random/index.ts";
import { open } from "../../runtime/open.ts";
import { compileReference, reference } from "../../runtime/reference/reference.ts";
import { exactTask, findTask, runMachine } from "../../tasks/index.ts";
import {
  completeConfig,
  configuredModel,
  drawParameters,
  layoutOf,
  namedParameters,
  train,
  trainedParameters,
} from "../../training/index.ts";
import type { Refutation } from "../verdict.ts";
import { alternatingCopier, DRIFT, driftingAdder, LEAK, leakyAdder, withWeight } from "./networks.test-helper.ts";
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

test.each(builtNetworks)("the exact network $name has no error, whatever the length", async ({ network }) => {
  for (const runtime of [reference, onnx]) {
    expect(await searchErrors(network, { runtime })).toMatchObject({ refutation: undefined, covered: Infinity });
  }
});

test("an adder whose carry doesn't reach the first unit: 1 + 1", async () => {
  const network = withWeight(threeUnitAdder.network, "R11", 3, 0);
  const found = expectError(network, await refute(network, { runtime: reference }));
  expect(network.task.format(found.input)).toBe("1+1");
  expect(found).toEqual({
    input: Int32Array.of(1, 1, 0, 0),
    answer: Int32Array.of(0, 0),
    exact: Int32Array.of(0, 1),
    step: 1,
    found: "all inputs up to length 2",
    isShortest: true,
  });
});

test("whatever is found with one weight changed is an error", async () => {
  const { network } = threeUnitAdder;
  const weights = Object.entries(network.parameters).flatMap(([name, { data }]) =>
    Array.from(data, (_, index) => [name, index] as const),
  );
  let refuted = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...weights), fc.integer({ min: -4, max: 4 }), async ([name, index], value) => {
      const changed = withWeight(network, name, index, value / 2);
      const { refutation, covered } = await searchErrors(changed, { runtime: reference, budget: 20_000 });
      // Step units have few states: either there is an error or there is none at any length.
      if (!refutation) expect(covered).toBe(Infinity);
      else if (expectError(changed, refutation).isShortest) refuted++;
    }),
    { numRuns: 60, seed: 5 },
  );
  expect(refuted).toBeGreaterThan(20);
});

test.each([reference, onnx])("an adder that drifts errs first at step 57: $name", async (runtime) => {
  const network = driftingAdder();
  const { refutation, covered } = await searchErrors(network, { runtime });
  const found = expectError(network, refutation);
  expect(found).toMatchObject({ step: DRIFT - 1, isShortest: true, found: `all inputs up to length ${DRIFT}` });
  expect(covered).toBe(DRIFT - 1);
  expect(await searchErrors(network, { runtime, maxLength: DRIFT - 1 })).toMatchObject({
    refutation: undefined,
    covered: DRIFT - 1,
  });
});

test.each([reference, onnx])(
  "an error beyond all inputs that can be tried is found all the same: $name",
  async (runtime) => {
    const network = leakyAdder();
    const options = { runtime, budget: 200_000 };
    const { refutation, covered } = await searchErrors(network, options);
    const found = expectError(network, refutation);
    expect(found).toMatchObject({ step: LEAK - 1, isShortest: false, found: "search on the margin" });
    expect(covered).toBeLessThan(20);
    expect(await searchErrors(network, options)).toMatchObject({ refutation: found, covered });
    expect(await refute(network, { ...options, maxLength: LEAK - 1 })).toBeUndefined();
  },
);

test.each([
  ["modular-arithmetic", { hidden: 5 }],
  ["binary-subtraction", { hidden: 3 }],
  ["even-pairs", { hidden: 3, activation: "tanh" }],
  ["base-10-addition", { hidden: 3 }],
])("an untrained network on %s errs at once, on a problem that can be written", async (name, options) => {
  const task = findTask(name);
  const signature = { channels: task.channels.map((alphabet) => alphabet.length), answers: task.output.length };
  const model = findModel("rnn").build(options, signature);
  const drawn = drawParameters(model.parameters, 1, randomSource(5));
  const network = makeNetwork({ task, model, parameters: namedParameters(drawn, layoutOf(model.parameters), 1) });
  const found = expectError(network, await refute(network, { runtime: reference }));
  expect(found.isShortest).toBe(true);
  expect(task.parse(task.format(found.input))).toEqual(found.input);
});

test("a network that was trained too short", async () => {
  const config = completeConfig({
    task: "binary-addition",
    model: { name: "ilrnn", activation: "tanh" },
    steps: 200,
    solved: null,
  });
  const { task, model } = configuredModel(config);
  for await (const event of train(config, { runtime: onnx })) {
    if (event.type !== "done") continue;
    const parameters = namedParameters(trainedParameters(event.state), layoutOf(model.parameters), 1);
    const network = makeNetwork({ task: exactTask(task), model, parameters });
    expectError(network, await refute(network, { runtime: onnx }));
  }
  expect.assertions(6);
});

test("a network that reads the whole problem: a shortest problem of those that fail", async () => {
  // Wrong where Σ (x_t, 6 − x_t by turns) > 40: 5 1 5 1 5 1 5 1 5 and its neighbours are the shortest.
  const network = alternatingCopier(40);
  const found = await refute(network, { runtime: reference, maxLength: 20 });
  expect(found).toMatchObject({ isShortest: false, found: "search on the margin" });
  const { input, answer, exact, step } = found!;
  expect(input).toHaveLength(9);
  expect(input.reduce((sum, symbol, t) => sum + (t % 2 === 0 ? symbol : 6 - symbol), 0)).toBeGreaterThan(40);
  expect(exact).toEqual(network.task.solve(input));
  expect(answer[step]).not.toBe(exact[step]);
  expect(await refute(network, { runtime: reference, maxLength: 8 })).toBeUndefined();
  expect(await searchErrors(alternatingCopier(9), { runtime: reference })).toMatchObject({
    refutation: { isShortest: true, found: "all problems of up to 2 symbols" },
    covered: 1,
  });
});

test("an untrained DNGPU on multiplication", async () => {
  const task = findTask("binary-multiplication");
  const signature = { channels: [task.channels[0]!.length], answers: task.output.length };
  const model = findModel("dngpu").build({ maps: 6 }, signature);
  const drawn = drawParameters(model.parameters, 1, randomSource(5));
  const network = makeNetwork({ task, model, parameters: namedParameters(drawn, layoutOf(model.parameters), 1) });
  const found = await refute(network, { runtime: onnx });
  expect(found).toMatchObject({ isShortest: true, found: "all problems of up to 3 symbols" });
  expect(found!.exact).toEqual(task.solve(found!.input));
  expect(found!.answer[found!.step]).not.toBe(found!.exact[found!.step]);
});

test("the end that a signal makes, progress and bad options", async () => {
  const network = driftingAdder();
  const stop = new AbortController();
  const activities: string[] = [];
  const onProgress = ({ activity, spent }: { activity: string; spent: number }) => {
    activities.push(activity);
    if (spent > 100) stop.abort();
  };
  const { signal } = stop;
  await expect(refute(network, { runtime: reference, signal, onProgress })).rejects.toThrow("aborted");
  expect(activities[0]).toBe("all inputs of length 1");
  await expect(refute(network, { runtime: reference, budget: 0 })).rejects.toThrow(
    "refute: budget is 0, expected a whole number of at least 1",
  );
});

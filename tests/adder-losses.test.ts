/** Which losses have a minimum at the exact full adder of papers/000: their gradients at its own weights. */
import { expect, test } from "vitest";
import { type NDArray, randomSource, trainingProgram } from "../src/index.ts";
import { fullAdder, fullAdderWithMargin } from "../src/networks/index.ts";
import { compileReference } from "../src/runtime/reference/reference.ts";
import { batchSource } from "../src/training/batches.ts";
import {
  completeConfig,
  configuredModel,
  joinParameters,
  layoutOf,
  type TrainingConfig,
} from "../src/training/index.ts";

/** Loss and norm of its gradient at the adder's weights times `scale`, on 64 sums of 4 digits. */
function at(built: typeof fullAdder, activation: string, loss: TrainingConfig["loss"], scale = 1) {
  const config = completeConfig({
    task: "binary-addition",
    model: { name: "ilrnn", layers: [3, 2, 4], unread: 1, activation },
    ...{ lengths: [4, 4], batch: 64, loss, optimizer: { name: "sgd" }, clip: null, stateNoise: null },
  });
  const { task, model } = configuredModel(config);
  const layout = layoutOf(model.parameters);
  const parameters = joinParameters(built.network.parameters, layout, 1).map((value) => scale * value);
  const { program } = trainingProgram(model, config);
  const arrays = batchSource(task, config, randomSource(1), { noise: {} }).draw(1, 4, 0);
  const learningRate: NDArray = { dtype: "float", shape: [], data: Float64Array.of(1) };
  const made = compileReference(program).run({
    ...arrays,
    learningRate,
    parameters: { dtype: "float", shape: [layout.size], data: parameters },
  });
  return { loss: made.loss!.data[0]!, norm: made.gradientNorm!.data[0]!, right: made.exactAccuracy!.data[0]! };
}

const atAnAnswer = Math.log(1 + Math.exp(-1));

test.each([
  ["as printed", fullAdder],
  ["with margin", fullAdderWithMargin],
])("step units, %s: squares are at their minimum, cross-entropies aren't", (_, built) => {
  const squares = at(built, "step", "squares");
  expect(squares).toEqual({ loss: 0, norm: 0, right: 1 });
  const outputs = at(built, "step", "cross-entropy-of-outputs");
  expect(outputs.loss).toBeCloseTo(atAnAnswer, 12);
  expect(outputs.norm).toBeGreaterThan(0.1);
  expect(at(built, "step", "cross-entropy").norm).toBeGreaterThan(0.1);
});

test("relu units as printed: the cross-entropy of outputs pulls away", () => {
  const outputs = at(fullAdder, "relu", "cross-entropy-of-outputs");
  expect(outputs.right).toBe(1);
  expect(outputs.loss).toBeCloseTo(atAnAnswer, 12);
  expect(outputs.norm).toBeGreaterThan(0.1);
  expect(at(fullAdder, "relu", "squares").norm).toBe(0);
});

test("hard σ units that are saturated let no gradient of the outputs through, and only the logits' own", () => {
  const outputs = at(fullAdderWithMargin, "hard-sigmoid", "cross-entropy-of-outputs", 2.5);
  expect(outputs.loss).toBeCloseTo(atAnAnswer, 12);
  expect(outputs.norm).toBe(0);
  expect(at(fullAdderWithMargin, "hard-sigmoid", "cross-entropy", 2.5).norm).toBeGreaterThan(0.05);
});

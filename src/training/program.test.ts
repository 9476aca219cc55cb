/** The program of a step: losses and accuracies by hand, its gradient by central differences, what its parts do together. */
import { describe, expect, test } from "vitest";
import { floats, ints, runGraph } from "../../tests/run-graph.ts";
import { mul, type NDArray } from "../graph/index.ts";
import { randomSource } from "../random/index.ts";
import { compileReference } from "../runtime/reference/reference.ts";
import { batchSource } from "./batches.ts";
import {
  accuracies,
  completeConfig,
  configuredModel,
  initialState,
  layoutOf,
  lossOf,
  type TrainingConfig,
  trainingProgram,
} from "./index.ts";
import { noiseWidths } from "./program.ts";

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

describe("the loss of a batch is the mean over the answers that are asked for", () => {
  const targets = ints([1, -1, 0, 1], [2, 2]);
  const given = { z: floats([0.5, 100, -1, 2], [2, 2, 1]), y: floats([0.75, 100, 0.25, 1], [2, 2, 1]), targets };
  const loss = (kind: TrainingConfig["loss"]) =>
    runGraph(given, ({ z, y, targets: t }) => ({ loss: lossOf(kind, z!, y!, t!) })).loss!.data[0];

  test("binary cross-entropy of logits", () => {
    const expected = -(Math.log(sigmoid(0.5)) + Math.log(1 - sigmoid(-1)) + Math.log(sigmoid(2))) / 3;
    expect(loss("cross-entropy")).toBeCloseTo(expected, 14);
  });

  test("half the squares of outputs", () => {
    expect(loss("squares")).toBeCloseTo((0.25 ** 2 + 0.25 ** 2 + 0) / 2 / 3, 14);
  });

  test("cross-entropy of outputs", () => {
    const expected = Math.log(1 + Math.exp(1 - 1.5)) + Math.log(1 + Math.exp(0.5 - 1)) + Math.log(1 + Math.exp(1 - 2));
    expect(loss("cross-entropy-of-outputs")).toBeCloseTo(expected / 3, 14);
  });

  test("of several classes", () => {
    const many = { z: floats([1, 0, 0, 9, 9, 9, 0, 2, 0], [1, 3, 3]), targets: ints([0, -1, 2], [1, 3]) };
    const { entropy, squares, ofOutputs } = runGraph(many, ({ z, targets: t }) => ({
      entropy: lossOf("cross-entropy", z!, z!, t!),
      ofOutputs: lossOf("cross-entropy-of-outputs", mul(z!, 0), z!, t!),
      squares: lossOf("squares", z!, z!, t!),
    }));
    const expected = (-Math.log(Math.E / (Math.E + 2)) - Math.log(1 / (Math.E ** 2 + 2))) / 2;
    expect(entropy!.data[0]).toBeCloseTo(expected, 14);
    expect(ofOutputs!.data[0]).toBeCloseTo(expected, 14);
    expect(squares!.data[0]).toBeCloseTo((0 + (4 + 1) / 2) / 2, 14);
  });
});

test("accuracies: symbols that are asked for, and whole answers", () => {
  const predictions = ints([1, 0, 1, 0, 0, 1], [3, 2]);
  const targets = ints([1, -1, 1, 1, -1, -1], [3, 2]);
  const { symbol, exact } = runGraph({ predictions, targets }, (inputs) =>
    accuracies(inputs.predictions!, inputs.targets!),
  );
  expect(symbol!.data[0]).toBeCloseTo(2 / 3, 15);
  expect(exact!.data[0]).toBeCloseTo(2 / 3, 15);
});

/** One step of a training on the reference runtime. */
function stepOf(changes: Record<string, unknown>) {
  const config = completeConfig({
    task: "binary-addition",
    lengths: [4, 4],
    batch: 5,
    optimizer: { name: "sgd" },
    learningRate: 1,
    clip: null,
    stateNoise: null,
    ...changes,
  });
  const { task, model } = configuredModel(config);
  const layout = layoutOf(model.parameters);
  const compiled = compileReference(trainingProgram(model, config).program);
  const drawn = { noise: noiseWidths(model, config), size: layout.size };
  const arrays = batchSource(task, config, randomSource(1), drawn).draw(1, 4, 0.5);
  const start = initialState(config, 64).parameters as Float64Array;
  const shape = config.population > 1 ? [config.population, layout.size] : [layout.size];
  const scalar = (value: number): NDArray => ({ dtype: "float", shape: [], data: Float64Array.of(value) });
  const run = (data: Float64Array) =>
    compiled.run({
      ...arrays,
      parameters: { dtype: "float", shape, data },
      learningRate: scalar(1),
      ...(config.gradientNoise && { gradientNoiseScale: scalar(0.25) }),
    });
  return { config, layout, start, run, arrays };
}

/** What a step of size 1 took away. */
function change({ start, run }: ReturnType<typeof stepOf>): Float64Array {
  const after = run(start).parameters!.data;
  return start.map((before, k) => before - after[k]!);
}

describe("the gradient is that of the loss, for every parameter of every replica", () => {
  test.each([
    ["rnn", {}, 1, null],
    ["rnn", {}, 3, null],
    ["rnn", { hidden: 3, learnedState: true }, 2, { scale: 1 }],
    ["ilrnn", { activation: "tanh" }, 1, { scale: 1 }],
    ["ilrnn", { activation: "sigmoid", layers: [3, 2], learnedState: true }, 3, { scale: 1 }],
  ] as const)("%s %j, population of %d, noise %j", (name, options, population, stateNoise) => {
    const step = stepOf({ model: { name, ...options }, population, stateNoise });
    const { layout, start, run } = step;
    const found = change(step);
    for (let replica = 0; replica < population; replica++) {
      for (const { name: parameter, start: first, end } of layout.parts) {
        const k = replica * layout.size + (replica % 2 === 0 ? first : end - 1);
        const lossAt = (h: number) => run(start.map((x, at) => (at === k ? x + h : x))).loss!.data[replica]!;
        const h = 1e-4;
        const difference = (8 * (lossAt(h) - lossAt(-h)) - (lossAt(2 * h) - lossAt(-2 * h))) / (12 * h);
        expect(found[k], `${parameter} of replica ${replica}`).toBeCloseTo(difference, 9);
        expect(Math.abs(difference), `${parameter} of replica ${replica}`).toBeGreaterThan(1e-9);
      }
    }
  });
});

test("clipping works on each replica for itself, and the norm that is told is the one before it", () => {
  const free = stepOf({ population: 4, model: { name: "rnn" } });
  const raw = change(free);
  const { size } = free.layout;
  const normOf = (data: Float64Array, replica: number) =>
    Math.hypot(...data.slice(replica * size, (replica + 1) * size));
  const norms = [0, 1, 2, 3].map((replica) => normOf(raw, replica));
  const limit = [...norms].sort((a, b) => a - b)[1]! * 1.0001;
  const clipped = stepOf({ population: 4, model: { name: "rnn" }, clip: limit });
  const cut = change(clipped);
  expect(norms.filter((norm) => norm > limit).length).toBe(2);
  norms.forEach((norm, replica) => {
    expect(normOf(cut, replica)).toBeCloseTo(Math.min(norm, limit), 12);
    expect(cut[replica * size]! * norm).toBeCloseTo(raw[replica * size]! * Math.min(norm, limit), 12);
    expect(clipped.run(clipped.start).gradientNorm!.data[replica]).toBeCloseTo(norm, 12);
  });
});

test("noise on the gradient comes before clipping, weight decay after it", () => {
  const plain = stepOf({});
  const raw = change(plain);
  const noisy = stepOf({ gradientNoise: { scale: 1 } });
  const noise = noisy.arrays.gradientNoise!.data;
  const sum = raw.map((g, k) => g + 0.25 * noise[k]!);
  change(noisy).forEach((g, k) => {
    expect(g).toBeCloseTo(sum[k]!, 12);
  });
  const norm = Math.hypot(...sum);
  const all = stepOf({ gradientNoise: { scale: 1 }, clip: norm / 2, weightDecay: 0.5 });
  change(all).forEach((g, k) => {
    expect(g).toBeCloseTo(sum[k]! / 2 + 0.5 * all.start[k]!, 12);
  });
});

test("replicas don't see each other: each one's step is what it would be alone", () => {
  const many = stepOf({ population: 3, model: { name: "ilrnn" } });
  const { size } = many.layout;
  const together = many.run(many.start);
  const moved = many.run(many.start.map((x, k) => (k < size ? -2 * x : x)));
  for (const replica of [1, 2]) {
    const rows = (array: NDArray) => array.data.slice(replica * size, (replica + 1) * size);
    expect(rows(moved.parameters!)).toEqual(rows(together.parameters!));
    expect(moved.loss!.data[replica]).toBe(together.loss!.data[replica]);
  }
  expect(moved.loss!.data[0]).not.toBe(together.loss!.data[0]);
});

test("with the worst noise, the loss of the worst logits and of what is left of the noise is added", () => {
  const config = completeConfig({
    task: "parity",
    model: { name: "rnn", hidden: 1, activation: "hard-sigmoid" },
    batch: 1,
    stateNoise: { scale: 0.1, kind: "worst" },
    runtime: "reference",
  });
  const { model } = configuredModel(config);
  const { program, optimizer } = trainingProgram(model, config);
  expect(noiseWidths(model, config)).toEqual({ h: 1 });
  /** One step from h = 0 by the symbol 1, whose answer is 1: z = 8 clip((1 + U h − ½)/2 + ½, 0, 1) − 5. */
  const lossWith = (U: number, scale: number) => {
    const parameters = [1, U, -0.5, 8, -5];
    const vector = (values: readonly number[]) => floats([...values], [5]);
    const scalars = { learningRate: 0.01, stateNoiseScale: scale, ...optimizer.scalars(1) };
    const { loss } = compileReference(program).run({
      parameters: vector(parameters),
      ...Object.fromEntries(optimizer.slots.map((name) => [name, vector([0, 0, 0, 0, 0])])),
      symbols: ints([1], [1, 1, 1]),
      targets: ints([1], [1, 1]),
      "noise h": floats([0], [1, 1, 1]),
      ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, floats([value], [])])),
    });
    return loss!.data[0]!;
  };
  const entropy = (z: number) => Math.log(1 + Math.exp(-z));
  // U = ½, s = 0.1: h ∈ ¾ ± 0.025, z ∈ 1 ± 0.2, of the noise a quarter is left.
  expect(lossWith(0.5, 0.1)).toBeCloseTo(entropy(1) + entropy(0.8), 12);
  // U = 3: h ∈ ¾ ± 0.15, z ∈ 1 ± 1.2, 0.15 is left: 0.1 more than half of the noise.
  expect(lossWith(3, 0.1)).toBeCloseTo(entropy(1) + entropy(-0.2) + 0.1, 12);
  expect(lossWith(3, 0)).toBeCloseTo(2 * entropy(1), 12);
});

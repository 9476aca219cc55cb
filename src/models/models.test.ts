import { describe, expect, test } from "vitest";
import { expectClose, toArrays } from "../../tests/golden.ts";
import { floats, ints, runGraph } from "../../tests/run-graph.ts";
import { type ActivationName, initializerNames, rnn } from "../cells/index.ts";
import { LonghandError } from "../errors.ts";
import { gradient, type NDArray, reduceSum } from "../graph/index.ts";
import { randomSource } from "../random/index.ts";
import { findTask } from "../tasks/index.ts";
import {
  dngpuModel,
  findModel,
  ilrnnModel,
  type Model,
  models,
  neuralGpuModel,
  rnnModel,
  type Signature,
  unroll,
} from "./index.ts";

const bits: Signature = { channels: [2, 2], answers: 2 };
const signatureOf = (name: string): Signature => {
  const task = findTask(name);
  return { channels: task.channels.map((alphabet) => alphabet.length), answers: task.output.length };
};

function thrown(build: () => unknown): LonghandError {
  try {
    build();
  } catch (error) {
    if (error instanceof LonghandError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** Parameters of a model: the given ones, others at zero. */
function parametersOf(model: Model, given: Readonly<Record<string, NDArray>>): Record<string, NDArray> {
  const zeros = Object.entries(model.parameters).map(([name, { shape }]) => {
    return [name, floats(Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0), shape)];
  });
  return { ...Object.fromEntries(zeros), ...given };
}

function apply(model: Model, parameters: Readonly<Record<string, NDArray>>, symbols: NDArray) {
  return runGraph({ ...parametersOf(model, parameters), symbols }, (inputs) => {
    const { logits, outputs, final } = model.apply(inputs, inputs.symbols!);
    return { logits, outputs, ...final };
  });
}

describe("shapes", () => {
  test("ilrnn: bits in, one logit out", () => {
    const model = ilrnnModel.build({}, bits);
    expect(model.state).toEqual({ h1: 8, h2: 1 });
    expect(model.parameters.W1!.shape).toEqual([2, 8]);
    expect(model.parameters.W2!.shape).toEqual([8, 1]);
    expect(model.parameters.R21!.shape).toEqual([1, 8]);
    expect(Object.keys(model.parameters)).not.toContain("initial h1");
  });

  test("ilrnn: digits are one-hot, with a logit for each answer", () => {
    const model = ilrnnModel.build({ layers: [6, 5] }, signatureOf("base-10-addition"));
    expect(model.state).toEqual({ h1: 6, h2: 5, h3: 10 });
    expect(model.parameters.W1!.shape).toEqual([20, 6]);
    expect(model.parameters.R33!.shape).toEqual([10, 10]);
  });

  test("rnn: hidden units and a linear layer", () => {
    const model = rnnModel.build({ hidden: 7 }, signatureOf("modular-arithmetic"));
    expect(model.state).toEqual({ h: 7 });
    expect(Object.fromEntries(Object.entries(model.parameters).map(([name, { shape }]) => [name, shape]))).toEqual({
      W: [8, 7],
      U: [7, 7],
      b: [7],
      V: [7, 5],
      c: [5],
    });
  });

  test.each(models.map((kind) => [kind.name, kind] as const))("%s: logits are [batch, time, answers]", (_, kind) => {
    const readsWholes = [dngpuModel, neuralGpuModel].includes(kind);
    const second = readsWholes ? (["sort", 6] as const) : (["base-4-addition", 4] as const);
    for (const [name, logits] of [["parity", 1], second] as const) {
      const model = kind.build({}, signatureOf(name));
      const channels = model.signature.channels.length;
      const results = apply(model, {}, ints(Array(3 * 5 * channels).fill(0), [3, 5, channels]));
      expect(results.logits!.shape).toEqual([3, 5, logits]);
      expect(results.outputs!.shape).toEqual([3, 5, logits]);
      for (const [state, width] of Object.entries(model.state)) expect(results[state]!.shape).toEqual([3, width]);
    }
  });
});

describe("by hand", () => {
  test("rnn: y_t = h_t V + c with h_t = φ(x_t W + h_{t−1} U + b), examples side by side", () => {
    const model = rnnModel.build({ hidden: 1, activation: "identity" }, bits);
    const parameters = toArrays({ W: [[1], [10]], U: [[2]], b: [0.5], V: [[3]], c: [0.25] });
    // Example 1 reads (1, 0), (0, 1): h = 1.5, 13.5. Example 2 reads (0, 0), (1, 1): h = 0.5, 12.5.
    const { logits, outputs, h } = apply(model, parameters, ints([1, 0, 0, 1, 0, 0, 1, 1], [2, 2, 2]));
    expect([...logits!.data]).toEqual([4.75, 40.75, 1.75, 37.75]);
    expect(outputs).toEqual(logits);
    expect([...h!.data]).toEqual([13.5, 12.5]);
  });

  test("ilrnn: logits are what the output units see, outputs what they say", () => {
    const model = ilrnnModel.build({ layers: [1], activation: "relu", outputActivation: "hard-tanh" }, bits);
    const parameters = toArrays({ W1: [[1], [2]], R21: [[4]], b1: [-1], W2: [[3]], R12: [[5]], R22: [[7]], b2: [-2] });
    // (1, 1): h¹ = relu(3 − 1) = 2, z = 6 − 2 = 4, y = 1; (0, 0): h¹ = relu(4 − 1) = 3, z = 9 + 10 + 7 − 2 = 24.
    const { logits, outputs, h1, h2 } = apply(model, parameters, ints([1, 1, 0, 0], [1, 2, 2]));
    expect([...logits!.data]).toEqual([4, 24]);
    expect([...outputs!.data]).toEqual([1, 1]);
    expect([h1!.data[0], h2!.data[0]]).toEqual([3, 1]);
  });

  test("centred bits are ±1", () => {
    const model = rnnModel.build({ hidden: 1, activation: "identity", centred: true }, bits);
    const { logits } = apply(model, toArrays({ W: [[1], [10]], V: [[1]] }), ints([1, 0, 0, 0], [1, 2, 2]));
    expect([...logits!.data]).toEqual([-9, -11]);
  });

  test("noise is added to the state before each step", () => {
    const model = rnnModel.build({ hidden: 1, activation: "identity" }, { channels: [2], answers: 2 });
    const given = { ...parametersOf(model, toArrays({ U: [[2]], V: [[1]] })), symbols: ints([0, 0, 0], [1, 3, 1]) };
    const { logits } = runGraph({ ...given, noise: floats([1, 10, 100], [3, 1, 1]) }, (inputs) => ({
      logits: model.apply(inputs, inputs.symbols!, { noise: { h: inputs.noise! } }).logits,
    }));
    // h = 2·1 = 2, 2·(2 + 10) = 24, 2·(24 + 100)
    expect([...logits!.data]).toEqual([2, 24, 248]);
  });

  test("a scan may run from the last step to the first", () => {
    const cell = rnn({ input: 1, hidden: 1, activation: "identity" });
    const given = toArrays({ W: [[1]], U: [[2]], b: [0], x: [[[1]], [[10]], [[100]]] });
    const { y, h } = runGraph(given, (inputs) => {
      const { outputs, final } = unroll(cell, inputs, inputs.x!, { reverse: true });
      return { y: outputs, h: final.h! };
    });
    expect([...y!.data]).toEqual([421, 210, 100]);
    expect(h!.data[0]).toBe(421);
  });
});

describe("a learned initial state", () => {
  test.each([
    ["rnn", { hidden: 2, learnedState: true }, "initial h"],
    ["ilrnn", { layers: [2], activation: "tanh", learnedState: true }, "initial h1"],
  ] as const)("%s: begins at zero, is the same for every example, and is learned", (name, options, row) => {
    const model = findModel(name).build(options, bits);
    const spec = model.parameters[row]!;
    expect(spec.shape).toEqual([2]);
    expect(spec.initial.name).toBe("zeros");
    const some = Object.fromEntries(
      Object.entries(model.parameters).map(([parameter, { shape }]) => {
        const size = shape.reduce((a, b) => a * b, 1);
        return [
          parameter,
          floats(
            Array.from({ length: size }, (_, k) => Math.sin(k + size)),
            shape,
          ),
        ];
      }),
    );
    const symbols = ints([1, 0, 0, 1, 1, 0, 0, 1], [2, 2, 2]);
    const results = runGraph({ ...some, symbols }, (inputs) => {
      const learned = model.apply(inputs, inputs.symbols!).logits;
      const widths = Object.entries(model.state);
      const zero = Object.fromEntries(widths.map(([state]) => [state, inputs[`initial ${state}`]!]));
      return { learned, slope: gradient(reduceSum(learned), [zero[row.slice("initial ".length)]!])[0]! };
    });
    const [first, second] = [results.learned!.data.slice(0, 2), results.learned!.data.slice(2)];
    expect(first).toEqual(second);
    for (const value of results.slope!.data) expect(Math.abs(value)).toBeGreaterThan(1e-6);
  });

  test("gives way to a state that is given", () => {
    const model = rnnModel.build({ hidden: 1, activation: "identity", learnedState: true }, bits);
    const given = {
      ...parametersOf(model, toArrays({ U: [[1]], V: [[1]], "initial h": [5] })),
      symbols: ints([0, 0], [1, 1, 2]),
      start: floats([7], [1, 1]),
    };
    const { learned, other } = runGraph(given, (inputs) => ({
      learned: model.apply(inputs, inputs.symbols!).logits,
      other: model.apply(inputs, inputs.symbols!, { initial: { h: inputs.start! } }).logits,
    }));
    expect([learned!.data[0], other!.data[0]]).toEqual([5, 7]);
  });
});

describe("two answers and one logit", () => {
  test("say what two logits say whose difference it is", () => {
    // The same recurrent layer read by one column v, and by the columns 0 and v.
    const one = rnnModel.build({ hidden: 2 }, { channels: [2], answers: 2 });
    const recurrent = toArrays({ W: [[1, -1]], U: [[0.5, 1], [-1, 0.25]], b: [0.1, -0.2] }); // biome-ignore format: matrices
    const symbols = ints([1, 0, 1, 1], [1, 4, 1]);
    const single = apply(one, { ...recurrent, ...toArrays({ V: [[2], [-3]] }) }, symbols).logits!;
    const three = rnnModel.build({ hidden: 2 }, { channels: [2], answers: 3 });
    const pair = apply(three, { ...recurrent, ...toArrays({ V: [[0, 2, 9], [0, -3, 9]] }) }, symbols).logits!; // biome-ignore format: matrices
    const differences = [...single.data].map((_, k) => pair.data[3 * k + 1]! - pair.data[3 * k]!);
    expectClose(floats(differences), floats([...single.data]), 1e-14);
  });
});

describe("weight matrices begin as the initializer of this name makes them", () => {
  const begins = (kind: string, options: object) =>
    Object.entries(findModel(kind).build(options, bits).parameters).map(([name, { shape, initial }]) => {
      return [name, initial.name, [...initial.draw(randomSource(1).stream(name), shape)]] as const;
    });
  test.each(initializerNames.flatMap((name) => [["ilrnn", name] as const, ["rnn", name] as const]))(
    "%s %s",
    (kind, name) => {
      for (const [parameter, initializer] of begins(kind, { initial: name })) {
        expect(initializer, parameter).toBe(/^[bc]/.test(parameter) ? "zeros" : name);
      }
    },
  );
  test.each(["ilrnn", "rnn"])("%s: a constant of one's own", (kind) => {
    for (const [parameter, , data] of begins(kind, { initial: "constant", initialValue: 0.125 })) {
      expect(new Set(data), parameter).toEqual(new Set([/^[bc]/.test(parameter) ? 0 : 0.125]));
    }
  });
  test("by default as the cells do", () => {
    const limit = (data: readonly number[]) => Math.max(...data.map(Math.abs));
    for (const [, , data] of begins("rnn", {})) expect(limit(data)).toBeLessThanOrEqual(1 / 4);
    const [, , hidden] = begins("ilrnn", { layers: [8] }).find(([name]) => name === "R11")!;
    expect(limit(hidden)).toBeLessThanOrEqual(1 / Math.sqrt(2 + 8 + 1));
  });
});

describe("errors of a configuration", () => {
  test.each([
    ["rnn", { hiden: 4 }, "unknown-name", 'unknown option of model rnn "hiden". Did you mean "hidden"?'],
    ["ilrnn", { layer: [4] }, "unknown-name", 'unknown option of model ilrnn "layer". Did you mean "layers"?'],
    ["rnn", { hidden: "16" }, "config", 'model rnn, hidden: received "16".'],
    ["rnn", { hidden: 0 }, "config", "model rnn, hidden: received 0."],
    ["ilrnn", { layers: [4, 2.5] }, "config", "model ilrnn, layers, 1: received 2.5."],
    ["ilrnn", { layers: 8 }, "config", "model ilrnn, layers: received 8."],
    ["ilrnn", { activation: "tahn" }, "unknown-name", 'model ilrnn, activation: "tahn". Did you mean "tanh"?'],
    ["rnn", { initial: "glorott" }, "unknown-name", 'model rnn, initial: "glorott". Did you mean "glorot"?'],
    ["ilrnn", { initialValue: "1" }, "config", 'model ilrnn, initialValue: received "1".'],
    ["ilrnn", { centred: 1 }, "config", "model ilrnn, centred: received 1."],
  ])("%s %j", (name, options, code, message) => {
    const error = thrown(() => findModel(name).build(options, bits));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  test("an activation that isn't there: all that are, by name", () => {
    const { message } = thrown(() => ilrnnModel.build({ activation: "tahn" as ActivationName }, bits));
    for (const name of ["step", "hard-sigmoid", "tanh"]) expect(message).toContain(name);
  });

  test("a model that isn't there", () => {
    expect(thrown(() => findModel("ilrn")).message).toContain('unknown model "ilrn". Did you mean "ilrnn"?');
  });
});

test("every model names its source and says what it is", () => {
  for (const { name, summary, source } of models) {
    expect(summary.length, name).toBeGreaterThan(20);
    expect(source, name).toMatch(/papers\/00\d/);
  }
});

test("symbols of too many or too few channels are refused", () => {
  const model = rnnModel.build({}, bits);
  for (const channels of [1, 3]) {
    const symbols = ints(Array<number>(channels).fill(0), [1, 1, channels]);
    const error = thrown(() => apply(model, {}, symbols));
    expect(error.code).toBe("shape");
    expect(error.message).toContain("expected 2 channels in the last axis");
  }
});

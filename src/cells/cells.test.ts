import { describe, expect, test } from "vitest";
import { toArrays } from "../../tests/golden.ts";
import { LonghandError } from "../errors.ts";
import { input, ndarray, program } from "../graph/index.ts";
import { compileReference } from "../runtime/reference/reference.ts";
import {
  type ActivationName,
  activationNames,
  constantInitializer,
  defineCell,
  feedforward,
  ilrnn,
  rnn,
} from "./index.ts";
import { cellProperties, runCell } from "./properties.test-helper.ts";

describe.each(activationNames)("%s", (activation) => {
  cellProperties("feedforward 3 → 2", feedforward({ input: 3, units: 2, activation }));
  cellProperties("rnn 2 → 3", rnn({ input: 2, hidden: 3, activation }));
  cellProperties("ilrnn 2 → 2 → 1", ilrnn({ input: 2, layers: [2, 1], activation }));
});

describe("layers and widths", () => {
  for (let width = 1; width <= 5; width++) {
    cellProperties(`ilrnn 1 → ${width}`, ilrnn({ input: 1, layers: [width], activation: "tanh" }));
    cellProperties(`rnn ${width} → ${6 - width}`, rnn({ input: width, hidden: 6 - width }));
  }
  cellProperties("ilrnn 3 → 4 → 1 → 2", ilrnn({ input: 3, layers: [4, 1, 2], activation: "sigmoid" }));
  cellProperties(
    "ilrnn with an activation for each layer",
    ilrnn({ input: 2, layers: [3, 2, 1], activation: ["tanh", "sigmoid", "identity"] }),
  );
});

describe("by hand", () => {
  test("feedforward: tanh(x W + b), with the pre-activation as logits", () => {
    const cell = feedforward({ input: 2, units: 1, activation: "tanh" });
    const W = input("W", [2, 1]);
    const b = input("b", [1]);
    const x = input("x", [1, 2]);
    const { output, logits } = cell.step({ W, b }, {}, x);
    const results = compileReference(program("layer", { W, b, x }, { output, logits: logits! })).run(
      toArrays({ W: [[2], [-3]], b: [0.5], x: [[1, 0.25]] }),
    );
    expect(results.logits!.data[0]).toBe(1.75);
    expect(results.output!.data[0]).toBeCloseTo(Math.tanh(1.75), 15);
  });

  test("rnn: h ← φ(x W + h U + b), two steps with the identity", () => {
    const cell = rnn({ input: 1, hidden: 2, activation: "identity" });
    const given = toArrays({
      W: [[1, 10]],
      U: [
        [2, 3],
        [5, 7],
      ],
      b: [0.5, 0.25],
    });
    const { output, final } = runCell(cell).run(given, ndarray(Float64Array.of(1, 2), [2, 1, 1]), {
      h: ndarray(Float64Array.of(1, -1), [1, 2]),
    });
    // h₁ = [1 + 2 − 5 + ½, 10 + 3 − 7 + ¼] = [−1.5, 6.25]; h₂ = [2 − 3 + 31.25 + ½, 20 − 4.5 + 43.75 + ¼]
    expect([...output.data]).toEqual([-1.5, 6.25, 30.75, 59.5]);
    expect([...final.h!.data]).toEqual([30.75, 59.5]);
  });

  test("ilrnn: layer 2 sees layer 1 of the same step; both see both of the step before", () => {
    const cell = ilrnn({ input: 1, layers: [1, 1], activation: "identity" });
    const given = toArrays({
      W1: [[1]],
      R11: [[2]],
      R21: [[3]],
      b1: [0.5],
      W2: [[5]],
      R12: [[7]],
      R22: [[11]],
      b2: [0],
    });
    const start = { h1: ndarray(Float64Array.of(1), [1, 1]), h2: ndarray(Float64Array.of(10), [1, 1]) };
    const { output, final } = runCell(cell).run(given, ndarray(Float64Array.of(100), [1, 1, 1]), start);
    // h¹ = 100 + 2 + 30 + ½ = 132.5, h² = 5·132.5 + 7 + 110 = 779.5
    expect([...output.data]).toEqual([779.5]);
    expect(final.h1!.data[0]).toBe(132.5);
  });
});

test("layer numbers of two digits are kept apart", () => {
  const deep = ilrnn({ input: 1, layers: Array<number>(11).fill(1) });
  const names = Object.keys(deep.parameters);
  expect(names.length).toBe(11 + 11 * 11 + 11);
  expect(names).toContain("R1,11");
  expect(names).toContain("R11,1");
  expect(names).not.toContain("R111");
});

test("matrices begin uniform by their fan-in, vectors at zero, or as said", () => {
  const cell = rnn({ input: 3, hidden: 4, initial: { b: constantInitializer(2) } });
  expect(cell.parameters.b.initial.name).toBe("constant");
  expect(cell.parameters.W.initial.name).toBe("uniform");
  expect(feedforward({ input: 3, units: 4 }).parameters.b.initial.name).toBe("zeros");
});

describe("errors", () => {
  const thrown = (build: () => unknown): LonghandError => {
    try {
      build();
    } catch (error) {
      if (error instanceof LonghandError) return error;
      throw error;
    }
    throw new Error("nothing was thrown");
  };

  test.each([
    ["rnn: hidden is 0", () => rnn({ input: 1, hidden: 0 })],
    ["rnn: input is 1.5", () => rnn({ input: 1.5, hidden: 1 })],
    ["feedforward: units is undefined", () => feedforward({ input: 1 } as never)],
    ["ilrnn: layers is [], expected a list of widths", () => ilrnn({ input: 1, layers: [] })],
    ["ilrnn: layers is 8, expected a list of widths", () => ilrnn({ input: 1, layers: 8 as never })],
    ["ilrnn: layers[1] is -1, expected a positive integer", () => ilrnn({ input: 1, layers: [1, -1] })],
    ['ilrnn: input is "2", expected a positive integer', () => ilrnn({ input: "2" as never, layers: [1] })],
  ])("%s", (message, build) => {
    expect(thrown(build)).toMatchObject({ code: "config" });
    expect(thrown(build).message).toContain(message);
  });

  test("an activation that isn't there is named, with the nearest", () => {
    const error = thrown(() => ilrnn({ input: 1, layers: [1], activation: "hard-sigmiod" as ActivationName }));
    expect(error.code).toBe("unknown-name");
    expect(error.message).toContain('unknown activation "hard-sigmiod". Did you mean "hard-sigmoid"?');
    for (const activation of [["tanh"], ["tanh", "tanh", "tanh"]] as const) {
      const wrong = thrown(() => ilrnn({ input: 1, layers: [1, 1], activation }));
      expect(wrong.code).toBe("config");
      expect(wrong.message).toContain("expected one name, or 2 for 2 layers");
    }
  });
});

test("a cell of one's own: equations, sizes and states by name", () => {
  const leaky = defineCell({
    name: "leaky",
    sizes: ["input", "units"],
    output: "units",
    parameters: { W: ["input", "units"] },
    state: { h: "units" },
    step: (_, { h }) => ({ state: { h }, output: h }),
  });
  const cell = leaky({ input: 2, units: 3 });
  expect(cell).toMatchObject({ name: "leaky", input: 2, output: 3, state: { h: 3 } });
  expect(cell.parameters.W.shape).toEqual([2, 3]);
  expect(Object.isFrozen(cell)).toBe(true);
});

import { expect, test } from "vitest";
import { ndarray } from "../graph/index.ts";
import { applyProgram, findModel } from "../models/index.ts";
import { randomSource } from "../random/index.ts";
import { compileReference } from "../runtime/reference/reference.ts";
import { drawParameters, layoutOf, namedParameters } from "../training/index.ts";
import { firstStepProgram, stepProgram } from "./step.ts";

const kinds = [
  ["ilrnn", { layers: [3, 2], centred: true }],
  ["rnn", { hidden: 4, activation: "tanh", learnedState: true }],
] as const;

test.each(kinds)("%s: the first step and the later ones are the network", (name, options) => {
  const signature = { channels: [2, 3], answers: 3 };
  const model = findModel(name).build(options, signature);
  const layout = layoutOf(model.parameters);
  const drawn = drawParameters(model.parameters, 1, randomSource(5)).map((value, k) => value + 0.01 * (k % 7));
  const parameters = namedParameters(drawn, layout, 1);
  const symbols = Int32Array.of(0, 2, 1, 1, 1, 0, 0, 1);
  const whole = compileReference(applyProgram(model)).run({ ...parameters, symbols: ndarray(symbols, [1, 4, 2]) });
  const logits: number[] = [];
  let state: Record<string, ReturnType<typeof ndarray>> = {};
  for (let t = 0; t < 4; t++) {
    const program = t === 0 ? firstStepProgram(model) : stepProgram(model);
    const made = compileReference(program).run({
      ...parameters,
      ...state,
      symbols: ndarray(symbols.slice(2 * t, 2 * t + 2), [1, 2]),
    });
    logits.push(...made.logits!.data);
    state = Object.fromEntries(
      Object.keys(model.state).map((tensor) => {
        const { data, shape } = made[`next ${tensor}`]!;
        return [`state ${tensor}`, ndarray(data.slice(), shape)];
      }),
    );
  }
  expect(logits.length).toBe(12);
  logits.forEach((value, k) => {
    expect(value).toBeCloseTo(whole.logits!.data[k]!, 12);
  });
});

test("a network that reads the whole problem first has no steps of this kind", () => {
  const model = findModel("dngpu").build({ maps: 6 }, { channels: [3], answers: 3 });
  expect(() => stepProgram(model)).toThrow("model dngpu: reads the whole problem first");
});

import { expect, test } from "vitest";
import { ndarray } from "../graph/index.ts";
import { findModel } from "../models/index.ts";
import { parity } from "../tasks/index.ts";
import { parityNetwork } from "./built/index.ts";
import { sharpened } from "./sharpen.ts";
import { stepperOf } from "./stepper.ts";

test("all of an ILRNN's parameters, of an rnn those of its units: their readout stays", () => {
  const signature = { channels: [2], answers: 2 };
  const rnn = findModel("rnn").build({ hidden: 2, learnedState: true }, signature);
  const parameters = Object.fromEntries(
    Object.entries(rnn.parameters).map(([name, { shape }]) => {
      return [name, ndarray(new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(1.5), shape)];
    }),
  );
  const made = sharpened(rnn, parameters, 2);
  const values = Object.fromEntries(Object.entries(made).map(([name, { data }]) => [name, data[0]]));
  expect(values).toEqual({ W: 3, U: 3, b: 3, "initial h": 1.5, V: 1.5, c: 1.5 });
  expect(sharpened(findModel("ilrnn").build({}, signature), {}, 2)).toEqual({});
});

test("step units answer as before: only the sign of a pre-activation counts", () => {
  const { model, parameters } = parityNetwork.network;
  const step = stepperOf(model);
  const sharp = sharpened(model, parameters, 8);
  const moves = parity.machine!.letters(0).map((letter) => ({ values: null, letter }));
  expect(step(sharp, moves)).toEqual(step(parameters, moves));
  expect(sharp.b1!.data[0]).toBe(8 * parameters.b1!.data[0]!);
});

test("refuses factors and models that it can't be", () => {
  const { model, parameters } = parityNetwork.network;
  for (const factor of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => sharpened(model, parameters, factor)).toThrow("expected a positive number");
  const dngpu = findModel("dngpu").build({ maps: 6 }, { channels: [3], answers: 3 });
  expect(() => sharpened(dngpu, {}, 2)).toThrow("model dngpu has gates or positions");
});

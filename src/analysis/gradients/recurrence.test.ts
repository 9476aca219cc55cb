import { expect, test } from "vitest";
import { ndarray } from "../../graph/index.ts";
import { smallProbe } from "./networks.test-helper.ts";
import { recurrentMatrices, recurrentRadii, scaledRecurrence, spectralRadius } from "./recurrence.ts";

const matrix = (numbers: readonly number[]) =>
  ndarray(Float64Array.from(numbers), [Math.sqrt(numbers.length), Math.sqrt(numbers.length)]);

test("spectral radii by hand: triangular, a rotation by any angle times its length, and of which no power is left", () => {
  expect(spectralRadius(matrix([2, 5, 0, -3]))).toBeCloseTo(3, 12);
  expect(spectralRadius(matrix([0.6, -0.8, 0.8, 0.6].map((value) => 1.5 * value)))).toBeCloseTo(1.5, 12);
  expect(spectralRadius(matrix([0, 7, 0, 0]))).toBe(0);
  expect(() => spectralRadius(ndarray(new Float64Array(6), [2, 3]))).toThrow("expected a square matrix");
});

test.each([
  ["rnn", { hidden: 3 }, ["U"]],
  ["ilrnn", { layers: [2] }, ["R11", "R22"]],
  ["dcm", { hidden: 2 }, ["Ui", "Uf", "Ug", "Uo"]],
  ["gru", { hidden: [2, 3] }, ["1.Ur", "1.Uz", "1.Un", "2.Ur", "2.Uz", "2.Un"]],
])("%s: the matrices from state to state", (name, options, expected) => {
  expect(recurrentMatrices(smallProbe(name, options).network.parameters)).toEqual(expected);
});

test("an orthogonal matrix times a gain has the gain as its radius; any matrix gets the radius that is asked for", () => {
  const { parameters } = smallProbe("lstm", { hidden: 5 }).network;
  const scaled = scaledRecurrence(parameters, { radius: 0.9 });
  for (const radius of Object.values(recurrentRadii({ parameters: scaled }))) expect(radius).toBeCloseTo(0.9, 10);
  const doubled = scaledRecurrence(parameters, { gain: 2 });
  expect([...doubled.Ui!.data]).toEqual([...parameters.Ui!.data].map((value) => 2 * value));
  expect(doubled.Wi).toBe(parameters.Wi);
  expect(scaledRecurrence({ U: matrix([0, 7, 0, 0]) }, { radius: 1 }).U!.data).toEqual(Float64Array.of(0, 7, 0, 0));
  expect(() => scaledRecurrence(parameters, { gain: -1 })).toThrow(
    "received scale -1, expected a number of at least 0",
  );
});

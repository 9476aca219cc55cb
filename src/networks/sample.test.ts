import { expect, test } from "vitest";
import { ndarray } from "../graph/index.ts";
import { applyProgram, findModel } from "../models/index.ts";
import { randomSource } from "../random/index.ts";
import { compileReference, reference } from "../runtime/reference/reference.ts";
import { drawParameters, layoutOf, namedParameters } from "../training/index.ts";
import { drawSymbol, type SampleOptions, sampleSymbols } from "./sample.ts";

const random = randomSource(3);
const model = findModel("gru").build({ hidden: 5 }, { channels: [4], answers: 4 });
const layout = layoutOf(model.parameters);
// Weights large enough that answers depend on the state.
const drawn = drawParameters(model.parameters, 1, random).map((value) => 4 * value);
const parameters = namedParameters(drawn, layout, 1);

async function sampled(options: Partial<SampleOptions>): Promise<number[]> {
  const symbols: number[] = [];
  const given = { runtime: reference, prompt: [2, 0, 1], length: 12, stream: random.stream("sample"), ...options };
  for await (const symbol of sampleSymbols(model, parameters, given)) symbols.push(symbol);
  return symbols;
}

test("at temperature 0 every symbol is the likeliest after the prompt and all that was written", async () => {
  const written = await sampled({ temperature: 0 });
  const text = [2, 0, 1, ...written];
  const whole = compileReference(applyProgram(model));
  written.forEach((symbol, k) => {
    const before = Int32Array.from(text.slice(0, 3 + k));
    const { logits } = whole.run({ ...parameters, symbols: ndarray(before, [1, before.length, 1]) });
    const last = Array.from(logits!.data.slice(-4));
    expect(symbol).toBe(last.indexOf(Math.max(...last)));
  });
});

test("the same stream writes the same text, another one another", async () => {
  const one = await sampled({});
  expect(one).toHaveLength(12);
  expect(await sampled({})).toEqual(one);
  expect(await sampled({ stream: random.stream("other") })).not.toEqual(one);
});

test.each([0.5, 1, 2])("symbols come as often as exp(z/τ) says, τ = %d", (temperature) => {
  const logits = [Math.log(1), Math.log(2), Math.log(5)];
  const stream = random.stream("often", String(temperature));
  const counts = [0, 0, 0];
  const draws = 20_000;
  for (let k = 0; k < draws; k++) counts[drawSymbol(logits, temperature, stream)]!++;
  const weights = [1, 2, 5].map((weight) => weight ** (1 / temperature));
  const total = weights.reduce((sum, weight) => sum + weight);
  // Five standard deviations.
  counts.forEach((times, k) => {
    const p = weights[k]! / total;
    expect(Math.abs(times / draws - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / draws));
  });
});

test("one logit stands for two symbols; equal logits at temperature 0 are the first", () => {
  const stream = random.stream("two");
  expect(drawSymbol([0.1], 0, stream)).toBe(1);
  expect(drawSymbol([-0.1], 0, stream)).toBe(0);
  expect(drawSymbol([1, 3, 3], 0, stream)).toBe(1);
});

test.each([
  [{ temperature: -1 }, "temperature is -1"],
  [{ temperature: Number.NaN }, "temperature is NaN"],
  [{ length: 0 }, "length is 0"],
  [{ prompt: [] }, "the prompt is empty"],
])("%j is refused", async (options, message) => {
  await expect(sampled(options)).rejects.toThrow(message);
});

test("networks that can't read what they answer, or have to read all first, are refused", async () => {
  const classes = findModel("gru").build({ hidden: 2 }, { channels: [4], answers: 3 });
  const options = { runtime: reference, prompt: [0], length: 1, stream: random.stream("sample") };
  await expect(sampleSymbols(classes, {}, options).next()).rejects.toThrow("reads other symbols than it answers");
  const both = findModel("gru").build({ hidden: 2, bidirectional: true }, { channels: [4], answers: 4 });
  await expect(sampleSymbols(both, {}, options).next()).rejects.toThrow("reads the whole problem first");
});

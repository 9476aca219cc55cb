/** Each way of searching by itself, on networks whose first error is known. */
import { expect, test } from "vitest";
import { threeUnitAdder } from "../../networks/index.ts";
import { randomSource } from "../../random/index.ts";
import { reference } from "../../runtime/reference/reference.ts";
import { binaryAddition, binarySubtraction, findTask, modularArithmetic } from "../../tasks/index.ts";
import { tryAllInputs } from "./all-inputs.ts";
import { answerer } from "./answers.ts";
import { inputOf, inputTree, keyOf } from "./input-tree.ts";
import { tryLongInputs } from "./long-inputs.ts";
import { searchMargin } from "./margin-search.ts";
import { meterOf } from "./meter.ts";
import { carryCounter, DRIFT, driftingAdder, LEAK, leakyAdder } from "./networks.test-helper.ts";
import { shorten } from "./shorten.ts";
import { answersOf, completed, wordMakers } from "./words.ts";

const random = randomSource(4);

test("steps follow the machine, with the margin of each answer", async () => {
  const meter = meterOf(100);
  await using steps = await inputTree(threeUnitAdder.network, reference, meter);
  const letter = [1, 1];
  const [first] = await steps.expand([{ node: steps.start, letter }]);
  // z = h₁ − h₂ + h₃ − ½ = −½ for 1 + 1, ½ for 1 + 1 with a carry.
  expect(first).toMatchObject({ state: 1, isWrong: false, margin: 0.5, values: [1, 1, 0, 0] });
  const [second, third] = await steps.expand([
    { node: first!, letter },
    { node: first!, letter: [0, 1] },
  ]);
  expect(second).toMatchObject({ state: 1, isWrong: false, margin: 0.5, values: [1, 1, 1, 1] });
  expect(third).toMatchObject({ state: 1, values: [1, 1, 0, 0] });
  expect(inputOf(second!)).toEqual(Int32Array.of(1, 1, 1, 1));
  expect(keyOf(third!)).toBe(keyOf(first!));
  expect(keyOf(second!)).not.toBe(keyOf(first!));
  expect(keyOf({ ...first!, state: 0 })).not.toBe(keyOf(first!));
  expect(meter.spent).toBe(3);
});

test("all inputs: as far as the budget goes", async () => {
  const meter = meterOf(1000);
  await using steps = await inputTree(driftingAdder(), reference, meter);
  const all = await tryAllInputs(steps, meter, { until: 100, maxLength: 1000 });
  expect(all.failing).toBeUndefined();
  expect(all.length).toBeGreaterThan(1);
  expect(meter.spent).toBeLessThanOrEqual(100);
});

test("the search on the margin finds a way that chance doesn't", async () => {
  // 16 more carries than steps without one, then a digit that is 0.
  const meter = meterOf(1e6);
  await using steps = await inputTree(carryCounter(), reference, meter);
  const found = await searchMargin(steps, random.stream("beam"), meter, { width: 64, until: 1e6, maxLength: 40 });
  expect(found).toHaveLength(2 * 17);
  expect(
    await searchMargin(steps, random.stream("beam"), meter, { width: 64, until: 1e6, maxLength: 16 }),
  ).toBeUndefined();
});

test("repeated letters find what drifts, which random inputs don't", async () => {
  const meter = meterOf(1e6);
  const { task } = leakyAdder();
  await using answers = answerer(leakyAdder(), reference, meter);
  const found = await tryLongInputs(task, answers, random, meter, { until: 1e6, maxLength: 1000 });
  expect(found!.kind).toMatch(/repeat|runs|structured/);
  const short = await shorten(task, answers, found!.input, random.stream("shorten"), meter, 1e6);
  expect(short.length / 2).toBe(LEAK);
});

test("long inputs, and what they are shortened to", async () => {
  const meter = meterOf(1e6);
  const { task } = driftingAdder();
  await using answers = answerer(driftingAdder(), reference, meter);
  const limits = { until: 1e6, maxLength: 1000 };
  const found = await tryLongInputs(task, answers, random, meter, limits);
  expect(found!.input.length / 2).toBeLessThanOrEqual(100);
  const short = await shorten(task, answers, found!.input, random.stream("shorten"), meter, 1e6);
  expect(short.length / 2).toBe(DRIFT);
  expect(answersOf(task, short)!.at(-1)).toBe(0);
  // Plain but for the end, where letters depend on each other.
  expect(short.subarray(0, 2 * DRIFT - 12)).toEqual(new Int32Array(2 * DRIFT - 12));
  expect(await tryLongInputs(task, answers, random, meter, { until: 1e9, maxLength: DRIFT - 1 })).toBeUndefined();
  expect(await tryLongInputs(task, answers, random, meter, { until: meter.spent - 9, maxLength: 99 })).toBeUndefined();
});

test.each(Object.entries(wordMakers))("%s are inputs that the machine allows", (_, make) => {
  for (const task of [binaryAddition, modularArithmetic, findTask("base-10-subtraction")]) {
    const word = make(task.machine!, random.stream("word"), 50);
    expect(word).toHaveLength(50 * task.channels.length);
    expect(answersOf(task, word)).toHaveLength(50);
    expect(make(task.machine!, random.stream("word"), 50)).toEqual(word);
  }
});

test("words that repeat do so after three letters at most", () => {
  for (let number = 0; number < 20; number++) {
    const word = wordMakers["words that repeat"]!(binaryAddition.machine!, random.stream(number), 33);
    const after = word.subarray(2 * 3);
    const periods = [1, 2, 3].filter((period) => after.subarray(2 * period).every((symbol, k) => symbol === after[k]));
    expect(periods.length).toBeGreaterThan(0);
  }
});

test("inputs become problems that can be written", () => {
  expect(completed(binaryAddition, Int32Array.of(1, 1))).toEqual(Int32Array.of(1, 1, 0, 0));
  expect(completed(binaryAddition, Int32Array.of(0, 0))).toEqual(Int32Array.of(0, 0, 0, 0));
  // Zeros at the end aren't written, so that a digit comes after them.
  expect(completed(binaryAddition, new Int32Array(6))).toEqual(Int32Array.of(0, 0, 0, 0, 0, 0, 0, 1, 0, 0));
  // 0 − 1 is no problem, 2 − 1 is.
  expect(completed(binarySubtraction, Int32Array.of(0, 1))).toEqual(Int32Array.of(0, 1, 1, 0));
  expect(completed(modularArithmetic, Int32Array.of(3))).toEqual(Int32Array.of(3));
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { ngramModel } from "./ngram.ts";

test("probabilities by hand: a b a c a, with three symbols", () => {
  const text = [0, 1, 0, 2, 0];
  // Order 1: c = 5, n = 3: P(a) = (3 + 3/3)/8, P(b) = P(c) = (1 + 1)/8.
  const unigram = ngramModel(text, 3, 1);
  expect([0, 1, 2].map((symbol) => unigram.probability([0], symbol))).toEqual([4 / 8, 2 / 8, 2 / 8]);
  // Order 2: a was followed by b and c: P(b | a) = (1 + 2 · 2/8)/4, P(a | a) = 2 · 4/8 / 4.
  const bigram = ngramModel(text, 3, 2);
  expect([0, 1, 2].map((symbol) => bigram.probability([2, 0], symbol))).toEqual([0.25, 0.375, 0.375]);
  // Order 3: "a b" was followed by a: (1 + 1 · P(a | b))/2, P(a | b) = (1 + 1 · 4/8)/2.
  const trigram = ngramModel(text, 3, 3);
  expect(trigram.probability([0, 1], 0)).toBe((1 + 0.75) / 2);
  // "b c" never came: P(a | c) counts.
  expect(trigram.probability([1, 2], 0)).toBe(0.75);
  // No symbol before it: P(a).
  expect(trigram.probability([], 0)).toBe(0.5);
  // Bits from the second symbol on: P(b | a), P(a | a b), each from what came before.
  expect(trigram.bits([0, 1, 0])).toBeCloseTo(-(Math.log2(0.375) + Math.log2(0.875)) / 2, 14);
});

test("order 0 is log₂ of the number of symbols", () => {
  expect(ngramModel([0, 1, 1], 8, 0).bits([1, 5, 7])).toBe(3);
});

test("probabilities of all symbols add up to 1, whatever came before", () => {
  const symbol = fc.nat(4);
  fc.assert(
    fc.property(
      fc.array(symbol),
      fc.array(symbol, { maxLength: 6 }),
      fc.integer({ min: 0, max: 4 }),
      (text, before, order) => {
        const model = ngramModel(text, 5, order);
        const all = [0, 1, 2, 3, 4].map((s) => model.probability(before, s));
        expect(all.every((p) => p > 0)).toBe(true);
        expect(all.reduce((sum, p) => sum + p)).toBeCloseTo(1, 12);
      },
    ),
  );
});

test("longer contexts find a text with a period", () => {
  const text = Array.from({ length: 400 }, (_, k) => [0, 1, 0, 2][k % 4]!);
  const bits = [1, 2, 3].map((order) => ngramModel(text, 3, order).bits(text));
  expect(bits[0]).toBeCloseTo(1.5, 1);
  expect(bits[1]).toBeCloseTo(0.5, 1);
  expect(bits[2]).toBeLessThan(0.05);
});

test("other orders and symbols are refused", () => {
  expect(() => ngramModel([0], 2, 9)).toThrow("order is 9");
  expect(() => ngramModel([0, 2], 2, 1)).toThrow("the text has a symbol 2");
});

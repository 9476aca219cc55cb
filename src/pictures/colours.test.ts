import { expect, test } from "vitest";
import { diverging, divergingOnDark, sequential, sequentialOnDark } from "./colours.ts";

// Golden values: what Chromium's CSS gives for oklch(0.5 0.13 48), oklch(0.5 0.16 258), oklch(0.32 0.17 292),
// oklch(0.99 0 0) and their mixtures in oklab.
test("the colours are those of Oklab", () => {
  expect([0, 0.25, 0.5, 0.625, 1].map(diverging)).toEqual([
    [156, 71, 13],
    [207, 161, 137],
    [252, 252, 252],
    [196, 213, 238],
    [29, 96, 188],
  ]);
  expect([0, 0.5, 1].map(sequential)).toEqual([
    [252, 252, 252],
    [145, 135, 193],
    [59, 9, 127],
  ]);
});

// Golden values: Chromium's oklch(0.8 0.14 65), oklch(0.8 0.11 245), oklch(0.82 0.11 300), oklab(0.18 -0.005 -0.015).
test("the colours on dark pages are those of Oklab", () => {
  expect([0, 0.25, 0.5, 0.75, 1].map(divergingOnDark)).toEqual([
    [251, 169, 82],
    [121, 89, 58],
    [12, 18, 24],
    [66, 100, 130],
    [127, 197, 255],
  ]);
  expect([0, 0.5, 1].map(sequentialOnDark)).toEqual([
    [12, 18, 24],
    [101, 93, 131],
    [207, 180, 255],
  ]);
});

/** Relative luminance, in which everyone sees, of 0 … 255. */
function luminance([red, green, blue]: readonly [number, number, number]): number {
  const linear = (value: number) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

test("colours darken from the white value outwards, without a turn", () => {
  const shares = Array.from({ length: 101 }, (_, k) => k / 100);
  const falls = (values: readonly number[]) => values.every((value, k) => k === 0 || value < values[k - 1]!);
  expect(falls(shares.map((share) => luminance(sequential(share))))).toBe(true);
  expect(falls(shares.map((share) => luminance(diverging(0.5 + share / 2))))).toBe(true);
  expect(falls(shares.map((share) => luminance(diverging(0.5 - share / 2))))).toBe(true);
});

test("on dark pages colours brighten from the dark value outwards", () => {
  const shares = Array.from({ length: 101 }, (_, k) => k / 100);
  const rises = (values: readonly number[]) => values.every((value, k) => k === 0 || value > values[k - 1]!);
  expect(rises(shares.map((share) => luminance(sequentialOnDark(share))))).toBe(true);
  expect(rises(shares.map((share) => luminance(divergingOnDark(0.5 + share / 2))))).toBe(true);
  expect(rises(shares.map((share) => luminance(divergingOnDark(0.5 - share / 2))))).toBe(true);
});

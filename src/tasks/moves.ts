/**
 * Tasks that move symbols and don't look at them, from the Neural GPU's task set (arXiv:1511.08228).
 * In the authors' program "left-shift" rotates the sequence to the right and "right-shift" reads past its end; here both
 * are what their names say.
 */
import { rearrangement } from "./rearrangement.ts";

/** x → x. */
export const copy = rearrangement({
  name: "copy",
  summary: "copy a sequence",
  example: "3 1 2",
  answer: (input) => input,
});

/** x₁ … x_l → x_l … x₁. */
export const reverse = rearrangement({
  name: "reverse",
  summary: "reverse a sequence",
  example: "3 1 2",
  answer: (input) => input.slice().reverse(),
});

/** Pairs in reverse order, each as it was: x₁ x₂ … x_{l−1} x_l → x_{l−1} x_l … x₁ x₂. */
export const reversePairs = rearrangement({
  name: "reverse-pairs",
  summary: "reverse the order of pairs, each of which stays as it is",
  example: "3 1 2 5",
  group: 2,
  order: "one pair after the other",
  answer: (input) => input.map((_, i) => input[input.length - 2 - i + 2 * (i % 2)]!),
});

/** x and as many blanks → x x. Text gives x alone. */
export const duplicate = rearrangement({
  name: "duplicate",
  summary: "write a sequence twice",
  example: "3 1 2",
  stretch: 2,
  order: "then as many blanks",
  answer: (input) => input.map((_, i) => input[i % (input.length / 2)]!),
});

/** The first symbol, at the first position. */
export const first = rearrangement({
  name: "first",
  summary: "say the first symbol of a sequence",
  example: "3 1 2",
  answer: (input) => input.subarray(0, 1),
});

/** The last symbol, at the first position. */
export const last = rearrangement({
  name: "last",
  summary: "say the last symbol of a sequence",
  example: "3 1 2",
  answer: (input) => input.subarray(input.length - 1),
});

/** x₁ … x_l → x₂ … x_l blank; the blank is asked. */
export const shiftLeft = rearrangement({
  name: "shift-left",
  summary: "shift a sequence to the left by one position, where a blank enters at the end",
  example: "3 1 2",
  answer: (input) => input.map((_, i) => input[i + 1] ?? 0),
});

/** x₁ … x_l → blank x₁ … x_{l−1}; the blank is asked. */
export const shiftRight = rearrangement({
  name: "shift-right",
  summary: "shift a sequence to the right by one position, where a blank enters at the beginning",
  example: "3 1 2",
  answer: (input) => input.map((_, i) => input[i - 1] ?? 0),
});

import type { Stream } from "../random/stream.ts";
import { wholeNumber } from "./check.ts";

/** One time step of a binary addition: two input bits and the bit of their sum. */
export type AdditionRow = readonly [x1: number, x2: number, y1: number];

/**
 * Algorithm 1 of Proschka, "Can Inter-layer Recurrent Neural Networks Learn Algorithms?", as printed: draws a binary addition of `n` digits per addend, lowest digit first.
 *
 *   y₁ = (x₁ ⊕ x₂) ⊕ carry,   carry ← x₁ ∧ x₂ + carry ∧ (x₁ ⊕ x₂)
 *
 * and (0, 0, 1) is appended only if a carry remains, so that a sample has n or n + 1 rows.
 *
 * Equal streams draw the same addends here and in `binaryAddition.sample`, which always has the last row.
 *
 * @param n digits per addend, ≥ 1.
 * @returns the rows (x₁, x₂, y₁).
 * @throws LonghandError "argument" for another n.
 */
export function algorithm1(stream: Stream, n: number): AdditionRow[] {
  const bits = stream.bits(new Int32Array(2 * wholeNumber("algorithm 1", "n", n, 1)));
  return additionRows(bits);
}

/** Algorithm 1 on given bits [n][2] instead of drawn ones. */
export function additionRows(bits: Int32Array): AdditionRow[] {
  let carry = 0;
  const sample: AdditionRow[] = [];
  for (let i = 0; i < bits.length; i += 2) {
    const x1 = bits[i]!;
    const x2 = bits[i + 1]!;
    const y1 = x1 ^ x2 ^ carry;
    carry = (x1 & x2) | (carry & (x1 ^ x2));
    sample.push([x1, x2, y1]);
  }
  if (carry === 1) sample.push([0, 0, 1]);
  return sample;
}

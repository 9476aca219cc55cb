import fc from "fast-check";
import { expect, test } from "vitest";
import { threefry2x32, threefryWords } from "./threefry.ts";

// Random123's kat_vectors, "threefry2x32 20".
test.each([
  [
    [0, 0],
    [0, 0],
    [0x6b200159, 0x99ba4efe],
  ],
  [
    [0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x1cb996fc, 0xbb002be7],
  ],
  [
    [0x13198a2e, 0x03707344],
    [0x243f6a88, 0x85a308d3],
    [0xc4923a9c, 0x483df7a0],
  ],
] as const)("known answer of key %j, counter %j", (key, counter, output) => {
  expect(threefry2x32(key, counter)).toEqual(output);
});

/** The definition with BigInt and a rotation table. */
function oracle(key: readonly bigint[], counter: bigint): [number, number] {
  const mask = 0xffffffffn;
  const rotations = [13n, 15n, 26n, 6n, 17n, 29n, 16n, 24n];
  const schedule = [key[0]!, key[1]!, 0x1bd11bdan ^ key[0]! ^ key[1]!];
  let x = ((counter & mask) + key[0]!) & mask;
  let y = ((counter >> 32n) + key[1]!) & mask;
  for (let round = 0; round < 20; round++) {
    const rotation = rotations[round % 8]!;
    x = (x + y) & mask;
    y = (((y << rotation) | (y >> (32n - rotation))) & mask) ^ x;
    if (round % 4 === 3) {
      const j = (round + 1) / 4;
      x = (x + schedule[j % 3]!) & mask;
      y = (y + schedule[(j + 1) % 3]! + BigInt(j)) & mask;
    }
  }
  return [Number(x), Number(y)];
}

const word = fc.integer({ min: 0, max: 0xffffffff });

test("words at any position, also across the carry of the counter, are the definition's", () => {
  const position = fc.oneof(
    fc.integer({ min: 0, max: 1000 }),
    fc.integer({ min: 2 ** 33 - 90, max: 2 ** 33 + 10 }),
    fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 100 }),
  );
  fc.assert(
    fc.property(word, word, position, fc.integer({ min: 0, max: 90 }), (key0, key1, first, count) => {
      const out = new Uint32Array(count + 1).fill(123);
      threefryWords(out, count, key0, key1, first);
      const key = [BigInt(key0), BigInt(key1)];
      for (let i = 0; i < count; i++) {
        const index = BigInt(first + i);
        expect(out[i]).toBe(oracle(key, index >> 1n)[Number(index & 1n)]);
      }
      expect(out[count]).toBe(123);
    }),
    { seed: 1, numRuns: 60 },
  );
});

/**
 * Threefry-2x32 with 20 rounds: a keyed bijection of 64-bit counters whose outputs pass as random numbers.
 *
 * With key words k₀, k₁, k₂ = 0x1BD11BDA ⊕ k₀ ⊕ k₁ and everything modulo 2³², a block (x₀, x₁) = (c₀ + k₀, c₁ + k₁) goes
 * through rounds x₀ += x₁; x₁ = (x₁ ⋘ Rᵢ) ⊕ x₀ with R = 13 15 26 6 17 29 16 24, repeated; after every fourth round,
 * the j-th time, x₀ += k₍ⱼ mod 3₎ and x₁ += k₍ⱼ₊₁ mod 3₎ + j.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 4.2.
 */

/** The odd word that keeps a key schedule from being all zeros (Skein 1.3, section 3.3.2, cut to 32 bits). */
const PARITY = 0x1bd11bda;

/** Blocks a call of the inner loop. */
const RUN = 32;

const pair = new Uint32Array(2);

/**
 * Writes the outputs of consecutive counters, two words a counter.
 *
 * @param out receives words `offset` … `offset + 2·blocks − 1`
 * @param offset first index of `out` written
 * @param blocks how many counters
 * @param key0 low key word, any 32-bit integer (signed or not)
 * @param key1 high key word
 * @param counter0 low word of the first counter; overflow carries into the high word
 * @param counter1 high word of the first counter
 */
export function threefryBlocks(
  out: Uint32Array,
  offset: number,
  blocks: number,
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
): void {
  const k0 = key0 | 0;
  const k1 = key1 | 0;
  const k2 = PARITY ^ k0 ^ k1;
  let c0 = counter0 | 0;
  let c1 = counter1 | 0;
  const end = offset + 2 * blocks;
  for (let i = offset; i < end; i += 2) {
    let x = (c0 + k0) | 0;
    let y = (c1 + k1) | 0;
    x = (x + y) | 0;
    y = ((y << 13) | (y >>> 19)) ^ x;
    x = (x + y) | 0;
    y = ((y << 15) | (y >>> 17)) ^ x;
    x = (x + y) | 0;
    y = ((y << 26) | (y >>> 6)) ^ x;
    x = (x + y) | 0;
    y = ((y << 6) | (y >>> 26)) ^ x;
    x = (x + k1) | 0;
    y = (((y + k2) | 0) + 1) | 0;
    x = (x + y) | 0;
    y = ((y << 17) | (y >>> 15)) ^ x;
    x = (x + y) | 0;
    y = ((y << 29) | (y >>> 3)) ^ x;
    x = (x + y) | 0;
    y = ((y << 16) | (y >>> 16)) ^ x;
    x = (x + y) | 0;
    y = ((y << 24) | (y >>> 8)) ^ x;
    x = (x + k2) | 0;
    y = (((y + k0) | 0) + 2) | 0;
    x = (x + y) | 0;
    y = ((y << 13) | (y >>> 19)) ^ x;
    x = (x + y) | 0;
    y = ((y << 15) | (y >>> 17)) ^ x;
    x = (x + y) | 0;
    y = ((y << 26) | (y >>> 6)) ^ x;
    x = (x + y) | 0;
    y = ((y << 6) | (y >>> 26)) ^ x;
    x = (x + k0) | 0;
    y = (((y + k1) | 0) + 3) | 0;
    x = (x + y) | 0;
    y = ((y << 17) | (y >>> 15)) ^ x;
    x = (x + y) | 0;
    y = ((y << 29) | (y >>> 3)) ^ x;
    x = (x + y) | 0;
    y = ((y << 16) | (y >>> 16)) ^ x;
    x = (x + y) | 0;
    y = ((y << 24) | (y >>> 8)) ^ x;
    x = (x + k1) | 0;
    y = (((y + k2) | 0) + 4) | 0;
    x = (x + y) | 0;
    y = ((y << 13) | (y >>> 19)) ^ x;
    x = (x + y) | 0;
    y = ((y << 15) | (y >>> 17)) ^ x;
    x = (x + y) | 0;
    y = ((y << 26) | (y >>> 6)) ^ x;
    x = (x + y) | 0;
    y = ((y << 6) | (y >>> 26)) ^ x;
    x = (x + k2) | 0;
    y = (((y + k0) | 0) + 5) | 0;
    out[i] = x;
    out[i + 1] = y;
    c0 = (c0 + 1) | 0;
    if (c0 === 0) c1 = (c1 + 1) | 0;
  }
}

/**
 * The output of one counter.
 *
 * @param key two 32-bit words, low first
 * @param counter two 32-bit words, low first
 * @returns two unsigned 32-bit words
 */
export function threefry2x32(key: readonly [number, number], counter: readonly [number, number]): [number, number] {
  threefryBlocks(pair, 0, 1, key[0], key[1], counter[0], counter[1]);
  return [pair[0]!, pair[1]!];
}

/**
 * Writes words `position` … `position + count − 1` of the key's word sequence, in which word i is word i mod 2 of the
 * output of counter ⌊i/2⌋, into the first `count` elements of `out`.
 *
 * @param position first word's index, an integer from 0 to 2⁵³ − 1 − count
 */
export function threefryWords(out: Uint32Array, count: number, key0: number, key1: number, position: number): void {
  if (count <= 0) return;
  let written = 0;
  let block = Math.floor(position / 2);
  if (position % 2 === 1) {
    threefryBlocks(pair, 0, 1, key0, key1, block, block / 0x1_0000_0000);
    out[0] = pair[1]!;
    written = 1;
    block++;
  }
  while (count - written >= 2) {
    // Short runs keep the inner loop below V8's on-stack replacement, whose code is half as fast and would be kept.
    const blocks = Math.min(RUN, (count - written) >>> 1);
    threefryBlocks(out, written, blocks, key0, key1, block, block / 0x1_0000_0000);
    written += 2 * blocks;
    block += blocks;
  }
  if (written < count) {
    threefryBlocks(pair, 0, 1, key0, key1, block, block / 0x1_0000_0000);
    out[written] = pair[0]!;
  }
}

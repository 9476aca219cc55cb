/** Symbols as numbers that a network reads, and its numbers as symbols. */
import { LonghandError } from "../errors.ts";
import {
  argMax,
  cast,
  concat,
  describe,
  greater,
  mul,
  oneHot,
  slice,
  squeeze,
  sub,
  type Tensor,
} from "../graph/index.ts";

/** Features that the channels make: a channel of two symbols is one feature, others one feature a symbol. */
export function featureCount(channels: readonly number[]): number {
  return channels.reduce((sum, symbols) => sum + (symbols === 2 ? 1 : symbols), 0);
}

/**
 * Symbols as features: a two-symbol channel is its symbol, 0 or 1 (papers/000, table 1); others are one-hot.
 * @param symbols int [.., channels]. @param channels number of symbols of each channel. @param centred ±1 in place of 0 and 1.
 * @returns [.., features].
 * @throws LonghandError `shape` when the last axis isn't one of the channels.
 */
export function encodeSymbols(symbols: Tensor, channels: readonly number[], centred = false): Tensor {
  if (symbols.shape.at(-1) !== channels.length) {
    throw new LonghandError(
      "shape",
      `encodeSymbols: ${describe(symbols)}, expected ${channels.length} channels in the last axis`,
    );
  }
  const parts = channels.map((count, k) => {
    const channel = slice(symbols, { axis: -1, start: k, end: k + 1 });
    return count === 2 ? cast(channel, "float") : oneHot(squeeze(channel, [-1]), count);
  });
  const features = concat(parts, -1);
  return centred ? sub(mul(features, 2), 1) : features;
}

/** Logits that tell between symbols: one for two symbols, otherwise one each. */
export function logitCount(symbols: number): number {
  return symbols === 2 ? 1 : symbols;
}

/** The symbol that the logits [.., n] name, int [..]: z > 0 for one logit, otherwise the largest. */
export function decodeLogits(logits: Tensor): Tensor {
  return logits.shape.at(-1) === 1 ? cast(greater(squeeze(logits, [-1]), 0), "int") : argMax(logits, -1);
}

/** Texts by counting: what a network that predicts symbols has to beat. */
import { LonghandError } from "../errors.ts";

/** The symbols that followed a context: how often each, and how many all together. */
interface Followers {
  readonly counts: Map<number, number>;
  total: number;
}

/** Probabilities of the next symbol, from counts of what followed the last few. */
export interface NgramModel {
  /** Symbols that it looks at, the predicted one included. */
  readonly order: number;
  /** P(symbol | what came before), of which the last order − 1 symbols count; near a text's beginning fewer. */
  probability(before: ArrayLike<number>, symbol: number): number;
  /** Mean −log₂ P over the symbols of a text from the second on: bits a symbol. */
  bits(text: ArrayLike<number>): number;
}

/**
 * An n-gram model, interpolated as Witten and Bell do: with c(h) how often the context h was followed by anything, c(h s) by
 * the symbol s, and n(h) by how many different ones,
 *
 *     P(s | h) = (c(h s) + n(h) P(s | h′)) / (c(h) + n(h)),       P(s | no context left) begins with 1/symbols
 *
 * where h′ is h without its first symbol. A context that never came leaves P(s | h′). Nothing has to be chosen or fitted.
 * I. Witten and T. Bell 1991, "The zero-frequency problem", method C; Chen and Goodman 1999, section 2.3.
 *
 * @param text what is counted. @param symbols how many there are. @param order 0: all symbols are equally likely, 1: by how
 *   often they come (unigrams), 2: by the symbol before (bigrams), 3: trigrams …
 * @throws LonghandError `argument` for an order that is no whole number from 0 to 8, or a text with other symbols.
 */
export function ngramModel(text: ArrayLike<number>, symbols: number, order: number): NgramModel {
  if (!Number.isInteger(order) || order < 0 || order > MOST) {
    throw new LonghandError("argument", `ngramModel: order is ${order}; expected a whole number from 0 to ${MOST}`);
  }
  const wrong = Array.from(text).find((symbol) => !(Number.isInteger(symbol) && symbol >= 0 && symbol < symbols));
  if (wrong !== undefined) {
    throw new LonghandError("argument", `ngramModel: the text has a symbol ${wrong}; expected 0 … ${symbols - 1}`);
  }
  const followers = new Map<string, Followers>();
  for (let k = 0; k < text.length; k++) {
    for (let length = 0; length < order && length <= k; length++) {
      const context = contextOf(text, k, length);
      let found = followers.get(context);
      if (!found) {
        found = { counts: new Map(), total: 0 };
        followers.set(context, found);
      }
      found.counts.set(text[k]!, (found.counts.get(text[k]!) ?? 0) + 1);
      found.total++;
    }
  }
  const at = (before: ArrayLike<number>, end: number, symbol: number): number => {
    let probability = 1 / symbols;
    for (let length = 0; length < order && length <= end; length++) {
      const found = followers.get(contextOf(before, end, length));
      if (!found) break;
      const { counts, total } = found;
      probability = ((counts.get(symbol) ?? 0) + counts.size * probability) / (total + counts.size);
    }
    return probability;
  };
  return {
    order,
    probability: (before, symbol) => at(before, before.length, symbol),
    bits(read) {
      let sum = 0;
      for (let k = 1; k < read.length; k++) sum -= Math.log2(at(read, k, read[k]!));
      return sum / (read.length - 1);
    },
  };
}

/** Longest n-grams: longer ones hardly ever come twice. */
const MOST = 8;

/** The symbols before a place, as a key. */
function contextOf(text: ArrayLike<number>, end: number, length: number): string {
  let key = "";
  for (let k = end - length; k < end; k++) key += `${text[k]} `;
  return key;
}

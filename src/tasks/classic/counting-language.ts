/** The languages aⁿbⁿ and aⁿbⁿcⁿ (Gers and Schmidhuber 2001). */
import { LonghandError } from "../../errors.ts";
import { wholeNumber } from "../check.ts";
import type { DrawnBatch, DrawnTask } from "../contract.ts";

/** The letters of the languages there are. */
export const countingLanguages = Object.freeze(["ab", "abc"] as const);

/**
 * Predicting the next legal symbols of aⁿbⁿ, aⁿbⁿcⁿ, …, n ≥ 1. Read are a start symbol S and then the word, a symbol a step:
 * 1 + kn steps for k letters. Asked at every step is for each letter, and for the end T, whether it may come next:
 *
 *     after S                    a
 *     after aᵐ                   a, b
 *     after m of n b's (c's …)   m < n: the same letter; m = n: the next letter, or T after the last letter
 *
 * The network's outputs are the log-odds of each. It accepts a word if at every step exactly the legal ones are more likely
 * than not. A length is n; there is one problem of each. For a network that accepts all words up to some n see `reach`.
 *
 * Deviations: the authors encode symbols as ±1 and train squared errors, here 0 and 1, and cross-entropy.
 *
 * @param letters "ab" or "abc"
 */
export function countingLanguage(letters: (typeof countingLanguages)[number]): DrawnTask {
  const alphabet = Object.freeze(["S", ...letters]);
  const values = Object.freeze([...letters, "T"]);
  const kinds = letters.length;
  const name = [...letters].map((letter) => `${letter}n`).join("");
  const steps = (length: number) => 1 + kinds * wholeNumber(name, "length", length, 1);

  /** The problem of a word or the beginning of one, of letters 1 … k. */
  const problemOf = (word: readonly number[]): DrawnBatch => {
    const target = new Float32Array((word.length + 1) * values.length);
    const n = word.filter((letter) => letter === 1).length;
    const seen = new Int32Array(kinds + 1);
    [0, ...word].forEach((letter, t) => {
      seen[letter]!++;
      const legal = letter === 0 ? [1] : letter === 1 ? [1, 2] : seen[letter]! < n ? [letter] : [letter + 1];
      for (const next of legal) target[t * values.length + next - 1] = 1;
    });
    return { input: Int32Array.of(0, ...word), target };
  };
  const wordOf = (length: number) => Array.from({ length: kinds * length }, (_, t) => 1 + Math.floor(t / length));
  const written = (input: DrawnBatch["input"]) => Array.from(input.subarray(1), (symbol) => alphabet[symbol]).join("");

  return Object.freeze<DrawnTask>({
    name,
    summary: `which of ${values.join(", ")} may come next in ${[...letters].map((letter) => `${letter}ⁿ`).join("")}`,
    source: "papers/004, section 3.2; Gers and Schmidhuber 2001",
    example: [...letters].map((letter) => letter.repeat(3)).join(""),
    order: "S, then the word, one symbol a time step; at each the symbols that may come next",
    channels: Object.freeze([alphabet]),
    output: Object.freeze([]),
    values,
    yesNo: true,
    defaultTrainLengths: [1, 10],
    validLength: (length) => Number.isInteger(length) && length >= 1,
    steps,
    draw(_, length, count) {
      const size = steps(length);
      const one = problemOf(wordOf(length));
      const input = new Int32Array(count * size);
      const target = new Float32Array(count * size * values.length);
      for (let k = 0; k < count; k++) {
        input.set(one.input, k * size);
        target.set(one.target, k * one.target.length);
      }
      return { input, target };
    },
    heldOut: (length) => problemOf(wordOf(length)),
    parse(text) {
      const word = [...text.trim()].map((symbol) => alphabet.indexOf(symbol));
      const n = word.filter((letter) => letter === 1).length;
      const whole = n > 0 ? wordOf(n) : [];
      const wrong = word.findIndex((letter, t) => letter !== whole[t]);
      if (word.length === 0 || wrong >= 0) {
        throw new LonghandError(
          "input",
          `${name}: "${text}"${wrong >= 0 ? `, symbol ${wrong + 1}` : ""}: expected the word ${[...letters].map((letter) => letter.repeat(2)).join("")}, another of its kind, or the beginning of one`,
        );
      }
      return problemOf(word);
    },
    format: ({ input }) => written(input),
    formatAnswer: (answer) =>
      Array.from({ length: answer.length / values.length }, (_, t) => {
        const legal = values.filter((_, k) => answer[t * values.length + k]! > 0.5);
        return legal.length > 0 ? legal.join("") : "–";
      }).join(" "),
  });
}

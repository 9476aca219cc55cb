/** Whole numbers in English words. */
import { wholeNumber } from "../check.ts";

const small = [
  ...["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
  ...["eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"],
];
const tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/** The largest number that is written in words. */
export const LARGEST_IN_WORDS = 999_999;

/**
 * A number in words, as "three hundred and five thousand and forty-two".
 * @param value from 0 to 999,999; throws LonghandError "argument" for others.
 */
export function numberInWords(value: number): string {
  wholeNumber("numberInWords", "value", value, 0, LARGEST_IN_WORDS);
  if (value < small.length) return small[value]!;
  if (value < 100) {
    const unit = value % 10;
    return `${tens[Math.floor(value / 10)]}${unit === 0 ? "" : `-${small[unit]}`}`;
  }
  const [size, name] = value < 1000 ? [100, "hundred"] : [1000, "thousand"];
  const rest = value % size;
  const before = `${numberInWords(Math.floor(value / size))} ${name}`;
  if (rest === 0) return before;
  return `${before} ${rest < 100 ? "and " : ""}${numberInWords(rest)}`;
}

/** What the words that add up stand for. */
const values = new Map([
  ...small.map((word, value) => [word, value] as const),
  ...tens.slice(2).map((word, k) => [word, 10 * (k + 2)] as const),
]);

/**
 * The number that words stand for: those of `numberInWords`, in capitals too, without "and" or with spaces for hyphens.
 * Undefined where they are none, as "twenty eleven".
 */
export function numberFromWords(text: string): number | undefined {
  const words = text
    .trim()
    .toLowerCase()
    .split(/[\s-]+/);
  if (words.length === 1 && words[0] === "zero") return 0;
  let thousands = 0;
  /** Of the thousands, then of the rest: undefined before its first word. */
  let part: number | undefined;
  for (const [k, word] of words.entries()) {
    if (word === "and") {
      if (!/^(hundred|thousand)$/.test(words[k - 1] ?? "") || k === words.length - 1) return undefined;
    } else if (word === "hundred") {
      if (part === undefined || part > 9) return undefined;
      part *= 100;
    } else if (word === "thousand") {
      if (part === undefined || thousands > 0) return undefined;
      thousands = part;
      part = undefined;
    } else {
      const value = values.get(word);
      // A word fills places that are still empty: the last two, or the last one after a multiple of ten from 20 on.
      const filled = (part ?? 0) % 100;
      const fits = filled === 0 || (filled >= 20 && filled % 10 === 0 && value! < 10);
      if (!value || !fits) return undefined;
      part = (part ?? 0) + value;
    }
  }
  return 1000 * thousands + (part ?? 0);
}

/** Real data, and one task for each way to apply a recurrent network (papers/004, figure 2). */
import type { DrawnTask } from "../contract.ts";
import { digitNames, digitRows, digits } from "./digits.ts";
import { nextCharacter } from "./next-character.ts";
import { numberWords } from "./words-to-digits.ts";

export { type DigitImage, digitImages } from "./digit-images.ts";
export { numberFromWords, numberInWords } from "./number-words.ts";
export { type TextTaskOptions, textTask } from "./text-task.ts";

export const appliedTasks: readonly DrawnTask[] = Object.freeze([
  digits,
  digitNames,
  digitRows,
  numberWords,
  nextCharacter,
]);

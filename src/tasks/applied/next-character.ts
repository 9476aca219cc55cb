/** The next character of a book. */
import type { DrawnTask } from "../contract.ts";
import { aliceText } from "./alice-text.ts";
import { textTask } from "./text-task.ts";

/**
 * "Alice's Adventures in Wonderland", 66 different characters: the first 127,906 are trained on, the last 14,212 held out.
 */
export const nextCharacter: DrawnTask = textTask({
  name: "next-character",
  source: "papers/004, figure 2; text: Lewis Carroll 1865, Alice's Adventures in Wonderland, in the public domain",
  text: aliceText,
  example: "Alice was beginning to get very tired",
});

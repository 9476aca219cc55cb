/** Handwritten digits in three of the five ways to apply a recurrent network: at once, row by row, and said in letters. */
import { wholeNumber } from "../check.ts";
import type { Alphabet, DrawnBatch, DrawnTask } from "../contract.ts";
import {
  DIGIT_PIXELS,
  DIGIT_SIZE,
  type DigitImage,
  digitImages,
  drawImage,
  formatImage,
  parseImage,
} from "./digit-images.ts";
import { numberInWords } from "./number-words.ts";

/** How a task shows an image and asks for its digit. */
interface DigitTask extends Pick<DrawnTask, "name" | "summary" | "source" | "output"> {
  readonly steps: number;
  /** Pixels that are read at a step, from the first on; once all are read, zeros. */
  readonly pixels: number;
  /** The step at which the answer begins. */
  readonly answerAt: number;
  /** The symbols asked for each digit. */
  readonly answers: readonly (readonly number[])[];
  /** Symbols given from `answerAt` on, as people write them. */
  write(symbols: readonly number[]): string;
}

function digitTask({ name, steps, pixels, answerAt, answers, write, ...rest }: DigitTask): DrawnTask {
  const checked = (length: number) => wholeNumber(name, "length", length, steps, steps);
  const batchOf = (images: readonly DigitImage[]): DrawnBatch => {
    const input = new Float32Array(images.length * steps * pixels);
    const target = new Int32Array(images.length * steps).fill(-1);
    images.forEach((image, k) => {
      input.set(image.pixels, k * steps * pixels);
      target.set(answers[image.digit]!, k * steps + answerAt);
    });
    return { input, target };
  };
  const digitOf = (target: DrawnBatch["target"]) =>
    answers.findIndex((symbols) => symbols.every((symbol, k) => symbol === target[answerAt + k]));
  return Object.freeze<DrawnTask>({
    name,
    ...rest,
    example: "#17",
    defaultTrainLengths: [steps, steps],
    channels: Object.freeze([]),
    features: Object.freeze(Array.from({ length: pixels }, (_, k) => `pixel ${k + 1}`)),
    validLength: (length) => length === steps,
    steps: checked,
    draw(stream, length, count, side) {
      checked(length);
      return batchOf(Array.from({ length: count }, () => drawImage(stream, side)));
    },
    heldOut(length) {
      checked(length);
      return batchOf(digitImages("test"));
    },
    images: () => ({ width: DIGIT_SIZE, list: digitImages("test") }),
    parse: (text) => batchOf([parseImage(name, text)]),
    format: ({ input, target }) => formatImage(digitOf(target), input.subarray(0, DIGIT_PIXELS)),
    formatAnswer: (symbols) => write(Array.from(symbols.subarray(answerAt)).filter((symbol) => symbol >= 0)),
  });
}

const SOURCE =
  "papers/004, figure 2; images: E. Alpaydin and C. Kaynak 1998, Optical Recognition of Handwritten Digits, UCI, CC BY 4.0";

const classes: Alphabet = Object.freeze(Array.from("0123456789"));

const asClass = {
  source: SOURCE,
  output: classes,
  answers: classes.map((_, digit) => [digit]),
  write: (symbols: readonly number[]) => symbols.map((symbol) => classes[symbol]).join(""),
};

/** One to one: x_1, the 64 pixels of an image, and y_1, its digit. */
export const digits: DrawnTask = digitTask({
  name: "digits",
  summary: "the digit of a handwritten image, all of which is read in one step",
  steps: 1,
  pixels: DIGIT_PIXELS,
  answerAt: 0,
  ...asClass,
});

/** Many to one: x_t, the 8 pixels of row t, for t = 1 … 8; asked at the last: y_8, the digit. */
export const digitRows: DrawnTask = digitTask({
  name: "digit-rows",
  summary: "the digit of a handwritten image that is read row by row, after the last row",
  steps: DIGIT_SIZE,
  pixels: DIGIT_SIZE,
  answerAt: DIGIT_SIZE - 1,
  ...asClass,
});

const END = ".";
const names = classes.map((_, digit) => `${numberInWords(digit)}${END}`);
const letters: Alphabet = Object.freeze([END, ...new Set(names.join("").replaceAll(END, ""))].sort());

/**
 * One to many: x_1, the 64 pixels of an image, and zeros after it; asked from the first step on: the name of its digit letter
 * by letter, then a full stop. Nothing is asked after it.
 */
export const digitNames: DrawnTask = digitTask({
  name: "digit-names",
  summary: "the name of the digit of a handwritten image, letter by letter and a full stop, after one look at it",
  source: SOURCE,
  steps: Math.max(...names.map((name) => name.length)),
  pixels: DIGIT_PIXELS,
  answerAt: 0,
  output: letters,
  answers: names.map((name) => Array.from(name, (letter) => letters.indexOf(letter))),
  write(symbols) {
    const said = symbols.map((symbol) => letters[symbol]).join("");
    return said.includes(END) ? said.slice(0, said.indexOf(END)) : `${said}…`;
  },
});

/** Images of handwritten digits, in two sides: what is trained on and what is held out for tests. */
import { LonghandError } from "../../errors.ts";
import type { Stream } from "../../random/stream.ts";
import type { NamedImage, Side } from "../contract.ts";
import { digitLines } from "./digit-lines.ts";

/**
 * A handwritten digit of 8 × 8 pixels. Its name is "#17" for the 17th image of the test side, "train#17" for one to train on,
 * and empty for one that somebody wrote.
 */
export interface DigitImage extends NamedImage {
  /** 0 … 9. */
  readonly digit: number;
}

/** Rows and columns of an image. */
export const DIGIT_SIZE = 8;
export const DIGIT_PIXELS = DIGIT_SIZE ** 2;

/** Of five images that follow each other the last is held out. */
const EVERY = 5;
/** Dark dots that a pixel counts at most. */
const DARKEST = 16;

let known: Readonly<Record<Side, readonly DigitImage[]>> | undefined;

/**
 * The images of a side, read at the first call: 1,438 to train on and 359 held out for tests, every fifth in the order of the
 * data (images 4, 9, 14 … counted from 0). The images of a writer follow each other there: most writers so are on both
 * sides.
 */
export function digitImages(side: Side): readonly DigitImage[] {
  known ??= readAll();
  return known[side];
}

function readAll(): Readonly<Record<Side, readonly DigitImage[]>> {
  const sides: Record<Side, DigitImage[]> = { train: [], test: [] };
  for (const [k, line] of digitLines.trimEnd().split("\n").entries()) {
    const side = k % EVERY === EVERY - 1 ? "test" : "train";
    const name = `${side === "test" ? "" : "train"}#${sides[side].length + 1}`;
    sides[side].push({ name, digit: Number(line[0]), pixels: readPixels(line.slice(2)) });
  }
  return sides;
}

function readPixels(text: string): Float32Array {
  return Float32Array.from(text, (digit) => Number.parseInt(digit, DARKEST + 1) / DARKEST);
}

/** Draws an image of a side, each with the same probability. */
export function drawImage(stream: Stream, side: Side): DigitImage {
  const images = digitImages(side);
  return images[stream.integers(new Int32Array(1), 0, images.length)[0]!]!;
}

/**
 * The image that a text names: "#17" is the 17th that is held out, "train#17" one to train on, and "7:00b3…" one with its
 * digit and its 64 pixels in base 17, row by row, with or without "/" between the rows.
 * @throws LonghandError "input" naming what can't be read.
 */
export function parseImage(task: string, text: string): DigitImage {
  const [, train, number] = /^(train)?#(\d+)$/.exec(text.trim()) ?? [];
  if (number !== undefined) {
    const images = digitImages(train ? "train" : "test");
    const image = images[Number(number) - 1];
    if (image) return image;
    throw new LonghandError(
      "input",
      `${task}: there is no image ${text.trim()}; expected one from #1 to #${images.length}`,
    );
  }
  const [, digit, dots] = /^(\d):([0-9a-gA-G/]+)$/.exec(text.trim()) ?? [];
  const pixels = dots?.replaceAll("/", "") ?? "";
  if (digit !== undefined && pixels.length === DIGIT_PIXELS) {
    const image = { name: "", digit: Number(digit), pixels: readPixels(pixels) };
    return knownImage(image.pixels) ?? image;
  }
  throw new LonghandError(
    "input",
    `${task}: "${text}" is no image; expected the number of a held-out one, as #17, or a digit, ":" and ${DIGIT_PIXELS} pixels in base 17`,
  );
}

/** An image as text that `parseImage` reads: its name where it has one, else its pixels. */
export function formatImage(digit: number, pixels: ArrayLike<number>): string {
  const found = knownImage(pixels);
  if (found) return found.name;
  const dots = Array.from(pixels, (ink) => Math.round(ink * DARKEST).toString(DARKEST + 1)).join("");
  return `${digit}:${dots.replaceAll(/.{8}(?=.)/g, "$&/")}`;
}

/** The image with these pixels: no two are the same. */
function knownImage(pixels: ArrayLike<number>): DigitImage | undefined {
  const isSame = (image: DigitImage) => image.pixels.every((ink, k) => ink === pixels[k]);
  return digitImages("test").find(isSame) ?? digitImages("train").find(isSame);
}

/** Tasks that read and ask for numbers: what they share. */
import { LonghandError } from "../../errors.ts";
import { randomSource, type Stream } from "../../random/index.ts";
import { wholeNumber } from "../check.ts";
import type { DrawnBatch, DrawnTask } from "../contract.ts";

export interface NumberTaskOptions
  extends Pick<DrawnTask, "name" | "summary" | "source" | "example" | "defaultTrainLengths" | "tolerance" | "yesNo"> {
  readonly features: readonly string[];
  readonly values: readonly string[];
  /** The shortest problem that is drawn, in steps. */
  readonly shortest: number;
  /** The shortest that can be read, in steps. Default: the same. */
  readonly shortestRead?: number;
  /** There is one problem of each length. */
  readonly isOne?: true;
  /** Draws one problem: fills input [steps][features], zero before, and target [steps][values], NaN before. */
  fill(stream: Stream, length: number, input: Float32Array, target: Float32Array): void;
  /** Works out the answer to a problem that somebody wrote. */
  answer(input: Float32Array, target: Float32Array): void;
}

/** A task of numbers. As text a problem is its steps with commas between them, the numbers of a step with spaces. */
export function numberTask(options: NumberTaskOptions): DrawnTask {
  const { name, features, values, shortest, shortestRead = shortest, isOne = false, fill, answer, ...rest } = options;
  const validLength = (length: number) => Number.isInteger(length) && length >= shortest;
  const steps = (length: number) => wholeNumber(name, "length", length, shortest);
  const draw: DrawnTask["draw"] = (stream, length, count) => {
    const input = new Float32Array(count * steps(length) * features.length);
    const target = new Float32Array(count * length * values.length).fill(Number.NaN);
    for (let k = 0; k < count; k++) {
      const of = (array: Float32Array) => array.subarray((k * array.length) / count, ((k + 1) * array.length) / count);
      fill(stream, length, of(input), of(target));
    }
    return { input, target };
  };
  return Object.freeze<DrawnTask>({
    name,
    ...rest,
    channels: Object.freeze([]),
    features,
    output: Object.freeze([]),
    values,
    validLength,
    steps,
    draw,
    ...(isOne && { heldOut: (length: number) => draw(randomSource(0).stream(name), length, 1, "test") }),
    parse(text) {
      const input = Float32Array.from(readSteps(name, text, features));
      const length = input.length / features.length;
      if (length < shortestRead)
        throw new LonghandError("input", `${name}: received ${length} steps, expected at least ${shortestRead}`);
      const target = new Float32Array(length * values.length).fill(Number.NaN);
      answer(input, target);
      return { input, target };
    },
    format: ({ input }) =>
      rows(input, features.length)
        .map((row) => row.map(short).join(" "))
        .join(", "),
    formatAnswer: (given, { target }) =>
      asked(given, target, values.length)
        .map((row) => row.map(short).join(" "))
        .join(", "),
  });
}

/** The numbers of a text like "0.5 0, 0.25 1". */
function readSteps(name: string, text: string, features: readonly string[]): number[] {
  return text.split(",").flatMap((step, t) => {
    const words = step.trim().split(/\s+/);
    if (words.length !== features.length) {
      throw new LonghandError(
        "input",
        `${name}: step ${t + 1} is "${step.trim()}", expected ${features.length === 1 ? "a number" : `${features.length} numbers`}: ${features.join(" ")}`,
      );
    }
    return words.map((word) => {
      const number = word === "" ? Number.NaN : Number(word);
      if (Number.isFinite(number)) return number;
      throw new LonghandError("input", `${name}: step ${t + 1}: "${word}" is no number`);
    });
  });
}

function rows(array: Int32Array | Float32Array, width: number): number[][] {
  return Array.from({ length: array.length / width }, (_, t) => Array.from(array.subarray(t * width, (t + 1) * width)));
}

/** The rows of an answer at the steps at which one is asked; all of them where it isn't known at which. */
function asked(given: Int32Array | Float32Array, target: DrawnBatch["target"], width: number): number[][] {
  const wanted = rows(target, width).map((row) => !row.every(Number.isNaN));
  const all = rows(given, width);
  return wanted.includes(true) ? all.filter((_, t) => wanted[t]) : all;
}

/** A number with up to four digits that matter. */
function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

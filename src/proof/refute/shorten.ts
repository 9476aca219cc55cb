/** Making an input on which a network errs shorter, letter by letter (delta debugging). */
import type { Stream } from "../../random/index.ts";
import { allLetters, type Task } from "../../tasks/index.ts";
import type { Answerer } from "./answers.ts";
import type { Meter } from "./meter.ts";
import { answersOf } from "./words.ts";

/** Inputs that are tried at once. */
const CANDIDATES = 64;

/**
 * Leaves out stretches of the input, the longer ones first, and puts other letters in the place of single ones, as long as
 * an error comes earlier. Then replaces letters by the machine's first ones where the error stays.
 * @param input whose last answer is wrong. @param until the meter's reading at which it ends.
 * @returns such an input, at most as long.
 */
export async function shorten(
  task: Task,
  { run }: Answerer,
  input: Int32Array,
  stream: Stream,
  meter: Meter,
  until: number,
): Promise<Int32Array> {
  const channels = task.channels.length;
  let best = input;
  const lengthOf = (word: Int32Array) => word.length / channels;

  /** Whether one of the candidates has an earlier error, or as early a one where `same` will do: the best is that one then. */
  const improve = async (candidates: readonly Int32Array[], same = false): Promise<boolean> => {
    // What they are filled up with comes after the end that counts.
    const valid = candidates.flatMap((word) => {
      const answers = answersOf(task, word);
      return answers ? [{ word, answers }] : [];
    });
    if (valid.length === 0 || meter.spent >= until) return false;
    const fill = (symbols: Int32Array, size: number, value: number) => {
      const filled = new Int32Array(size).fill(value);
      filled.set(symbols);
      return filled;
    };
    const steps = Math.max(...valid.map(({ answers }) => answers.length));
    const answered = await run(
      valid.map(({ word }) => fill(word, steps * channels, 0)),
      valid.map(({ answers }) => fill(answers, steps, -1)),
    );
    const allowed = lengthOf(best) - (same ? 0 : 1);
    let found: Int32Array | undefined;
    answered.forEach(({ wrong }, k) => {
      if (wrong < 0 || wrong + 1 > allowed || (found && lengthOf(found) <= wrong + 1)) return;
      found = valid[k]!.word.slice(0, (wrong + 1) * channels);
    });
    if (found) best = found;
    return found !== undefined;
  };

  meter.begin("shortening");
  for (let size = Math.floor(lengthOf(best) / 2); size >= 1 && meter.spent < until; ) {
    const length = lengthOf(best);
    const places = Math.floor(length / size);
    const chosen =
      places <= CANDIDATES ? [...Array(places).keys()] : [...stream.permutation(places)].slice(0, CANDIDATES);
    const isShorter = await improve(chosen.map((place) => without(best, place * size * channels, size * channels)));
    size = isShorter ? Math.min(size, Math.floor(lengthOf(best) / 2)) : Math.floor(size / 2);
  }
  const letters = allLetters(task.channels);
  for (let isShorter = true; isShorter && meter.spent < until && lengthOf(best) <= CANDIDATES; ) {
    isShorter = false;
    for (let step = 0; step < lengthOf(best) && !isShorter; step++) {
      const some =
        letters.length <= CANDIDATES
          ? letters
          : [...stream.permutation(letters.length)].slice(0, CANDIDATES).map((k) => letters[k]!);
      isShorter = await improve(some.map((letter) => replaced(best, step * channels, letter)));
    }
  }
  for (let step = 0; step < lengthOf(best) && lengthOf(best) <= CANDIDATES; step++) {
    const isPlain = letters[0]!.every((symbol, k) => best[step * channels + k] === symbol);
    if (!isPlain) await improve([replaced(best, step * channels, letters[0]!)], true);
  }
  return best;
}

function without(word: Int32Array, at: number, size: number): Int32Array {
  const shorter = new Int32Array(word.length - size);
  shorter.set(word.subarray(0, at));
  shorter.set(word.subarray(at + size), at);
  return shorter;
}

function replaced(word: Int32Array, at: number, letter: readonly number[]): Int32Array {
  const changed = word.slice();
  changed.set(letter, at);
  return changed;
}

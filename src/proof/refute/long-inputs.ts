/** Long inputs of many kinds, the shorter ones first: what goes wrong only after many steps. */
import type { RandomSource } from "../../random/index.ts";
import { type Task, validLengths } from "../../tasks/index.ts";
import type { Answerer } from "./answers.ts";
import type { Meter } from "./meter.ts";
import { answersOf, wordMakers } from "./words.ts";

export interface Failing {
  /** An input whose last answer is wrong. */
  readonly input: Int32Array;
  /** What kind of input it was before what comes after the error was left out. */
  readonly kind: string;
}

/** Most inputs of one kind and length. */
const INPUTS = 1024;

/**
 * Tries inputs of 10, 100, 1,000 and 10,000 steps, as far as they are at most `maxLength` long: words of each kind, and the
 * task's structured problems.
 * @param until the meter's reading at which no more are tried. @returns the first error of the shortest length that has one.
 */
export async function tryLongInputs(
  task: Task,
  { run }: Answerer,
  random: RandomSource,
  meter: Meter,
  { until, maxLength }: { readonly until: number; readonly maxLength: number },
): Promise<Failing | undefined> {
  const lengths = [...new Set([10, 100, 1000, 10_000].map((length) => Math.min(length, maxLength)))];
  for (const [k, steps] of lengths.entries()) {
    const share = (until - meter.spent) / (lengths.length - k);
    const kinds = kindsOf(task, random, steps);
    const each = Math.min(INPUTS, Math.floor(share / (kinds.length * steps)));
    let best: Failing | undefined;
    for (const { kind, make } of kinds) {
      if (each < 1) break;
      meter.begin(`${kind}, length ${steps}`);
      const inputs = Array.from({ length: each }, (_, number) => make(number));
      const answered = await run(
        inputs,
        inputs.map((input) => answersOf(task, input)!),
      );
      answered.forEach(({ wrong }, number) => {
        const size = (wrong + 1) * task.channels.length;
        if (wrong >= 0 && !(best && best.input.length <= size)) {
          best = { input: inputs[number]!.slice(0, size), kind };
        }
      });
    }
    if (best) return best;
  }
  return undefined;
}

interface Kind {
  readonly kind: string;
  make(number: number): Int32Array;
}

function kindsOf(task: Task, random: RandomSource, steps: number): Kind[] {
  const machine = task.machine!;
  const words = Object.entries(wordMakers).map(
    ([kind, make]): Kind => ({
      kind,
      make: (number) => make(machine, random.stream("refute", task.name, kind, steps, number), steps),
    }),
  );
  // The longest problems of at most so many steps: sums have one step more than digits.
  const length = validLengths(task, Math.max(1, steps - 3), steps).findLast((valid) => task.steps(valid) <= steps);
  const structured = Object.entries(length === undefined ? {} : (task.structured ?? {})).map(
    ([kind, sample]): Kind => ({
      kind: `structured problems: ${kind}`,
      make: (number) => sample(random.stream("refute", task.name, kind, steps, number), length!, 1),
    }),
  );
  return [...words, ...structured];
}

/** Errors of networks that read the whole problem before they answer: problems of each length, the shorter ones first. */
import { LonghandError } from "../../errors.ts";
import type { RandomSource, Stream } from "../../random/index.ts";
import { allLetters, type Sampler, type Task, validLengths } from "../../tasks/index.ts";
import type { Answerer } from "./answers.ts";
import type { Failing } from "./long-inputs.ts";
import type { Meter } from "./meter.ts";

export interface WholeSearch {
  /** A problem that is answered wrong. */
  readonly failing?: Failing;
  /** All problems of up to so many steps were tried, and those of fewer steps than `failing` are right. */
  readonly covered: number;
}

/** Of a length with at most so many inputs all are tried. */
const ALL = 4096;
/** Problems of one length, at least and at most. */
const LEAST = 16;
const MOST = 2048;
/** Problems that the search on the margin goes on from, and how many are made of each. */
const BEAM = 16;
const CHANGED = 4;
/** Problems of which symbols are left out, at most. */
const SHORTER = 256;

interface Tried {
  readonly input: Int32Array;
  readonly isWrong: boolean;
  readonly margin: number;
}

/**
 * Tries all problems of the shortest lengths; of longer ones random and structured ones, and changed ones whose right answer
 * is less and less ahead. From the first that fails symbols are left out as long as it does.
 */
export async function tryWholeProblems(
  task: Task,
  answerer: Answerer,
  random: RandomSource,
  meter: Meter,
  maxLength: number,
): Promise<WholeSearch> {
  const attempt = async (kind: string, problems: readonly Int32Array[]): Promise<Tried[]> => {
    if (problems.length === 0) return [];
    meter.begin(`${kind}, ${problems[0]!.length / task.channels.length} symbols`);
    const answered = await answerer.run(
      problems,
      problems.map((problem) => task.solve(problem)),
    );
    return answered.map(({ wrong, margin }, k) => ({ input: problems[k]!, isWrong: wrong >= 0, margin }));
  };
  const wrongOf = (tried: readonly Tried[], kind: string): Failing | undefined => {
    const wrong = tried.find(({ isWrong }) => isWrong);
    return wrong && { input: wrong.input, kind };
  };

  /** Tries about so many problems of one length. */
  const tryLength = async (length: number, count: number): Promise<Failing | undefined> => {
    const streamOf = (kind: string, number: number) => random.stream("refute", task.name, kind, length, number);
    const kinds: [string, Sampler][] = [
      ["random problems", task.sample],
      ...Object.entries(task.structured ?? {}).map(([kind, sample]): [string, Sampler] => [
        `structured problems: ${kind}`,
        sample,
      ]),
    ];
    const each = Math.ceil(count / 2 / kinds.length);
    let beam: Tried[] = [];
    for (const [kind, sample] of kinds) {
      const problems = Array.from({ length: each }, (_, number) => sample(streamOf(kind, number), length, 1));
      const tried = await attempt(kind, problems);
      const failing = wrongOf(tried, kind);
      if (failing) return failing;
      beam.push(...tried);
    }
    const kind = "search on the margin";
    for (let round = 0; round * BEAM * CHANGED < count / 2; round++) {
      beam = beam.sort((a, b) => a.margin - b.margin).slice(0, BEAM);
      const stream = streamOf(kind, round);
      const problems = beam.flatMap(({ input }) => Array.from({ length: CHANGED }, () => changed(task, input, stream)));
      const tried = await attempt(
        kind,
        problems.filter((problem) => problem !== undefined),
      );
      const failing = wrongOf(tried, kind);
      if (failing) return failing;
      beam.push(...tried);
    }
    return undefined;
  };

  /** Leaves symbols out, as few as the next shorter length has less, for as long as something fails. */
  const shortenWhole = async (failing: Failing, covered: number): Promise<Failing> => {
    const stream = random.stream("refute", task.name, "shortening");
    for (let best = failing; ; ) {
      const steps = best.input.length / task.channels.length;
      const shorter = validLengths(task, 1, steps)
        .map((length) => task.steps(length))
        .findLast((own) => own < steps);
      if (shorter === undefined || shorter <= covered || meter.spent >= meter.budget) return best;
      const problems = Array.from({ length: SHORTER }, () => leavingOut(task, best.input, steps - shorter, stream));
      const found = wrongOf(
        await attempt(
          "shortening",
          problems.filter((problem) => problem !== undefined),
        ),
        best.kind,
      );
      if (!found) return best;
      best = found;
    }
  };

  const lengths = someLengths(task, maxLength);
  let covered = 0;
  for (const [k, length] of lengths.entries()) {
    const all = everyProblem(task, length);
    let failing: Failing | undefined;
    if (all)
      failing = wrongOf(await attempt("all problems", all), `all problems of up to ${task.steps(length)} symbols`);
    else {
      const cost = answerer.cost(task.steps(length));
      const share = (0.9 * meter.budget - meter.spent) / (lengths.length - k);
      const count = Math.max(LEAST, Math.min(MOST, Math.floor(share / cost)));
      if (meter.spent + count * cost > meter.budget) break;
      failing = await tryLength(length, count);
    }
    if (failing) return { failing: all ? failing : await shortenWhole(failing, covered), covered };
    if (all) covered = task.steps(length);
  }
  return { covered };
}

/** The task's lengths up to one: all short ones, then each a quarter longer than the one before. */
function someLengths(task: Task, maxLength: number): number[] {
  const chosen: number[] = [];
  for (const length of validLengths(task, 1, maxLength)) {
    const last = chosen.at(-1) ?? 0;
    if (length <= 16 || length >= 1.25 * last) chosen.push(length);
  }
  return chosen;
}

/** All problems of a length; undefined where there are too many inputs. */
function everyProblem(task: Task, length: number): Int32Array[] | undefined {
  const letters = allLetters(task.channels);
  const steps = task.steps(length);
  const count = letters.length ** steps;
  if (count > ALL) return undefined;
  const problems = Array.from({ length: count }, (_, number) =>
    Int32Array.from(
      Array.from(
        { length: steps },
        (_, step) => letters[Math.floor(number / letters.length ** step) % letters.length]!,
      ).flat(),
    ),
  );
  return problems.filter((problem) => isProblem(task, problem));
}

function isProblem(task: Task, input: Int32Array): boolean {
  try {
    task.solve(input);
    return true;
  } catch (error) {
    if (error instanceof LonghandError) return false;
    throw error;
  }
}

/** Trials of making a problem out of another one. */
const TRIALS = 8;

/** A problem with one to three other symbols; undefined where none is found that is one. */
function changed(task: Task, input: Int32Array, stream: Stream): Int32Array | undefined {
  for (let trial = 0; trial < TRIALS; trial++) {
    const other = input.slice();
    const symbols = 1 + whole(stream, 3);
    for (let k = 0; k < symbols; k++) {
      const at = whole(stream, input.length);
      other[at] = whole(stream, task.channels[at % task.channels.length]!.length);
    }
    if (isProblem(task, other)) return other;
  }
  return undefined;
}

/** A problem without so many of its letters at random places; undefined where none is found that is one. */
function leavingOut(task: Task, input: Int32Array, count: number, stream: Stream): Int32Array | undefined {
  const channels = task.channels.length;
  for (let trial = 0; trial < TRIALS; trial++) {
    const left = new Set(stream.permutation(input.length / channels).subarray(0, count));
    const other = input.filter((_, at) => !left.has(Math.floor(at / channels)));
    if (isProblem(task, other)) return other;
  }
  return undefined;
}

const whole = (stream: Stream, below: number): number => stream.integers(new Int32Array(1), 0, below)[0]!;

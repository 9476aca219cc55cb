/** The adversary: looks for an input on which a network errs. */
import { LonghandError } from "../../errors.ts";
import type { Network } from "../../networks/index.ts";
import { type RandomSource, randomSource } from "../../random/index.ts";
import type { Runtime } from "../../runtime/contract.ts";
import { type Task, validLengths } from "../../tasks/index.ts";
import type { Refutation } from "../verdict.ts";
import { tryAllInputs } from "./all-inputs.ts";
import { type Answerer, answerer } from "./answers.ts";
import { type InputTree, inputTree } from "./input-tree.ts";
import { tryLongInputs } from "./long-inputs.ts";
import { searchMargin } from "./margin-search.ts";
import { type Meter, meterOf, type RefuteProgress } from "./meter.ts";
import { shorten } from "./shorten.ts";
import { tryWholeProblems } from "./whole-problems.ts";
import { completed } from "./words.ts";

export interface RefuteOptions {
  /** In whose arithmetic the network errs. */
  readonly runtime: Runtime;
  /** Of the inputs that are drawn. Default 1. */
  readonly seed?: number;
  /** Longest input in steps. Default 10,000; of networks that read the whole problem first 101. */
  readonly maxLength?: number;
  /**
   * About how many steps are evaluated; each position counts where the state has positions. Default 4,000,000, some seconds.
   * The same seed and budget find the same.
   */
  readonly budget?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RefuteProgress) => void;
}

/** What a search for errors ends in. */
export interface ErrorSearch {
  readonly refutation: Refutation | undefined;
  /** No input of so many steps or fewer has an error: all were tried. ∞: the network has no further states, in this arithmetic. */
  readonly covered: number;
  /** Steps that were evaluated. */
  readonly steps: number;
}

/**
 * Looks for an input on which a network errs: see `searchErrors`.
 * @returns the shortest found; undefined: none was found, which proves nothing.
 */
export async function refute(network: Network, options: RefuteOptions): Promise<Refutation | undefined> {
  return (await searchErrors(network, options)).refutation;
}

/**
 * Looks for an input on which a network errs, the shortest that it finds within its budget, and runs it from the start.
 *
 * Networks that answer at each step, on tasks with a finite machine: all inputs up to a length, breadth first; inputs along
 * which the right answer is less and less ahead, by a beam search; long inputs, random, repeating and structured ones. What
 * is found is made shorter letter by letter. Others: problems of each length, all, structured, random, and changed ones by
 * their margin.
 * @throws LonghandError `argument`; the signal's reason.
 */
export async function searchErrors(network: Network, options: RefuteOptions): Promise<ErrorSearch> {
  const { runtime, seed = 1, budget = 4_000_000, signal, onProgress } = options;
  const isStepped = network.model.width === undefined && network.task.machine !== undefined;
  const { maxLength = isStepped ? 10_000 : 101 } = options;
  for (const [name, value] of Object.entries({ budget, maxLength })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new LonghandError("argument", `refute: ${name} is ${value}, expected a whole number of at least 1`);
  }
  const meter = meterOf(budget, signal, onProgress);
  const random = randomSource(seed);
  await using answers = answerer(network, runtime, meter);
  if (!isStepped) return await searchWhole(network, answers, random, meter, maxLength);
  await using steps = await inputTree(network, runtime, meter);
  return await searchSteps(network, answers, steps, random, meter, maxLength);
}

/** Steps of all inputs, at most: their states are kept. */
const ALL = 4_000_000;
/** Widths of beams, and how far they follow inputs: longer ones are for `tryLongInputs`. */
const BEAM = 64;
const WIDEST = 4096;
const DEPTH = 200;

async function searchSteps(
  { task }: Network,
  answers: Answerer,
  steps: InputTree,
  random: RandomSource,
  meter: Meter,
  maxLength: number,
): Promise<ErrorSearch> {
  const channels = task.channels.length;
  const until = (part: number) => Math.floor(part * meter.budget);
  const all = await tryAllInputs(steps, meter, { until: Math.min(until(0.25), ALL), maxLength });
  const covered = all.failing ? all.length - 1 : all.length;
  const ended = (refutation?: Refutation): ErrorSearch => ({ refutation, covered, steps: meter.spent });
  if (all.failing) {
    const found = await checked(
      task,
      answers,
      completed(task, all.failing),
      `all inputs up to length ${all.length}`,
      true,
    );
    if (found) return ended(found);
  }
  if (covered >= maxLength) return ended();

  let best: Refutation | undefined;
  /** Makes an input with an error shorter and keeps it where it is the shortest. */
  const keep = async (input: Int32Array, found: string, limit: number) => {
    const short = await shorten(task, answers, input, random.stream("refute", "shortening"), meter, limit);
    const length = short.length / channels;
    if (best && best.step < length) return;
    best = (await checked(task, answers, completed(task, short), found, length === covered + 1)) ?? best;
  };
  // Ever wider beams, for as long as they find nothing or something shorter may be found.
  for (let width = BEAM; meter.spent < until(0.6); width *= 2) {
    const downhill = await searchMargin(steps, random.stream("refute", task.name, "margin", width), meter, {
      until: until(0.6),
      width,
      maxLength: Math.min(maxLength, best ? best.step : DEPTH),
    });
    if (downhill) await keep(downhill, "search on the margin", until(0.65));
    if (best && best.step <= covered) return ended(best);
    if (width === WIDEST) break;
  }
  const shorter = best ? best.step : maxLength;
  if (shorter <= covered) return ended(best);
  const long = await tryLongInputs(task, answers, random, meter, { until: until(0.85), maxLength: shorter });
  if (long) await keep(long.input, long.kind, meter.budget);
  return ended(best);
}

async function searchWhole(
  { task }: Network,
  answers: Answerer,
  random: RandomSource,
  meter: Meter,
  maxLength: number,
): Promise<ErrorSearch> {
  const { failing, covered } = await tryWholeProblems(task, answers, random, meter, maxLength);
  if (!failing) return { refutation: undefined, covered, steps: meter.spent };
  const steps = failing.input.length / task.channels.length;
  const shorter = validLengths(task, 1, steps).filter((length) => task.steps(length) < steps);
  const isShortest = shorter.every((length) => task.steps(length) <= covered);
  const refutation = await checked(task, answers, failing.input, failing.kind, isShortest);
  return { refutation, covered, steps: meter.spent };
}

/** Runs a problem by itself and compares it with the exact answer: undefined where it is right after all. */
async function checked(
  task: Task,
  { run }: Answerer,
  input: Int32Array,
  found: string,
  isShortest: boolean,
): Promise<Refutation | undefined> {
  const exact = task.solve(input);
  const [answered] = await run([input], [exact]);
  const { answer, wrong } = answered!;
  return wrong < 0 ? undefined : { input, answer, exact, step: wrong, found, isShortest };
}

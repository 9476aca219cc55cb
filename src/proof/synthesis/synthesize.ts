/**
 * Weights by constraint solving: a network of step units that answers a task exactly, or that there is none of this shape.
 *
 * Counterexample-guided: a solver finds weights for a few words; the product with the task's machine proves them for all
 * words or gives the shortest one that fails, which is added. As soon as no weights compute the few words, none compute all.
 */
import { compare, format, fromNumber, type Rational, rational } from "../../algebra/rational.ts";
import { LonghandError } from "../../errors.ts";
import { ilrnnModel, type Model } from "../../models/index.ts";
import { machineOf } from "../../networks/index.ts";
import { type FiniteMachine, signatureOf, type Task } from "../../tasks/index.ts";
import { centreThresholds, exploreProduct, type Flaw, type Product } from "../exact/product.ts";
import { type StepNetwork, stepNetwork } from "../exact/step-network.ts";
import { encode, type Move, movesOfMachine, movesOfWords, unknownsOf, type WeightBounds, type Word } from "./encode.ts";
import { openSolver } from "./solver.ts";

export interface SynthesisOptions {
  /** Units of the hidden layers, from the lowest; the output layer is added. */
  readonly layers: readonly number[];
  /** Further output units that no answer is read from. Default 0. */
  readonly unread?: number;
  /** Least distance of every sum from its threshold, and of the right logit from the others, > 0. Default ½. */
  readonly margin?: Rational;
  /** Largest |weight|, > 0; biases are free. Default: none. */
  readonly maxWeight?: Rational;
  /** Whether to look for the fewest weights that aren't 0. Default false. */
  readonly fewest?: boolean;
  /** Time for all of it. Default 60. */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: SynthesisEvent) => void;
}

/** After each question to the solver. */
export interface SynthesisEvent {
  /** What is looked for, in words. */
  readonly stage: string;
  /** Questions so far, this one included. */
  readonly iteration: number;
  /** Steps that the weights had to make. */
  readonly moves: number;
  readonly seconds: number;
  readonly answer: "sat" | "unsat" | "unknown";
  /** What these weights fail on: the next word. Undefined: nothing, or there are no weights. */
  readonly flaw: Flaw | undefined;
}

/** What one search ended in. */
export interface SynthesisStage {
  readonly stage: string;
  readonly bounds: WeightBounds;
  readonly verdict: "found" | "none" | "undecided";
  readonly iterations: number;
  readonly seconds: number;
  /** The last question: SMT-LIB text that has a solution, has none, or wasn't decided. */
  readonly problem: string;
}

export type Synthesis = {
  readonly task: Task;
  readonly model: Model;
  readonly stages: readonly SynthesisStage[];
  /** Words that the solver was asked about, by the time it ended. */
  readonly words: readonly Word[];
  readonly iterations: number;
  readonly seconds: number;
  /** What has been proved, in sentences. */
  readonly claims: readonly string[];
} & (
  | {
      readonly verdict: "found";
      readonly network: StepNetwork;
      /** Proves the network at all lengths. */
      readonly product: Product;
      /** Weights that aren't 0. */
      readonly connections: number;
    }
  | { readonly verdict: "none" }
  | { readonly verdict: "undecided"; readonly reason: string }
);

type Found = { readonly network: StepNetwork; readonly product: Product };
type Search = ({ readonly verdict: "found" } & Found) | { verdict: "none" } | { verdict: "undecided"; reason: string };

/** No larger whole weights are tried: by then others are as good to read. */
const LARGEST_WHOLE = 16;

/** All words of a length are taken at once up to this many: a solver is faster with more of them than one at a time. */
const MOST_WORDS = 64;

/** Share of a search's time that goes to networks which are proved for all words as soon as there are weights. */
const ALL_WORDS_SHARE = 0.25;

/** Share of the time after which the search for fewest connections ends: whole weights are looked for in the rest. */
const FEWEST_SHARE = 0.75;

/**
 * Finds weights for a shape of ilrnn with step units: any real ones first, which decides whether there are some; then, if
 * asked, the fewest that aren't 0; then the smallest whole ones. Thresholds end in the middle of where they may be.
 *
 * Without `maxWeight` the margin is a matter of scale: weights with any margin at all, even with sums exactly at the
 * threshold, could be shifted and multiplied to have this one, so "none" holds for every choice of real weights. With
 * `maxWeight` it holds for weights within it whose sums keep the margin.
 * @throws LonghandError `argument` for a task without a machine, or a margin, weight or time that isn't positive;
 *   `config` for layers that aren't positive whole numbers; `unsupported` where the solver can't be loaded.
 */
export async function synthesize(task: Task, options: SynthesisOptions): Promise<Synthesis> {
  const { layers, unread = 0, margin = rational(1n, 2n), maxWeight, seconds = 60, signal } = options;
  const machine = machineOf({ task });
  checkPositive("margin", margin);
  if (maxWeight) checkPositive("maxWeight", maxWeight);
  checkPositive("seconds", fromNumber(seconds));
  const model = ilrnnModel.build({ layers, unread, activation: "step" }, signatureOf(task));
  const parameters = unknownsOf(model);
  const unknowns = parameters.flatMap((parameter) => parameter.unknowns);

  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  const words = new Map(machine.letters(machine.initial).map((letter) => [`${letter}`, [letter] as Word]));
  const stages: SynthesisStage[] = [];
  let iterations = 0;

  await using solver = await openSolver();

  /** Asks for weights that make the moves; the product tells what they do on all words. */
  async function ask(stage: string, bounds: WeightBounds, moves: readonly Move[], until: number) {
    const problem = encode(model, moves, bounds);
    const result = await solver.check(problem, { unknowns, seconds: until - elapsed(), signal });
    iterations++;
    let found: Found | undefined;
    if (result.answer === "sat") {
      const exact = parameters.map(
        ({ name, unknowns }) => [name, unknowns.map((unknown) => result.values[unknown]!)] as const,
      );
      const network = stepNetwork(task, model, Object.fromEntries(exact));
      found = { network, product: exploreProduct(network, margin) };
    }
    const flaw = found?.product.flaw;
    const { answer } = result;
    options.onProgress?.({ stage, iteration: iterations, moves: moves.length, seconds: elapsed(), answer, flaw });
    return { problem, result, found };
  }

  /** @param until of the whole time in seconds. */
  async function search(stage: string, bounds: WeightBounds, until = seconds): Promise<Search> {
    const before = { iterations, seconds: elapsed() };
    const ended = (search: Search, problem: string): Search => {
      const used = { iterations: iterations - before.iterations, seconds: elapsed() - before.seconds };
      stages.push({ stage, bounds, verdict: search.verdict, ...used, problem });
      return search;
    };
    for (let isFirst = true; ; isFirst = false) {
      const { problem, result, found } = await ask(stage, bounds, movesOfWords(machine, [...words.values()]), until);
      if (result.answer === "unsat") return ended({ verdict: "none" }, problem);
      if (result.answer === "unknown") return ended({ verdict: "undecided", reason: result.reason }, problem);
      const flaw = found?.product.flaw;
      if (found && !flaw) return ended({ verdict: "found", ...found }, problem);
      if (isFirst) {
        // Few networks are like that, but where there is one it is found soon, and for all words at once.
        const slice = elapsed() + ALL_WORDS_SHARE * (until - elapsed());
        const all = await ask(`${stage}, all words at once`, bounds, movesOfMachine(machine), slice);
        if (all.found && !all.found.product.flaw) return ended({ verdict: "found", ...all.found }, all.problem);
      }
      for (const word of wordsLike(flaw!.word, machine)) words.set(`${word.join(" ")}`, word);
    }
  }

  const shape = `ilrnn ${JSON.stringify(layers)}${unread > 0 ? ` with ${unread} unread output${unread === 1 ? "" : "s"}` : ""}`;
  const limited: WeightBounds = { margin, ...(maxWeight && { maxWeight }) };
  const limits = maxWeight
    ? `with weights from -${format(maxWeight)} to ${format(maxWeight)} and every sum at least ${format(margin)} from its threshold`
    : "with any real weights, even where sums may be exactly at their thresholds";
  const claims: string[] = [];
  const made = () => ({ task, model, stages, words: [...words.values()], iterations, seconds: elapsed(), claims });
  const none = (what: string) => {
    const listed = [...words.values()].map((word) => word.map((letter) => letter.join("")).join(" "));
    const which = listed.length <= 12 ? `${listed.join(", ")}` : `${listed.slice(0, 3).join(", ")}, …`;
    return `no ${shape} of step units${what} answers even ${listed.length} words of ${task.name} right (${which}), ${limits}`;
  };

  const first = await search("any weights", limited);
  if (first.verdict === "none") {
    claims.push(none(""));
    return { verdict: "none", ...made() };
  }
  if (first.verdict === "undecided") return { verdict: "undecided", reason: first.reason, ...made() };

  let best: Found = first;
  let most: number | undefined;
  while (options.fewest && connectionsOf(best.network) > 0) {
    most = connectionsOf(best.network);
    const fewer = await search(
      `at most ${most - 1} connections`,
      { ...limited, connections: most - 1 },
      FEWEST_SHARE * seconds,
    );
    if (fewer.verdict === "none") claims.push(none(` with fewer than ${most} connections`));
    if (fewer.verdict !== "found") break;
    best = fewer;
  }
  for (let size = 1; size <= LARGEST_WHOLE; size++) {
    const largest = rational(size);
    if (maxWeight && compare(largest, maxWeight) > 0) break;
    const bounds = { margin, maxWeight: largest, whole: true, ...(most !== undefined && { connections: most }) };
    const whole = await search(`whole weights up to ${size}`, bounds);
    if (whole.verdict === "none") continue;
    if (whole.verdict === "found") best = whole;
    break;
  }
  const network = centreThresholds(best.network, best.product);
  const product = exploreProduct(network, margin);
  claims.unshift(`this ${shape} answers every input of ${task.name} right, at every length`);
  return { verdict: "found", network, product, connections: connectionsOf(network), ...made() };
}

/** All words as long as this one where they are few; otherwise those that differ from it in the last letter at most. */
function wordsLike(word: Word, machine: FiniteMachine): Word[] {
  const extended = (words: readonly Word[]) =>
    words.flatMap((prefix) => {
      const state = prefix.reduce((from, letter) => machine.next(from, letter).state, machine.initial);
      return machine.letters(state).map((letter) => [...prefix, letter]);
    });
  let words: readonly Word[] = [[]];
  for (let length = 0; length < word.length && words.length <= MOST_WORDS; length++) words = extended(words);
  return words.length <= MOST_WORDS ? [...words] : extended([word.slice(0, -1)]);
}

/** Weights that aren't 0; biases aren't counted. */
export function connectionsOf({ layers }: StepNetwork): number {
  return layers.flat().flatMap(({ below, before }) => [...below, ...before].filter((weight) => weight !== 0n)).length;
}

function checkPositive(name: string, value: Rational): void {
  if (value.numerator > 0n) return;
  throw new LonghandError("argument", `synthesize: ${name} is ${format(value)}, expected a number above 0`);
}
